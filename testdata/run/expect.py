# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests expect of the maintained mapping, apart from carryover's own model: the rules of
testdata/fields/expect.tsv, and what another reader (outside-tasks) saw in the old kernel's memory."""

import json
import os
import re
import subprocess

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("BUILD", os.path.join(TOP, "build"))
PAIR = os.path.join(TOP, "converters", "linux-6.1.190-1-to-6.1.192-1")


def read_rules():
    """type -> {path or '*': 'copy', 'zero' or 'tail'}"""
    rules = {}
    with open(os.path.join(TOP, "testdata", "fields", "expect.tsv"), encoding="utf-8") as rows:
        for row in rows:
            if row.startswith("#"):
                continue
            type_, rule, paths = row.rstrip("\n").split("\t")
            table = rules.setdefault(type_, {"*": None})
            if rule == "*":
                table["*"] = paths
            else:
                table.update((p, rule) for p in paths.split(" "))
    return rules


def rule_of(table, path, used=None):
    """The rule of the nearest path above PATH that has one."""
    path = path.split("[")[0] if "[" in path else path
    while True:
        if path in table and path != "*":
            if used is not None:
                used.add(path)
            return table[path]
        if "." not in path:
            return table["*"]
        path = path.rsplit(".", 1)[0]


def generate(folder, *options):
    """The converter, from the mapping and the layouts beside it: the path of its shared object."""
    subprocess.run([os.path.join(BUILD, "carryover"), "gen", os.path.join(PAIR, "mapping.yaml"), *options,
                    "-o", folder], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["make", "-s", "-C", folder], check=True, stdout=subprocess.DEVNULL)
    return os.path.join(folder, "converter.so")


def run_tool(*arguments):
    return subprocess.run([os.path.join(BUILD, "carryover-run"), *arguments], capture_output=True, check=False)


def inspect(image):
    """The objects of an image: [{object, type, address, members: {path: value}}]"""
    run = run_tool("inspect", image, "--format", "json")
    if run.returncode:
        raise SystemExit(f"# inspect {image}: {run.stderr.decode()}")
    objects = json.loads(run.stdout)["objects"]
    for thing in objects:
        thing["members"] = {m["path"]: m["value"] for m in thing["members"]}
    return objects


def flatten(path, value, out):
    """Arrays and structs in them become paths of their own: rlim[3].rlim_cur."""
    if isinstance(value, list):
        for i, element in enumerate(value):
            flatten(f"{path}[{i}]", element, out)
    elif isinstance(value, dict) and "target" not in value and "bytes" not in value:
        for name, element in value.items():
            flatten(f"{path}.{name}", element, out)
    else:
        out[path] = value


def read_outside(lines):
    """What outside-tasks --objects printed: address -> (type, {path: value})"""
    result = {}
    for line in lines:
        row = json.loads(line)
        members = {}
        for path, value in row["members"].items():
            flatten(path, value, members)
        result[int(row["object"], 16)] = (row["type"], members)
    return result


def tasks_of(objects):
    """pid tgid comm uid of every task of an image, as outside-tasks prints them."""
    by_number = {o["object"]: o for o in objects}
    rows = []
    for task in objects:
        if task["type"] != "struct task_struct":
            continue
        members = task["members"]
        cred = by_number[members["cred"]["object"]]
        rows.append((members["pid"], members["tgid"], members["comm"], cred["members"]["uid.val"]))
    return [" ".join(str(v) for v in row) for row in sorted(rows)]


def same(value, seen, addresses):
    """VALUE of an image against what the other reader saw; addresses: object number -> old address."""
    if isinstance(value, dict) and "object" in value:
        start, size = addresses[value["object"]]
        return start <= seen < start + size
    if isinstance(value, dict) and "target" in value:
        return seen != 0  # a symbol
    if isinstance(value, dict):
        return None  # bytes as a whole: compared where they are converted
    return (value or 0) == seen


def compare_objects(objects, outside, rules):
    """Every carried member of every object of a converted image that the other reader saw in the old
    kernel. Returns (problems, members compared)."""
    addresses = {o["object"]: (int(o["address"], 16), o["size"]) for o in objects}
    problems, n = [], 0
    missing = set(outside)
    for thing in objects:
        address = int(thing["address"], 16)
        if address not in outside or thing["type"] not in rules:
            continue
        missing.discard(address)
        type_, seen = outside[address]
        if type_ != thing["type"]:
            problems.append(f"{thing['type']} at {address:#x} is {type_} to the other reader")
            continue
        flat = {}
        for path, value in thing["members"].items():
            flatten(path, value, flat)
        for path, value in flat.items():
            if path not in seen:
                continue
            want = seen[path] if rule_of(rules[type_], path) == "copy" else 0
            agrees = same(value, want, addresses) if want else not value or isinstance(value, dict)
            n += agrees is not None
            if agrees is False:
                problems.append(f"{thing['type']} {address:#x} {path} is {value}, not {want}")
    problems += [f"{outside[a][0]} at {a:#x} did not cross" for a in sorted(missing)]
    return problems, n


def compare_return(objects, returned):
    """There and back: what an image holds of a member in both is the same. (problems, members compared)"""
    problems, n = [], 0
    if [(o["type"], o["address"]) for o in objects] != [(o["type"], o["address"]) for o in returned]:
        return ["other objects came back"], 0
    for before, after in zip(objects, returned):
        for path in before["members"].keys() & after["members"].keys():
            n += 1
            if before["members"][path] != after["members"][path]:
                problems.append(f"{before['type']} {before['address']} {path} is {after['members'][path]}, "
                                f"not {before['members'][path]}")
    return problems, n


class Tap:
    """TAP lines on standard output; LATER: when another one add()s them, for one of several that run at once."""

    def __init__(self, silent=False, later=False):
        self.n = self.failed = 0
        self.silent = silent
        self.failures = []
        self.kept = [] if later else None

    def _print(self, line):
        if self.kept is None:
            print(line, flush=True)
        else:
            self.kept.append(line)

    def add(self, other):
        """Everything that OTHER kept, after what is here."""
        for line in other.kept:
            self._print(re.sub(r"^((?:not )?ok) (\d+)", lambda m: f"{m[1]} {self.n + int(m[2])}", line))
        self.n += other.n
        self.failed += other.failed
        self.failures += other.failures

    def result(self, name, problems):
        self.n += 1
        self.failed += bool(problems)
        if problems:
            self.failures.append(f"{name}: {problems[0]}")
        if self.silent:
            return
        self._print(f"{'not ok' if problems else 'ok'} {self.n} - {name}")
        for problem in problems[:10]:
            self._print(f"# {problem}")

    def skip(self, name, why):
        self.n += 1
        self._print(f"ok {self.n} - {name} # SKIP {why}")

    def note(self, text):
        """Lines for a person."""
        if not self.silent:
            self._print(f"# {text}")

    def finish(self):
        print(f"1..{self.n}")
        return self.failed != 0
