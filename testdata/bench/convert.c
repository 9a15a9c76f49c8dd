/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * convert CONVERTER.so [TYPE]...: how fast objects of these types (else of every object's type) are
 * converted, against memcpy of as many bytes from and to the same places. What is compared is
 * measured in turns, a few milliseconds each, so that a busy machine slows all of it down alike;
 * each ratio is the median of the turns. Prints for each type, with tabs between: name, bytes of
 * the new object; in the caches and then from memory: megabytes a second with pointers kept, and
 * its ratio to memcpy; pointers in an object, the ratio of the time with them translated to that
 * with them kept, nanoseconds for each pointer.
 */
#include "carryover.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define IN_CACHE                                                                                   \
	((size_t)96 << 10) /* bytes of old objects of one type: a second-level cache holds         \
			      them and the new ones */
#define IN_MEMORY ((size_t)64 << 20)
#define TURNS 21
#define TURN_SECONDS 0.004
#define TABLE 1000	 /* objects that pointers may lead to */
#define DEPTH_MAX 16	 /* records inside records */
#define NEW_APART 0x840u /* old and new objects do not lie at the same place of a page */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int translate_symbol(void *data, uint64_t old_address, uint64_t *new_address)
{
	(void)data;
	*new_address = old_address + 0x1000;
	return CO_OK;
}

static const struct co_host host = {.translate_symbol = translate_symbol};

struct bench {
	struct co_ctx ctx;
	const struct co_converter *converter;
	struct co_object table[TABLE];
	uint32_t type;
	size_t objects, old_size, new_size, step, pointers;
	char *old, *new;
};

/* ---- objects whose pointers lead somewhere ----------------------------------------------------
 */

/* As many objects of each type as of any other, one behind the other in both kernels. */
static void table_fill(struct bench *bench)
{
	uint64_t old_address = 0xffff888000100000u, new_address = 0xffff888040100000u;
	uint32_t type = 0;

	for (uint32_t i = 0; i < TABLE; i++) {
		const struct co_type *row;

		do
			type = (type + 1) % bench->converter->n_types;
		while (!bench->converter->types[type].is_object);
		row = &bench->converter->types[type];
		bench->table[i] = (struct co_object){
			.old_address = old_address,
			.new_address = new_address,
			.type = type,
			.old_size = row->old_size,
			.new_size = row->new_size,
			.old_extent = row->old_size,
		};
		old_address += (row->old_size + 63u) & ~63u;
		new_address += (row->new_size + 63u) & ~63u;
	}
	bench->ctx.objects = bench->table;
	bench->ctx.n_objects = TABLE;
}

/* The old address of some object of TYPE. */
static uint64_t address_of(const struct bench *bench, uint32_t type)
{
	uint32_t i = (uint32_t)rand() % TABLE;

	while (type != CO_NOWHERE && bench->table[i].type != type)
		i = (i + 1) % TABLE;
	return bench->table[i].old_address;
}

/* What a pointer of row F, AT bytes from the start of the object at hand, may hold. */
static uint64_t pointer_for(const struct bench *bench, const struct co_field *f, size_t at)
{
	size_t n = strlen(f->path);

	switch (f->way) {
	case CO_WAY_FOLLOW:
		return address_of(bench, f->type) + f->old_container;
	case CO_WAY_ARRAY:
	case CO_WAY_STRING:
		return address_of(bench, CO_NOWHERE);
	case CO_WAY_SYMBOL:
		return 0xffffffff81000000u;
	case CO_WAY_LIST: /* the head or node of the same list in another object */
		if (n >= 4 && !strcmp(f->path + n - 4, "prev"))
			at -= bench->converter->address_size;
		return address_of(bench, bench->type) + at;
	default:
		return 0;
	}
}

/* Gives the pointers of TYPE in the object, which begins BASE bytes from its start, something to
 * lead to. */
static size_t pointers_fill(const struct bench *bench, uint32_t type, char *object, size_t base,
			    int depth)
{
	const struct co_type *row = &bench->converter->types[type];
	size_t n = 0;

	for (uint32_t i = 0; i < row->n_fields && depth < DEPTH_MAX; i++) {
		const struct co_field *f = &row->fields[i];
		size_t count = f->old_count == CO_NOWHERE ? 0 : f->old_count;

		for (size_t k = 0; f->old_bit != CO_NOWHERE && k < count; k++) {
			size_t at = base + f->old_bit / 8 + k * (f->old_bits / 8);
			uint64_t value = f->kind == CO_POINTER ? pointer_for(bench, f, at) : 0;

			if (f->kind == CO_RECORD && f->way == CO_WAY_NESTED)
				n += pointers_fill(bench, f->type, object, at, depth + 1);
			if (value)
				memcpy(object + at, &value, sizeof(value));
			n += value != 0;
		}
	}
	return n;
}

/* ---- what is measured --------------------------------------------------------------------------
 */

enum work { COPIED, KEPT, TRANSLATED, N_WORKS };

static int convert_all(struct bench *bench, enum co_pointer_mode mode)
{
	bench->ctx.pointers = mode;
	for (size_t i = 0; i < bench->objects; i++) {
		int error =
			co_convert(&bench->ctx, bench->type, bench->old + i * bench->step,
				   bench->old_size, bench->new + i * bench->step, bench->new_size);

		if (error)
			return error;
	}
	return CO_OK;
}

static void copy_all(struct bench *bench)
{
	for (size_t i = 0; i < bench->objects; i++) {
		memcpy(bench->new + i * bench->step, bench->old + i * bench->step, bench->new_size);
		__asm__ volatile("" : : "r"(bench->new) : "memory");
	}
}

/* Nanoseconds for one object; below 0 when one was refused. */
static double turn(struct bench *bench, enum work work)
{
	unsigned long rounds = 0;
	double start = now(), time;

	do {
		if (work == COPIED)
			copy_all(bench);
		else if (convert_all(bench,
				     work == KEPT ? CO_POINTERS_KEEP : CO_POINTERS_TRANSLATE))
			return -1;
		rounds++;
		time = now() - start;
	} while (time < TURN_SECONDS);
	return time * 1e9 / ((double)rounds * (double)bench->objects);
}

static int number_compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double median(double *values)
{
	qsort(values, TURNS, sizeof(*values), number_compare);
	return values[TURNS / 2];
}

struct result {
	double kept;	   /* nanoseconds for one object */
	double to_memcpy;  /* speed, 1 is memcpy's */
	double translated; /* time, 1 is that with pointers kept */
};

static int turns(struct bench *bench, struct result *result)
{
	double kept[TURNS], to_memcpy[TURNS], translated[TURNS];

	for (int i = 0; i < TURNS; i++) {
		double time[N_WORKS];

		for (int work = COPIED; work < N_WORKS; work++) {
			time[work] = turn(bench, (enum work)work);
			if (time[work] < 0) {
				fprintf(stderr, "convert: refused %s: %s\n",
					bench->ctx.trouble.field ? bench->ctx.trouble.field : "",
					co_strerror(bench->ctx.trouble.error));
				return 2;
			}
		}
		kept[i] = time[KEPT];
		to_memcpy[i] = time[COPIED] / time[KEPT];
		translated[i] = time[TRANSLATED] / time[KEPT];
	}
	result->kept = median(kept);
	result->to_memcpy = median(to_memcpy);
	result->translated = median(translated);
	return 0;
}

/* About BYTES of old objects. */
static int amount(struct bench *bench, size_t bytes, struct result *result)
{
	char *old, *new;
	int error = 2;

	bench->objects = bytes / bench->step + 1;
	old = aligned_alloc(64, bench->objects * bench->step);
	new = aligned_alloc(64, bench->objects * bench->step + NEW_APART);
	if (old && new) {
		memset(old, 0, bench->objects * bench->step);
		memset(new, 0, bench->objects * bench->step + NEW_APART);
		bench->old = old;
		bench->new = new + NEW_APART;
		for (size_t i = 0; i < bench->objects; i++)
			bench->pointers =
				pointers_fill(bench, bench->type, old + i * bench->step, 0, 0);
		error = turns(bench, result);
	}
	free(old);
	free(new);
	return error;
}

static int bench_type(struct bench *bench, uint32_t type)
{
	const struct co_type *row = &bench->converter->types[type];
	struct result cache, memory;
	size_t larger = row->old_size > row->new_size ? row->old_size : row->new_size;

	bench->type = type;
	bench->old_size = row->old_size;
	bench->new_size = row->new_size;
	bench->step = (larger + 63) & ~(size_t)63;
	if (amount(bench, IN_CACHE, &cache) || amount(bench, IN_MEMORY, &memory))
		return 2;
	printf("%s\t%zu\t%.0f\t%.2f\t%.0f\t%.2f\t%zu\t%.2f\t%.1f\n", row->name, bench->new_size,
	       (double)bench->new_size * 1e3 / cache.kept, cache.to_memcpy,
	       (double)bench->new_size * 1e3 / memory.kept, memory.to_memcpy, bench->pointers,
	       cache.translated,
	       bench->pointers ? cache.kept * (cache.translated - 1) / (double)bench->pointers : 0);
	return 0;
}

static bool is_asked(const struct co_type *row, char **types, int n)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(row->name, types[i]))
			return true;
	return !n && row->is_object;
}

int main(int argc, char **argv)
{
	static struct bench bench;
	void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;

	bench.converter = library ? dlsym(library, CO_CONVERTER_SYMBOL) : NULL;
	if (!bench.converter || co_converter_check(bench.converter)) {
		fprintf(stderr, "convert: %s\n", argc > 1 && !library ? dlerror() : "no converter");
		return 2;
	}
	bench.ctx.converter = bench.converter;
	bench.ctx.host = &host;
	table_fill(&bench);
	for (uint32_t i = 0; i < bench.converter->n_types; i++)
		if (bench.converter->types[i].convert &&
		    is_asked(&bench.converter->types[i], argv + 2, argc - 2) &&
		    bench_type(&bench, i))
			return 2;
	return 0;
}
