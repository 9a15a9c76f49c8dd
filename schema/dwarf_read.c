/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole of reading one ELF file: libdw lists its units and what each says of itself (language,
 * names, line table), threads read their types. libdw is not for threads; the bytes it showed are.
 */
#include "dwarf_read.h"
#include "dwarf_internal.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JOBS_MAX 64
#define PRODUCER_MAX 128
/* Fewer bytes of DIEs than this are not worth a thread of their own. */
#define BYTES_PER_JOB ((uint64_t)1 << 20)

#define TYPE_UNITS "its types are in type units (-fdebug-types-section), which is not supported"
#define SPLIT "its types are in another file (-gsplit-dwarf), which is not supported"

struct reading {
	struct dwarf_file file;
	const struct read_options *options;
	struct model *model;
	struct diags *diags;
	Dwarf *dwarf;
	struct arena arena;
	const char *producer;
	struct evidence evidence;
	atomic_size_t next; /* unit that nobody reads yet */
	atomic_ullong done; /* bytes of units read */
};

/* ---- sections ---- */

/* Cuts what follows the last NUL off, so that every string inside ends inside. */
static void terminate(struct elf_bytes *section)
{
	while (section->n && section->at[section->n - 1])
		section->n--;
}

static bool load_sections(struct reading *r, struct elf_file *elf)
{
	struct {
		const char *name;
		struct elf_bytes *bytes;
	} sections[] = {
		{".debug_info", &r->file.info},
		{".debug_abbrev", &r->file.abbrev},
		{".debug_str", &r->file.str},
		{".debug_line", &r->file.line},
		{".debug_line_str", &r->file.line_str},
		{".debug_str_offsets", &r->file.str_offsets},
	};
	struct elf_bytes types;
	bool ok = true;

	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++)
		ok &= elf_section(elf, sections[i].name, sections[i].bytes, r->diags);
	terminate(&r->file.str);
	terminate(&r->file.line_str);
	ok &= elf_section(elf, ".debug_types", &types, r->diags);
	if (types.n)
		ok = diag_evidence(r->diags, place_file(r->file.name), "%s", TYPE_UNITS);
	return ok;
}

/* ---- units, by libdw ---- */

static const char *own_string(struct reading *r, Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attribute;
	const char *text = dwarf_formstring(dwarf_attr(die, name, &attribute));

	return text ? arena_strdup(&r->arena, text) : NULL;
}

static uint64_t own_offset(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;

	if (!dwarf_attr(die, name, &attribute) || dwarf_formudata(&attribute, &value) != 0)
		return NO_OFFSET64;
	return value;
}

/* Why a unit of LANGUAGE is skipped; SKIP_REASONS: it is in C, and is read. */
static enum skip_reason skip_of(Dwarf_Word language)
{
	switch (language) {
	case DW_LANG_C89:
	case DW_LANG_C:
	case DW_LANG_C99:
	case DW_LANG_C11:
	case 0x2c: /* DW_LANG_C17 */
	case 0x3e: /* DW_LANG_C23 */
		return SKIP_REASONS;
	case DW_LANG_Mips_Assembler:
	case 0x31: /* DW_LANG_Assembly */
		return SKIP_ASSEMBLER;
	case DW_LANG_Rust:
		return SKIP_RUST;
	case DW_LANG_C_plus_plus:
	case DW_LANG_C_plus_plus_03:
	case DW_LANG_C_plus_plus_11:
	case DW_LANG_C_plus_plus_14:
	case 0x2b: /* DW_LANG_C_plus_plus_17 */
	case 0x3a: /* DW_LANG_C_plus_plus_20 */
		return SKIP_CPLUSPLUS;
	default:
		return SKIP_LANGUAGE;
	}
}

/* "GNU C11 12.2.0 -m64 ..." and "clang version 14.0.6 (https://...)": the words before the flags.
 */
static const char *short_producer(struct reading *r, const char *producer)
{
	const char *flags = strstr(producer, " -"), *note = strstr(producer, " (");
	size_t n = strnlen(producer, PRODUCER_MAX);

	if (flags && (size_t)(flags - producer) < n)
		n = (size_t)(flags - producer);
	if (note && (size_t)(note - producer) < n)
		n = (size_t)(note - producer);
	return arena_strndup(&r->arena, producer, n);
}

