/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only file that knows libelf. */
#include "elf_file.h"
#include "compress.h"
#include "hash.h"
#include "text.h"

#include <ctype.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258 /* not in every <elf.h> */
#endif
#ifndef ELFCOMPRESS_ZSTD
#define ELFCOMPRESS_ZSTD 2
#endif
#define SECTION_NAME_MAX 64
#define SUPPLEMENTARY_MAX 4096
#define RELEASE_MAX 128
#define MODULE_MAX 64 /* bytes of `name=`: the kernel has 56 for it */
#define BANNER_MAX 1024
#define BUILD_ID_MAX 64 /* bytes */

struct elf_file {
	const char *name;
	Elf *elf;
	GElf_Ehdr header;
	size_t size;
	size_t strings; /* section index of the section names */
	struct arena arena;
	struct elf_info info;
	bool *loaded; /* by section index */
	struct elf_bytes *contents;
	size_t n_sections;
};

struct machine {
	uint16_t machine;
	uint8_t class;
	uint8_t data;
	const char *arch;
};

static const struct machine machines[] = {
	{EM_X86_64, ELFCLASS64, ELFDATA2LSB, "x86_64"},
	{EM_X86_64, ELFCLASS32, ELFDATA2LSB, "x32"},
	{EM_386, ELFCLASS32, ELFDATA2LSB, "i686"},
	{EM_AARCH64, ELFCLASS64, ELFDATA2LSB, "aarch64"},
	{EM_AARCH64, ELFCLASS64, ELFDATA2MSB, "aarch64_be"},
	{EM_ARM, ELFCLASS32, ELFDATA2LSB, "arm"},
	{EM_ARM, ELFCLASS32, ELFDATA2MSB, "armeb"},
	{EM_S390, ELFCLASS64, ELFDATA2MSB, "s390x"},
	{EM_S390, ELFCLASS32, ELFDATA2MSB, "s390"},
	{EM_PPC64, ELFCLASS64, ELFDATA2LSB, "ppc64le"},
	{EM_PPC64, ELFCLASS64, ELFDATA2MSB, "ppc64"},
	{EM_PPC, ELFCLASS32, ELFDATA2MSB, "ppc"},
	{EM_RISCV, ELFCLASS64, ELFDATA2LSB, "riscv64"},
	{EM_RISCV, ELFCLASS32, ELFDATA2LSB, "riscv32"},
	{EM_MIPS, ELFCLASS64, ELFDATA2LSB, "mips64el"},
	{EM_MIPS, ELFCLASS64, ELFDATA2MSB, "mips64"},
	{EM_MIPS, ELFCLASS32, ELFDATA2LSB, "mipsel"},
	{EM_MIPS, ELFCLASS32, ELFDATA2MSB, "mips"},
	{EM_SPARCV9, ELFCLASS64, ELFDATA2MSB, "sparc64"},
	{EM_LOONGARCH, ELFCLASS64, ELFDATA2LSB, "loongarch64"},
};

/* The relocations that assemblers leave in debug sections; width 0: of addresses, which no type
 * needs. */
struct relocation {
	uint16_t machine;
	uint16_t type;
	uint8_t width; /* bytes; S + A is written absolute */
};

