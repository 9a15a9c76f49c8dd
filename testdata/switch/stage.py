# SPDX-License-Identifier: GPL-2.0-or-later
"""What a switch between real kernels needs on stage, and how it goes: kernels, modules and converters are made once, then
one machine boots the first kernel and is carried from each to the next."""

import concurrent.futures
import json
import os
import re
import shutil
import subprocess

import jsonschema

import expect
import faults
import machine

HERE = os.path.dirname(os.path.abspath(__file__))
KERNEL = os.path.join(expect.TOP, "runtime", "kernel")
RECORDS = 500
PARTICIPANTS = ("conntrack", "neighbour", "key", "xfrm")
# In the order in which they can be loaded; what a kernel has built in is not there.
MODULES = ("qemu_fw_cfg nf_defrag_ipv4 nf_defrag_ipv6 libcrc32c nfnetlink nf_conntrack nf_conntrack_ftp "
           "nf_conntrack_netlink nf_tables nft_ct nft_objref veth sha512_generic jitterentropy_rng drbg "
           "crypto_null geniv authenc echainiv authencesn xfrm_algo xfrm_user esp4").split()
KINDS = {"connection", "expectation", "neighbour", "key", "state", "policy"}  # of what a look inside must find some
KEYS = ("hello", "second", "third", "fourth", "fifth", "sixth")
with open(os.path.join(expect.TOP, "runtime/host/switch.schema.json"), encoding="ascii") as schema:
    SCHEMA = jsonschema.Draft202012Validator(json.load(schema))
SYMBOLS = ("nf_conntrack_hash", "nf_conntrack_htable_size", "nf_ct_expect_hash", "nf_ct_expect_hsize")


class Kernel:
    """One kernel of the cache: its parts, the release that it names itself, and what is built for it."""

    def __init__(self, abi, parts):
        self.abi = abi
        self.vmlinux, self.vmlinuz, self.modules, self.headers = (
            parts[kind] for kind in ("vmlinux", "vmlinuz", "modules", "headers"))
        with open(os.path.join(os.path.dirname(self.vmlinuz), "release"), encoding="ascii") as file:
            self.release = file.read().strip()


def fetch(abis):
    """{abi: Kernel} with everything that a switch needs; a reason instead when one is not to be had."""
    run = subprocess.run([os.path.join(expect.TOP, "testdata/run/fetch-kernels"), "--vmlinux", "--boot", "--headers",
                          *dict.fromkeys(abis)], capture_output=True, text=True, check=False)
    rows = [line.split() for line in run.stdout.splitlines()]
    if run.returncode == 77:
        return None, run.stdout.strip().splitlines()[-1].removeprefix("skipped: ")
    if run.returncode:
        raise SystemExit(f"# fetch-kernels: {run.stderr}")
    parts = {}
    for kind, abi, path in rows:
        parts.setdefault(abi, {})[kind] = path
    return [Kernel(abi, parts[abi]) for abi in abis], None


# ---- what is built -------------------------------------------------------------------------------------------------

def converter_folder(old, new):
    """Where the mapping from OLD to NEW lies, and how `gen` is told to take it: a way back is that of the way forth."""
    names = [kernel.release.split("~")[0] for kernel in (old, new)]
    forth, back = (os.path.join(expect.TOP, "converters", f"switch-{a}-to-{b}") for a, b in (names, reversed(names)))
    return (forth, ()) if os.path.isdir(forth) else (back, ("--reverse",))


def carryover(*arguments):
    subprocess.run([os.path.join(expect.BUILD, "carryover"), *arguments], check=True, stdout=subprocess.DEVNULL)