static bool refuse_unit(struct reading *r, uint64_t offset, const char *what)
{
	return diag_evidence(r->diags, place_file(r->file.name), "unit at 0x%llx: %s",
			     (unsigned long long)offset, what);
}

static const char *what_unit(int tag)
{
	switch (tag) {
	case DW_TAG_partial_unit:
		return "a partial unit (dwz), which is not supported";
	case DW_TAG_type_unit:
		return TYPE_UNITS;
	case DW_TAG_skeleton_unit:
		return SPLIT;
	default:
		return "is no compile unit";
	}
}

/* What a unit's header and own DIE say. False with a diagnostic when its types cannot be read. */
static bool add_unit(struct reading *r, Dwarf_CU *cu, Dwarf_Die *die, struct dwarf_unit unit)
{
	Dwarf_Attribute attribute;
	Dwarf_Word language = 0;
	const char *producer;
	uint8_t type;

	if (dwarf_tag(die) != DW_TAG_compile_unit)
		return refuse_unit(r, unit.offset, what_unit(dwarf_tag(die)));
	if (dwarf_formudata(dwarf_attr(die, DW_AT_language, &attribute), &language) != 0)
		return refuse_unit(r, unit.offset, "says no language");
	if (skip_of(language) != SKIP_REASONS) {
		r->evidence.skipped[skip_of(language)]++;
		return true;
	}
	if (dwarf_cu_info(cu, NULL, &type, NULL, NULL, NULL, NULL, NULL) != 0)
		return refuse_unit(r, unit.offset, dwarf_errmsg(-1));
	if (type != DW_UT_compile || dwarf_hasattr(die, DW_AT_GNU_dwo_name))
		return refuse_unit(r, unit.offset, SPLIT);
	if (unit.version < 4 || unit.version > 5)
		return refuse_unit(r, unit.offset, "its DWARF version is not 4 or 5");
	if (unit.end - unit.offset > UINT32_MAX)
		return refuse_unit(r, unit.offset, "is larger than 4 GB");
	unit.name = own_string(r, die, DW_AT_name);
	unit.comp_dir = own_string(r, die, DW_AT_comp_dir);
	unit.line = own_offset(die, DW_AT_stmt_list);
	unit.str_offsets = own_offset(die, DW_AT_str_offsets_base);
	r->evidence.units++;
	r->evidence.forms |= 1u << (unit.version == 4 ? FORM_DWARF4 : FORM_DWARF5);
	producer = own_string(r, die, DW_AT_producer);
	if (!r->producer && producer)
		r->producer = short_producer(r, producer);
	*VEC_PUSH(&r->file.units) = unit;
	return true;
}

static bool list_units(struct reading *r)
{
	Dwarf_Off offset = 0, next;
	bool ok = true;

	for (;; offset = next) {
		struct dwarf_unit unit = {.offset = offset};
		size_t header;
		Dwarf_Half version;
		Dwarf_Off abbrev;
		Dwarf_Die die;
		Dwarf_CU *cu;
		int more = dwarf_next_unit(r->dwarf, offset, &next, &header, &version, &abbrev,
					   &unit.address_size, &unit.offset_size, NULL, NULL);

		if (more > 0)
			return ok;
		if (more < 0 || next <= offset || next > r->file.info.n)
			return refuse_unit(r, offset,
					   "its header is malformed, or the file is truncated");
		unit.die = offset + header;
		unit.end = next;
		unit.abbrev = abbrev;
		unit.version = version;
		if (!dwarf_offdie(r->dwarf, unit.die, &die) ||
		    (unit.address_size != 4 && unit.address_size != 8) ||
		    (unit.offset_size != 4 && unit.offset_size != 8)) {
			ok = refuse_unit(r, offset, "is malformed");
			continue;
		}
		cu = die.cu;
		ok &= add_unit(r, cu, &die, unit);
	}
}

/* ---- threads ---- */

struct job {
	struct reading *reading;
	struct worker worker;
	bool reports;
};

