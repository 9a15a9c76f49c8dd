#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
pairs.py SEED STRUCTS DIRECTORY: random structs and random edits of them, as old.c, new.c and mapping.yaml, with
functions that write one and the same values through the member names of either side: what a converted object must
look like is C's own answer. broken.yaml is the mapping without one of its decisions, which must be refused.
"""
import copy
import random
import sys

INTEGERS = [("char", 8, 1), ("signed char", 8, 1), ("unsigned char", 8, 0), ("short", 16, 1), ("unsigned short", 16, 0),
            ("int", 32, 1), ("unsigned int", 32, 0), ("long", 64, 1), ("unsigned long", 64, 0), ("long long", 64, 1),
            ("u8", 8, 0), ("s16", 16, 1), ("u32", 32, 0), ("s64", 64, 1), ("__int128", 128, 1),
            ("unsigned __int128", 128, 0)]
FLOATS = [("float", 32), ("double", 64), ("long double", 128)]
ENUMS = [("enum small", 32, 0), ("enum below", 32, 1), ("enum large", 32, 0), ("enum byte", 8, 0)]
UNION_BYTES = 16
COMMON = """#include <stddef.h>
#include <stdint.h>
#include "cases.h"
typedef uint8_t u8;
typedef int16_t s16;
typedef uint32_t u32;
typedef int64_t s64;
struct outside;
struct list_head { struct list_head *next, *prev; };
enum small { SMALL_A, SMALL_B, SMALL_C };
enum below { BELOW_A = -5, BELOW_B, BELOW_C = 7 };
enum large { LARGE_A = 1, LARGE_B = 0x80000000u };
enum byte { BYTE_A, BYTE_B = 200 } __attribute__((packed));
enum hidden { HIDDEN_A, HIDDEN_B, HIDDEN_C } of_hidden;
enum gathered { GATHERED_A = 3, GATHERED_B = 17 } of_gathered;
"""
# Only the new side: an enumerator more changes nothing for the values there were.
GROWN = COMMON.replace("SMALL_C }", "SMALL_C, SMALL_D }")
# What hides in integers, as values and as numbers of bits.
GROWN = GROWN.replace("HIDDEN_A, HIDDEN_B, HIDDEN_C", "HIDDEN_C = 3, HIDDEN_B = 5, HIDDEN_A = 11")
# Conditions over a discriminator K and a number A, which is 1 at least.
TESTS = [("{k} == {a}", lambda k, a: k == a), ("{k} == {a}", lambda k, a: k == a), ("{k} != {a} && {k} < 6", lambda k, a: a != k < 6),
         ("{k} == {a} || {k} == 0", lambda k, a: k in (0, a)), ("{k} >= {a}", lambda k, a: k >= a),
         ("{k} < {a}", lambda k, a: k < a), ("!{k}", lambda k, a: k == 0), ("{k}", lambda k, a: k != 0)]
CHOICES = [("int", 32, 1), ("unsigned int", 32, 0), ("u8", 8, 0), ("s16", 16, 1), ("enum small", 32, 0)]
CONSTANTS = [("1 << GATHERED_A", 1 << 3), ("BIT(GATHERED_B) | 1", 1 << 17 | 1), ("0x300000000", 3 << 32), ("(1 << 63)", 1 << 63)]


class Member:
    def __init__(self, kind, name, **words):
        self.kind, self.name = kind, name
        self.key = words.pop("key", name)
        self.dims, self.width, self.attribute = [], 0, ""
        self.ctype, self.bits, self.signed = "", 0, 0
        self.members, self.pair, self.init, self.expr, self.partial = [], None, None, None, False
        self.null = self.fixed = self.opaque = self.saturates = False
        self.items, self.choice, self.otherwise = [], None, False  # of a union with a discriminator
        self.gather, self.hidden = [], None
        self.least = 1  # bits, when it becomes a bitfield: some value has to fit
        self.rows = None  # of an array that changed: new row to old row
        self.__dict__.update(words)


class Item:
    """One item of `arm`: where TEST is the first that holds, the arm of the old union becomes that of the new one."""
    def __init__(self, text, test, sides, words):
        self.text, self.test, self.sides, self.words = text, test, sides, words


    def condition(self, k, numbers=False):
        return self.text[0].format(k=k, a=self.text[2 if numbers else 1])


class Union(Member):
    def __init__(self, name, key, choice):
        super().__init__("armed", name, key=key)
        self.choice, self.side = choice, 0

    def first(self, k):
        """The item that takes the value K of the discriminator; -1: none."""
        return next((i for i, item in enumerate(self.items) if item.test(k)), -1)

    def gaps(self):
        """Whether some value meets no condition: between 0 and 8 each, and beyond them all alike."""
        low, high = limits(self.choice)
        return any(self.first(k) < 0 for k in [*range(8), min(9, high), max(-1, low), low, high])

    def function(self):
        lines = [f"static int arm_{self.key}(int64_t k)", "{"]
        for i, item in enumerate(self.items):
            lines += [f"\tif ({item.condition('k', True)})", f"\t\treturn {i};"]
        return lines + [f"\treturn {len(self.items) if self.otherwise else -1};", "}"]


class Pair:
    """One struct on both sides, with what the mapping says about it."""
    def __init__(self, name):
        self.name, self.sides, self.attributes = name, [[], []], ["", ""]
        self.decisions, self.drops, self.tail, self.enums = {}, {}, None, []
        self.counted = None  # a member computed from the count of the tail
        self.choice, self.has_arms = None, False  # the discriminator of its union
        self.unreturned = None  # an old member of which a `reverse` says how it returns


class Maker:
    def __init__(self, seed):
        self.random, self.n = random.Random(seed), 0

    def chance(self, percent):
        return self.random.randrange(100) < percent

    def name(self, stem="m"):
        self.n += 1
        return f"{stem}{self.n}"

    # ---- old structs -------------------------------------------------------------------------------------------

    def dims(self, most=2):
        return [self.random.randint(1, 3) for _ in range(self.random.randint(1, most))]

    def scalar(self, arrays=True):
        kind = self.random.choice(["int"] * 6 + ["bits"] * 3 + ["enum", "bool", "float", "pointer"])
        member = Member(kind, self.name())
        if kind in ("int", "bits"):
            ctype = self.random.choice(INTEGERS[:14] if kind == "bits" else INTEGERS)
            member.ctype, member.bits, member.signed = ctype
            if kind == "bits":
                member.width = self.random.randint(1, member.bits - 1)  # clang tells no width when it is the type's
            elif self.chance(4):
                member.name = member.key = member.name + "_flags"
        elif kind == "enum":
            member.ctype, member.bits, member.signed = self.random.choice(ENUMS)
            if self.chance(25) and member.bits == 32:
                member.width = member.bits - 1
        elif kind == "bool":
            member.ctype, member.bits = "_Bool", 1
            if self.chance(30):
                member.width = 1
        elif kind == "float":
            member.ctype, member.bits = self.random.choice(FLOATS)
        else:
            member.ctype, member.bits = "struct outside *", 64
        if arrays and not member.width and self.chance(25):
            member.dims = self.dims()
        if not member.width and self.chance(6):
            member.attribute = f" __attribute__((aligned({self.random.choice([2, 8, 16, 32])})))"
        elif self.chance(4):
            member.attribute = " __attribute__((packed))"
        return member

    def union(self):
        member = Member("union", self.name() if self.chance(50) else None, key=self.name("k"))
        member.members = [self.scalar(arrays=False) for _ in range(self.random.randint(1, 3))]
        member.opaque = bool(member.name) and self.chance(30)
        member.members = [m for m in member.members if m.kind != "enum" and (member.opaque or m.kind != "pointer")]
        member.opaque = any(m.kind == "pointer" for m in member.members)
        for arm in member.members:
            arm.attribute = ""
        member.members.append(Member("bytes", self.name("bytes")))
        return member

    def alternatives(self, member):
        """An anonymous union of which MEMBER is the arm that holds something."""
        if member.kind in ("pointer", "float"):
            member = Member("int", member.name, ctype="int", bits=32, signed=1)
        member.name = member.key = member.name.replace("_flags", "")
        member.attribute = ""
        return self.alternatives_of(member)

    def alternatives_of(self, member):
        other = Member("int", self.name("arm"), ctype="unsigned long", bits=64, dims=self.dims())
        return Member("choice", None, key="", members=[member, other])

    def box(self, depth):
        named = self.chance(50)
        member = Member("box", self.name() if named else None, key="")
        member.members = self.struct(depth + 1, self.random.randint(1, 4), [])
        if named and self.chance(15):
            member.dims, member.key, member.fixed = self.dims(1), member.name, True
            member.members = [m for m in member.members if m.kind in ("int", "float", "bool")]
            member.members.append(Member("int", self.name(), ctype="int", bits=32, signed=1))
            for inner in member.members:
                inner.name = inner.name.replace("_flags", "")
        return member

    def embedded(self, pairs):
        pair = self.random.choice(pairs)
        return Member("struct", self.name(), pair=pair, dims=self.dims(1) if self.chance(40) else [])

    def struct(self, depth, n, pairs):
        members = []
        for _ in range(n):
            kind = self.random.randrange(100)
            if kind < 12 and pairs:
                members.append(self.embedded(pairs))
            elif kind < 22 and depth < 2:
                members.append(self.box(depth))
            elif kind < 27:
                members.append(self.union())
            elif kind < 30:
                members.append(self.alternatives(self.scalar(arrays=False)))
            elif kind < 32:
                members.append(Member("list", self.name()))
            elif kind < 35:
                members.append(Member("hole", None, width=self.random.choice([0, 1, 3, 8, 17])))
            else:
                members.append(self.scalar())
        return members

    # ---- edits ---------------------------------------------------------------------------------------------------

    def wider(self, member):
        fits = [t for t in INTEGERS if (t[1] > member.bits and (t[2] or not member.signed)) or
                (t[1] == member.bits and t[2] == member.signed)]
        return self.random.choice(fits) if fits else None

    def edit_integer(self, pair, member, path):
        choice = self.random.randrange(4)
        if choice < 2:
            found = self.wider(member)
            if found:
                member.ctype, member.bits, member.signed = found
                return
        small = [t for t in INTEGERS[:14] if t[1] <= 64]
        member.ctype, member.bits, member.signed = self.random.choice(small)
        member.partial = True

    def edit(self, pair, member, prefix, out):
        """Puts what becomes of MEMBER into OUT and says it in PAIR's mapping."""
        path = f"{prefix}{member.name}"
        what = self.random.randrange(100)
        if member.kind == "hole":
            if what < 50:
                out.append(member)
            return
        if member.kind == "choice":
            arm = member.members[0]
            pair.decisions[f"{prefix}{arm.name}"] = f"{{ from: {prefix}{arm.name}, why: the arm that is live }}"
            out.append(arm if what < 40 else member)
            return
        if member.kind == "armed":
            out.append(member)
            return
        if member.kind == "list":
            pair.decisions[path] = "{ list: empty, why: made anew }"
            out.append(member)
            return
        if not member.name:
            if member.kind == "box":
                member.members = self.edit_all(pair, member.members, prefix)
            if member.kind == "union" or member.members:
                out.append(member)
            return
        if member.kind == "box" and not member.dims:
            member.members = self.edit_all(pair, member.members, f"{path}.")
            if member.members:
                out.append(member)
            return
        if what < 8 and path != pair.tail_count:
            pair.drops[path] = "no longer needed"
            return
        old = copy.deepcopy(member)
        words = []
        if what < 16 and path != pair.tail_count and member.kind != "pointer" and not member.opaque:
            member.name = self.name("r")
            words.append(f"from: {path}")
        if 20 < what < 45 and member.kind == "int" and member.bits <= 64 and path != pair.tail_count:
            self.edit_integer(pair, member, path)
            if member.partial:
                small = old.signed == member.signed and member.bits >= old.bits
                if small or (member.signed and member.bits > old.bits):
                    member.partial = False
                else:
                    words.append(self.overflow(member))
        if 20 < what < 40 and member.width and member.kind == "bits" and member.width < member.bits:
            member.width = self.random.randint(member.width, member.bits - 1)
        if 45 < what < 52 and member.kind == "bits":
            member.kind, member.width, member.attribute = "int", 0, ""
        elif 60 < what < 66 and member.kind == "int" and not member.dims and member.bits <= 64 and not words and \
                path != pair.tail_count:
            member.kind, member.attribute, member.partial = "bits", "", True
            member.width = self.random.randint(member.least, member.bits - 1)
            words.append(self.overflow(member))
        elif 45 < what < 52 and member.kind in ("int", "enum") and not member.width and member.bits == 32:
            swap = ("int" if member.signed else "unsigned int", 32, member.signed) if member.kind == "enum" else \
                ("enum below" if member.signed else "enum large", 32, member.signed)
            member.ctype, member.bits, member.signed = swap
            member.kind, member.swapped = "enum" if member.kind == "int" else "int", True
            words += [] if words else [f"from: {path}"]
        if 52 < what < 60 and not member.width:
            member.attribute = "" if member.attribute else " __attribute__((aligned(16)))"
        self.edit_rows(pair, member, path, words)
        if member.kind == "pointer":
            member.null = what < 50
            words.append("null: not needed" if member.null else "opaque: a number")
        elif member.opaque:
            words = ["opaque: bits"]
        elif "_flags" in old.name and old.kind == "int" and not words:
            words.append("constants: { prefix: F_, header: f.h }")
        if words and member.kind != "pointer" and not member.opaque:
            words.append("why: as it was")
        if words:
            pair.decisions[f"{prefix}{member.name}"] = "{ " + ", ".join(words) + " }"
        out.append(member)

    def overflow(self, member):
        """What does not fit is refused, or becomes the nearest that does."""
        member.saturates = self.chance(35) and not hasattr(member, "swapped")  # an enum has no nearest
        member.partial = member.partial and not member.saturates
        return "on-overflow: saturate" if member.saturates else "on-overflow: refuse"

    def edit_rows(self, pair, member, path, words):
        """An array gets longer or shorter, or an enum counts it that got and lost names, in another order."""
        if not member.dims or member.kind not in ("int", "bool", "float") or "_flags" in path or not self.chance(35) or \
                (member.ctype == "char" and len(member.dims) == 1) or member.hidden or member.gather:
            return
        old = member.dims[0]
        member.dims = [max(1, old + self.random.randint(-2, 3))] + member.dims[1:]
        if self.chance(50) and not hasattr(member, "swapped"):
            self.permute(pair, member, old)
            words.append(f"index: {pair.enums[-1][0]}")
            return
        member.rows = {i: i for i in range(min(old, member.dims[0]))}
        if old > member.dims[0]:
            words += [] if any("on-overflow" in w for w in words) else [self.overflow(member)]
        elif old < member.dims[0]:
            words += [] if any(w.startswith("from") for w in words) else [f"from: {path}"]
            if hasattr(member, "swapped"):  # `from` speaks of the rows
                words.append("on-overflow: refuse")

    def permute(self, pair, member, old):
        """Names for some elements of the old array; in the new enum they have other values, or are gone."""
        name, new = self.name("e"), member.dims[0]
        olds = [i for i in range(old) if self.chance(80)]
        places = self.random.sample(range(new), min(len(olds), new))
        kept = dict(zip(olds, places))
        used = set(kept.values())
        member.rows = {to: i for i, to in kept.items()}
        for i in range(old):
            if i not in olds and i < new and i not in used:
                member.rows[i] = i
        names = [[f"{name.upper()}_{i} = {i}" for i in olds], [f"{name.upper()}_{i} = {to}" for i, to in kept.items()]]
        pair.enums.append((name, names[0] + [f"N_{name.upper()} = {old}"], names[1] + [f"N_{name.upper()} = {new}"]))

    def edit_all(self, pair, members, prefix):
        out = []
        for member in members:
            self.edit(pair, member, prefix, out)
        if self.chance(40):
            out.append(self.added(pair, prefix))
        if self.chance(60):
            self.random.shuffle(out)
        return out

    def added(self, pair, prefix):
        member = self.scalar()
        member.name = self.name("a")
        member.key = None
        plain = not member.dims and member.kind != "float"
        if plain and member.kind != "pointer" and (member.width or member.bits) >= 8 and self.chance(60):
            member.init = self.random.choice([1, 77, 100]) if (member.width or member.bits) < 16 else \
                self.random.choice([1, 77, 12345])
        value = f'"{member.init}"' if member.init else "zero"
        pair.decisions[f"{prefix}{member.name}"] = f"{{ init: {value}, why: new }}"
        return member

    def move(self, pair, new):
        """A member into an anonymous or named inner struct, or out of one."""
        plain = [m for m in new if m.kind in ("int", "bool", "float", "enum") and m.key == m.name and
                 m.name not in pair.decisions and m.name != pair.tail_count]
        boxes = [m for m in new if m.kind == "box" and not m.dims]
        if plain and self.chance(50):
            member = self.random.choice(plain)
            new.remove(member)
            if not boxes or self.chance(40):
                box = Member("box", self.name("b") if self.chance(50) else None, key="")
                new.append(box)
            else:
                box = self.random.choice(boxes)
            box.members.insert(self.random.randint(0, len(box.members)), member)
            if box.name:
                pair.decisions[f"{box.name}.{member.name}"] = f"{{ from: {member.name}, why: moved }}"
        elif plain and self.chance(40):
            member = self.random.choice([m for m in plain if not m.dims] or [None])
            if member and member.kind != "float" and not member.attribute:
                new[new.index(member)] = self.alternatives_of(member)
                pair.decisions[member.name] = f"{{ from: {member.name}, why: the arm that is live }}"
        elif boxes:
            box = self.random.choice(boxes)
            inner = [m for m in box.members if m.kind in ("int", "bool", "float") and m.key == m.name and
                     f"{box.name or ''}{'.' if box.name else ''}{m.name}" not in pair.decisions]
            if inner:
                member = self.random.choice(inner)
                box.members.remove(member)
                if not box.members:
                    new.remove(box)
                new.insert(self.random.randint(0, len(new)), member)
                if box.name:
                    pair.decisions[member.name] = f"{{ from: {box.name}.{member.name}, why: moved }}"

    def computed(self, pair, old, new):
        sources = [m for m in old if m.kind == "int" and not m.dims and m.bits <= 64 and not m.width]
        if sources:
            source = self.random.choice(sources)
            alone = pair.drops.pop(source.name, None)  # then nothing else brings it back
            member_name, factor = self.name("x"), self.random.randint(2, 9)
            if hasattr(source, "count"):  # of a few small ones large ones: a later hop's limit has to be met
                factor, pair.counted = factor << 60, member_name
            member = Member("int", member_name, ctype="unsigned long", bits=64, key=None,
                            expr=(source, factor, self.random.randint(1, 99)), least=9)
            pair.unreturned = source if alone else None
            back = ', reverse: { init: "0", why: nothing computes it back }' if alone else ""
            pair.decisions[member.name] = f'{{ expr: "(uint64_t)old->{source.name} * {member.expr[1]}u + ' \
                                          f'{member.expr[2]}", why: computed{back} }}'
            new.insert(self.random.randint(0, len(new)), member)

    def gathered(self, pair, old, new):
        """Old members, whatever else becomes of them, as bits of a new word."""
        sources = [m for m in old if m.kind in ("int", "bits", "bool") and not m.dims and m.name and m.bits <= 64 and
                   m is not pair.unreturned]
        narrow = [m for m in sources if m.kind == "bool" or 0 < m.width < 4]  # a wide one is hardly ever 0
        wide = [m for m in sources if m not in narrow][:1]
        sources = self.random.sample(narrow, min(len(narrow), len(CONSTANTS) - 1)) + wide
        self.random.shuffle(sources)
        if not sources:
            return
        for source in sources:
            pair.drops.pop(source.name, None)
        constants = self.random.sample(CONSTANTS, len(sources))
        member = Member("int", self.name("g"), ctype="unsigned long", bits=64, key=None)
        member.gather = [(s, value) for s, (_, value) in zip(sources, constants)]
        bits = ", ".join(f'"{text}": {s.name}' for s, (text, _) in zip(sources, constants))
        pair.decisions[member.name] = f"{{ bits: {{ {bits} }}, why: gathered }}"
        new.insert(self.random.randint(0, len(new)), member)

    def hides(self, pair, old, new):
        """An integer that holds values, or bits, of a renumbered enum."""
        name, bits = self.name("h"), self.chance(50)
        before = Member("int", name, ctype="unsigned char", bits=8)
        after = Member("int", name, ctype=self.random.choice(["unsigned short", "u32", "unsigned long"]), partial=True)
        after.bits = {"unsigned short": 16, "u32": 32, "unsigned long": 64}[after.ctype]
        after.hidden, after.least = "bits" if bits else "values", 5
        pair.decisions[name] = "{ constants: { enum: hidden" + (", as: bits" if bits else "") + " } }"
        old.insert(self.random.randint(0, len(old)), before)
        new.insert(self.random.randint(0, len(new)), after)

    # ---- unions with a discriminator -------------------------------------------------------------------------------

    def arm_number(self, pair, prefix, pairs):
        ctype = self.random.choice(INTEGERS[:14])
        old = Member("int", self.name("n"), ctype=ctype[0], bits=ctype[1], signed=ctype[2])
        old.dims = self.dims() if self.chance(25) else []
        new, words = copy.copy(old), []
        if self.chance(60):
            self.edit_integer(pair, new, "")
        new.partial = not number_fits(old, new)
        if new.partial:
            words.append(self.overflow(new))
        return old, new, words

    def arm_float(self, pair, prefix, pairs):
        ctype = self.random.choice(FLOATS[:2])
        old = Member("float", self.name("f"), ctype=ctype[0], bits=ctype[1])
        return old, copy.copy(old), []

    def arm_pointer(self, pair, prefix, pairs):
        old = Member("pointer", self.name("p"), ctype="struct outside *", bits=64)
        if pairs and self.chance(50):
            to = self.random.choice(pairs).name
            old.ctype = f"struct {to} *"
            return old, copy.copy(old), [f"follow: struct {to}"]
        new = copy.copy(old)
        new.null = self.chance(40)
        return old, new, ["null: not needed" if new.null else "opaque: a number"]

    def arm_struct(self, pair, prefix, pairs):
        inner = [p for p in pairs if not p.has_arms]
        if not inner:
            return self.arm_box(pair, prefix, pairs)
        old = self.embedded(inner)
        return old, copy.copy(old), []

    def arm_box(self, pair, prefix, pairs):
        """A struct without a name, in which something came, went and changed."""
        old = Member("box", self.name("b"))
        old.members = [self.arm_number(pair, prefix, pairs)[0] for _ in range(self.random.randint(1, 3))]
        new, words = copy.copy(old), []
        new.members = copy_members(old.members)
        for inner in new.members:
            before = copy.copy(inner)
            if self.chance(40):
                self.edit_integer(pair, inner, "")
            inner.partial = not number_fits(before, inner)
            if inner.partial:
                words.append(f"{inner.name}: {{ {self.overflow(inner)}, why: as it was }}")
        if len(new.members) > 1 and self.chance(40):
            gone = new.members.pop(0)
            words = [w for w in words if not w.startswith(f"{gone.name}:")]
            pair.drops[f"{prefix}{old.name}.{gone.name}"] = "not in the arm"
        if self.chance(40):
            new.members.append(Member("int", self.name("a"), ctype="int", bits=32, signed=1, key=None, init=77))
            words.append(f'{new.members[-1].name}: {{ init: "77", why: new }}')
        self.random.shuffle(new.members)
        return old, new, ["members: { " + ", ".join(words) + " }"] if words else []

    def arm_made(self, pair, prefix, pairs):
        """A new arm that no old one becomes."""
        new = Member("int", self.name("i"), ctype="unsigned long", bits=64, key=None)
        if self.chance(50):
            new.init = self.random.choice([1, 77, 12345])
            return None, new, [f'init: "{new.init}"', "why: new"]
        new.expr = (pair.choice, self.random.randint(2, 9), self.random.randint(1, 99))
        return None, new, [f'expr: "(uint64_t)old->{pair.choice.name} * {new.expr[1]} + {new.expr[2]}"', "why: computed"]

    def item(self, pair, union, pairs):
        """One more arm of UNION, with a condition that some value meets and none before it."""
        for _ in range(9):
            text, test = self.random.choice(TESTS)
            a = self.random.randint(1, 7)
            if any(test(k, a) and union.first(k) < 0 for k in range(8)):
                break
        else:
            return
        made = [self.arm_number] * 3 + [self.arm_float, self.arm_pointer, self.arm_struct, self.arm_struct, self.arm_box, self.arm_made]
        prefix, drops = f"{union.name}." if union.name else "", dict(pair.drops)
        old, new, words = self.random.choice(made)(pair, prefix, pairs)
        if old and new.kind in ("int", "float") and self.chance(40):
            new.name = self.name("r")
            words.append(f"from: {old.name}")
        if old and words and not any(w.split(":")[0] in ("members", "follow", "null", "opaque") for w in words):
            words.append("why: as it was")
        name = f"old_SMALL_{'ABC'[a]}" if pair.choice.kind == "enum" and a < 3 else str(a)
        union.items.append(Item((text, name, str(a)), lambda k: test(k, a), [old, new], [f"use: {new.name}"] + words))
        if not union.gaps():  # an object that no arm is for tells whether the conditions were asked
            union.items.pop()
            pair.drops = drops

    def armed(self, pair, old, new, pairs):
        ctype = self.random.choice(CHOICES)
        before = Member("enum" if " small" in ctype[0] else "int", self.name("k"), ctype=ctype[0], bits=ctype[1], signed=ctype[2])
        pair.choice = before
        union = Union(self.name("un") if self.chance(50) else None, self.name("k"), before)
        for _ in range(self.random.randint(1, 4)):
            self.item(pair, union, pairs)
        if not any(item.sides[0] for item in union.items):
            return
        several = sum(union.first(k) >= 0 for k in range(8)) > 1  # else each object that crosses has the same discriminator
        union.otherwise = union.gaps() and (self.chance(50) or not several)
        pair.has_arms = True
        sides = [union, copy.copy(union)]
        for side in (0, 1):
            spare = [Member("int", self.name("spare"), ctype="long", bits=64, dims=self.dims(1))] if self.chance(25) else []
            sides[side].members = [i.sides[side] for i in union.items if i.sides[side]] + spare
            sides[side].members = sides[side].members or [Member("int", self.name("spare"), ctype="int", bits=32)]
            self.random.shuffle(sides[side].members)
            sides[side].side = side
        after = copy.copy(before)
        # Of a sign with which no value crosses nothing can be proven.
        if self.chance(30) and before.kind == "int" and (not before.signed or union.otherwise or union.first(-1) >= 0):
            after.ctype, after.bits, after.signed = self.random.choice(
                [t for t in INTEGERS[:14] if t[1] > before.bits and (t[2] or not before.signed)])
        if self.chance(25):
            after.name = self.name("r")
            pair.decisions[after.name] = f"{{ from: {before.name}, why: as it was }}"
        items = [f'{{ when: "{i.condition(f"old->{before.name}")}", {", ".join(i.words)} }}' for i in union.items]
        if union.otherwise:
            items.append("{ otherwise: zero, why: the dead hold nothing }")
        olds, news = ([m.name for m in side.members] for side in sides)
        name = union.name or next((name for name in news if name in olds), news[0])
        # On the way back a new arm of which no old one became it has no place, and a union without a name none under another.
        lost = any(not i.sides[0] for i in union.items) or not (union.name or name in olds)
        lost = ", reverse: { init: zero, why: nothing tells the arm }" if lost else ""
        pair.decisions[name] = f"{{ arm: [ {', '.join(items)} ]{lost} }}"
        for members, side in ((old, 0), (new, 1)):
            members.insert(self.random.randint(0, len(members)), (before, after)[side])
            members.insert(self.random.randint(0, len(members)), sides[side])

    def tail(self, pair, old, pairs):
        count = Member("int", self.name("n"), ctype="unsigned short", bits=16, count=True)
        ctype = self.random.choice([t for t in INTEGERS if t[1] <= 64])
        pair.tail_count = count.name
        pair.tail = Member("tail", self.name("tail"), ctype=ctype[0], bits=ctype[1], signed=ctype[2])
        if pairs and self.chance(50):
            pair.tail.pair = self.random.choice(pairs)
            pair.tail.ctype = f"struct {pair.tail.pair.name}"
        old.insert(0, count)
        pair.decisions[pair.tail.name] = f"{{ count: {count.name} }}"

    def pair(self, name, pairs):
        pair = Pair(name)
        pair.tail_count = None
        old = self.struct(0, self.random.randint(1, 10), pairs)
        old.append(Member("int", self.name(), ctype="int", bits=32, signed=1))
        if self.chance(15):
            self.tail(pair, old, [p for p in pairs if not any(v[4] for v in values_of(p)[0].values())])
        new = self.edit_all(pair, copy_members(old), "")
        if self.chance(40):
            self.move(pair, new)
        if self.chance(30):
            self.computed(pair, old, new)
        if self.chance(30):
            self.gathered(pair, old, new)
        if self.chance(30):
            self.hides(pair, old, new)
        if self.chance(35):
            self.armed(pair, old, new, pairs)
        pair.has_arms |= any(m.kind == "struct" and m.pair.has_arms for m in all_members(old))
        if not any(m.kind != "hole" for m in new):
            new.append(self.added(pair, ""))
        if pair.tail:
            old.append(pair.tail)
            new.append(copy.copy(pair.tail))
            if self.chance(30):
                new[-1].zero_length = True
        for side in (0, 1):
            if self.chance(8):
                pair.attributes[side] = " __attribute__((packed))"
            elif self.chance(8):
                pair.attributes[side] = f" __attribute__((aligned({self.random.choice([16, 32, 64])})))"
        pair.sides = [old, new]
        return pair