static const struct relocation relocations[] = {
	{EM_X86_64, R_X86_64_NONE, 0},
	{EM_X86_64, R_X86_64_64, 8},
	{EM_X86_64, R_X86_64_32, 4},
	{EM_X86_64, R_X86_64_32S, 4},
	{EM_X86_64, R_X86_64_PC32, 0},
	{EM_X86_64, R_X86_64_PC64, 0},
	{EM_X86_64, R_X86_64_DTPOFF32, 0},
	{EM_X86_64, R_X86_64_DTPOFF64, 0},
	{EM_386, R_386_NONE, 0},
	{EM_386, R_386_32, 4},
	{EM_386, R_386_PC32, 0},
	{EM_386, R_386_TLS_LDO_32, 0},
	{EM_AARCH64, R_AARCH64_NONE, 0},
	{EM_AARCH64, R_AARCH64_ABS64, 8},
	{EM_AARCH64, R_AARCH64_ABS32, 4},
	{EM_AARCH64, R_AARCH64_PREL32, 0},
	{EM_ARM, R_ARM_NONE, 0},
	{EM_ARM, R_ARM_ABS32, 4},
	{EM_S390, R_390_NONE, 0},
	{EM_S390, R_390_32, 4},
	{EM_S390, R_390_64, 8},
	{EM_PPC64, R_PPC64_NONE, 0},
	{EM_PPC64, R_PPC64_ADDR32, 4},
	{EM_PPC64, R_PPC64_ADDR64, 8},
	{EM_PPC, R_PPC_NONE, 0},
	{EM_PPC, R_PPC_ADDR32, 4},
	{EM_RISCV, R_RISCV_NONE, 0},
	{EM_RISCV, R_RISCV_32, 4},
	{EM_RISCV, R_RISCV_64, 8},
	{EM_MIPS, R_MIPS_NONE, 0},
	{EM_MIPS, R_MIPS_32, 4},
	{EM_MIPS, R_MIPS_64, 8},
	{EM_SPARCV9, R_SPARC_NONE, 0},
	{EM_SPARCV9, R_SPARC_32, 4},
	{EM_SPARCV9, R_SPARC_64, 8},
	{EM_SPARCV9, R_SPARC_UA32, 4},
	{EM_SPARCV9, R_SPARC_UA64, 8},
	{EM_LOONGARCH, 0, 0},
	{EM_LOONGARCH, 1, 4},
	{EM_LOONGARCH, 2, 8},
};

bool elf_recognise(const void *data, size_t n)
{
	return n >= SELFMAG && memcmp(data, ELFMAG, SELFMAG) == 0;
}

const struct elf_info *elf_info(const struct elf_file *file)
{
	return &file->info;
}

/* The section called NAME with its header, or NULL. */
static Elf_Scn *find_section(const struct elf_file *file, const char *name, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(file->elf, section))) {
		const char *own;

		if (!gelf_getshdr(section, header))
			continue;
		own = elf_strptr(file->elf, file->strings, header->sh_name);
		if (own && strcmp(own, name) == 0)
			return section;
	}
	return NULL;
}

static size_t count_sections(const struct elf_file *file, const char *name)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t n = 0;

	while ((section = elf_nextscn(file->elf, section))) {
		const char *own;

		if (!gelf_getshdr(section, &header))
			continue;
		own = elf_strptr(file->elf, file->strings, header.sh_name);
		n += own && strcmp(own, name) == 0;
	}
	return n;
}

static bool has_bytes(const struct elf_file *file, const char *name)
{
	GElf_Shdr header;

	return find_section(file, name, &header) && header.sh_type != SHT_NOBITS && header.sh_size;
}

static bool set_machine(struct elf_file *file, struct diags *diags)
{
	const unsigned char *ident = file->header.e_ident;

	file->info.big_endian = ident[EI_DATA] == ELFDATA2MSB;
	file->info.address_size = ident[EI_CLASS] == ELFCLASS64 ? 8 : 4;
	file->info.relocatable = file->header.e_type == ET_REL;
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
		const struct machine *row = &machines[i];

		if (row->machine == file->header.e_machine && row->class == ident[EI_CLASS] &&
		    row->data == ident[EI_DATA]) {
			file->info.arch = row->arch;
			return true;
		}
	}
	return diag_evidence(diags, place_file(file->name),
			     "ELF for machine %u (class %u, data %u), which is not supported",
			     file->header.e_machine, ident[EI_CLASS], ident[EI_DATA]);
}

