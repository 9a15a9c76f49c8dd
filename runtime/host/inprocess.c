// SPDX-License-Identifier: GPL-2.0-or-later
/* Loading the next version of a program and handing its state over within one address space. */
#include "inprocess.h"
#include "loader.h"
#include "memory.h"
#include "seam.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct handover {
	struct inprocess *up;
	const struct inprocess_options *options;
	const struct co_converter *converter;
	struct report *report;
	struct co_engine_sizes sizes;
	void *work, *new_work;
	uint64_t new_work_size;
};

/* Pages that are there already: the pause does not wait for them. */
static void *take_pages(uint64_t size)
{
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		return NULL;
	madvise(pages, size, MADV_HUGEPAGE);
	if (madvise(pages, size, MADV_POPULATE_WRITE) != 0)
		memset(pages, 0, size);
	return pages;
}

static void give_pages(void *pages, uint64_t size)
{
	if (pages)
		munmap(pages, size);
}

/* ---- the next version ------------------------------------------------------------------------ */

static int load_next(struct handover *h)
{
	struct inprocess *up = h->up;
	const char *path = h->options->next;
	char *name = memory_format("%s%s", strchr(path, '/') ? "" : "./", path);

	up->next = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	free(name);
	if (!up->next)
		return report_fail(h->report, EXIT_UNUSABLE, "cannot load the next version: %s",
				   dlerror());
	up->program = dlsym(up->next, INPROCESS_SYMBOL);
	if (!up->program || up->program->api != CO_API)
		return report_fail(h->report, EXIT_UNUSABLE,
				   "%s: no '%s' of this version of carryover", path,
				   INPROCESS_SYMBOL);
	if (up->program == h->options->self)
		return report_fail(
			h->report, EXIT_REFUSED,
			"%s: this version runs already: the loader gives one copy of a file", path);
	return 0;
}

static void configure(const struct handover *h, const struct inprocess_program *program,
		      enum co_role role, struct co_engine_config *config)
{
	*config = (struct co_engine_config){
		.role = role,
		.converter = h->converter,
		.running = {program->release, seam_arch(), ""},
		.layouts = program->layouts,
		.participants = program->participants,
		.n_participants = program->n_participants,
		.deadline_us = h->options->deadline_us,
		.budget_us = h->options->budget_us,
		.seal = CO_SEAL_NONE,
		.issues = h->up->issues[role == CO_ROLE_NEW],
		.issues_room = INPROCESS_ISSUES,
	};
	seam_init(&config->seam);
}

/* ---- the old side ---------------------------------------------------------------------------- */

static int fail_engine(const struct handover *h, const struct co_engine *engine)
{
	return seam_fail(&engine->report, engine->config.issues, h->report);
}

/* Everything that needs no pause; a failure is undone by the engine. */
static int prepare(struct handover *h)
{
	struct inprocess *up = h->up;
	struct co_engine_config config;
	int error;

	configure(h, h->options->self, CO_ROLE_OLD, &config);
	error = co_engine_init(&up->old, &config);
	if (!error)
		error = co_engine_prepare(&up->old);
	if (!error)
		error = co_engine_measure(&up->old, &h->sizes);
	if (error)
		return fail_engine(h, &up->old);
	h->work = take_pages(h->sizes.work);
	up->region_size = h->sizes.image;
	up->region = take_pages(up->region_size);
	if (!h->work || !up->region) {
		co_engine_abort(&up->old);
		return report_fail(h->report, EXIT_REFUSED, "no memory for %llu bytes of state: %s",
				   (unsigned long long)(h->sizes.work + h->sizes.image),
				   strerror(errno));
	}
	error = co_engine_memory(&up->old, h->work, h->sizes.work, up->region, h->sizes.image);
	if (!error)
		error = co_engine_preflight(&up->old);
	if (error && up->old.step != CO_STEP_ABORTED)
		co_engine_abort(&up->old);
	return error ? fail_engine(h, &up->old) : 0;
}

/* ---- the new side ---------------------------------------------------------------------------- */