def all_members(members):
    for member in members:
        yield member
        yield from all_members(member.members)


def copy_members(members):
    out = []
    for member in members:
        new = copy.copy(member)
        new.members = copy_members(member.members)
        out.append(new)
    return out


# ---- C ---------------------------------------------------------------------------------------------------------------

def declare(members, side, indent):
    out = []
    pad = "\t" * indent
    for m in members:
        dims = "".join(f"[{d}]" for d in m.dims)
        if m.kind == "hole":
            out.append(f"{pad}unsigned int : {m.width};")
        elif m.kind in ("box", "union", "choice", "armed"):
            word = "struct" if m.kind == "box" else "union"
            out += [f"{pad}{word} {{"] + declare(m.members, side, indent + 1)
            out.append(f"{pad}}}{' ' + m.name if m.name else ''}{dims};")
        elif m.kind == "list":
            out.append(f"{pad}struct list_head {m.name};")
        elif m.kind == "bytes":
            out.append(f"{pad}unsigned char {m.name}[{UNION_BYTES}];")
        elif m.kind == "struct":
            out.append(f"{pad}struct {m.pair.name} {m.name}{dims}{m.attribute};")
        elif m.kind == "tail":
            out.append(f"{pad}{m.ctype} {m.name}[{'0' if hasattr(m, 'zero_length') else ''}];")
        else:
            width = f" : {m.width}" if m.width else ""
            out.append(f"{pad}{m.ctype} {m.name}{dims}{width}{m.attribute};")
    return out


