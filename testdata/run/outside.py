# SPDX-License-Identifier: GPL-2.0-or-later
"""What the outside-* scripts share: layouts and kernel memory as drgn reads them.

Nothing here uses carryover's own reader, so tests can hold one against the other.
"""

import os
import re
import shutil
import struct
import sys
import tempfile

try:
    import drgn
    from drgn import TypeKind
except ImportError:
    print("skipped: no drgn (package python3-drgn; make deps installs it)")
    sys.exit(77)

PT_LOAD = 1
PT_NOTE = 4
GNU_BUILD_ID = struct.pack("<III4s", 4, 20, 3, b"GNU")
PHDR = struct.Struct("<IIQQQQQQ")
KERNEL_MAP = 0xFFFFFFFF80000000  # __START_KERNEL_map of x86-64
MODULES = KERNEL_MAP + (1 << 30)  # MODULES_VADDR: behind KERNEL_IMAGE_SIZE, the modules begin
COMPOUND = (TypeKind.STRUCT, TypeKind.UNION, TypeKind.CLASS)


def fail(message):
    sys.exit(f"{os.path.basename(sys.argv[0])}: {message}")


def strip(type_):
    """The type below its typedefs."""
    while type_.kind == TypeKind.TYPEDEF:
        type_ = type_.type
    return type_


def find_type(prog, name):
    """name: 'struct x', or 'struct x @ declaration/file.h' where several have that name."""
    name, _, file = (part.strip() for part in name.partition("@"))
    try:
        return prog.type(name, file or None)
    except LookupError as error:
        fail(f"no type '{name}': {error}")


def walk_members(type_, base=0, prefix=""):
    """Yields (path, bit offset, bit size or None when open-ended, type) of each member, at every
    depth of embedding. Members of anonymous structs and unions count as the outer type's own;
    elements of arrays are not walked."""
    type_ = strip(type_)
    for member in type_.members:
        offset = base + member.bit_offset
        inner = strip(member.type)
        if member.name is None:
            yield from walk_members(inner, offset, prefix)
            continue
        path = prefix + member.name
        yield path, offset, size_of(member), member.type
        if inner.kind in COMPOUND:
            yield from walk_members(inner, offset, path + ".")


def size_of(member):
    if member.bit_field_size is not None:
        return member.bit_field_size
    try:
        return drgn.sizeof(member.type) * 8
    except TypeError:  # a flexible array
        return None


def read_value(obj):
    """One member as JSON can say it: an integer, a text, a list; None when it has no size."""
    type_ = strip(obj.type_)
    if type_.kind == TypeKind.ARRAY:
        if not type_.length:
            return None
        if strip(type_.type).kind == TypeKind.INT and strip(type_.type).name == "char":
            return obj.string_().decode("utf-8", "backslashreplace")
        return [read_value(element) for element in obj]
    if type_.kind in COMPOUND:
        return dict(read_members(obj))
    value = obj.value_()
    return int(value) if not isinstance(value, float) else value


def read_members(obj, prefix=""):
    """Yields (path, value) of every member that is not itself a struct or union."""
    for member in strip(obj.type_).members:
        value = obj.member_(member.name) if member.name else None
        if member.name is None:
            inner = drgn.Object(obj.prog_, member.type, address=obj.address_ + member.bit_offset // 8)
            yield from read_members(inner, prefix)
        elif strip(member.type).kind in COMPOUND:
            yield from read_members(value, prefix + member.name + ".")
        else:
            yield prefix + member.name, read_value(value)


def read_path(obj, path):
    """path: a.b, or a[2].b"""
    type_ = obj.type_
    try:
        for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
            obj = obj.member_(name) if name else obj[int(index)]
    except (LookupError, TypeError):
        fail(f"{type_.type_name()} has no member '{path}'")
    return read_value(obj)


def read_vmcoreinfo(dump):
    """The VMCOREINFO note of an ELF dump, as a dict of texts."""
    with open(dump, "rb") as file:
        head = file.read(1 << 20)
    start = head.find(b"OSRELEASE=")
    if head[:4] != b"\x7fELF" or start < 0:
        fail(f"{dump} is no ELF dump with VMCOREINFO in it")
    text = head[start : head.index(b"\0", start)].decode(errors="replace")  # the next note may follow without a NUL
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def map_kernel(dump, copy):
    """Writes a copy of the dump with one program header more, which maps the kernel image where it ran.
    A dump of physical memory lacks it, and drgn 0.0.22 finds nothing without it."""
    info = read_vmcoreinfo(dump)
    stext = int(info["SYMBOL(_stext)"], 16)
    physical = stext - KERNEL_MAP + int(info["NUMBER(phys_base)"])
    shutil.copyfile(dump, copy)
    with open(copy, "r+b") as file:
        header = bytearray(file.read(64))
        offset, count = struct.unpack_from("<Q", header, 32)[0], struct.unpack_from("<H", header, 56)[0]
        file.seek(offset)
        table = [PHDR.unpack(file.read(PHDR.size)) for _ in range(count)]
        ram = next(p for p in table if p[0] == PT_LOAD and p[4] <= physical < p[4] + p[5])
        size = min(ram[4] + ram[5] - physical, MODULES - stext)
        table.append((PT_LOAD, 7, ram[2] + physical - ram[4], stext, physical, size, size, 0))
        file.seek(0, os.SEEK_END)
        struct.pack_into("<Q", header, 32, file.tell())
        struct.pack_into("<H", header, 56, len(table))
        for entry in table:
            file.write(PHDR.pack(*entry))
        file.seek(0)
        file.write(header)


def open_vmlinux(vmlinux):
    prog = drgn.Program()
    prog.load_debug_info([vmlinux])
    return prog


def read_build_id(vmlinux):
    """The GNU build-id in an ELF file's note segments, as hexadecimal text, or None."""
    with open(vmlinux, "rb") as file:
        header = file.read(64)
        if header[:5] != b"\x7fELF\x02":
            fail(f"{vmlinux} is no 64-bit ELF file")
        file.seek(struct.unpack_from("<Q", header, 32)[0])
        table = [PHDR.unpack(file.read(PHDR.size)) for _ in range(struct.unpack_from("<H", header, 56)[0])]
        for entry in table:
            if entry[0] == PT_NOTE:
                file.seek(entry[2])
                notes = file.read(entry[5])
                at = notes.find(GNU_BUILD_ID)
                if at >= 0:
                    at += len(GNU_BUILD_ID)
                    return notes[at : at + 20].hex()
    return None


def open_dump(vmlinux, dump):
    if read_build_id(vmlinux) != read_vmcoreinfo(dump).get("BUILD-ID"):
        fail(f"{vmlinux} is not the kernel that {dump} was made of: their build-ids differ")
    prog = drgn.Program()
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "dump")
        map_kernel(dump, copy)
        prog.set_core_dump(copy)  # which keeps it open: its name may go
    prog.load_debug_info([vmlinux])
    return prog