def with_faulty(folder, old, new):
    """The mapping from OLD to NEW with one more root, which testdata/switch/faulty.c brings."""
    here = os.path.join(folder, f"mapping-{old.abi}-{new.abi}")
    shutil.copytree(converter_folder(old, new)[0], here)
    shutil.copytree(os.path.join(expect.TOP, "converters", "common"), os.path.join(folder, "common"))
    mapping, hooks = os.path.join(here, "mapping.yaml"), os.path.join(here, "hooks.c")
    with open(mapping, encoding="utf-8") as file:
        text = file.read().replace("roots:\n", "roots:\n  - { type: struct rlimit, restore: faulty }\n")
    with open(mapping, "w", encoding="utf-8") as file:
        file.write(text + "\n  struct rlimit:\n    members:\n      rlim_cur: { hook: limit_checked }\n")
    with open(hooks, "a", encoding="utf-8") as file:
        file.write("\nint limit_checked(struct co_ctx *ctx, const struct old_rlimit *old, struct new_rlimit *new)\n{\n"
                   "\tif (old->rlim_cur == 666)\n"
                   '\t\tco_fail(ctx, CO_E_VALUE, "rlim_cur", old->rlim_cur, "it was told not to convert");\n'
                   "\tnew->rlim_cur = old->rlim_cur;\n\treturn co_status(ctx);\n}\n")
    for side, kernel in (("old", old), ("new", new)):
        carryover("dump", "-q", "--carried", mapping, kernel.vmlinux, "-o", os.path.join(here, side + ".yaml"))
    return here


def generate(folder, old, new, faulty):
    """The converter from OLD to NEW, as C; FAULTY: with a root for the participant that goes wrong."""
    out = os.path.join(folder, f"converter-{old.abi}-{new.abi}")
    source, way = converter_folder(old, new)
    if faulty:
        source = with_faulty(folder, old, new)
    carryover("gen", "-q", os.path.join(source, "mapping.yaml"), *way, "-o", out)
    return out


def build_modules(kernel, converters, out, ready):
    """The modules for KERNEL, built in OUT and copied to READY: (path of each, what the compiler said)."""
    run = subprocess.run([os.path.join(KERNEL, "build"), kernel.headers, out, *converters], capture_output=True, text=True,
                         env={**os.environ, "PARTICIPANTS": os.path.join(HERE, "faulty.c")}, check=False)
    said = [line for line in run.stderr.splitlines() if "Skipping BTF" not in line]
    if run.returncode:
        raise machine.Failure(f"the modules of {kernel.abi} do not build:\n" + "\n".join(said))
    os.makedirs(ready)
    return [shutil.copy(path, ready) for path in run.stdout.split()], said


def build_seed(folder):
    out = os.path.join(folder, "seed")
    subprocess.run([os.environ.get("CC", "gcc"), "-static", "-O1", "-Wall", "-Wextra", "-o", out,
                    os.path.join(HERE, "seed.c")], check=True)
    return out


def initramfs(folder, kernel, modules, seed, following=None):
    """The initramfs of KERNEL; FOLLOWING: (kernel, its initramfs) to go to from there."""
    name = f"{kernel.abi}{'-last' if not following else ''}"
    root = machine.Root(os.path.join(folder, f"root-{name}"))
    for program in ("kexec", "conntrack", "ip", "keyctl", "nft"):
        root.program(program)
    root.program("carryover-run", os.path.join(expect.BUILD, "carryover-run"))
    root.file(seed, "sbin/seed")
    root.text("keys", "\n".join(KEYS))
    for name_ in ("net.sh", "net.nft", "state.sh"):
        root.file(os.path.join(HERE, name_), name_)
    for module in MODULES:
        root.module(kernel.modules, module)
    for path in modules:
        module = os.path.join("carryover", os.path.basename(path))
        root.file(path, module)
        root.strip(module)
    if following:
        root.file(following[0].vmlinuz, "next/vmlinuz")
        root.file(following[1], "next/initrd")
    out = os.path.join(folder, f"initramfs-{name}")
    root.pack(out)
    return out