def indices(dims):
    if not dims:
        return [""]
    return [f"[{i}]{rest}" for i in range(dims[0]) for rest in indices(dims[1:])]


def index_of(m, index):
    """The subscripts that the element at INDEX had in the old array; of a new one, what no old one has."""
    if m.rows is None:
        return index
    row, rest = index[1:].split("]", 1)
    return f"[{m.rows.get(int(row), 'new' + row)}]{rest}"


def array_of(key, m):
    """The key of all the array of which KEY is an element."""
    return f"{key.rsplit('/', 1)[0]}/{m.key}"


def elements(members, side, place, key):
    """Every scalar below MEMBERS: (its member, how C reaches it, its key, the arm it lies in: (the key of what chooses, the
    union, the item) or None)."""
    for m in members:
        if m.kind == "hole":
            continue
        for index in indices(m.dims):
            here = f"{place}{m.name}{index}"
            below = f"{here}." if m.name else place
            inner = f"{key}/{m.key}{index_of(m, index)}" if m.key is not None else None
            if m.kind == "choice":
                yield from elements(m.members[:1], side, place, key)
            elif m.kind == "armed":
                for i, item in enumerate(m.items):
                    arm = [item.sides[side]] if item.sides[side] else []
                    for inner, reached, below_key, _ in elements(arm, side, below, f"{key}/{m.key}.{i}"):
                        yield inner, reached, below_key, (f"{key}/{m.choice.key}", m, i)
            elif m.kind == "box":
                yield from elements(m.members, side, below, f"{key}/{m.key}{index}" if m.key else key)
            elif m.kind == "union":
                arm = m.members[-1].name
                yield m, f"{below}{arm}", inner, None
            elif m.kind == "struct":
                yield from elements(m.pair.sides[side], side, below, inner)
            elif m.kind == "tail":
                for i in range(5):
                    if m.pair:
                        yield from elements(m.pair.sides[side], side, f"{here}[{i}].", f"{inner}[{i}]")
                    else:
                        yield m, f"{here}[{i}]", f"{inner}[{i}]", None
            else:
                yield m, here, inner, None


