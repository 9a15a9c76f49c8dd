# SPDX-License-Identifier: GPL-2.0-or-later
# For the scripts forms*.test: one program in every form that debug info comes in. Whatever the form, diff says
# what it says of the plain one, and dump has the same types; or both refuse (exit 3) and name the cause. No damage
# to any file of a form makes a changed struct go unseen: that would be exit 0, or exit 1 without it. Sourced.
. testdata/run/tap.sh
cd "$work" || exit 2
# What a sanitizer finds is no ordinary exit code.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}exitcode=139" UBSAN_OPTIONS="${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}exitcode=139"

cat >h.h <<'C'
typedef unsigned int u32;
enum color { RED, GREEN = 5 };
struct list { struct list *next, *prev; };
struct item {
	struct list list;
#if SIDE
	u32 added_to_all;
#endif
	enum color color;
	union { int a; char b[16]; } u;
	struct { u32 x : 3, y : 5; } bits;
	void (*call)(struct item *, long);
};
typedef struct { u32 v[4 + SIDE]; } vec_t;
C
cat >a.c <<'C'
#include "h.h"
struct holder { struct item item; struct list *l; } holder;
struct same { int a; } same_a;
static int used(struct holder *p) { return p->item.u.a; }
int fa(struct holder *p, int n) { return n + used(p); }
C
cat >b.c <<'C'
#include "h.h"
struct only_here { vec_t v; struct item *items[3]; long tail[1 + SIDE]; } only_here;
struct same { long a, b; } same_b;
int fa(struct holder *, int);
int main(void) { return only_here.v.v[0] + (int)same_b.a; }
C
cat >c.c <<'C'
#include "h.h"
struct unshared { struct list l; enum color c[2]; } unshared;
struct same { int a; } same_c;
int fc(struct unshared *p) { return p->c[1]; }
C
cat >asm.S <<'C'
	.text
	.globl in_assembler
	.type in_assembler, @function
in_assembler:
	nop
	.size in_assembler, .-in_assembler
local:	nop
	.section .note.GNU-stack,"",@progbits
C
changed='item only_here holder vec_t'

have() { command -v "$1" >/dev/null; }
# cc FLAGS...: compiles all into prog
cc() { "$CC" "-DSIDE=$side" -w "$@" -o prog a.c b.c c.c; }
objects() { "$CC" "-DSIDE=$side" -w "$@" -c a.c b.c c.c; }

# What every form says alike: everything but the last lines, which name the form, and the machine, which BTF
# does not know.
said() { sed '/^read/,$d; 1s/ ([a-z0-9_]*):/:/' "$1"; }
types() { sed -n '/^types:/,$p' "$1"; }

