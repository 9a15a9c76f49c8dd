#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
kernels.py CARRYOVER OLD NEW PART PARTS SIZE DIRECTORY: mappings of whole kernels, made without a human. The structs that
both snapshots (plain YAML) name and the PARTth of PARTS has, by a checksum of their names, are taken SIZE at a time:
`map` asks about them, every TODO gets the first of its candidates that `gen` takes, and DIRECTORY/N/ gets mapping.yaml
and out/. What an answer says is no human's: it has to be valid, not right. DIRECTORY/left-out names each struct that has
no converter, with the reason; DIRECTORY/taken those that have one.
"""
import collections
import os
import re
import subprocess
import sys
import zlib

WHY = "answered without a human"
ROUNDS = 40
LABEL = r"((?:(?:struct|union) )?[A-Za-z_]\w*(?: @ [^ :]+?\.[chS])?)"
FALLBACK = ["opaque: " + WHY, "null: " + WHY, "init: zero, why: " + WHY, "from: {}, why: " + WHY, "list: empty, why: " + WHY]


def read_structs(path):
    """The structs of a snapshot: name to the names of those that it holds by value."""
    structs, at = {}, None
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("sources:"):
                break
            if not line.startswith("   "):
                found = re.match(r'  "?(?:typedef )?((?:struct |union )?[A-Za-z_][^:"]*)"?:', line)
                at = structs.setdefault(found[1], set()) if found else None
            elif at is not None:
                at.update(name for name in re.findall(r"type: \"?((?:struct |union )?[A-Za-z_]\w*(?: @ [^\"\[\]{},*]+)?)(?=[\[\]},\"\n])", line))
    return structs


def holders(structs, name):
    """NAME, and every struct that holds it by value, however deep."""
    found = {name}
    while True:
        more = {s for s, inner in structs.items() if s not in found and inner & found}
        if not more:
            return found
        found |= more


class Slot:
    """One open decision: the lines before it, how it is written, and what it may be answered with."""
    def __init__(self, name, path, answers, inside=False, drop=False):
        self.name, self.path, self.answers, self.inside, self.drop = name, path, answers, inside, drop
        self.at = 0

    def text(self):
        answer = self.answers[self.at]
        if self.drop:
            return [f"      {self.path}: {WHY}"]
        if self.inside:
            return ["        " + part for part in re.split(r", (?=why: )", answer)]
        return [f"      {self.path}: {{ {answer} }}"]


def answers_of(path, said):
    """What to try for a TODO, of its candidates."""
    words = [w.strip() for w in said.split(" | ")]
    order = []
    for word in words:
        key = word.split(":")[0]
        if key == "constants":
            order.append((0, "constants: { prefix: F_, header: f.h }"))
        elif key in ("enumerators", "on-overflow") and "why" not in word:
            order.append((1 if key == "enumerators" else 3, f"{word}, why: {WHY}"))
        elif key == "index":
            order.append((2, f"{word.split(',')[0]}, why: {WHY}"))
        elif key == "from" and "why: WHY" in word:
            order.append((4, word.replace("WHY", WHY)))
        elif key in ("opaque", "null", "list", "init") and "TYPE" not in word:
            text = word.replace("WHY", WHY)
            order.append(({"opaque": 5, "list": 6, "null": 7, "init": 8}[key],
                          text if WHY in text else f"{text}, why: {WHY}"))
    texts = [text for _, text in sorted(order)]
    return texts + [f.format(path) for f in FALLBACK if f.format(path) not in texts]


class Mapping:
    def __init__(self, text):
        self.head, self.sections, self.roots = [], collections.OrderedDict(), []
        self.read(text.split("\n"))

    def read(self, lines):
        section, part, i, typed = None, "", 0, False
        while i < len(lines):
            line = lines[i]
            i += 1
            if line.startswith("  # ---- behind pointers"):
                break
            said = []
            if "TODO" in line:
                said.append(line.split("#", 1)[1] if "#" in line else "")
                while i < len(lines) and re.match(r" {20,}#", lines[i]):
                    said.append(lines[i].split("#", 1)[1])
                    i += 1
            said = " ".join(s.strip() for s in said)
            root = re.match(r"  - \{ type: (.*), restore: TODO \}", line)
            found = re.match(r'  "?((?:struct |union )?[A-Za-z_][^:"]*)"?:', line)
            if root:
                self.roots.append(root[1].strip('"'))
            elif line == "types:":
                typed = True
            elif found and typed:
                section = self.sections.setdefault(found[1], [])
            elif section is None or line.lstrip().startswith("#") or not line.strip():
                continue
            elif line.startswith("    members:") or line.startswith("    drop:"):
                part = line.strip().split(":")[0]
            elif re.match(r"      \S", line):
                path = line.strip().split(":")[0].strip('"')
                if part == "drop":
                    section.append(Slot(None, path, [WHY], drop=True))
                elif "TODO" in line:
                    section.append(Slot(None, path, answers_of(path, self.candidates(said))))
                else:
                    section.append(Slot(None, path, []))
            elif line.strip().startswith("TODO:"):
                section[-1].answers = answers_of(section[-1].path, said)
        for name, slots in self.sections.items():
            for slot in slots:
                slot.name = name
                slot.answers = slot.answers or [f.format(slot.path) for f in FALLBACK]

    @staticmethod
    def candidates(said):
        """The candidates of a comment that begins with what the member is, and where."""
        found = re.search(r"(?:^|\s)((?:constants|index|enumerators|on-overflow|from|opaque|null|list|init|count|arm|hook|capture|"
                          r"symbol|expr|bits): .*)", said)
        return found[1] if found else said

    def add(self, name, path):
        slots = self.sections.setdefault(name, [])
        for slot in slots:
            if slot.path == path and not slot.drop:
                return slot
        answers = [f.format(path) for f in FALLBACK]
        if zlib.crc32(path.encode()) % 2:
            answers[:2] = answers[1::-1]
        slots.append(Slot(name, path, answers))
        slots[-1].at = -1
        return slots[-1]

    def add_drop(self, name, path):
        slots = self.sections.setdefault(name, [])
        if any(s.drop and s.path == path for s in slots):
            return False
        slots.append(Slot(name, path, [WHY], drop=True))
        return True

    def text(self):
        """The mapping, and which decision each line of it is about."""
        lines = ["carryover: 1", "from: { arch: x86_64 }", "to: { arch: x86_64 }", "types:"]
        about = {}
        named = dict(self.sections)
        for root in self.roots:
            named.setdefault(root, [])
        for name, slots in named.items():
            lines.append(f"  {name}:" if ":" not in name else f'  "{name}":')
            about[len(lines)] = name
            parts = [s for s in slots if not s.drop], [s for s in slots if s.drop]
            if not parts[0] and not parts[1]:
                lines[-1] += " { members: {} }"
            for word, part in zip(("members", "drop"), parts):
                if part:
                    lines.append(f"    {word}:")
                for slot in part:
                    for line in slot.text():
                        lines.append(line)
                        about[len(lines)] = slot
        return "\n".join(lines) + "\n", about


class Chunk:
    def __init__(self, tool, old, new, structs, names, directory):
        self.tool, self.old, self.new, self.structs, self.directory = tool, old, new, structs, directory
        self.names, self.left_out = list(names), {}

    def run(self, *words):
        return subprocess.run([self.tool, *words], capture_output=True, text=True, check=False)

    def leave_out(self, name, reason):
        gone = holders(self.structs, name)
        for struct in [n for n in self.names if n in gone]:
            self.left_out.setdefault(struct, reason)
            self.names.remove(struct)
        self.mapping.roots = [r for r in self.mapping.roots if r not in gone]
        for section in [s for s in self.mapping.sections if s in gone]:
            del self.mapping.sections[section]

    def advance(self, slot, message):
        """The next answer; a member that no answer is left for takes its struct with it."""
        slot.at += 1
        if slot.at >= len(slot.answers):
            self.leave_out(slot.name, reason_of(message))

    def settle(self, errors, about):
        done = set()
        for line, message in errors:
            found = re.match(LABEL + r"\.(.+?): (.*)", message)
            drop = re.search(r"write `drop: \{([^:}]*): reason\}`", message)
            slot = about.get(line)
            if found and drop and found[1] in self.structs:
                key = (found[1], drop[1], "drop")
                if key not in done and not self.mapping.add_drop(found[1], drop[1]):
                    self.leave_out(found[1], reason_of(message))
                done.add(key)
                continue
            if not isinstance(slot, Slot) or (found and found[2] != slot.path and found[2].startswith("union of")):
                if not found:
                    named = re.match(LABEL, message)
                    self.leave_out(named[1] if named else slot if isinstance(slot, str) else slot.name if slot else "", reason_of(message))
                    continue
                path = found[2]
                written = re.search(r"members: ([^:`]+):` write", message)
                slot = self.mapping.add(found[1], written[1] if written else path)
            if id(slot) in done or (slot.drop and done.add(id(slot))):
                continue
            done.add(id(slot))
            if slot.drop:
                self.mapping.sections[slot.name].remove(slot)
            else:
                self.advance(slot, message)

    def make(self):
        os.makedirs(self.directory)
        self.mapping = Mapping("")
        for _ in range(9):
            roots = [word for name in self.names for word in ("-r", name)]
            made = self.run("map", self.old, self.new, *roots, "-o", f"{self.directory}/mapping.yaml") if roots else None
            if not made or not made.returncode:
                break
            for name, reason in re.findall(r"error: '?(struct [^';\n]*?)'? ((?:is|has|stands) [^;\n]*)", made.stderr):
                self.left_out[name] = reason.replace(self.old, "OLD").replace(self.new, "NEW").strip()
            self.names = [n for n in self.names if n not in self.left_out]
        if not made:
            return
        if made.returncode:
            sys.exit(f"map: {made.stderr[:2000]}")
        with open(f"{self.directory}/mapping.yaml", encoding="utf-8") as file:
            self.mapping = Mapping(file.read())
        for _ in range(ROUNDS):
            text, about = self.mapping.text()
            with open(f"{self.directory}/mapping.yaml", "w", encoding="utf-8") as file:
                file.write(text)
            if not self.names:
                return
            made = self.run("gen", f"{self.directory}/mapping.yaml", "--old", self.old, "--new", self.new, "-o",
                            f"{self.directory}/out")
            if not made.returncode:
                return
            errors = [(int(m[1]), m[2]) if m[1] else (0, m[2])
                      for m in re.finditer(r"^(?:[^\n]*?mapping\.yaml:(\d+):\d+: |[^\n]*?)error: (.*)$", made.stderr, re.M)]
            self.settle(errors, about)
        for name in list(self.names):
            self.left_out[name] = "no end of questions: " + reason_of(errors[0][1] if errors else made.stderr)
        self.names = []


def reason_of(message):
    """What MESSAGE says of any member."""
    text = re.sub("^" + LABEL + r"(?:\.[^:]+)?: ", "", message)
    return re.sub(r"`[^`]*`", "`...`", text.split(";")[0])[:100]


def main():
    tool, old, new, part, parts, size, directory = sys.argv[1:8]
    part, parts, size = int(part), int(parts), int(size)
    sides = read_structs(old), read_structs(new)
    names = sorted(n for n in sides[0] if n in sides[1] and n.startswith("struct ") and
                   zlib.crc32(n.encode()) % parts == part)
    structs = {n: sides[0].get(n, set()) | sides[1].get(n, set()) for n in {*sides[0], *sides[1]}}
    taken, left_out = [], {}
    for i in range(0, len(names), size):
        chunk = Chunk(tool, old, new, structs, names[i:i + size], f"{directory}/{i // size}")
        chunk.make()
        taken += chunk.names
        left_out.update(chunk.left_out)
    with open(f"{directory}/taken", "w", encoding="utf-8") as file:
        file.writelines(n + "\n" for n in taken)
    with open(f"{directory}/left-out", "w", encoding="utf-8") as file:
        file.writelines(f"{reason}\t{n}\n" for n, reason in sorted(left_out.items()))


if __name__ == "__main__":
    main()