def limits(m):
    if m.hidden:
        return (0, 7 if m.hidden == "bits" else 2)
    bits = m.width or m.bits
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if m.signed else (0, (1 << bits) - 1)


def number_fits(old, new):
    """Whether the new member holds all of the old one's values."""
    (low, high), (least, most) = limits(old), limits(new)
    return least <= low and high <= most


def values_of(pair):
    """The values of the old object: key to (first index, how many, kind, bits, range)."""
    values, n = {}, 0
    for m, _, key, arm in elements(pair.sides[0], 0, "", ""):
        count = 2 if m.kind in ("union", "list") or m.bits == 128 else 1
        kind = "PROVE_COUNT" if hasattr(m, "count") else "PROVE_SIGNED" if m.signed and count == 1 else "PROVE_UNSIGNED"
        assert key not in values, key
        values[key] = [n, count, kind, 64 if count == 2 else m.width or m.bits, None, m, arm]
        n += count
    taken, cut = set(), set()
    for m, _, key, _ in elements(pair.sides[1], 1, "", ""):
        taken.add(key)
        if m.rows is not None and not m.saturates:
            cut.add(array_of(key, m))
        if m.partial and key in values:
            values[key][4] = limits(m)
    for key, value in values.items():
        if array_of(key, value[5]) in cut and key not in taken:
            value[4] = (0, 0)
    for key, union in unions_of(pair.sides[0], ""):
        value = values[f"{key}/{union.choice.key}"]
        refuses = union.gaps() and not union.otherwise and f"{key}/{union.choice.key}" in taken
        value[4], value[6] = (0, 0) if refuses else None, (f"{key}/{union.choice.key}", union, None)
    return values, n


