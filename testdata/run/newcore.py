# SPDX-License-Identifier: GPL-2.0-or-later
"""Cores of converted objects, as other programs see them: gdb and drgn read every member that `carryover-run
inspect` prints, at the addresses that `convert --core` lists, with the new kernel's debug info."""

import json
import os
import shutil
import struct
import subprocess

import expect

PT_LOAD, PT_NOTE = 1, 4
EHDR = struct.Struct("<16sHHIQQQIHHHHHH")
PHDR = struct.Struct("<IIQQQQQQ")


def make(converter, image, core, *options):
    """The list of a new core, or None with what was said instead."""
    run = expect.run_tool("convert", "-c", converter, image, "--core", core, "--format", "json", *options)
    if run.returncode:
        return None, run.stderr.decode()
    return json.loads(run.stdout), None


def read_segments(core):
    """(machine, type, [(address, bytes)], text of VMCOREINFO)"""
    with open(core, "rb") as file:
        data = file.read()
    head = EHDR.unpack_from(data)
    loads, info = [], ""
    for i in range(head[10]):
        kind, _, offset, address, _, size, _, _ = PHDR.unpack_from(data, head[5] + i * PHDR.size)
        if kind == PT_LOAD:
            loads.append((address, data[offset : offset + size]))
        elif kind == PT_NOTE:
            names, length, _ = struct.unpack_from("<III", data, offset)
            info = data[offset + 12 + (names + 3) // 4 * 4 :][:length].decode()
    return head[2], head[1], loads, info


def offset_of(core, address):
    """Where in the file the segment with an address has it."""
    with open(core, "rb") as file:
        data = file.read()
    head = EHDR.unpack_from(data)
    for i in range(head[10]):
        kind, _, offset, start, _, size, _, _ = PHDR.unpack_from(data, head[5] + i * PHDR.size)
        if kind == PT_LOAD and start <= address < start + size:
            return offset + address - start
    raise SystemExit(f"# {address:#x} is in no segment")


# ---- readers ----


def read_with_gdb(file, core, request, folder):
    """What gdb answers to a request of outside_gdb.py, or None with the reason."""
    if not shutil.which("gdb"):
        return None, "no gdb (make deps installs it)"
    paths = {name: os.path.join(folder, name) for name in ("REQUEST", "ANSWER")}
    with open(paths["REQUEST"], "w", encoding="utf-8") as out:
        json.dump(request, out)
    if os.path.exists(paths["ANSWER"]):
        os.unlink(paths["ANSWER"])
    script = os.path.join(expect.TOP, "testdata", "run", "outside_gdb.py")
    run = subprocess.run(["gdb", "-nx", "-q", "-batch", "-iex", "set auto-load off", "-x", script, file, core],
                         capture_output=True, text=True, check=False, env={**os.environ, **paths})
    if "Python scripting is not supported" in run.stderr:
        return None, "this gdb has no Python"
    if not os.path.exists(paths["ANSWER"]):
        raise SystemExit(f"# gdb: {run.stdout[-500:]} {run.stderr[-2000:]}")
    with open(paths["ANSWER"], encoding="utf-8") as answer:
        return json.load(answer), None


def read_with_drgn(file, core, request, _folder):
    try:
        import drgn
    except ImportError:
        return None, "no drgn (package python3-drgn; make deps installs it)"
    compound = (drgn.TypeKind.STRUCT, drgn.TypeKind.UNION)

    def strip(type_):
        return strip(type_.type) if type_.kind == drgn.TypeKind.TYPEDEF else type_

    def plain(value):
        type_ = strip(value.type_)
        if type_.kind == drgn.TypeKind.ARRAY:
            return [plain(value[i]) for i in range(type_.length or 0)]
        if type_.kind in compound:
            whole = [m for m in type_.members if m.name and drgn.sizeof(m.type) == type_.size]
            return plain(value.member_(whole[0].name)) if whole else None
        return int(value.value_())

    def member(value, path):
        for word in path.replace("[", ".[").split(".") if path else []:
            value = value[int(word[1:-1])] if word[0] == "[" else value.member_(word)
        return value

    def walk_list(head, type_, node):
        offset = drgn.offsetof(prog.type(type_), node)
        at = head.next
        while at.value_() != head.address_:
            yield drgn.Object(prog, type_, address=at.value_() - offset)
            at = at.next

    def walk_tasks(init):
        yield init.address_
        for leader in walk_list(init.tasks, "struct task_struct", "tasks"):
            for task in walk_list(leader.signal.thread_head, "struct task_struct", "thread_node"):
                yield task.address_

    def init_task(expression):
        if expression == "init_task":
            return prog[expression]
        return drgn.Object(prog, "struct task_struct", address=int(expression.split(")")[1], 16))

    prog = drgn.Program()
    prog.set_core_dump(core)
    prog.load_debug_info([file])
    answer = {"tasks": list(walk_tasks(init_task(request["init"]))) if request["init"] else [], "objects": [],
              "offsets": [drgn.offsetof(prog.type(type_), path) for type_, path in request["offsets"]]}
    for type_, address, paths in request["objects"]:
        thing = drgn.Object(prog, type_, address=address)
        answer["objects"].append([plain(member(thing, path)) for path in paths])
    return answer, None


READERS = {"gdb": read_with_gdb, "drgn": read_with_drgn}

# ---- what they see ----


def targets(objects):
    """(type, path) of every place inside an object that some pointer leads to."""
    found = set()
    for thing in objects:
        for value in thing["members"].values():
            if isinstance(value, dict) and "object" in value:
                inside = value["target"].partition(".")[2]
                found |= {(objects[value["object"]]["type"], inside)} if inside else set()
    return sorted(found)


def request_for(objects, listing, init):
    """Every member of the first objects of a listing, at their new addresses, and every text."""
    rows = []
    for thing, where in zip(objects, listing["objects"]):
        type_ = thing["type"] if thing["type"] != "bytes" else f"char [{thing['size']}]"
        rows.append([type_, int(where["address"], 16), list(thing["members"]) or [""]])
    return {"init": init, "objects": rows, "offsets": targets(objects)}


def holder(number, places):
    """The object of the core that has an address: (object, offset)"""
    for i, (address, size) in enumerate(places):
        if address <= number < address + size:
            return i, number - address
    return None


def say(value, known, places, symbols):
    """VALUE of a reader in the words of `inspect`, which said KNOWN of the same member."""
    while isinstance(value, list) and len(value) == 1 and not isinstance(known, (list, str)):
        value = value[0]
    if isinstance(known, str) and isinstance(value, list):
        return bytes(v & 0xFF for v in value).rstrip(b"\0").decode("latin-1")
    if isinstance(known, dict) and "name" in known:
        return {**known, "value": value}
    if known is None and value == 0:
        return None
    if isinstance(known, dict) and "object" in known:
        held = holder(value, places)
        return {"object": held[0], "target": known["target"], "offset": held[1]} if held else {"address": hex(value)}
    if isinstance(known, dict) and "target" in known:
        return known if value == symbols[known["target"]] else {"address": hex(value)}
    return value


def objects_of_core(objects, answer, listing, symbols):
    """The objects as `inspect` gives them, with the values that a reader saw in the core."""
    places = [(int(row["address"], 16), row["size"]) for row in listing["objects"]]
    result = []
    for thing, values in zip(objects, answer["objects"]):
        members = {path: say(value, thing["members"][path], places, symbols)
                   for path, value in zip(thing["members"], values)}
        row = {**thing, "members": members}
        if thing["type"] == "bytes":
            row["bytes"] = say(values[0], thing["bytes"], places, symbols)
        result.append(row)
    return result


def compare(objects, seen, answer):
    """Each member that `inspect` prints against the reader's; (problems, members compared)"""
    problems, n = [], 0
    offsets = dict(zip(targets(objects), answer["offsets"]))
    for thing, other in zip(objects, seen):
        for path, known in thing["members"].items():
            value = other["members"][path]
            if isinstance(known, dict) and "bytes" in known:
                continue
            n += 1
            if isinstance(known, dict) and "object" in known:
                inside = known["target"].partition(".")[2]
                offset = offsets[(objects[known["object"]]["type"], inside)] if inside else 0
                known = {**known, "offset": offset}
            if value != known:
                problems.append(f"{thing['type']} {thing['object']} {path} is {value}, not {known}")
        if thing.get("bytes") != other.get("bytes"):
            problems.append(f"text {thing['object']} is {other['bytes']}, not {thing['bytes']}")
    return problems, n
