# SPDX-License-Identifier: GPL-2.0-or-later
"""Images that lie: what lies in the memory between two kernels is changed, member by member, and sealed again with right
checksums, so that nothing but the engine's and the participants' own bounds can find it. runtime/FORMAT.md describes
what is read and written here."""

import hashlib
import re
import struct

SEAL = 128  # bytes before the image
STRINGS, TYPES, MEMBERS, OBJECTS, DATA, SIDES, SIDE_DATA, RELOCATIONS = 1, 4, 5, 7, 8, 9, 10, 11
PARTICIPANTS, CLOCKS = 14, 3
REAL_TIME = 2 * 16 + 8  # offset of its lowest byte, in the clocks
RECORD = 8  # kind of a member whose type has members
MASK = (1 << 64) - 1
P1, P2, P3, P4, P5 = (11400714785074694791, 14029467366897019727, 1609587929392839161, 9650029242287828579,
                      2870177450012600261)


def _rotate(value, by):
    return (value << by | value >> (64 - by)) & MASK


def _round(lane, word):
    return _rotate((lane + word * P2) & MASK, 31) * P1 & MASK


def xxh64(data, seed=0):
    """XXH64 as its specification has it."""
    at, end = 0, len(data)
    if end >= 32:
        lanes = [(seed + P1 + P2) & MASK, (seed + P2) & MASK, seed, (seed - P1) & MASK]
        for words in struct.iter_unpack("<4Q", data[:end & ~31]):
            lanes = [_round(lane, word) for lane, word in zip(lanes, words)]
        at = end & ~31
        value = sum(_rotate(lane, by) for lane, by in zip(lanes, (1, 7, 12, 18))) & MASK
        for lane in lanes:
            value = ((value ^ _round(0, lane)) * P1 + P4) & MASK
    else:
        value = (seed + P5) & MASK
    value = (value + end) & MASK
    while at + 8 <= end:
        value = (_rotate(value ^ _round(0, struct.unpack_from("<Q", data, at)[0]), 27) * P1 + P4) & MASK
        at += 8
    if at + 4 <= end:
        value = (_rotate(value ^ (struct.unpack_from("<I", data, at)[0] * P1 & MASK), 23) * P2 + P3) & MASK
        at += 4
    for byte in data[at:]:
        value = _rotate(value ^ (byte * P5 & MASK), 11) * P1 & MASK
    value = (value ^ value >> 33) * P2 & MASK
    value = (value ^ value >> 29) * P3 & MASK
    return value ^ value >> 32


class Image:
    """The image of a sealed region, to be changed in place; paths are those of the types that it carries itself."""

    def __init__(self, region):
        size = struct.unpack_from("<Q", region, 16)[0]
        self.region = bytearray(region[:SEAL + size])
        self.table = [struct.unpack_from("<IIQQ", self.region, SEAL + 64 + 32 * i)
                      for i in range(struct.unpack_from("<I", self.region, SEAL + 24)[0])]
        self.at = {kind: (SEAL + offset, n) for kind, _, offset, n in self.table}
        self.types = self._rows(TYPES, "<8I")
        self.members = self._rows(MEMBERS, "<12IQ4I")
        self.objects = self._rows(OBJECTS, "<QQ4I")
        self.sides = self._rows(SIDES, "<Q4I")
        self.relocations = self._rows(RELOCATIONS, "<QQ6I")
        self.numbers = {self.string(row[5]): i for i, row in enumerate(self.objects)}

    def _rows(self, kind, shape):
        at, n = self.at[kind]
        return list(struct.iter_unpack(shape, self.region[at:at + n]))

    def string(self, offset):
        start = self.at[STRINGS][0] + offset
        return self.region[start:self.region.index(0, start)].decode()

    def named(self, pattern):
        """The names of the objects that all of PATTERN matches, in their order."""
        return [name for name in self.numbers if re.fullmatch(pattern, name)]

    def _find(self, type_, path):
        """Byte offset and bytes of the member at PATH, which may end in an element."""
        _, _, _, _, _, first, n, _ = self.types[type_]
        for row in self.members[first:first + n]:
            name, bit, bits, kind, inner = self.string(row[0]), row[3], row[4], row[6], row[9]
            found = re.fullmatch(re.escape(name) + r"(?:\[(\d+)\])?(?:\.(.*))?", path)
            if not found or (found[2] and kind != RECORD):
                continue
            at = bit // 8 + int(found[1] or 0) * bits // 8
            if not found[2]:
                return at, bits // 8
            inside = self._find(inner, found[2])
            if inside:
                return at + inside[0], inside[1]
        return None

    def put(self, name, path, value, skip=0, size=None):
        """The member at PATH of the object NAME becomes VALUE: a number, or bytes. SKIP: bytes behind where the member
        begins; SIZE: bytes, the member's own unless it is said."""
        _, data, type_, _, extent, _ = self.objects[self.numbers[name]]
        found = self._find(type_, path)
        if not found:
            raise KeyError(f"{name} has no member {path}")
        at, n = found
        raw = value if isinstance(value, bytes) else (value & ((1 << 8 * (size or n)) - 1)).to_bytes(size or n, "little")
        if at + skip + len(raw) > extent:
            raise KeyError(f"{name}.{path} is not in the image")
        start = self.at[DATA][0] + data + at + skip
        self.region[start:start + len(raw)] = raw

    def get(self, name, path):
        _, data, type_, _, _, _ = self.objects[self.numbers[name]]
        at, n = self._find(type_, path)
        start = self.at[DATA][0] + data + at
        return bytes(self.region[start:start + n])

    def side(self, name, side, raw, skip=0):
        """RAW takes the place of the bytes of the side value SIDE of the object NAME, from SKIP on."""
        for data, number, size, text, _ in self.sides:
            if number == self.numbers[name] and self.string(text) == side and skip + len(raw) <= size:
                start = self.at[SIDE_DATA][0] + data + skip
                self.region[start:start + len(raw)] = raw
                return
        raise KeyError(f"{name} has no side value {side} of {skip + len(raw)} bytes")

    def lead(self, name, target):
        """The only pointer of the object NAME leads to the object TARGET."""
        at = self.at[RELOCATIONS][0]
        rows = [i for i, row in enumerate(self.relocations) if row[2] == self.numbers[name]]
        if len(rows) != 1:
            raise KeyError(f"{name} has {len(rows)} pointers")
        struct.pack_into("<I", self.region, at + 40 * rows[0] + 28, self.numbers[target])

    def patch(self, kind, offset, raw):
        """RAW at OFFSET of the section KIND."""
        start = self.at[kind][0] + offset
        self.region[start:start + len(raw)] = raw

    def seal(self):
        """Checksums and digest are right again, and nobody has it yet: the region."""
        for i, (_, _, offset, size) in enumerate(self.table):
            start = SEAL + offset
            struct.pack_into("<Q", self.region, SEAL + 64 + 32 * i + 24, xxh64(bytes(self.region[start:start + size])))
        rows = bytes(self.region[SEAL + 64:SEAL + 64 + 32 * len(self.table)])
        head = xxh64(rows, xxh64(bytes(8), xxh64(bytes(self.region[SEAL:SEAL + 56]))))
        struct.pack_into("<Q", self.region, SEAL + 56, head)
        digest = hashlib.sha256(self.region[:32] + self.region[SEAL:]).digest()
        self.region[32:64] = digest
        self.region[64:68] = b"REDY"
        return bytes(self.region)