def unions_of(members, key):
    """Unions with a discriminator below MEMBERS, outside of arms: (key of what holds them, union)."""
    for m in members:
        for index in indices(m.dims):
            inner = f"{key}/{m.key}{index_of(m, index)}"
            if m.kind == "armed":
                yield key, m
            elif m.kind in ("box", "choice"):
                yield from unions_of(m.members, f"{key}/{m.key}{index}" if m.key else key)
            elif m.kind == "struct":
                yield from unions_of(m.pair.sides[0], inner)
            elif m.kind == "tail" and m.pair:
                for i in range(5):
                    yield from unions_of(m.pair.sides[0], f"{inner}[{i}]")


def live(values, arm):
    """C over the values: that ARM is taken, or, of a discriminator, that any is."""
    key, union, i = arm
    return f"arm_{union.key}(v[{values[key][0]}]) {'>= 0' if i is None else f'== {i}'}"


def statement(m, place, value, side):
    first, count, kind, bits, _, old, _ = value
    if side and m.hidden == "bits":
        return f"{place} = (v[{first}] & 1) << 11 | (v[{first}] >> 1 & 1) << 5 | (v[{first}] >> 2 & 1) << 3;"
    if side and m.hidden:
        return f"{place} = v[{first}] == 0 ? 11 : v[{first}] == 1 ? 5 : 3;"
    if m.kind == "list" and side:
        return f"{place}.next = {place}.prev = (void *)(0x1000 + ((char *)&{place} - (char *)o));"
    if m.kind in ("float", "union", "list"):
        size = UNION_BYTES if m.kind == "union" else f"sizeof({place})"
        return f"memcpy(&{place}, &v[{first}], {size});"
    number = f"(uint64_t)v[{first}]" if not old.signed else f"v[{first}]"
    if count == 2:
        number = f"((unsigned __int128)(uint64_t)v[{first}] << 64 | (uint64_t)v[{first + 1}])"
        if old.signed:
            number = f"(__int128){number}"
    if side and m.saturates and not number_fits(old, m):
        low, high = limits(m)
        top = f"(uint64_t)v[{first}] > {high}u" if not old.signed else f"v[{first}] > 0 && (uint64_t)v[{first}] > {high}u"
        bottom = f"v[{first}] < ({'INT64_MIN' if low == -2**63 else low}) ? ({low}) : " if old.signed else ""
        return f"{place} = {top} ? {high}u : {bottom}{number};"
    return f"{place} = (void *){number};" if m.kind == "pointer" else f"{place} = {number};"