/* Every section header and section must lie inside the file: else it was cut off. */
static bool check_complete(struct elf_file *file, struct diags *diags)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	if (!file->header.e_shoff)
		return diag_evidence(diags, place_file(file->name),
				     "no section headers: stripped of all debug info");
	if (elf_getshdrnum(file->elf, &file->n_sections) != 0 || !file->n_sections ||
	    elf_getshdrstrndx(file->elf, &file->strings) != 0)
		return diag_evidence(diags, place_file(file->name),
				     "truncated: the section headers are not in the file");
	while ((section = elf_nextscn(file->elf, section))) {
		if (!gelf_getshdr(section, &header))
			return diag_evidence(diags, place_file(file->name),
					     "section header %zu is malformed",
					     elf_ndxscn(section));
		if (header.sh_type == SHT_NOBITS || header.sh_type == SHT_NULL)
			continue;
		if (header.sh_offset > file->size || header.sh_size > file->size - header.sh_offset)
			return diag_evidence(
				diags, place_file(file->name),
				"truncated: section %zu ends at byte %llu of %zu",
				elf_ndxscn(section),
				(unsigned long long)(header.sh_offset + header.sh_size),
				file->size);
	}
	return true;
}

static const char *hex_of(struct elf_file *file, const unsigned char *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	char *hex = arena_alloc(&file->arena, n * 2 + 1);

	for (size_t i = 0; i < n; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * n] = '\0';
	return hex;
}

static const char *build_id_of(struct elf_file *file, Elf_Data *data)
{
	size_t at = 0, name, desc;
	GElf_Nhdr note;

	while ((at = gelf_getnote(data, at, &note, &name, &desc)) > 0) {
		const unsigned char *bytes = (const unsigned char *)data->d_buf + desc;

		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != sizeof(ELF_NOTE_GNU) ||
		    memcmp((const char *)data->d_buf + name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) ||
		    !note.n_descsz || note.n_descsz > BUILD_ID_MAX)
			continue;
		return hex_of(file, bytes, note.n_descsz);
	}
	return NULL;
}

static void find_build_id(struct elf_file *file)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while (!file->info.build_id && (section = elf_nextscn(file->elf, section))) {
		Elf_Data *data;

		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_NOTE)
			continue;
		data = elf_getdata(section, NULL);
		if (data && data->d_buf)
			file->info.build_id = build_id_of(file, data);
	}
}

/* The text at ADDRESS of section INDEX up to its NUL, at most BANNER_MAX bytes, or NULL. */
static char *text_at(struct elf_file *file, uint16_t index, uint64_t address)
{
	Elf_Scn *section = elf_getscn(file->elf, index);
	Elf_Data *data;
	GElf_Shdr header;
	uint64_t from;
	size_t n;

	if (!section || !gelf_getshdr(section, &header) || header.sh_type == SHT_NOBITS)
		return NULL;
	data = elf_rawdata(section, NULL);
	from = address - header.sh_addr;
	if (!data || !data->d_buf || address < header.sh_addr || from >= data->d_size)
		return NULL;
	n = data->d_size - from < BANNER_MAX ? data->d_size - from : BANNER_MAX;
	return arena_strndup(&file->arena, (const char *)data->d_buf + from,
			     strnlen((const char *)data->d_buf + from, n));
}

static const char *word_after(struct elf_file *file, const char *text, const char *before)
{
	const char *at = strstr(text, before);
	size_t n = 0;

	if (!at)
		return NULL;
	at += strlen(before);
	while (n < RELEASE_MAX && at[n] && !isspace((unsigned char)at[n]))
		n++;
	return n ? arena_strndup(&file->arena, at, n) : NULL;
}

/* The banner of a kernel without symbols: the only text that goes on with a digit. */
static const char *find_banner(struct elf_file *file)
{
	static const char start[] = "Linux version ";
	GElf_Shdr header = {0};
	Elf_Scn *section = find_section(file, ".rodata", &header);
	Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;
	const char *at = data ? data->d_buf : NULL, *end = at ? at + data->d_size : NULL;

	if (header.sh_type == SHT_NOBITS)
		return NULL;
	while (at && (at = memmem(at, (size_t)(end - at), start, sizeof(start) - 1))) {
		const char *release = at + sizeof(start) - 1;
		size_t n = strnlen(at, (size_t)(end - at));

		if (release < end && isdigit((unsigned char)*release))
			return arena_strndup(&file->arena, at, n < BANNER_MAX ? n : BANNER_MAX);
		at = release;
	}
	return NULL;
}

