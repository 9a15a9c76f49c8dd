/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * convert CONVERTER.so: how fast objects of each carried type are converted, pointers kept, against
 * memcpy of the same bytes. Prints for each type: name, bytes of the new object, megabytes a second
 * of both.
 */
#include "carryover.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define IN_CACHE ((size_t)128 << 10) /* bytes of old objects of one type */
#define IN_MEMORY ((size_t)64 << 20)
#define AT_LEAST 0.15 /* seconds for one measurement */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

struct bench {
	struct co_ctx ctx;
	uint32_t type;
	size_t objects, old_size, new_size, old_step, new_step;
	char *old, *new;
};

static int convert_all(struct bench *bench)
{
	for (size_t i = 0; i < bench->objects; i++) {
		int error = co_convert(&bench->ctx, bench->type, bench->old + i * bench->old_step,
				       bench->old_size, bench->new + i * bench->new_step,
				       bench->new_size);

		if (error)
			return error;
	}
	return 0;
}

static int copy_all(struct bench *bench)
{
	size_t n = bench->old_size < bench->new_size ? bench->old_size : bench->new_size;

	for (size_t i = 0; i < bench->objects; i++) {
		memcpy(bench->new + i * bench->new_step, bench->old + i * bench->old_step, n);
		__asm__ volatile("" : : "r"(bench->new) : "memory");
	}
	return 0;
}

/* Megabytes of new objects a second, 0 when an object was refused. */
static double rate(struct bench *bench, int (*work)(struct bench *bench))
{
	unsigned long rounds = 0;
	double start = now(), time;

	do {
		if (work(bench))
			return 0;
		rounds++;
		time = now() - start;
	} while (time < AT_LEAST);
	return (double)rounds * (double)bench->objects * (double)bench->new_size / time / 1e6;
}

static size_t round_up(size_t n)
{
	return (n + 63) & ~(size_t)63;
}

/* Prints the two rates for about BYTES of old objects. */
static int bench_amount(struct bench *bench, size_t bytes)
{
	double copied, converted;

	bench->objects = bytes / bench->old_step;
	bench->old = aligned_alloc(64, bench->objects * bench->old_step);
	bench->new = aligned_alloc(64, bench->objects * bench->new_step);
	if (!bench->old || !bench->new)
		return 2;
	memset(bench->old, 0, bench->objects * bench->old_step);
	memset(bench->new, 0, bench->objects * bench->new_step);
	copied = rate(bench, copy_all);
	converted = rate(bench, convert_all);
	printf("\t%.0f\t%.0f", converted, copied);
	free(bench->old);
	free(bench->new);
	return 0;
}

static int bench_type(const struct co_converter *converter, uint32_t type)
{
	const struct co_type *row = &converter->types[type];
	struct bench bench = {
		.ctx = {.converter = converter, .pointers = CO_POINTERS_KEEP},
		.type = type,
		.old_size = row->old_size,
		.new_size = row->new_size,
		.old_step = round_up(row->old_size),
		.new_step = round_up(row->new_size),
	};
	int error;

	printf("%s\t%zu", row->name, bench.new_size);
	error = bench_amount(&bench, IN_CACHE) || bench_amount(&bench, IN_MEMORY);
	printf("\n");
	return error;
}

int main(int argc, char **argv)
{
	void *library = argc == 2 ? dlopen(argv[1], RTLD_NOW) : NULL;
	const struct co_converter *converter = library ? dlsym(library, CO_CONVERTER_SYMBOL) : NULL;

	if (!converter || co_converter_check(converter)) {
		fprintf(stderr, "convert: %s\n",
			argc == 2 && !library ? dlerror() : "no converter");
		return 2;
	}
	for (uint32_t i = 0; i < converter->n_types; i++)
		if (converter->types[i].is_object && converter->types[i].convert &&
		    bench_type(converter, i))
			return 2;
	return 0;
}
