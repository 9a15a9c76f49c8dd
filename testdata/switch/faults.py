# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes wrong on the way of a switch, on both sides: nothing may be lost, half-applied or left frozen, and who
operates it must be told what happened."""

import lies as lies_of_all
import lying
import stage

FAULTY = "/sys/module/carryover_faulty/parameters"

# mode, phase, what the report must say
OLD_SIDE = [
    ("veto", "PREPARE", "told to refuse"),
    ("veto", "FREEZE", "told to refuse"),
    ("veto", "CAPTURE", "told to refuse"),
    ("veto", "VERIFY", "told to refuse"),
    ("nomem", "PREPARE", "memory"),
    ("nomem", "CAPTURE", "memory"),
    ("hang", "FREEZE", "deadline"),
    ("hang", "CAPTURE", "deadline"),
    ("fewer", "CAPTURE", "announced"),
    ("more", "CAPTURE", "announced"),
    ("stray", "PREFLIGHT", "the stray one"),
    ("stray", "CONVERT", "the stray one"),
]

# The same of the new side, and how many of the two objects are refused.
NEW_SIDE = [
    ("veto", "RESTORE", "it was told to refuse", 2),
    ("nomem", "RESTORE", "it has no memory", 2),
    ("hang", "RESTORE", "deadline passed", 1),
    ("veto", "AUDIT", "it was told to refuse", 0),
]


def ask(guest, mode, phase):
    guest.must(f"echo {phase} >{FAULTY}/phase; echo {mode} >{FAULTY}/mode; echo 0 >{FAULTY}/release")


def count(guest):
    return guest.must("conntrack -L -p tcp 2>/dev/null | wc -l; conntrack -L expect 2>/dev/null | wc -l").split()


def on_the_old_side(tap, guest):
    """Each fault aborts the switch, names its participant and phase, and leaves everything running."""
    guest.must("echo 400 >/sys/module/carryover/parameters/deadline_ms")
    before = count(guest)
    for mode, phase, words in OLD_SIDE:
        ask(guest, mode, phase)
        good, report = stage.command(guest, "commit")
        problems = []
        if good:
            problems.append("it was not noticed")
        if phase not in report.trouble or "faulty" not in report.trouble or words not in report.trouble + str(report.issues):
            problems.append(f"the report does not say what happened: {report.text}")
        if not stage.passes(guest):
            problems.append("packets do not pass any more")
        if count(guest) != before:
            problems.append(f"connections and expectations were {before} and are {count(guest)}")
        tap.result(f"fault: {mode} in {phase}: aborted, thawed, and said so: {report.trouble}", problems)
    killed(tap, guest)
    ask(guest, "none", "NONE")
    guest.must("echo 2000 >/sys/module/carryover/parameters/deadline_ms")


def killed(tap, guest):
    """What lies in the reserved memory while the old side is in each phase: what a machine that dies there leaves."""
    guest.killed_in = {}
    guest.must("echo 0 >/sys/module/carryover/parameters/deadline_ms")
    for phase in ("FREEZE", "CAPTURE", "VERIFY"):
        ask(guest, "hold", phase)
        guest.must("setsid sh -c 'echo switch >/dev/carryover; echo SWITCHED' </dev/null >/dev/console 2>&1 &")
        guest.wait_for(f"HOLDING in {phase}".encode())
        guest.killed_in[phase] = guest.region()
        guest.must(f"echo 1 >{FAULTY}/release")
        guest.wait_for(rb"SWITCHED")
        good, report = stage.command(guest, "recall")
        tap.result(f"fault: held in {phase}, then let go: committed, and taken back",
                   [] if good and stage.passes(guest) else report.text.splitlines())


def take_back(tap, guest):
    """A switch that was committed is taken back: the state runs on, and the image is worth nothing."""
    good, report = stage.command(guest, "commit")
    frozen = not stage.passes(guest)
    again, second = stage.command(guest, "commit")
    back, third = stage.command(guest, "recall")
    guest.recalled = guest.region()
    problems = [] if good and frozen and back and stage.passes(guest) else [*report.text.splitlines(), third.text]
    if again or "recall" not in second.trouble:
        problems.append(f"a second switch while one is committed: {second.trouble}")
    tap.result("fault: committed, and then recalled: everything runs again", problems)
    ask(guest, "plain", "NONE")


def refused(tap, guest, name, words, made="0"):
    """The new side refuses what lies there, and applies nothing of it: MADE expectations are there as before."""
    good, report = stage.command(guest, "restore")
    problems = []
    if good:
        problems.append("it was restored")
    if words not in report.trouble:
        problems.append(f"the report does not say `{words}`: {report.trouble}")
    connections, expectations = count(guest)
    if expectations != made:
        problems.append(f"{connections} connections and {expectations} expectations were made")
    tap.result(f"fault: {name}: refused: {report.trouble}", problems)


def with_others(tap, guest, hop, reserved=None, participants=None, converter=None, **refusal):
    """Modules that are not as they should be refuse the image."""
    converter, participants = converter or hop.converter, participants or hop.participants
    stage.load(guest, converter, participants, reserved or stage.machine.RESERVED)
    refused(tap, guest, **refusal)
    stage.unload(guest, converter, participants)


def spoilt(tap, guest, good):
    """Memory that does not hold what was sealed."""
    for phase, region in guest.killed_in.items():
        guest.put_region(region)
        refused(tap, guest, f"the old side died in {phase}", "no sealed image begins")
    guest.put_region(guest.recalled)
    refused(tap, guest, "the old side took it back", "took the image back")
    for name, at in (("the seal", 40), ("the header", 140), ("the middle", 100_000)):
        guest.put_region(good)
        guest.put_region(bytes([good[at] ^ 1]), at)
        refused(tap, guest, f"a bit of {name} changed", "SHA-256")
    guest.put_region(good)
    guest.put_region(bytes(len(good) - 4096), 4096)
    refused(tap, guest, "all but the first page is lost", "SHA-256")
    guest.put_region(bytes(len(good)))
    refused(tap, guest, "nothing was captured", "no sealed image begins")


# What the container says of itself, sealed well: (name, section, offset, bytes, words)
CONTAINERS = [
    ("an object lies outside of the data", lying.OBJECTS, 8, b"\xf8\xff\xff\xff\xff\xff\xff\xff", "object"),
    ("an object is of a type that is not there", lying.OBJECTS, 16, b"\xfe\xff\xff\xff", "object"),
    ("a pointer leads to no object", lying.RELOCATIONS, 28, b"\xfe\xff\xff\xff", "relocation"),
    ("a participant has all objects twice", lying.PARTICIPANTS, 4, b"\1\0\0\0", "participant"),
    ("a type is shorter than it was", lying.TYPES, 8, b"\1\0\0\0", "member"),
]


def impossible(tap, guest, good):
    """Images that are sealed well and contradict themselves."""
    for name, section, offset, raw, words in CONTAINERS:
        image = lying.Image(good)
        image.patch(section, offset, raw)
        guest.put_region(image.seal())
        refused(tap, guest, name, words)


def waiting(tap, guest, hop, good):
    """Too old: refused, and still there. Nothing writes over it, as long as nobody discards it."""
    guest.must("echo 1 >/sys/module/carryover/parameters/max_age_s")
    refused(tap, guest, "it is too old", "the image is too old: its age in seconds")
    guest.must("echo 3600 >/sys/module/carryover/parameters/max_age_s")
    problems = []
    for word in ("preflight", "commit"):
        done, report = stage.command(guest, word)
        if done or "an image that nobody restored waits" not in report.trouble:
            problems.append(f"{word}: {report.text}")
    if guest.region() != good:
        problems.append("the image is not what it was")
    tap.result("fault: the next switch before the image was restored: refused, and the image waits", problems)
    done, report = stage.command(guest, "discard")
    again, second = stage.command(guest, "discard")
    problems = [] if done and not again and "no image waits" in second.trouble else [report.text, second.text]
    if any(guest.region()[lying.SEAL:]):
        problems.append("what was discarded is still there")
    tap.result("fault: an image is discarded: nothing is left of it", problems)


def without_module(tap, guest, good):
    """A kernel in which nobody loaded the module: who asks is told, and the image waits until it is loaded."""
    code, said = guest.run("carryover-run switch restore 2>&1")
    tap.result(f"fault: the new kernel without the module: {said.strip()}",
               [] if code == 2 and "load carryover.ko" in said and guest.region() == good else [f"{code}: {said}"])


def complaints(guest):
    """What this kernel says that it should never say, but for its own tests of ciphers."""
    said = guest.must("dmesg | grep -E 'BUG:|WARNING:|Oops|general protection|refcount_t' | grep -v crypto/testmgr; true")
    return [f"the kernel complains: {line}" for line in said.splitlines()]


def flush(guest):
    """This kernel as it was before anything was restored."""
    guest.must("conntrack -F 2>/dev/null; conntrack -F expect 2>/dev/null; /sbin/ip xfrm state flush; "
               "/sbin/ip xfrm policy flush; /sbin/ip neigh flush all nud all; keyctl clear @u; true")


def lies(tap, guest, good):
    """Every object that lies is refused, with its reason; all others are restored; and the kernel is well."""
    region, words = lies_of_all.tell_all(good)
    guest.put_region(region)
    done, report = stage.command(guest, "restore")
    said = {issue["object"]: issue["reason"] + (f" ({issue['value']})" if issue["value"] else " (0)")
            for issue in report.issues}
    problems = [f"{name} was refused, but did not lie: {why}" for name, why in said.items() if name not in words]
    problems += [f"{name}: not `{why}` but `{said.get(name, 'restored')}`" for name, why in words.items()
                 if why not in said.get(name, "")]
    refused_ = sum(row["refused"] for row in report.participants.values())
    restored = sum(row["restored"] for row in report.participants.values())
    captured = sum(row["captured"] for row in report.participants.values())
    if done or refused_ != len(words) or restored != captured - len(words):
        problems.append(f"{captured} objects, {len(words)} lies, but {restored} restored and {refused_} refused")
    if not stage.passes(guest):
        problems.append("packets do not pass")
    problems += complaints(guest)
    tap.result(f"fault: {len(words)} of {captured} objects lie: each is refused with its reason, and all others live", problems)
    flush(guest)


def of_a_participant(tap, guest, good):
    """A participant that refuses before anything is taken keeps the image whole; one that goes wrong afterwards loses
    its own objects, and says which."""
    guest.put_region(good)
    for mode, words in (("veto", "it was told to refuse"), ("nomem", "it has no memory")):
        ask(guest, mode, "PREPARE")
        refused(tap, guest, f"{mode} in PREPARE of the new side", words)
    tap.result("fault: nothing was taken of it", [] if guest.region() == good else ["the image is another"])
    guest.must("echo 1500 >/sys/module/carryover/parameters/deadline_ms")
    for number, (mode, phase, words, n) in enumerate(NEW_SIDE):
        ask(guest, mode, phase)
        image = lying.Image(good)
        image.patch(lying.CLOCKS, lying.REAL_TIME, bytes([number]))  # another image, by nanoseconds
        guest.put_region(image.seal())
        done, report = stage.command(guest, "restore")
        refusals = [issue for issue in report.issues if words in issue["reason"]]
        rows = report.participants
        problems = [] if not done and words in report.trouble + str(refusals) and phase in report.trouble else [report.text]
        if rows["faulty"]["refused"] != n or len(refusals) != n or any(row["refused"] for name, row in rows.items() if
                                                                       name != "faulty"):
            problems.append(f"not {n} objects were refused: {report.text}")
        tap.result(f"fault: {mode} in {phase}: the other participants' objects live, {n} of two do not: {report.trouble}", problems)
        flush(guest)
    ask(guest, "none", "NONE")
    guest.must("echo 2000 >/sys/module/carryover/parameters/deadline_ms")


def on_the_new_side(tap, guest, hop):
    """Images and machines that are not as they should be; the good image is back at the end."""
    good = guest.region()
    size, address = stage.machine.RESERVED
    without_module(tap, guest, good)
    with_others(tap, guest, hop, reserved=(size, address - size), name="memory that this kernel uses", words="memmap=")
    with_others(tap, guest, hop, converter=hop.back, name="the converter of another pair", words="converter")
    with_others(tap, guest, hop, participants=[name for name in hop.participants if name != "xfrm"],
                name="a participant is not loaded", words="the participant xfrm for struct xfrm_")
    stage.load(guest, hop.converter, hop.participants)
    waiting(tap, guest, hop, good)
    spoilt(tap, guest, good)
    impossible(tap, guest, good)
    lies(tap, guest, good)
    of_a_participant(tap, guest, good)
    stage.unload(guest, hop.converter, hop.participants)
    guest.put_region(good)


def replayed(tap, guest, hop, image):
    """An image that was restored is put back as it was before; then its mark alone, to modules that know nothing of it."""
    left = guest.region()
    tap.result("fault: nothing of an image that was restored is left behind its seal",
               ["it is still there"] if any(left[lying.SEAL:]) else [])
    made = count(guest)[1]
    guest.put_region(image)
    refused(tap, guest, "an image that was restored is put back", "applied", made)
    guest.put_region(left)
    stage.unload(guest, hop.converter, hop.participants)
    stage.load(guest, hop.converter, hop.participants)
    guest.put_region(image[64:68], 64)
    refused(tap, guest, "the mark of an image that was restored is set back", "SHA-256", made)
    guest.put_region(left)
