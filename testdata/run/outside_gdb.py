# SPDX-License-Identifier: GPL-2.0-or-later
"""Run by gdb itself (gdb -x outside_gdb.py FILE CORE): what gdb reads in a core with FILE's debug info.

The environment names two files: REQUEST, with {"init": an expression that is a task or null, "objects":
[[type, address, [path, ...]], ...], "offsets": [[type, path], ...]}, and ANSWER, which gets {"tasks": [address, ...],
"objects": [[value, ...], ...], "offsets": [bytes, ...]}. newcore.py asks drgn the same.
"""

import json
import os

import gdb

COMPOUND = (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION)


def plain(value):
    """A value as JSON can say it; of a struct the value of its only member, or nothing."""
    type_ = value.type.strip_typedefs()
    if type_.code == gdb.TYPE_CODE_ARRAY:
        first, last = type_.range()
        return [plain(value[i]) for i in range(first, last + 1)]
    if type_.code in COMPOUND:
        fields = [f for f in type_.fields() if type_.sizeof == f.type.sizeof]
        return plain(value[fields[0]]) if fields else None
    return int(value)


def object_at(type_, address, known={}):  # pylint: disable=dangerous-default-value
    """What lies there. A type is looked up once: in a whole kernel that takes longer than all that is read."""
    if type_ not in known:
        text = type_.startswith("char [")
        known[type_] = gdb.lookup_type("char").array(int(type_[6:-1]) - 1) if text else gdb.lookup_type(type_)
    return gdb.Value(address).cast(known[type_].pointer()).dereference()


def member(value, path):
    for word in path.replace("[", ".[").split(".") if path else []:
        value = value[int(word[1:-1]) if word[0] == "[" else word]
    return value


def offset_of(type_, path):
    return int(member(object_at(type_, 0), path).address)


def walk_list(head, type_, member):
    """The objects of a list_head."""
    offset = offset_of(type_, member)
    node = head["next"]
    while int(node) != int(head.address):
        yield object_at(type_, int(node) - offset)
        node = node["next"]


def walk_tasks(init):
    """init_task, then the leaders, each with its threads."""
    yield int(init.address)
    for leader in walk_list(init["tasks"], "struct task_struct", "tasks"):
        for task in walk_list(leader["signal"]["thread_head"], "struct task_struct", "thread_node"):
            yield int(task.address)


def main():
    with open(os.environ["REQUEST"], encoding="utf-8") as file:
        request = json.load(file)
    answer = {"tasks": [], "objects": [], "offsets": [offset_of(*row) for row in request["offsets"]]}
    if request["init"]:
        answer["tasks"] = list(walk_tasks(gdb.parse_and_eval(request["init"])))
    for type_, address, paths in request["objects"]:
        answer["objects"].append([plain(member(object_at(type_, address), path)) for path in paths])
    with open(os.environ["ANSWER"], "w", encoding="utf-8") as file:
        json.dump(answer, file)


main()
