#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
chains.py SEED STRUCTS DIRECTORY: random structs as pairs.py makes them, and a second round of edits: old.c, mid.c and
new.c, with 1/mapping.yaml from the first to the second and 2/mapping.yaml from there to the third. Only old.c says how
its objects are filled: what they become is what both converters make of them, one after the other.
"""
import copy
import os
import sys

from pairs import GROWN, Maker, Pair, copy_members, declare, mapping_text, side_text, values_of


class ChainMaker(Maker):
    def gathered(self, pair, old, new):
        """A word gathered from members composes with no later hop: one in a while, to see that it is refused."""
        if self.chance(5):
            super().gathered(pair, old, new)

    def armed(self, pair, old, new, pairs):
        """Unions with a discriminator compose with nothing."""

    def overflow(self, member):
        return "on-overflow: refuse"

    def edit_rows(self, pair, member, path, words):
        """Arrays keep their rows: the enum that counts one would have to be in all three releases."""


def settle(members, pairs):
    """What became of a round of edits, as if it had been there all along; PAIRS are the second round's, by name."""
    out = []
    for member in members:
        new = copy.copy(member)
        new.members, new.dims = settle(member.members, pairs), list(member.dims)
        new.partial = new.null = False
        new.init = new.expr = new.hidden = None
        new.gather = []
        new.key = member.name or member.key or ""
        if member.pair:
            new.pair = pairs[member.pair.name]
        out.append(new)
    return out


def untouched(pair):
    """Names of the integers that the first round left as they were."""
    before = {m.name: (m.ctype, m.width, m.dims) for m in pair.sides[0] if m.kind == "int"}
    return {m.name for m in pair.sides[1]
            if m.kind == "int" and before.get(m.name) == (m.ctype, m.width, m.dims) and m.name not in pair.decisions}


def saturate(maker, pair, counted=None):
    """Some numbers that may not fit take the nearest that does; COUNTED always: else only an empty tail would cross."""
    for path, words in pair.decisions.items():
        forced = counted and (path == counted or f"from: {counted}," in words)
        if "on-overflow: refuse" in words and (maker.chance(35) or forced):
            pair.decisions[path] = words.replace("refuse", "saturate")


def second_round(maker, first, pairs):
    pair = Pair(first.name)
    pair.tail_count = first.tail_count
    old = settle([m for m in first.sides[1] if m.kind != "tail"], pairs)
    new = maker.edit_all(pair, copy_members(old), "")
    if maker.chance(40):
        maker.move(pair, new)
    if maker.chance(40):
        names = untouched(first)
        maker.computed(pair, [m for m in old if m.name in names or maker.chance(2)], new)
    if not any(m.kind != "hole" for m in new):
        new.append(maker.added(pair, ""))
    if first.tail:
        old += settle([m for m in first.sides[1] if m.kind == "tail"], pairs)
        pair.tail = old[-1]
        new.append(copy.copy(pair.tail))
        pair.decisions[pair.tail.name] = f"{{ count: {pair.tail_count} }}"
    pair.attributes = [first.attributes[1], " __attribute__((packed))" if maker.chance(8) else ""]
    pair.sides = [old, new]
    return pair


def last_text(pairs):
    out = [GROWN]
    for pair in pairs:
        out += [f"struct {pair.name} {{"] + declare(pair.sides[1], 1, 1) + [f"}}{pair.attributes[1]};"]
        out.append(f"struct {pair.name} *make_{pair.name};")
    return "\n".join(out) + "\n"


def main():
    seed, n, directory = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    maker, first, second = ChainMaker(seed), [], {}
    for i in range(n):
        first.append(maker.pair(f"t{i}", [p for p in first if not p.tail and values_of(p)[1] < 40]))
    for pair in first:
        second[pair.name] = second_round(maker, pair, second)
    for pair in first:
        saturate(maker, pair)
        saturate(maker, second[pair.name], pair.counted)
    later = mapping_text(list(second.values())).replace("2.0", "3.0").replace("1.0", "2.0")
    files = {"old.c": side_text(first, 0), "mid.c": side_text(first, 1), "new.c": last_text(second.values()),
             "1/mapping.yaml": mapping_text(first), "2/mapping.yaml": later}
    for name, text in files.items():
        os.makedirs(os.path.dirname(f"{directory}/{name}"), exist_ok=True)
        with open(f"{directory}/{name}", "w", encoding="ascii") as file:
            file.write(text.replace("_flags", "_word"))


main()