/* Up to the mark; then there is no way back, and none is needed. */
static int open_new(struct handover *h)
{
	struct inprocess *up = h->up;
	struct co_engine_config config;
	struct co_engine_sizes sizes;
	int error;

	configure(h, up->program, CO_ROLE_NEW, &config);
	error = co_engine_init(&up->new_, &config);
	if (!error)
		error = co_engine_open(&up->new_, up->region, up->region_size);
	if (!error)
		error = co_engine_measure(&up->new_, &sizes);
	if (error)
		return fail_engine(h, &up->new_);
	h->new_work = take_pages(sizes.work);
	h->new_work_size = sizes.work;
	if (!h->new_work) {
		co_engine_abort(&up->new_);
		return report_fail(h->report, EXIT_REFUSED, "no memory for the new version: %s",
				   strerror(errno));
	}
	error = co_engine_memory(&up->new_, h->new_work, sizes.work, NULL, 0);
	if (!error)
		error = co_engine_prepare(&up->new_);
	return error ? fail_engine(h, &up->new_) : 0;
}

static int hand_over(struct handover *h)
{
	struct inprocess *up = h->up;
	uint64_t start;
	int code;

	code = prepare(h);
	if (code)
		return code;
	start = up->old.config.seam.clock(NULL);
	if (co_engine_switch(&up->old))
		return fail_engine(h, &up->old);
	code = open_new(h);
	if (code) {
		/* Nobody but this function could have consumed it. */
		if (co_engine_recall(&up->old))
			report_fail(h->report, EXIT_REFUSED, "the old version cannot be thawed");
		return code;
	}
	if (co_engine_restore(&up->new_))
		fail_engine(h, &up->new_);
	up->pause_ns = up->new_.config.seam.clock(NULL) - start;
	return 0;
}

int inprocess_upgrade(struct inprocess *up, const struct inprocess_options *options,
		      struct report *report)
{
	struct handover h = {.up = up, .options = options, .report = report};
	struct loaded loaded;
	int code;

	memset(up, 0, sizeof(*up));
	code = loader_open(&loaded, options->converter, report);
	if (code)
		return code;
	h.converter = loaded.converter;
	code = load_next(&h);
	if (!code)
		code = hand_over(&h);
	give_pages(h.work, h.sizes.work);
	give_pages(h.new_work, h.new_work_size);
	up->converter = loaded.handle;
	if (code)
		inprocess_release(up);
	return code;
}

void inprocess_release(struct inprocess *up)
{
	give_pages(up->region, up->region_size);
	if (up->next)
		dlclose(up->next);
	if (up->converter)
		dlclose(up->converter);
	up->region = NULL;
	up->next = NULL;
	up->converter = NULL;
	up->program = NULL;
}

/* ---- what is printed ------------------------------------------------------------------------- */

static void print_side(const struct co_report *r, enum co_phase from, enum co_phase to, FILE *out)
{
	for (enum co_phase phase = from; phase <= to; phase++)
		fprintf(out, "%-10s %10.3f ms\n", co_phase_name(phase), (double)r->ns[phase] / 1e6);
}

void inprocess_print(const struct inprocess *up, FILE *out)
{
	print_side(&up->old.report, CO_PHASE_PREPARE, CO_PHASE_COMMIT, out);
	print_side(&up->new_.report, CO_PHASE_RESTORE, CO_PHASE_AUDIT, out);
	fprintf(out, "%-10s %10.3f ms\n", "pause", (double)up->pause_ns / 1e6);
	fprintf(out, "%-16s %9s %9s %9s %9s\n", "participant", "captured", "converted", "restored",
		"refused");
	for (uint32_t i = 0; i < up->new_.report.n_participants; i++) {
		const struct co_participant_report *new_ = &up->new_.report.participants[i];

		for (uint32_t k = 0; k < up->old.report.n_participants; k++) {
			const struct co_participant_report *old = &up->old.report.participants[k];

			if (strcmp(old->name, new_->name) != 0)
				continue;
			fprintf(out, "%-16s %9llu %9llu %9llu %9llu\n", new_->name,
				(unsigned long long)old->captured,
				(unsigned long long)old->converted,
				(unsigned long long)new_->restored,
				(unsigned long long)new_->refused);
		}
	}
}