/*
 * init/version.c: "Linux version RELEASE (builder) (compiler) VERSION". Debian and Ubuntu put their
 * own number into VERSION, after the date's place; the compiler's parenthesis may say "Debian" too.
 */
static void find_release(struct elf_file *file)
{
	struct elf_wanted banner = {.name = "linux_banner"};
	const char *text, *version;

	if (!file->info.relocatable)
		elf_symbols(file, &banner, 1);
	text = banner.found == 1 ? text_at(file, banner.section, banner.address) : NULL;
	if (!file->info.relocatable && !has_bytes(file, ".symtab"))
		text = find_banner(file);
	if (!text || strncmp(text, "Linux version ", strlen("Linux version ")) != 0)
		return;
	version = strstr(text, ") #");
	if (version)
		file->info.release = word_after(file, version, " Debian ");
	if (!file->info.release)
		file->info.release = word_after(file, text, "Linux version ");
}

/*
 * A module says its name in .modinfo, as texts `key=value`. What holds debug info alone has that section
 * without bytes: then its file's name up to the first dot is all there is, `-` written `_`.
 */
static void find_module(struct elf_file *file)
{
	static const char key[] = "name=";
	const char *slash = strrchr(file->name, '/'), *base = slash ? slash + 1 : file->name;
	GElf_Shdr header = {0};
	Elf_Scn *section = find_section(file, ".modinfo", &header);
	Elf_Data *data =
		section && header.sh_type != SHT_NOBITS ? elf_rawdata(section, NULL) : NULL;
	const char *at = data ? data->d_buf : NULL, *end = at ? at + data->d_size : NULL;
	char *name = NULL;

	if (!section || !file->info.relocatable)
		return;
	for (size_t n; at && at < end && !name; at += n + 1) {
		n = strnlen(at, (size_t)(end - at));
		if (n >= sizeof(key) && n < MODULE_MAX && !memcmp(at, key, sizeof(key) - 1))
			name = arena_strndup(&file->arena, at + sizeof(key) - 1,
					     n - (sizeof(key) - 1));
	}
	if (!name)
		name = arena_strndup(&file->arena, base, strcspn(base, "."));
	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	file->info.module = name;
}

/* ---- links to other files ---- */

static uint64_t load(const unsigned char *at, unsigned int width, bool big_endian)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < width; i++)
		value = value << 8 | at[big_endian ? i : width - 1 - i];
	return value;
}

static bool bad_link(struct elf_file *file, const char *section, struct diags *diags)
{
	return diag_evidence(diags, place_file(file->name), "%s is malformed", section);
}

/* A name with its NUL, padded to four bytes; the CRC-32 of the file that is meant. */
static bool find_debug_link(struct elf_file *file, struct elf_bytes bytes, struct diags *diags)
{
	size_t n = strnlen((const char *)bytes.at, bytes.n), crc = (n + 4) & ~(size_t)3;

	if (!n || crc + 4 > bytes.n)
		return bad_link(file, ".gnu_debuglink", diags);
	file->info.debug_link = arena_strndup(&file->arena, (const char *)bytes.at, n);
	file->info.debug_crc = (uint32_t)load(bytes.at + crc, 4, file->info.big_endian);
	return true;
}

/* A name with its NUL, then a build-id. */
static bool find_alternate(struct elf_file *file, struct elf_bytes bytes, const char *section,
			   struct diags *diags)
{
	size_t n = strnlen((const char *)bytes.at, bytes.n);