def break_converter(converter, folder):
    """CONVERTER in FOLDER, but that a member that moved is copied from where it now is, which in the old object is
    something else."""
    shutil.copytree(converter, folder)
    path = os.path.join(folder, "converter.c")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    broken, n = re.subn(r"(\* saved_addr: [^;]*\(char \*\)new \+ (\d+), \(const char \*\)old \+ )\d+", r"\g<1>\2", text)
    if n != 1 or broken == text:
        raise machine.Failure("the converter has no copy of saved_addr that could be broken")
    with open(path, "w", encoding="utf-8") as file:
        file.write(broken)
    return folder


class Workshop:
    """Makes each converter and the modules of each kernel once, for all journeys: as soon as it knows the journeys, and
    while the first of them are on their way."""

    def __init__(self, folder, journeys):
        """JOURNEYS: the kernels of each. The way from the first to the second of them has faults on it."""
        self.folder = folder
        self.seed = build_seed(folder)
        pairs = {(old.abi, new.abi): (old, new) for kernels in journeys for old, new in zip(kernels, kernels[1:])}
        self.faulty = next(iter(pairs), None)
        self.converters = {pair: generate(folder, *pairs[pair], pair == self.faulty) for pair in pairs}
        self.pool = concurrent.futures.ThreadPoolExecutor(2)
        kernels = {kernel.abi: kernel for journey in journeys for kernel in journey}
        self.modules = {abi: self.pool.submit(self._build, kernel) for abi, kernel in kernels.items()}

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.pool.shutdown(cancel_futures=True)

    def _build(self, kernel, ready="ready", replaced=()):
        """REPLACED: ((old, new), folder) of a converter that is another one than all others have."""
        converters = {**self.converters, **dict(replaced)}
        return build_modules(kernel, [folder for pair, folder in converters.items() if kernel.abi in pair],
                             os.path.join(self.folder, f"modules-{kernel.abi}"),
                             os.path.join(self.folder, f"{ready}-{kernel.abi}"))

    def with_broken(self, old, new):
        """The modules of OLD, with a converter to NEW that is wrong in one member; nothing else is built again."""
        self.modules[old.abi].result()
        pair = old.abi, new.abi
        broken = break_converter(self.converters[pair], os.path.join(self.folder, "converter-broken"))
        return self._build(old, "broken", [(pair, broken)])[0]

    def is_faulty(self, old, new):
        return (old.abi, new.abi) == self.faulty

    def pack(self, folder, kernels, first=None):
        """The initramfs of every stop of a journey, in FOLDER; FIRST: other modules for the first. (initramfs of the
        first, warnings of what was built)"""
        following, said = None, []
        for number in reversed(range(len(kernels))):
            modules, warnings = self.modules[kernels[number].abi].result()
            said += [line for line in warnings if line not in said]
            if not number and first:
                modules = first
            following = (kernels[number], initramfs(folder, kernels[number], modules, self.seed, following))
        return following[1], said


# ---- in the guest --------------------------------------------------------------------------------------------------

def converter_module(old, new):
    return "converter_" + re.sub(r"[^A-Za-z0-9]", "_", f"{old.release}_to_{new.release}")


def set_up(guest):
    """Modules of the kernel, and the network."""
    guest.must(f"for m in {' '.join(MODULES)}; do [ ! -e /lib/modules/$m.ko ] || insmod /lib/modules/$m.ko; done")
    guest.must("sh /net.sh")


def load(guest, converter, participants=PARTICIPANTS, reserved=machine.RESERVED):
    size, address = reserved
    guest.must(f"insmod /carryover/carryover.ko at={address:#x} size={size:#x}")
    guest.must(f"insmod /carryover/{converter}.ko")
    for name in participants:
        guest.must(f"insmod /carryover/carryover_{name}.ko")


def unload(guest, converter, participants=PARTICIPANTS):
    names = [f"carryover_{name}" for name in participants] + [converter, "carryover"]
    guest.must(f"for m in {' '.join(names)}; do rmmod $m || exit 1; done")


