/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF files, by libelf (this header is not called elf.h, which is libc's): what machine and release
 * they are of, their sections as bytes (decompressed, and relocated when the file is relocatable),
 * and the addresses of symbols. The only place that knows libelf. Everything in the file is
 * hostile.
 */
#ifndef CO_SCHEMA_ELF_FILE_H
#define CO_SCHEMA_ELF_FILE_H

#include "diag.h"

struct elf_file;

struct elf_info {
	const char *arch; /* uname -m's word for e_machine, class and byte order: x86_64, s390x */
	const char *build_id; /* lower-case hex of the NT_GNU_BUILD_ID note, or NULL */
	const char
		*release; /* as the distribution numbers it, from linux_banner; NULL: no kernel */
	bool big_endian;
	uint8_t address_size; /* bytes: 4 or 8 */
	bool relocatable;     /* ET_REL: an object or a kernel module */
	const char *module;   /* its name as the kernel spells it, of a kernel module; else NULL */
	bool has_dwarf;	      /* a .debug_info section with bytes in it */
	bool has_split;	      /* a .debug_info.dwo section: the other part of split DWARF */
	bool has_btf;	      /* a .BTF section */
	bool compressed;      /* a section that was asked for was compressed */
	/* .gnu_debuglink: the name of the file with the debug info, and its CRC-32; or NULL */
	const char *debug_link;
	uint32_t debug_crc;
	/* .gnu_debugaltlink or .debug_sup: the file that others share, and its build-id; or NULL */
	const char *alternate, *alternate_id;
	const char *shared_id; /* of a file that others share, from its .debug_sup; or NULL */
};

/* A section's bytes; owned by the elf_file. */
struct elf_bytes {
	const unsigned char *at; /* NULL when N is 0 */
	size_t n;
};

/* An address that somebody wants; FOUND counts the candidates of the best binding. */
struct elf_wanted {
	const char *name;
	uint64_t address, size;
	unsigned int found;
	bool global;
	uint16_t section; /* st_shndx */
};

/* True when DATA starts as an ELF file does: e_ident's four magic bytes. */
bool elf_recognise(const void *data, size_t n);

/*
 * Opens the N bytes at DATA, which stay the caller's, must be writable (a private mapping or the
 * heap: relocations are applied in place) and must outlive the result. NAME is for messages. NULL
 * with a diagnostic: DIAG_EVIDENCE when truncated, of an unknown class or of a machine without a
 * name here.
 */
struct elf_file *elf_open(const char *name, void *data, size_t n, struct diags *diags);
void elf_close(struct elf_file *file);

const struct elf_info *elf_info(const struct elf_file *file);

/*
 * The section NAME (".debug_info"), decompressed when SHF_COMPRESSED or stored as .zdebug_info, and
 * in an ET_REL file with its relocations applied; in other files they already are. An absent
 * section is true with no bytes. False with DIAG_EVIDENCE: truncated, not decompressible, several
 * of that name, a relocation that is unknown or lies outside.
 */
bool elf_section(struct elf_file *file, const char *name, struct elf_bytes *bytes,
		 struct diags *diags);

/*
 * Every section NAME, in the file's order, as elf_section() has the only one: an object has one for
 * each type unit. The array is FILE's.
 */
bool elf_sections(struct elf_file *file, const char *name, struct elf_bytes **all, size_t *n,
		  struct diags *diags);

/*
 * Looks every WANTED name up in .symtab. A global symbol wins over local ones of the same name;
 * several equals leave FOUND above 1. In an ET_REL file ADDRESS is a place in its section: what has
 * no address yet.
 */
void elf_symbols(struct elf_file *file, struct elf_wanted *wanted, size_t n);

/*
 * Calls EACH with the name of every source that .symtab has (STT_FILE), and of every function and
 * variable that is defined there. The names are FILE's.
 */
void elf_sources(const struct elf_file *file, void (*each)(void *data, const char *name),
		 void *data);
void elf_defined(const struct elf_file *file, void (*each)(void *data, const char *name),
		 void *data);

#endif
