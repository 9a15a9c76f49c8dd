# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes wrong on the way of a switch, on both sides: nothing may be lost, half-applied or left frozen, and who
operates it must be told what happened."""

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


def on_the_new_side(tap, guest, converter, other):
    """Images and machines that are not as they should be; the good image is back at the end."""
    good = guest.region()
    size, address = stage.machine.RESERVED
    everyone = stage.everyone(True)
    stage.load(guest, converter, everyone, reserved=(size, address - size))
    refused(tap, guest, "memory that this kernel uses", "memmap=")
    stage.unload(guest, converter, everyone)
    stage.load(guest, converter, everyone)
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
    guest.put_region(good)
    stage.unload(guest, converter, everyone)
    stage.load(guest, other, everyone)
    refused(tap, guest, "the converter of another pair", "converter")
    stage.unload(guest, other, everyone)
    some = tuple(name for name in everyone if name != "xfrm")
    stage.load(guest, converter, some)
    refused(tap, guest, "a participant is not loaded", "the participant xfrm for struct xfrm_")
    stage.unload(guest, converter, some)
    guest.put_region(good)


def replayed(tap, guest, image):
    """An image that was restored is put back as it was before."""
    guest.put_region(image)
    refused(tap, guest, "an image that was restored is put back", "applied", count(guest)[1])