def side_text(pairs, side):
    out = [GROWN if side else COMMON]
    for pair in pairs:
        for enum in pair.enums:
            out.append(f"enum {enum[0]} {{ {', '.join(enum[1 + side])} }};\nenum {enum[0]} make_{enum[0]};")
        out += [f"struct {pair.name} {{"] + declare(pair.sides[side], side, 1) + [f"}}{pair.attributes[side]};"]
        out.append(f"struct {pair.name} *make_{pair.name};")
        values, n = values_of(pair)
        for _, union in unions_of(pair.sides[side], "") if pair.choice else []:
            out += union.function() if union.choice is pair.choice else []
        out += fill_with_exprs(pair, side, values)
        if not side:
            arms = {arm[:1] + arm[2:]: arm for *_, arm in values.values() if arm}
            names = {key: f"live_{pair.name}_{i}" for i, key in enumerate(arms)}
            for key, arm in arms.items():
                out.append(f"static bool {names[key]}(const int64_t *v) {{ return {live(values, arm)}; }}")
            out.append(f"static const struct prove_value values_{pair.name}[] = {{")
            for first, count, kind, bits, bounds, _, arm in values.values():
                low, high = bounds or (0, 0)
                row = f"{{{kind}, {bits}, {'true' if bounds else 'false'}, {low if low > -2**63 else 'INT64_MIN'}, {high}u"
                if arm:
                    key, union, i = arm
                    met = next(k for k in range(8) if (union.first(k) >= 0 if i is None else union.first(k) == i))
                    row += f", {names[arm[:1] + arm[2:]]}, {values[key][0]}, {met}, {'true' if i is None else 'false'}"
                row += "},"
                out += ["\t" + row] * count
            out.append("};")
    out.append("const struct prove_case prove_cases[] = {")
    for pair in pairs:
        _, n = values_of(pair)
        tail = f"offsetof(struct {pair.name}, {pair.tail.name})" if pair.tail else "0"
        element = f"sizeof({pair.tail.ctype})" if pair.tail else "0"
        values = "NULL" if side else f"values_{pair.name}"
        out.append(f'\t{{"struct {pair.name}", sizeof(struct {pair.name}), {tail}, {element}, {values}, {n}, '
                   f"fill_{pair.name}}},")
    out += ["};", f"const size_t prove_n_cases = {len(pairs)};"]
    return "\n".join(out) + "\n"