	if (!n || n + 1 >= bytes.n || bytes.n - n - 1 > BUILD_ID_MAX)
		return bad_link(file, section, diags);
	file->info.alternate = arena_strndup(&file->arena, (const char *)bytes.at, n);
	file->info.alternate_id = hex_of(file, bytes.at + n + 1, bytes.n - n - 1);
	return true;
}

/* DWARF 5 section 7.3.6: version, whether this is the shared file, name, length and id. */
static bool find_supplementary(struct elf_file *file, struct elf_bytes bytes, struct diags *diags)
{
	unsigned char plain[SUPPLEMENTARY_MAX];
	size_t n;

	if (bytes.n < 5 || bytes.n > sizeof(plain) || load(bytes.at, 2, file->info.big_endian) != 5)
		return bad_link(file, ".debug_sup", diags);
	n = strnlen((const char *)bytes.at + 3, bytes.n - 3);
	if (n + 5 > bytes.n || bytes.at[n + 4] > BUILD_ID_MAX || n + 5 + bytes.at[n + 4] != bytes.n)
		return bad_link(file, ".debug_sup", diags);
	if (bytes.at[2]) {
		file->info.shared_id = hex_of(file, bytes.at + n + 5, bytes.at[n + 4]);
		return true;
	}
	memcpy(plain, bytes.at + 3, n + 1);
	memcpy(plain + n + 1, bytes.at + n + 5, bytes.n - n - 5);
	return find_alternate(file, (struct elf_bytes){plain, bytes.n - 4}, ".debug_sup", diags);
}

static bool find_links(struct elf_file *file, struct diags *diags)
{
	struct elf_bytes debug, alternate, supplementary;

	return elf_section(file, ".gnu_debuglink", &debug, diags) &&
	       elf_section(file, ".gnu_debugaltlink", &alternate, diags) &&
	       elf_section(file, ".debug_sup", &supplementary, diags) &&
	       (!debug.n || find_debug_link(file, debug, diags)) &&
	       (!supplementary.n || find_supplementary(file, supplementary, diags)) &&
	       (!alternate.n || find_alternate(file, alternate, ".gnu_debugaltlink", diags));
}

struct elf_file *elf_open(const char *name, void *data, size_t n, struct diags *diags)
{
	struct elf_file *file = calloc(1, sizeof(*file));

	if (!file)
		abort();
	arena_init(&file->arena);
	file->name = arena_strdup(&file->arena, name);
	file->size = n;
	elf_version(EV_CURRENT);
	file->elf = elf_memory(data, n);
	if (!file->elf || elf_kind(file->elf) != ELF_K_ELF ||
	    !gelf_getehdr(file->elf, &file->header)) {
		diag_evidence(diags, place_file(name), "the ELF header is truncated or malformed");
		goto fail;
	}
	if (!set_machine(file, diags) || !check_complete(file, diags))
		goto fail;
	file->loaded = ARENA_NEW_ARRAY(&file->arena, file->n_sections, bool);
	file->contents = ARENA_NEW_ARRAY(&file->arena, file->n_sections, struct elf_bytes);
	file->info.has_dwarf = has_bytes(file, ".debug_info") || has_bytes(file, ".zdebug_info");
	file->info.has_split = has_bytes(file, ".debug_info.dwo");
	file->info.has_btf = has_bytes(file, ".BTF");
	if (!find_links(file, diags))
		goto fail;
	find_build_id(file);
	find_release(file);
	find_module(file);
	return file;
fail:
	elf_close(file);
	return NULL;
}

void elf_close(struct elf_file *file)
{
	if (!file)
		return;
	if (file->elf)
		elf_end(file->elf);
	arena_deinit(&file->arena);
	free(file);
}

static const struct relocation *find_relocation(uint16_t machine, uint64_t type)
{
	for (size_t i = 0; i < sizeof(relocations) / sizeof(*relocations); i++)
		if (relocations[i].machine == machine && relocations[i].type == type)
			return &relocations[i];
	return NULL;
}

static void store(unsigned char *at, unsigned int width, bool big_endian, uint64_t value)
{
	for (unsigned int i = 0; i < width; i++, value >>= 8)
		at[big_endian ? width - 1 - i : i] = (unsigned char)value;
}