class Report:
    """What `carryover-run switch` said of one command: TEXT is its JSON, MESSAGES came on standard error."""

    def __init__(self, text, messages):
        self.text = text + messages
        said = json.loads(text)
        for error in SCHEMA.iter_errors(said):
            raise machine.Failure(f"a report that is not as its schema says: {error.json_path}: {error.message}: {text}")
        self.done, self.trouble, self.issues = said["done"], said["trouble"] or "", said["issues"]
        self.participants = {one["name"]: one for one in said["participants"]}
        self.ns = {one["phase"]: one["ns"] for one in said["phases"]}
        # A machine that is not set up (ENXIO) is no refusal.
        self.code = 0 if self.done else 2 if said["error"] == -6 else 1


refusals = []  # what an operator was told, each time that a command was not done


def command(guest, word):
    """(True when it was done, Report)"""
    code, _ = guest.run(f"carryover-run switch {word} --format json >/tmp/said 2>/tmp/messages")
    messages = guest.must("cat /tmp/messages")
    try:
        report = Report(guest.must("cat /tmp/said"), messages)
    except ValueError as error:
        raise machine.Failure(f"carryover-run switch {word} ended with {code} and no report: {messages}") from error
    if code != report.code or bool(messages) != bool(code) or report.trouble not in messages:
        raise machine.Failure(f"carryover-run switch {word} ended with {code}, but reports: {report.text}")
    if code:
        refusals.append(messages.strip())
    return report.done, report


def passes(guest):
    """Whether packets pass this kernel."""
    return guest.run("/sbin/ip netns exec c ping -c 1 -W 1 10.0.1.1 >/dev/null")[0] == 0


def look_inside(folder, guest, kernel, name):
    """What drgn finds in the memory of GUEST: {(kind, id): (left, members)}"""
    core, symbols = os.path.join(folder, f"core-{name}"), os.path.join(folder, f"symbols-{name}")
    with open(symbols, "w", encoding="ascii") as file:
        file.write(guest.must(rf"grep -E ' ({'|'.join(SYMBOLS)})\s' /proc/kallsyms"))
    guest.dump(core)
    run = subprocess.run([os.path.join(HERE, "inside"), kernel.vmlinux, core, symbols], capture_output=True, text=True,
                         check=False)
    os.unlink(core)
    if run.returncode:
        raise machine.Failure(f"inside {kernel.abi}: " + "\n".join(reversed(run.stderr.splitlines())))
    rows = {}
    for line in run.stdout.splitlines():
        row = json.loads(line)
        rows[row.pop("kind"), row.pop("id")] = (row.pop("left"), row)
    missing = KINDS - {kind for kind, _ in rows}
    if missing:
        raise machine.Failure(f"inside {kernel.abi} there is no {', no '.join(sorted(missing))}")
    return rows


def tools(guest):
    """What a user's tools say, without what may differ: how long each has still to live, and how often it was used."""
    said = guest.must("conntrack -L expect 2>/dev/null | sed 's/^[0-9]* //' | sort; /sbin/ip -4 neigh | "
                      "sed 's/ \\(REACHABLE\\|DELAY\\|PROBE\\)/ STALE/' | sort; /sbin/ip xfrm state; /sbin/ip xfrm policy; "
                      "keyctl print %user:hello")
    return said.splitlines()


# ---- what must hold ------------------------------------------------------------------------------------------------

STATUS = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 10 | 1 << 13  # seen reply, assured, confirmed, fixed timeout, helper
ALLOWED = {
    # A probe that was under way is not: the entry is stale.
    ("neighbour", "nud_state"): lambda old, new: new == (old if old & 0xC6 else 4),
    # Set by who inserts a policy.
    ("policy", "curlft.use_time"): lambda old, new: True,
}


