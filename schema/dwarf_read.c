/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole of reading one ELF file: its units are listed, threads read their types one by one; when
 * a unit refers to a type of another, one thread reads them all as one.
 */
#include "dwarf_read.h"
#include "debug_file.h"
#include "dwarf_internal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JOBS_MAX 64
/* Fewer bytes of DIEs than this are not worth a thread of their own. */
#define BYTES_PER_JOB ((uint64_t)1 << 20)

struct reading {
	struct dwarf_file file;
	struct unit_list list;
	const struct read_options *options;
	struct dwarf_seen *seen;
	struct model *model;
	struct diags *diags;
	struct arena arena;
	atomic_size_t next;  /* unit that nobody reads yet */
	atomic_ullong done;  /* bytes of units read */
	atomic_bool foreign; /* a unit refers to a type of another */
};

/* ---- threads ---- */

struct job {
	struct reading *reading;
	struct worker worker;
	bool reports;
};

static void report(struct reading *r, bool reports, uint64_t bytes)
{
	const struct read_options *options = r->options;

	atomic_fetch_add(&r->done, bytes);
	if (reports && options->progress)
		options->progress(options->data, r->file.name, atomic_load(&r->done),
				  r->file.bytes);
}

static void report_joined(void *data, uint64_t bytes)
{
	report(data, true, bytes);
}

static void *run_job(void *data)
{
	struct job *job = data;
	struct reading *r = job->reading;
	size_t index;

	while ((index = atomic_fetch_add(&r->next, 1)) < r->file.units.n) {
		const struct dwarf_unit *unit = &r->file.units.at[index];

		if (unit->kind != UNIT_COMPILE)
			continue;
		if (atomic_load(&r->foreign))
			break;
		unit_read(&job->worker, (uint32_t)index);
		if (job->worker.foreign)
			atomic_store(&r->foreign, true);
		report(r, job->reports, unit->end - unit->offset);
	}
	return NULL;
}

static unsigned int job_count(const struct reading *r)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t useful = r->file.bytes / BYTES_PER_JOB + 1;
	unsigned int jobs = r->options->jobs;

	if (!jobs)
		jobs = processors > 0 ? (unsigned int)processors : 1;
	if (jobs > JOBS_MAX)
		jobs = JOBS_MAX;
	return jobs > useful ? (unsigned int)useful : jobs;
}

/* A module in Rust is no reason to refuse its kernel. */
static bool only_skipped(const struct reading *r)
{
	return r->seen && !r->list.evidence.units && evidence_skipped(&r->list.evidence);
}

static bool collect(struct reading *r, struct job *jobs, unsigned int n)
{
	struct worker *workers = ARENA_NEW_ARRAY(&r->arena, n, struct worker);
	bool ok, again = atomic_load(&r->foreign) && !r->file.joined;

	for (unsigned int i = 0; i < n; i++)
		workers[i] = jobs[i].worker;
	ok = again || faults_report(workers, n, r->diags);
	if (ok && !again) {
		if (!kept_to_model(workers, n, r->seen, r->model) && !only_skipped(r))
			ok = diag_evidence(r->diags, place_file(r->file.name),
					   "has debug info, but no C types in it");
	}
	for (unsigned int i = 0; i < n; i++)
		worker_deinit(&workers[i]);
	return ok;
}

static bool read_each(struct reading *r)
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

/* Offsets then go through all sections of DIEs. */
static bool read_joined(struct reading *r)
{
	struct job job = {.reading = r};

	if (r->file.bytes > UINT32_MAX)
		return diag_evidence(
			r->diags, place_file(r->file.name),
			"units refer to each other's types, in more than 4 GB of debug "
			"info, which is not supported");
	r->file.joined = true;
	for (size_t i = 0; i < r->file.units.n; i++) {
		struct dwarf_unit *unit = &r->file.units.at[i];

		unit->extra = SLOT_BIT(SLOT_TYPE); /* types that functions refer to */
		unit->origin = (uint32_t)(unit->space->base + unit->offset);
	}
	atomic_store(&r->done, 0);
	r->list.evidence.forms |= 1u << FORM_SHARED_TYPES;
	worker_init(&job.worker, &r->file);
	units_read_joined(&job.worker, report_joined, r);
	return collect(r, &job, 1);
}

static bool read_units(struct reading *r)
{
	if (r->list.evidence.forms & (1u << FORM_TYPE_UNITS | 1u << FORM_PARTIAL_UNITS))
		return read_joined(r);
	return read_each(r) && (!atomic_load(&r->foreign) || read_joined(r));
}

/* ---- the whole ---- */

static void set_info(struct reading *r)
{
	struct model_info *info = &r->model->info;

	r->list.evidence.files = 1;
	evidence_add(&info->evidence, &r->list.evidence);
	if (!info->compiler)
		info->compiler = intern(r->model->names, r->list.producer);
	if (!info->reader)
		info->reader = intern(r->model->names, "dwarf");
}

static bool no_debug_info(struct reading *r, const struct elf_file *elf)
{
	return diag_evidence(
		r->diags, place_file(r->file.name), "%s",
		elf_info(elf)->has_split
			? "has the types of another file (-gsplit-dwarf): give the program that it "
			  "belongs to"
			: "has no debug info (.debug_info or .BTF): stripped, or built without -g");
}

bool dwarf_read(const char *name, struct elf_file *elf, const struct read_options *options,
		struct dwarf_seen *seen, struct model *model, struct diags *diags)
{
	struct reading r = {.options = options, .seen = seen, .model = model, .diags = diags};
	struct debug_files others;
	bool ok = false;

	debug_files_init(&others);
	arena_init(&r.arena);
	r.file.name = name;
	r.file.big_endian = elf_info(elf)->big_endian;
	r.list = (struct unit_list){.file = &r.file,
				    .elf = elf,
				    .path = name,
				    .others = &others,
				    .diags = diags,
				    .arena = &r.arena};
	if (!elf_info(elf)->has_dwarf) {
		no_debug_info(&r, elf);
	} else {
		ok = units_list(&r.list);
		/* of several files no two have the same addresses */
		if (seen)
			r.file.str = (struct elf_bytes){0};
		ok = ok && sources_check(&r.list) && read_units(&r);
		set_info(&r);
	}
	VEC_FREE(&r.file.units);
	VEC_FREE(&r.file.signatures);
	debug_files_deinit(&others);
	arena_deinit(&r.arena);
	return ok;
}