/* S + A, or the addend that stands in place when the table has none. */
static bool apply_one(struct elf_file *file, Elf_Data *target, Elf_Data *symbols, GElf_Rela entry,
		      bool in_place, struct diags *diags)
{
	const struct relocation *row =
		find_relocation(file->header.e_machine, GELF_R_TYPE(entry.r_info));
	unsigned char *at;
	GElf_Sym symbol;

	if (!row)
		return diag_evidence(diags, place_file(file->name),
				     "relocation type %llu of %s is not supported in debug info",
				     (unsigned long long)GELF_R_TYPE(entry.r_info),
				     file->info.arch);
	if (!row->width)
		return true;
	if (entry.r_offset > target->d_size || row->width > target->d_size - entry.r_offset ||
	    GELF_R_SYM(entry.r_info) > INT32_MAX ||
	    !gelf_getsym(symbols, (int)GELF_R_SYM(entry.r_info), &symbol))
		return diag_evidence(diags, place_file(file->name),
				     "a relocation of debug info lies outside its section");
	at = (unsigned char *)target->d_buf + entry.r_offset;
	if (in_place)
		entry.r_addend = (int64_t)load(at, row->width, file->info.big_endian);
	store(at, row->width, file->info.big_endian, symbol.st_value + (uint64_t)entry.r_addend);
	return true;
}

static bool apply_table(struct elf_file *file, Elf_Data *target, Elf_Scn *table,
			const GElf_Shdr *header, struct diags *diags)
{
	Elf_Scn *symbol_section = elf_getscn(file->elf, header->sh_link);
	Elf_Data *entries = elf_getdata(table, NULL);
	Elf_Data *symbols = symbol_section ? elf_getdata(symbol_section, NULL) : NULL;
	size_t n;

	if (!entries || !symbols || !header->sh_entsize)
		return diag_evidence(diags, place_file(file->name),
				     "the relocations of the debug info are malformed");
	n = entries->d_size / header->sh_entsize;
	for (size_t i = 0; i < n && i < INT32_MAX; i++) {
		bool rel = header->sh_type == SHT_REL;
		GElf_Rela entry = {0};
		GElf_Rel short_entry;

		if (rel && gelf_getrel(entries, (int)i, &short_entry))
			entry = (GElf_Rela){short_entry.r_offset, short_entry.r_info, 0};
		else if (rel || !gelf_getrela(entries, (int)i, &entry))
			return diag_evidence(diags, place_file(file->name),
					     "relocation %zu of the debug info is malformed", i);
		if (!apply_one(file, target, symbols, entry, rel, diags))
			return false;
	}
	return true;
}

static bool relocate(struct elf_file *file, size_t index, Elf_Data *target, struct diags *diags)
{
	Elf_Scn *table = NULL;
	GElf_Shdr header;

	while ((table = elf_nextscn(file->elf, table))) {
		if (!gelf_getshdr(table, &header) || header.sh_info != index ||
		    (header.sh_type != SHT_RELA && header.sh_type != SHT_REL))
			continue;
		if (!apply_table(file, target, table, &header, diags))
			return false;
	}
	return true;
}

/* What libelf does not know: it says how large the content is. */
static bool decompress_zstd(struct elf_file *file, Elf_Data *raw, const GElf_Chdr *header,
			    Elf_Data *target, struct diags *diags)
{
	size_t skip = file->info.address_size == 8 ? sizeof(Elf64_Chdr) : sizeof(Elf32_Chdr);
	size_t n = 0;
	char *content;

	if (raw->d_size < skip || header->ch_size > SIZE_MAX ||
	    !decompress(file->name, (const unsigned char *)raw->d_buf + skip, raw->d_size - skip,
			(size_t)header->ch_size, &content, &n, diags))
		return false;
	*target = (Elf_Data){.d_buf = arena_alloc(&file->arena, n + 1), .d_size = n};
	memcpy(target->d_buf, content, n);
	free(content);
	return n == header->ch_size;
}