# make_form FORM SIDE: in a folder of its own, where all files have the same names for any form.
make_form() {
	side=$2
	rm -rf "$1.$2" && mkdir "$1.$2" && cd "$1.$2" && cp ../*.[chS] . && "build_$3" >../log 2>&1
	local code=$?
	cd "$work" && return $code
}

# diff_form FORM [NEW-FOLDER]: exit code in $code, output in out and err
diff_form() {
	"$carryover" diff "$1.0/prog" "${2:-$1.1}/prog" >out 2>err
	code=$?
}

# compare_plain FORM PLAIN: the whole of what is said
compare_plain() {
	local part
	diff_form "$1"
	[ $code -eq 1 ] || { echo "exit $code, not 1"; cat out err; return 1; }
	diff -u <(said "$2.out") <(said out) || return 1
	for part in 0 1; do
		"$carryover" dump "$1.$part/prog" -o dumped.yaml 2>err || { cat err; return 1; }
		diff -u <(types "$2.$part.yaml") <(types dumped.yaml) || return 1
	done
}

# unseen: what diff_form said of a damaged file would make somebody believe that nothing changed.
unseen() {
	local name
	[ $code -lt 126 ] || return 0
	[ $code -ne 0 ] || return 0
	[ $code -eq 1 ] && [ "$1" = cut ] || return 1
	for name in $changed; do grep -q "$name" out || return 0; done
	return 1
}

# damage FORM: every file of the new side but its sources, cut at several places and with bytes turned over
damage() {
	local file n at place bad=0 tried=0
	for file in $(cd "$1.1" && find . -type f -not -name '*.[chS]' -not -name '*.o'); do
		case $kept in *" ${file#./} "*) ;; *) continue ;; esac
		n=$(stat -c %s "$1.1/$file")
		for place in 0 12 40 60 90; do
			at=$((n * place / 100))
			head -c "$at" "$1.1/$file" >"$file.whole.cut"
			swap "$1" "$file" cut "at byte $at of $n" || bad=1
			tried=$((tried + 1))
		done
		head -c $((n - 1)) "$1.1/$file" >"$file.whole.cut"
		swap "$1" "$file" cut 'of its last byte' || bad=1
		for place in 3 29 42 63 84; do
			at=$((n * place / 100))
			cp "$1.1/$file" "$file.whole.cut"
			printf "\\$(printf %o $((255 - $(od -An -tu1 -j $at -N1 "$1.1/$file"))))" |
				dd of="$file.whole.cut" bs=1 seek="$at" conv=notrunc status=none
			swap "$1" "$file" flip "byte $at of $n" || bad=1
			tried=$((tried + 1))
		done
	done
	[ $tried -gt 0 ] || { echo 'nothing was damaged'; return 1; }
	return $bad
}

# swap FORM FILE HOW WHERE: diff with the damaged file in place; then the whole one again
swap() {
	mv "$1.1/$2" whole && mv "$2.whole.cut" "$1.1/$2"
	diff_form "$1"
	mv whole "$1.1/$2"
	! unseen "$3" || { echo "$2, $3 $4: exit $code"; head -n 5 out err; return 1; }
}

# form NAME PLAIN BUILD [FILES]: FILES of the folder are damaged, too
form() {
	local name=$1 plain=$2
	kept=" prog ${4-} "
	if ! make_form form 0 "$3" || ! make_form form 1 "$3"; then
		skip "$name" "it cannot be built: $(tail -n 1 log | tr -d '#')"
		return
	fi
	check "$name: as the plain one" compare_plain form "$plain"
	check "$name: damaged" damage form
}

# refused NAME BUILD PATTERN: exit 3, and the cause
refused() {
	local name=$1
	if ! make_form form 0 "$2" || ! make_form form 1 "$2"; then
		skip "$name" "it cannot be built: $(tail -n 1 log | tr -d '#')"
		return
	fi
	diff_form form
	if [ $code -ne 3 ]; then
		fail "$name" "exit $code, not 3: $(cat out err)"
	elif ! grep -q "not enough evidence.*$3" err; then
		fail "$name" "not said: $3; but $(cat err)"
	else
		pass "$name"
	fi
}

# plain NAME: what the others are held against
plain() {
	make_form "$1" 0 "$2" && make_form "$1" 1 "$2" || return 1
	diff_form "$1"
	[ $code -eq 1 ] && cp out "$1.out" &&
		"$carryover" dump "$1.0/prog" -o "$1.0.yaml" && "$carryover" dump "$1.1/prog" -o "$1.1.yaml"
}

# ---- one file ---------------------------------------------------------------------------------

build_plain4() { cc -gdwarf-4; }
build_plain5() { cc -gdwarf-5; }
build_types4() { cc -gdwarf-4 -fdebug-types-section; }
build_types5() { cc -gdwarf-5 -fdebug-types-section; }
build_types_object4() { objects -gdwarf-4 -fdebug-types-section && ld -r -o prog a.o b.o c.o; }
build_types_object5() { objects -gdwarf-5 -fdebug-types-section && ld -r -o prog a.o b.o c.o; }
build_zlib() { cc -gdwarf-5 && objcopy --compress-debug-sections=zlib prog; }
build_zlib_gnu() { cc -gdwarf-5 && objcopy --compress-debug-sections=zlib-gnu prog; }
build_zstd() { cc -gdwarf-5 && objcopy --compress-debug-sections=zstd prog; }
build_object() { objects -gdwarf-5 && ld -r -o prog a.o b.o c.o; }
build_object_zlib() { build_object && objcopy --compress-debug-sections=zlib prog; }
build_object_zstd() { build_object && objcopy --compress-debug-sections=zstd prog; }
build_relocations() { cc -gdwarf-5 -Wl,-q; }
build_lto() { cc -gdwarf-5 -flto; }
build_lto_lld() { cc -gdwarf-5 -O1 -flto -fuse-ld=lld; }
build_thin_lto() { cc -gdwarf-5 -O1 -flto=thin -fuse-ld=lld; }
build_lld() { cc -gdwarf-5 -fuse-ld=lld; }
build_sections() {
	awk 'BEGIN { for (i = 0; i < 66000; i++) printf ".section .t%d,\"ax\"\nnop\n", i }' >many.s
	objects -gdwarf-5 && as -o many.o many.s && ld -r -o prog a.o b.o c.o many.o
}
build_dwz4() { have dwz && cc -gdwarf-4 && dwz prog && readelf -wi prog | grep -q partial_unit; }
build_dwz5() { have dwz && cc -gdwarf-5 && dwz prog && readelf -wi prog | grep -q partial_unit; }
build_dwz_types() { have dwz && build_types4 && dwz prog; }
build_assembler() { objects -gdwarf-5 && "$CC" -g -c asm.S && "$CC" -o prog a.o b.o c.o asm.o; }
build_assembler_bare() { objects -gdwarf-5 && "$CC" -c asm.S && "$CC" -o prog a.o b.o c.o asm.o; }
build_rust() {
	printf '#![no_std]\n#[repr(C)] pub struct InRust { a: i32 }\n%s' \
		'#[no_mangle] pub extern "C" fn in_rust(x: &InRust) -> i32 { x.a }' >r.rs
	have rustc && rustc -g --crate-type=lib --emit=obj -Cpanic=abort -o r.o r.rs &&
		objects -gdwarf-5 && "$CC" -o prog a.o b.o c.o r.o
}
build_cplusplus() {
	echo 'class in_cplusplus { int a; public: int b() { return a; } } it; int f() { return it.b(); }' >x.cc
	clang -g -c -x c++ -o x.o x.cc && objects -gdwarf-5 && "$CC" -o prog a.o b.o c.o x.o
}
build_whole_xz() { build_plain5 && xz prog && mv prog.xz prog; }
build_whole_zstd() { build_plain5 && zstd -q --check --rm prog && mv prog.zst prog; }
build_whole_gzip() { build_plain5 && gzip prog && mv prog.gz prog; }

# ---- several files ----------------------------------------------------------------------------

build_split4() { cc -gdwarf-4 -gsplit-dwarf && dwo_names; }
build_split5() { cc -gdwarf-5 -gsplit-dwarf && dwo_names; }
build_split_types4() { cc -gdwarf-4 -gsplit-dwarf -fdebug-types-section && dwo_names; }
build_split_types5() { cc -gdwarf-5 -gsplit-dwarf -fdebug-types-section && dwo_names; }
dwo_names() { [ -n "$(find . -name '*.dwo')" ]; }
build_moved() { build_split5 && mkdir built && mv *.dwo built/ && mv built/*.dwo .; }
build_dwp4() { have dwp && build_split4 && dwp -e prog && rm *.dwo; }
build_dwp_types4() { have dwp && build_split_types4 && dwp -e prog && rm *.dwo; }
build_llvm_dwp4() { have llvm-dwp && build_split4 && llvm-dwp -e prog -o prog.dwp && rm *.dwo; }
build_llvm_dwp5() { have llvm-dwp && build_split5 && timeout 20 llvm-dwp -e prog -o prog.dwp && rm *.dwo; }
build_link() {
	cc -gdwarf-5 && objcopy --only-keep-debug prog prog.debug && strip -s prog &&
		objcopy --add-gnu-debuglink=prog.debug prog
}
build_link_folder() { build_link && mkdir .debug && mv prog.debug .debug/; }
build_link_crc() {
	cc -gdwarf-5 -Wl,--build-id=none && objcopy --only-keep-debug prog prog.debug && strip -s prog &&
		objcopy --add-gnu-debuglink=prog.debug prog
}
build_build_id() {
	cc -gdwarf-5 -Wl,--build-id=sha1 && objcopy --only-keep-debug prog prog.debug && strip -s prog &&
		id=$(readelf -n prog | sed -n 's/^ *Build ID: //p') &&
		mkdir -p ".build-id/${id:0:2}" && mv prog.debug ".build-id/${id:0:2}/${id:2}.debug"
}
build_link_zstd() { build_link && objcopy --compress-debug-sections=zstd prog.debug && objcopy --remove-section=.gnu_debuglink prog && objcopy --add-gnu-debuglink=prog.debug prog; }
build_dwz_shared() { # dwz does not know what clang writes in DWARF 5
	have dwz && if [ "$CC" = clang ]; then build_plain4; else build_plain5; fi && cp prog other &&
		dwz -m shared prog other && [ -f shared ]
}
build_dwz_shared4() { have dwz && build_plain4 && cp prog other && dwz -m shared prog other && [ -f shared ]; }
build_dwz_supplementary() {
	have dwz && build_plain5 && cp prog other && dwz --dwarf-5 -m shared prog other && [ -f shared ]
}
build_link_dwz() {
	build_dwz_shared && objcopy --only-keep-debug prog prog.debug && strip -s prog &&
		objcopy --remove-section=.gnu_debugaltlink prog && objcopy --add-gnu-debuglink=prog.debug prog
}

# ---- what holds several files -------------------------------------------------------------------

# A package whose prog is a .deb, with the program as the kernel in it.
build_package() { # COMPRESSION
	build_plain5 && mkdir -p tree/DEBIAN tree/usr/lib/debug/boot &&
		mv prog tree/usr/lib/debug/boot/vmlinux-1 &&
		printf 'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n' >tree/DEBIAN/control &&
		have dpkg-deb && dpkg-deb -Z"$1" --root-owner-group -b tree prog.deb && rm -r tree && mv prog.deb prog
}
build_deb_xz() { build_package xz; }
build_deb_gzip() { build_package gzip; }
build_deb_zstd() { build_package zstd; }
build_deb_none() { build_package none; }
# A folder of modules as prog: one of each packing; b's is in a folder with a name longer than tar's.
build_folder() {
	local long
	long=$(printf 'long%.0s' {1..30})
	objects -gdwarf-5 && mkdir -p prog/kernel prog/$long && mv a.o prog/kernel/a.ko && mv b.o prog/$long/b.ko &&
		mv c.o prog/kernel/c.ko && ln -s .. prog/kernel/up && echo no >prog/kernel/other.txt
}
build_folder_packed() {
	build_folder && xz prog/kernel/a.ko && zstd -q --rm prog/long*/b.ko && gzip prog/kernel/c.ko
}
build_deb_modules() {
	build_folder_packed && mkdir -p tree/DEBIAN tree/lib && mv prog tree/lib/modules && rm tree/lib/modules/kernel/up &&
		printf 'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n' >tree/DEBIAN/control &&
		have dpkg-deb && dpkg-deb -Zxz --root-owner-group -b tree prog.deb && rm -r tree && mv prog.deb prog
}
build_snapshot() { build_plain5 && "$carryover" dump prog -o snapshot && mv snapshot prog; }
# Format 1 has no seal.
build_snapshot_1() { build_snapshot && sed -i '1s/[0-9]*$/1/; /^seal: /d' prog; }
build_snapshot_99() { build_snapshot && sed -i '1s/[0-9]*$/99/' prog; }
build_snapshot_xz() { build_snapshot && xz prog && mv prog.xz prog; }
# ---- BTF: it names no files, and is held against itself ---------------------------------------------