static void *run_job(void *data)
{
	struct job *job = data;
	struct reading *r = job->reading;
	const struct read_options *options = r->options;
	size_t index;

	while ((index = atomic_fetch_add(&r->next, 1)) < r->file.units.n) {
		const struct dwarf_unit *unit = &r->file.units.at[index];

		if (unit_scan(&job->worker, (uint32_t)index)) {
			unit_shape(&job->worker);
			unit_keep(&job->worker);
		}
		atomic_fetch_add(&r->done, unit->end - unit->offset);
		if (job->reports && options->progress)
			options->progress(options->data, r->file.name, atomic_load(&r->done),
					  r->file.info.n);
	}
	return NULL;
}

static unsigned int job_count(const struct reading *r)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t useful = r->file.info.n / BYTES_PER_JOB + 1;
	unsigned int jobs = r->options->jobs;

	if (!jobs)
		jobs = processors > 0 ? (unsigned int)processors : 1;
	if (jobs > JOBS_MAX)
		jobs = JOBS_MAX;
	return jobs > useful ? (unsigned int)useful : jobs;
}

static bool collect(struct reading *r, struct job *jobs, unsigned int n)
{
	struct worker *workers = ARENA_NEW_ARRAY(&r->arena, n, struct worker);
	size_t before = r->model->types.n;
	bool ok;

	for (unsigned int i = 0; i < n; i++)
		workers[i] = jobs[i].worker;
	ok = faults_report(workers, n, r->diags);
	if (ok) {
		kept_to_model(workers, n, r->model);
		if (r->model->types.n == before)
			ok = diag_evidence(r->diags, place_file(r->file.name),
					   "has debug info, but no C types in it");
	}
	for (unsigned int i = 0; i < n; i++)
		worker_deinit(&workers[i]);
	return ok;
}

static bool read_units(struct reading *r)
{
	unsigned int n = job_count(r), started = 1;
	struct job *jobs = ARENA_NEW_ARRAY(&r->arena, n, struct job);
	pthread_t *threads = ARENA_NEW_ARRAY(&r->arena, n, pthread_t);

	for (unsigned int i = 0; i < n; i++) {
		jobs[i] = (struct job){.reading = r, .reports = i == 0};
		worker_init(&jobs[i].worker, &r->file);
	}
	/* a thread that cannot be made leaves its share to the others */
	while (started < n && pthread_create(&threads[started], NULL, run_job, &jobs[started]) == 0)
		started++;
	run_job(&jobs[0]);
	for (unsigned int i = 1; i < started; i++)
		pthread_join(threads[i], NULL);
	return collect(r, jobs, n);
}

/* ---- the whole ---- */

static void set_info(struct reading *r)
{
	struct model_info *info = &r->model->info;

	r->evidence.files = 1;
	evidence_add(&info->evidence, &r->evidence);
	if (!info->compiler)
		info->compiler = intern(r->model->names, r->producer);
	if (!info->reader)
		info->reader = intern(r->model->names, "dwarf");
}

static bool no_debug_info(struct reading *r)
{
	return diag_evidence(
		r->diags, place_file(r->file.name),
		"has no debug info (.debug_info or .BTF): stripped, or built without -g");
}

bool dwarf_read(const char *name, struct elf_file *elf, const struct read_options *options,
		struct model *model, struct diags *diags)
{
	struct reading r = {.options = options, .model = model, .diags = diags};
	bool ok = false;

	arena_init(&r.arena);
	r.file.name = name;
	r.file.big_endian = elf_info(elf)->big_endian;
	r.file.linked = !elf_info(elf)->relocatable;
	if (!elf_info(elf)->has_dwarf) {
		no_debug_info(&r);
	} else if (load_sections(&r, elf)) {
		r.dwarf = dwarf_begin_elf(elf_handle(elf), DWARF_C_READ, NULL);
		if (!r.dwarf)
			diag_evidence(diags, place_file(name), "its debug info cannot be read: %s",
				      dwarf_errmsg(-1));
		else if (list_units(&r) && read_units(&r))
			ok = true;
		set_info(&r);
		dwarf_end(r.dwarf);
	}
	VEC_FREE(&r.file.units);
	arena_deinit(&r.arena);
	return ok;
}