/* SECTION's content into TARGET, decompressed. GNU: an old .zdebug section. */
static bool load_content(struct elf_file *file, Elf_Scn *section, bool gnu, Elf_Data *target,
			 struct diags *diags)
{
	struct diags inner;
	GElf_Shdr header;
	GElf_Chdr packing;
	Elf_Data *data;
	bool ok = true;

	diags_init(&inner);
	if (gnu)
		ok = elf_compress_gnu(section, 0, 0) >= 0;
	else if (gelf_getshdr(section, &header) && header.sh_flags & SHF_COMPRESSED)
		ok = gelf_getchdr(section, &packing) &&
		     (packing.ch_type == ELFCOMPRESS_ZSTD || elf_compress(section, 0, 0) >= 0);
	data = ok ? elf_rawdata(section, NULL) : NULL;
	ok = data && (data->d_buf || !data->d_size);
	if (ok && gelf_getshdr(section, &header) && header.sh_flags & SHF_COMPRESSED)
		ok = decompress_zstd(file, data, &packing, target, &inner);
	else if (ok)
		*target = *data;
	if (!ok)
		diag_evidence(diags, place_file(file->name), "section %zu does not decompress%s%s",
			      elf_ndxscn(section), inner.n ? ": " : "",
			      inner.n ? inner.at[0].text : "");
	diags_deinit(&inner);
	return ok;
}

static bool is_packed(const GElf_Shdr *header, bool gnu)
{
	return gnu || header->sh_flags & SHF_COMPRESSED;
}

/* One section's bytes: loaded once, since relocating twice would add in-place addends twice. */
static bool section_bytes(struct elf_file *file, Elf_Scn *section, bool gnu,
			  struct elf_bytes *bytes, struct diags *diags)
{
	size_t index = elf_ndxscn(section);
	GElf_Shdr header;
	Elf_Data data;

	if (index >= file->n_sections || !gelf_getshdr(section, &header))
		return false;
	if (!file->loaded[index]) {
		file->info.compressed |= is_packed(&header, gnu);
		if (!load_content(file, section, gnu, &data, diags) ||
		    (file->info.relocatable && !relocate(file, index, &data, diags)))
			return false;
		file->loaded[index] = true;
		file->contents[index] = (struct elf_bytes){data.d_buf, data.d_size};
	}
	*bytes = file->contents[index];
	return true;
}

/* `.debug_x` is called `.zdebug_x` where it is compressed in the old way. */
static bool old_name(const char *name, char old[SECTION_NAME_MAX])
{
	if (strncmp(name, ".debug_", strlen(".debug_")) != 0 || strlen(name) + 2 > SECTION_NAME_MAX)
		return false;
	snprintf(old, SECTION_NAME_MAX, ".z%s", name + 1);
	return true;
}

bool elf_sections(struct elf_file *file, const char *name, struct elf_bytes **all, size_t *n,
		  struct diags *diags)
{
	char old[SECTION_NAME_MAX];
	bool gnu = false;
	size_t count = count_sections(file, name);
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	*n = 0;
	if (!count && old_name(name, old)) {
		count = count_sections(file, old);
		name = old;
		gnu = true;
	}
	*all = ARENA_NEW_ARRAY(&file->arena, count + 1, struct elf_bytes);
	while (count && (section = elf_nextscn(file->elf, section))) {
		const char *own;

		if (!gelf_getshdr(section, &header) || header.sh_type == SHT_NOBITS ||
		    !header.sh_size)
			continue;
		own = elf_strptr(file->elf, file->strings, header.sh_name);
		if (!own || strcmp(own, name) != 0)
			continue;
		if (!section_bytes(file, section, gnu, &(*all)[*n], diags))
			return false;
		*n += (*all)[*n].n != 0;
	}
	return true;
}