def compare(before, after, elapsed):
    """Every object and member that was there is there, and as it was. (problems, members compared)"""
    problems, n = [], 0
    for kind_id, (left, members) in before.items():
        kind = kind_id[0]
        if kind_id not in after:
            problems.append(f"{kind} {kind_id[1]} is gone")
            continue
        left_now, now = after[kind_id]
        for path, value in members.items():
            if path not in now:
                continue
            n += 1
            rule = ALLOWED.get((kind, path), lambda old, new: old == new)
            if not rule(value, now[path]):
                problems.append(f"{kind} {kind_id[1]} {path} was {value} and is {now[path]}")
        if left is not None and not -2 <= left - left_now <= elapsed + 2:
            problems.append(f"{kind} {kind_id[1]} had {left:.1f} s left and has {left_now:.1f} after {elapsed:.1f}")
    return problems, n


def table(tap, name, old, new):
    """The lines of a report for a person: objects by participant, and the time of each phase."""
    tap.note(name)
    tap.note(f"{'participant':12} {'captured':>9} {'converted':>9} {'restored':>9} {'refused':>9}")
    for who, row in old.participants.items():
        there = new.participants.get(who, {})
        tap.note(f"{who:12} {row['captured']:9} {row['converted']:9} {there.get('restored', 0):9} {there.get('refused', 0):9}")
    for phase, ns in (*old.ns.items(), *((p, n) for p, n in new.ns.items() if p not in old.ns)):
        tap.note(f"  {phase.lower():10} {ns / 1e6:9.2f} ms")
    both = (old.ns["CAPTURE"] + old.ns["CONVERT"]) / 1e6
    objects = sum(row["captured"] for row in old.participants.values())
    tap.note(f"  capture and convert: {both:.2f} ms for {objects} objects, {both * 500 / max(objects, 1):.2f} ms for 500")


def packets(tap, name, guest):
    """A fresh connection to the announced port passes as related; one to another port does not. Each may ask again before
    it gives up."""
    def asked(port):
        guest.run(f"/sbin/ip netns exec s nc -w 1 10.0.1.2 {port} </dev/null >/dev/null 2>&1")
        said = dict(re.findall(r"counter (\w+) {\s*packets (\d+)", guest.must("nft list counters")))
        return int(said["related"]), int(said["refused"])

    announced, other = asked(51210), asked(51211)
    tap.result(f"{name}: the port that was announced before is RELATED and passes, another does not",
               [] if announced[0] and not announced[1] and other[0] == announced[0] and other[1]
               else [f"related and refused: {announced}, then {other}"])


def everyone(faulty):
    """The participants of a hop; FAULTY: its converter has a root of the one that goes wrong."""
    return (*PARTICIPANTS, "faulty") if faulty else PARTICIPANTS


# ---- a journey -----------------------------------------------------------------------------------------------------

def leave(tap, name, folder, guest, hop, with_faults):
    """The old side of one hop, up to kexec."""
    load(guest, hop.converter, hop.participants)
    guest.must("tr '\\n' , </tmp/serials | sed 's/,$//' >/sys/module/carryover_key/parameters/serials")
    if with_faults:
        faults.on_the_old_side(tap, guest)
    good, report = command(guest, "preflight")
    tap.result(f"{name}: preflight finds nothing against it, and changes nothing",
               [] if good and passes(guest) else report.text.splitlines())
    guest.must("kexec -s -l /next/vmlinuz --initrd=/next/initrd "
               f'--command-line="console=ttyS0 quiet panic=-1 {machine.reservation(True)}"')
    if with_faults:
        faults.take_back(tap, guest)
    said = tools(guest)
    good, report = command(guest, "commit")
    tap.result(f"{name}: the state is captured, converted and committed, and stays as it is",
               [] if good and not passes(guest) else report.text.splitlines())
    return said, report, look_inside(folder, guest, hop.old, "old")