build_btf_plain() { have pahole && build_plain5 && pahole --btf_encode_detached=raw prog && mv raw prog; }
build_btf_elf() { have pahole && build_plain5 && pahole -J prog && strip -g prog && readelf -SW prog | grep -q '\.BTF'; }
build_btf_zstd() { build_btf_plain && zstd -q --check --rm prog && mv prog.zst prog; }
# The header of a bootable image: one setup sector, protocol 2.15, the payload and its unpacked size.
build_vmlinuz() {
	build_btf_elf && gzip -k prog && python3 - <<'P'
import os, struct
payload = open('prog.gz', 'rb').read()
head = bytearray(1024)
head[0x1f1] = 1
head[0x1fe:0x200] = b'\x55\xaa'
head[0x202:0x206] = b'HdrS'
struct.pack_into('<H', head, 0x206, 0x20f)
struct.pack_into('<II', head, 0x248, 0, len(payload))
os.remove('prog.gz')
open('prog', 'wb').write(bytes(head) + payload)
P
}
# What is in c alone is in split BTF.
build_btf_split() {
	objects -gdwarf-5 && mkdir prog && ld -r -o base.o a.o b.o && pahole --btf_encode_detached=base base.o &&
		pahole -J --btf_base base c.o && strip -g c.o && readelf -SW c.o | grep -q '\.BTF' && mv c.o prog/c.ko
}