bool elf_section(struct elf_file *file, const char *name, struct elf_bytes *bytes,
		 struct diags *diags)
{
	struct elf_bytes *all;
	size_t n;

	*bytes = (struct elf_bytes){0};
	if (!elf_sections(file, name, &all, &n, diags))
		return false;
	if (n > 1)
		return diag_evidence(diags, place_file(file->name),
				     "has %zu sections called %s: link it first (ld -r)", n, name);
	if (n)
		*bytes = all[0];
	return true;
}

static void note_symbol(struct elf_wanted *wanted, const GElf_Sym *symbol)
{
	bool global = GELF_ST_BIND(symbol->st_info) != STB_LOCAL;

	if (wanted->found && wanted->global && !global)
		return;
	if (wanted->found && wanted->global == global) {
		if (wanted->address != symbol->st_value || wanted->section != symbol->st_shndx)
			wanted->found++;
		return;
	}
	wanted->found = 1;
	wanted->global = global;
	wanted->address = symbol->st_value;
	wanted->size = symbol->st_size;
	wanted->section = symbol->st_shndx;
}

static void scan_symbols(struct elf_file *file, Elf_Data *data, const GElf_Shdr *header,
			 struct elf_wanted *wanted, size_t n)
{
	size_t count = header->sh_entsize ? data->d_size / header->sh_entsize : 0;
	GElf_Sym symbol;

	for (size_t i = 0; i < count && i < INT32_MAX && gelf_getsym(data, (int)i, &symbol); i++) {
		const char *name;

		if (symbol.st_shndx == SHN_UNDEF || GELF_ST_TYPE(symbol.st_info) == STT_SECTION ||
		    GELF_ST_TYPE(symbol.st_info) == STT_FILE)
			continue;
		name = elf_strptr(file->elf, header->sh_link, symbol.st_name);
		for (size_t j = 0; name && j < n; j++)
			if (wanted[j].name[0] == name[0] && strcmp(wanted[j].name, name) == 0)
				note_symbol(&wanted[j], &symbol);
	}
}

void elf_symbols(struct elf_file *file, struct elf_wanted *wanted, size_t n)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	for (size_t i = 0; i < n; i++)
		wanted[i].found = 0;
	if (!n)
		return;
	while ((section = elf_nextscn(file->elf, section))) {
		Elf_Data *data;

		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_SYMTAB)
			continue;
		data = elf_getdata(section, NULL);
		if (data)
			scan_symbols(file, data, &header, wanted, n);
	}
}

/* ---- names ---- */

struct naming {
	void (*each)(void *data, const char *name);
	void *data;
	bool sources;
};

static void name_symbols(const struct elf_file *file, Elf_Data *data, const GElf_Shdr *header,
			 const struct naming *naming)
{
	size_t count = header->sh_entsize ? data->d_size / header->sh_entsize : 0;
	GElf_Sym symbol;

	for (size_t i = 1; i < count && i < INT32_MAX && gelf_getsym(data, (int)i, &symbol); i++) {
		unsigned int type = GELF_ST_TYPE(symbol.st_info);
		const char *name;

		if (naming->sources ? type != STT_FILE
				    : symbol.st_shndx == SHN_UNDEF || !symbol.st_size ||
					      (type != STT_FUNC && type != STT_OBJECT))
			continue;
		name = elf_strptr(file->elf, header->sh_link, symbol.st_name);
		if (name && *name)
			naming->each(naming->data, name);
	}
}

static void name_all(const struct elf_file *file, struct naming naming)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(file->elf, section))) {
		Elf_Data *data;

		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_SYMTAB)
			continue;
		data = elf_getdata(section, NULL);
		if (data)
			name_symbols(file, data, &header, &naming);
	}
}

void elf_sources(const struct elf_file *file, void (*each)(void *data, const char *name),
		 void *data)
{
	name_all(file, (struct naming){each, data, true});
}

void elf_defined(const struct elf_file *file, void (*each)(void *data, const char *name),
		 void *data)
{
	name_all(file, (struct naming){each, data, false});
}