def arrive(tap, name, guest, hop, with_faults):
    """The new side of one hop: the report of restore."""
    set_up(guest)
    if with_faults:
        faults.on_the_new_side(tap, guest, hop)
    load(guest, hop.converter, hop.participants)
    image = guest.region()
    good, report = command(guest, "restore")
    refused = sum(row["refused"] for row in report.participants.values())
    tap.result(f"{name}: every object lives again", [] if good and not refused else report.text.splitlines())
    again, second = command(guest, "restore")
    tap.result(f"{name}: a second time is refused",
               [] if not again and "applied before" in second.trouble else second.text.splitlines())
    if with_faults:
        faults.replayed(tap, guest, hop, image)
    return report


def find_serials(guest):
    """Keys have other serials in each kernel: those of this one, for whoever hands them in."""
    said = guest.must("for k in $(cat /keys); do keyctl request user $k; done | tee /tmp/serials")
    if len(said.split()) != len(KEYS):
        raise machine.Failure(f"the keys {' '.join(KEYS)} are {said}")


class Hop:
    """From one kernel to the next."""

    def __init__(self, workshop, old, new):
        self.old, self.new = old, new
        self.name = f"{old.release} to {new.release}"
        self.converter = converter_module(old, new)
        self.back = converter_module(new, old)
        self.participants = everyone(workshop.is_faulty(old, new))


def journey(tap, name, workshop, kernels, folder, with_faults):
    """Carries one machine along KERNELS."""
    os.makedirs(folder)
    first, said = workshop.pack(folder, kernels)
    tap.result(f"{name}: the modules build without a warning for {', '.join(dict.fromkeys(k.abi for k in kernels))}", said)
    with machine.Machine(folder, kernels[0].vmlinuz, first) as guest:
        guest.wait_shell()
        set_up(guest)
        guest.must(f"sh /state.sh {RECORDS}")
        for number, (old, new) in enumerate(zip(kernels, kernels[1:])):
            hop = Hop(workshop, old, new)
            find_serials(guest)
            before, left, inside = leave(tap, hop.name, folder, guest, hop, with_faults and not number)
            started = guest.clock()
            guest.kexec()
            arrived = arrive(tap, hop.name, guest, hop, with_faults and not number)
            after = tools(guest)
            tap.result(f"{hop.name}: a user's tools say what they said", expect_same(before, after))
            now = look_inside(folder, guest, new, "new")
            problems, n = compare(inside, now, guest.clock() - started)
            tap.result(f"{hop.name}: {n} members of {len(inside)} objects in the new kernel's memory are as they were",
                       problems)
            table(tap, hop.name, left, arrived)
            if number + 2 == len(kernels):
                packets(tap, hop.name, guest)
            unload(guest, hop.converter, hop.participants)
            tap.result(f"{hop.name}: the new kernel has nothing to complain about", faults.complaints(guest))


def control(tap, name, workshop, kernels, folder):
    """A switch with a converter that is wrong in one member: the tools see nothing, a look inside does."""
    os.makedirs(folder)
    first, _ = workshop.pack(folder, kernels, workshop.with_broken(*kernels))
    hop = Hop(workshop, *kernels)
    with machine.Machine(folder, hop.old.vmlinuz, first) as guest:
        guest.wait_shell()
        set_up(guest)
        guest.must("sh /state.sh 20")
        find_serials(guest)
        unheard = expect.Tap(silent=True)
        before, _, inside = leave(unheard, name, folder, guest, hop, False)
        guest.kexec()
        arrive(unheard, name, guest, hop, False)
        seen = expect_same(before, tools(guest))
        problems, n = compare(inside, look_inside(folder, guest, hop.new, "new"), 60)
    wrong = [p for p in problems if "saved_addr" in p or "saved_proto" in p]
    tap.result(f"{name}: a member that is copied from its old place is found inside ({len(wrong)} of them), "
               f"{'and' if seen else 'though not'} by a user's tools",
               [p for p in problems if p not in wrong] + [f"not ok: {said}" for said in unheard.failures] +
               ([] if wrong else [f"nothing was found among {n} members of {len(inside)} objects"]))


def expect_same(before, after):
    return [f"- {line}" for line in before if line not in after] + [f"+ {line}" for line in after if line not in before]
