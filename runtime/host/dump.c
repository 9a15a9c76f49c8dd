// SPDX-License-Identifier: GPL-2.0-or-later
/* ELF cores of physical memory: program headers and notes. */
#include "dump.h"
#include "memory.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LOADS_MAX 65536u

static bool inside(const struct dump *dump, uint64_t offset, uint64_t size)
{
	return offset <= dump->file.size && size <= dump->file.size - offset;
}

/* ---- recognising ----------------------------------------------------------------------------- */

static int refuse_other_form(const struct dump *dump, struct report *report)
{
	static const struct {
		const char *magic, *name;
	} known[] = {
		{"KDUMP   ", "a compressed kdump file"},
		{"makedumpfile", "a flattened makedumpfile stream"},
		{"DISKDUMP", "a diskdump file"},
		{"CARRYOVR", "a state image, not a memory dump"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (inside(dump, 0, strlen(known[i].magic)) &&
		    !memcmp(dump->file.data, known[i].magic, strlen(known[i].magic)))
			return report_fail(
				report, known[i].magic[0] == 'C' ? EXIT_UNUSABLE : EXIT_EVIDENCE,
				"%s: %s; an ELF memory dump is needed", dump->path, known[i].name);
	return report_fail(report, EXIT_UNUSABLE, "%s: not an ELF memory dump", dump->path);
}

static int check_header(struct dump *dump, Elf64_Ehdr *header, struct report *report)
{
	const uint8_t *ident = dump->file.data;

	if (!inside(dump, 0, SELFMAG) || memcmp(ident, ELFMAG, SELFMAG))
		return refuse_other_form(dump, report);
	if (!inside(dump, 0, EI_NIDENT))
		return report_fail(report, EXIT_EVIDENCE,
				   "%s: truncated: ends inside the ELF header", dump->path);
	if (ident[EI_CLASS] != ELFCLASS64 || ident[EI_DATA] != ELFDATA2LSB)
		return report_fail(report, EXIT_EVIDENCE,
				   "%s: only 64-bit little-endian memory dumps are supported",
				   dump->path);
	if (!inside(dump, 0, sizeof(*header)))
		return report_fail(report, EXIT_EVIDENCE,
				   "%s: truncated: ends inside the ELF header", dump->path);
	memcpy(header, ident, sizeof(*header));
	if (header->e_type != ET_CORE)
		return report_fail(report, EXIT_UNUSABLE,
				   "%s: an ELF file, but no memory dump (its type is not core)",
				   dump->path);
	if (header->e_phentsize != sizeof(Elf64_Phdr))
		return report_fail(report, EXIT_UNUSABLE, "%s: program headers of %u bytes",
				   dump->path, header->e_phentsize);
	dump->machine = header->e_machine;
	return 0;
}

/* ---- program headers ------------------------------------------------------------------------- */

/* With more than 65534 of them the number stands in the first section header. */
static int count_headers(const struct dump *dump, const Elf64_Ehdr *header, uint64_t *n,
			 struct report *report)
{
	Elf64_Shdr first;

	*n = header->e_phnum;
	if (*n == PN_XNUM && inside(dump, header->e_shoff, sizeof(first))) {
		memcpy(&first, dump->file.data + header->e_shoff, sizeof(first));
		*n = first.sh_info;
	}
	if (!inside(dump, header->e_phoff, *n * sizeof(Elf64_Phdr)))
		return report_fail(report, EXIT_EVIDENCE,
				   "%s: truncated: %llu program headers do not fit the file",
				   dump->path, (unsigned long long)*n);
	if (*n > LOADS_MAX)
		return report_fail(report, EXIT_EVIDENCE, "%s: %llu program headers; at most %u",
				   dump->path, (unsigned long long)*n, LOADS_MAX);
	return 0;
}

static int add_segment(struct dump *dump, const Elf64_Phdr *segment, struct report *report)
{
	if (segment->p_type != PT_LOAD && segment->p_type != PT_NOTE)
		return 0;
	if (!inside(dump, segment->p_offset, segment->p_filesz))
		return report_fail(report, EXIT_EVIDENCE,
				   "%s: truncated: memory at physical 0x%llx ends at file offset "
				   "%llu, the file at %zu",
				   dump->path, (unsigned long long)segment->p_paddr,
				   (unsigned long long)(segment->p_offset + segment->p_filesz),
				   dump->file.size);
	if (segment->p_type == PT_NOTE) {
		if (!dump->notes) {
			dump->notes = dump->file.data + segment->p_offset;
			dump->notes_size = segment->p_filesz;
		}
		return 0;
	}
	if (!segment->p_filesz || segment->p_paddr + segment->p_filesz < segment->p_paddr)
		return 0;
	dump->loads[dump->n_loads++] = (struct dump_load){
		.physical = segment->p_paddr,
		.virtual = segment->p_vaddr,
		.offset = segment->p_offset,
		.size = segment->p_filesz,
	};
	return 0;
}

static int compare_loads(const void *a, const void *b)
{
	const struct dump_load *x = a, *y = b;

	return (x->physical > y->physical) - (x->physical < y->physical);
}

/* /proc/vmcore has the kernel's text twice: what an earlier piece already holds is cut off. */
static void sort_loads(struct dump *dump)
{
	size_t kept = 0;
	uint64_t end = 0;

	if (!dump->n_loads)
		return;
	qsort(dump->loads, dump->n_loads, sizeof(dump->loads[0]), compare_loads);
	for (size_t i = 0; i < dump->n_loads; i++) {
		struct dump_load load = dump->loads[i];
		uint64_t cut = kept && load.physical < end ? end - load.physical : 0;

		if (cut >= load.size)
			continue;
		load.physical += cut;
		load.virtual += cut;
		load.offset += cut;
		load.size -= cut;
		load.touched = memory_zeroed((load.size / DUMP_PAGE + 2) / 8 + 1, 1);
		end = load.physical + load.size;
		dump->loads[kept++] = load;
	}
	dump->n_loads = kept;
}

/* ---- notes ----------------------------------------------------------------------------------- */

static void add_note(struct dump *dump, const Elf64_Nhdr *note, const uint8_t *name,
		     const uint8_t *data)
{
	if (note->n_namesz == sizeof("VMCOREINFO") &&
	    !memcmp(name, "VMCOREINFO", sizeof("VMCOREINFO"))) {
		dump->info = (const char *)data;
		dump->info_size = note->n_descsz;
	} else if (note->n_namesz == sizeof("CORE") && !memcmp(name, "CORE", sizeof("CORE")) &&
		   note->n_type == NT_PRSTATUS) {
		dump->cpus++;
	}
}

static void read_notes(struct dump *dump)
{
	size_t at = 0;

	while (dump->notes_size - at >= sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr note;
		uint64_t name, data, end;

		memcpy(&note, dump->notes + at, sizeof(note));
		name = at + sizeof(note);
		data = name + ((note.n_namesz + 3ull) & ~3ull);
		end = data + ((note.n_descsz + 3ull) & ~3ull);
		if (data + note.n_descsz > dump->notes_size)
			return;
		add_note(dump, &note, dump->notes + name, dump->notes + data);
		if (end >= dump->notes_size)
			return;
		at = (size_t)end;
	}
}

int dump_open(struct dump *dump, const char *path, struct report *report)
{
	Elf64_Ehdr header;
	uint64_t n;
	int code;

	*dump = (struct dump){.path = path};
	code = file_open(&dump->file, path, report);
	if (code)
		return code;
	code = check_header(dump, &header, report);
	if (!code)
		code = count_headers(dump, &header, &n, report);
	if (!code) {
		dump->loads = memory_zeroed((size_t)n, sizeof(dump->loads[0]));
		for (uint64_t i = 0; i < n && !code; i++) {
			Elf64_Phdr segment;

			memcpy(&segment, dump->file.data + header.e_phoff + i * sizeof(segment),
			       sizeof(segment));
			code = add_segment(dump, &segment, report);
		}
	}
	if (code) {
		dump_close(dump);
		return code;
	}
	sort_loads(dump);
	if (dump->notes)
		read_notes(dump);
	return 0;
}

void dump_close(struct dump *dump)
{
	for (size_t i = 0; i < dump->n_loads; i++)
		free(dump->loads[i].touched);
	free(dump->loads);
	file_close(&dump->file);
	*dump = (struct dump){.path = NULL};
}

/* ---- reading --------------------------------------------------------------------------------- */

static void touch(struct dump_load *load, uint64_t address, uint64_t size)
{
	uint64_t base = load->physical / DUMP_PAGE;

	for (uint64_t page = address / DUMP_PAGE; page <= (address + size - 1) / DUMP_PAGE; page++)
		load->touched[(page - base) / 8] |= (uint8_t)(1u << ((page - base) % 8));
}

const uint8_t *dump_physical(struct dump *dump, uint64_t address, uint64_t *size)
{
	size_t low = 0, high = dump->n_loads;
	struct dump_load *load;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (dump->loads[middle].physical <= address)
			low = middle + 1;
		else
			high = middle;
	}
	load = low ? &dump->loads[low - 1] : NULL;
	if (!load || address - load->physical >= load->size || !*size)
		return NULL;
	if (*size > load->size - (address - load->physical))
		*size = load->size - (address - load->physical);
	touch(load, address, *size);
	return dump->file.data + load->offset + (address - load->physical);
}

const uint8_t *dump_piece(const struct dump *dump, size_t index, uint64_t *size)
{
	if (index >= dump->n_loads)
		return NULL;
	*size = dump->loads[index].size;
	return dump->file.data + dump->loads[index].offset;
}

bool dump_info(const struct dump *dump, const char *key, char *buffer, size_t room)
{
	const char *line = dump->info, *end = dump->info + dump->info_size;
	size_t n = strlen(key);

	while (line && line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t length = (size_t)((stop ? stop : end) - line);

		if (length > n && line[n] == '=' && !memcmp(line, key, n) &&
		    length - n - 1 < room) {
			memcpy(buffer, line + n + 1, length - n - 1);
			buffer[length - n - 1] = '\0';
			return true;
		}
		line = stop ? stop + 1 : NULL;
	}
	return false;
}

bool dump_info_number(const struct dump *dump, const char *key, int base, uint64_t *value)
{
	char text[64], *end;

	if (!dump_info(dump, key, text, sizeof(text)) || !text[0])
		return false;
	errno = 0;
	*value = text[0] == '-' ? (uint64_t)strtoll(text, &end, base) : strtoull(text, &end, base);
	return !errno && !*end;
}

/* ---- trimming -------------------------------------------------------------------------------- */

struct piece {
	uint64_t physical, virtual, offset, size;
};

struct pieces {
	struct piece *at;
	size_t n, room;
};

static bool touched(const struct dump_load *load, uint64_t page)
{
	return load->touched[page / 8] & (1u << (page % 8));
}

/* Runs of touched pages, cut to what the load holds of its first and last page. */
static void add_pieces(struct pieces *pieces, const struct dump_load *load)
{
	uint64_t base = load->physical & ~(uint64_t)(DUMP_PAGE - 1);
	uint64_t pages = (load->physical + load->size - base + DUMP_PAGE - 1) / DUMP_PAGE;

	for (uint64_t first = 0, last; first < pages; first = last + 1) {
		uint64_t start = base + first * DUMP_PAGE, stop;

		last = first;
		if (!touched(load, first))
			continue;
		while (last + 1 < pages && touched(load, last + 1))
			last++;
		stop = base + (last + 1) * DUMP_PAGE;
		if (start < load->physical)
			start = load->physical;
		if (stop > load->physical + load->size)
			stop = load->physical + load->size;
		if (pieces->n == pieces->room)
			pieces->at = memory_grow(pieces->at, &pieces->room, sizeof(struct piece));
		pieces->at[pieces->n++] = (struct piece){
			.physical = start,
			.virtual = load->virtual ? load->virtual + (start - load->physical) : 0,
			.offset = load->offset + (start - load->physical),
			.size = stop - start,
		};
	}
}

static uint8_t *put_segment(uint8_t *at, uint32_t type, uint64_t offset, const struct piece *piece)
{
	Elf64_Phdr segment = {
		.p_type = type,
		.p_flags = 0,
		.p_offset = offset,
		.p_vaddr = piece->virtual,
		.p_paddr = piece->physical,
		.p_filesz = piece->size,
		.p_memsz = piece->size,
	};

	memcpy(at, &segment, sizeof(segment));
	return at + sizeof(segment);
}

static void put_header(uint8_t *at, const struct dump *dump, size_t n)
{
	Elf64_Ehdr header = {
		.e_type = ET_CORE,
		.e_machine = dump->machine,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(header),
		.e_ehsize = sizeof(header),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = (Elf64_Half)n,
	};

	memcpy(header.e_ident, ELFMAG, SELFMAG);
	header.e_ident[EI_CLASS] = ELFCLASS64;
	header.e_ident[EI_DATA] = ELFDATA2LSB;
	header.e_ident[EI_VERSION] = EV_CURRENT;
	memcpy(at, &header, sizeof(header));
}

uint8_t *dump_trim(const struct dump *dump, size_t *size)
{
	struct pieces pieces = {.n = 0};
	struct piece notes = {.size = dump->notes_size};
	uint8_t *data, *at;
	uint64_t offset;

	for (size_t i = 0; i < dump->n_loads; i++)
		add_pieces(&pieces, &dump->loads[i]);
	if (pieces.n + 1 >= PN_XNUM) {
		free(pieces.at);
		return NULL;
	}
	offset = sizeof(Elf64_Ehdr) + (pieces.n + 1) * sizeof(Elf64_Phdr);
	*size = offset + notes.size;
	for (size_t i = 0; i < pieces.n; i++)
		*size += pieces.at[i].size;
	data = memory_zeroed(*size, 1);
	put_header(data, dump, pieces.n + 1);
	at = put_segment(data + sizeof(Elf64_Ehdr), PT_NOTE, offset, &notes);
	if (notes.size)
		memcpy(data + offset, dump->notes, notes.size);
	offset += notes.size;
	for (size_t i = 0; i < pieces.n; i++) {
		at = put_segment(at, PT_LOAD, offset, &pieces.at[i]);
		memcpy(data + offset, dump->file.data + pieces.at[i].offset, pieces.at[i].size);
		offset += pieces.at[i].size;
	}
	free(pieces.at);
	return data;
}