def fill_with_exprs(pair, side, values):
    """A computed member stands beside its source: the same object, another last step of the key."""
    def walk(members, key):
        for m in members:
            if m.kind == "hole":
                continue
            for index in indices(m.dims):
                inner = f"{key}/{m.key}{index}" if m.key is not None else None
                if m.kind == "tail" and m.pair:
                    for i in range(5):
                        yield from walk(m.pair.sides[side], f"{inner}[{i}]")
                elif m.kind == "struct":
                    yield from walk(m.pair.sides[side], inner)
                elif m.kind == "armed":
                    for i, item in enumerate(m.items):
                        if item.sides[side] and item.sides[side].expr:
                            yield f"{key}/{item.sides[side].expr[0].key}"
                        elif item.sides[side]:
                            yield from walk([item.sides[side]], f"{key}/{m.key}.{i}")
                elif m.kind in ("box", "choice"):
                    yield from walk(m.members, f"{key}/{m.key}{index}" if m.key else key)
                elif m.expr:
                    yield f"{key}/{m.expr[0].key}"
                elif m.gather:
                    yield from (f"{key}/{source.key}" for source, _ in m.gather)
    keys = list(walk(pair.sides[side], "")) if side else []
    it = iter(keys)
    out = [f"static void fill_{pair.name}(void *object, const int64_t *v)", "{", f"\tstruct {pair.name} *o = object;", ""]
    tail = values[f"/{pair.tail_count}"][0] if pair.tail else None
    for m, place, key, arm in elements(pair.sides[side], side, "o->", ""):
        guard = f"if ({live(values, arm)}) " if arm else ""
        if side and pair.tail and place.startswith(f"o->{pair.tail.name}["):
            guard += f"if ({place.split('[')[1].split(']')[0]} < v[{tail}]) "
        if m.expr:
            out.append(f"\t{guard}{place} = (uint64_t)v[{values[next(it)][0]}] * {m.expr[1]} + {m.expr[2]};")
        elif m.gather:
            terms = [f"(v[{values[next(it)][0]}] ? {value}u : 0)" for _, value in m.gather]
            out.append(f"\t{guard}{place} = {' | '.join(terms)};")
        elif key is None or key not in values:
            if m.init is not None and side:
                out.append(f"\t{guard}{place} = {m.init};")
        elif not (m.null and side):
            out.append("\t" + guard + statement(m, place, values[key], side))
    return out + ["\t(void)o;", "\t(void)v;", "}"]


# ---- the mapping -----------------------------------------------------------------------------------------------------

def mapping_text(pairs, without=None):
    out = ["carryover: 1", "from: { release: 1.0, arch: x86_64 }", "to: { release: 2.0, arch: x86_64 }", "types:"]
    for pair in pairs:
        members = [(p, w) for p, w in pair.decisions.items() if (pair.name, p) != without]
        drops = [(p, w) for p, w in pair.drops.items() if (pair.name, p) != without]
        out.append(f"  struct {pair.name}:" + ("" if members or drops else " { members: {} }"))
        if members:
            out += ["    members:"] + [f"      {p}: {w}" for p, w in members]
        if drops:
            out += ["    drop:"] + [f"      {p}: {w}" for p, w in drops]
    return "\n".join(out) + "\n"


def main():
    seed, n, directory = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    maker = Maker(seed)
    pairs = []
    for i in range(n):
        small = [p for p in pairs if not p.tail and values_of(p)[1] < 40]
        pairs.append(maker.pair(f"t{i}", small))
    files = {"old.c": side_text(pairs, 0), "new.c": side_text(pairs, 1), "mapping.yaml": mapping_text(pairs)}
    same = [f"index: {name}" for p in pairs for name, before, after in p.enums if before == after]  # asks nothing, either
    said = [(p.name, path) for p in pairs for path, words in list(p.decisions.items()) + list(p.drops.items())
            if "live" not in words and "arm:" not in words and "hidden" not in words and not any(f"{s}," in words for s in same)]  # an unchanged union, a number to look at: no question
    files["broken.yaml"] = mapping_text(pairs, maker.random.choice(said)) if said else ""
    for name, text in files.items():
        with open(f"{directory}/{name}", "w", encoding="ascii") as file:
            file.write(text)


if __name__ == "__main__":
    main()
