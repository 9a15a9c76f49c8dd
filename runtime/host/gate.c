// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The gate of a capture: build-id from VMCOREINFO (kernel/crash_core.c, BUILD-ID=), or from the ELF
 * notes of the kernel image in memory, between __start_notes and __stop_notes.
 */
#include "gate.h"
#include "memory.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#define BUILD_ID_MAX 64u /* bytes */
#define NOTES_MAX 65536u

/* Whether SYMBOL is the one of NAME, and of the N bytes of a module's name at MODULE when that is given. */
static bool is_symbol(const struct co_symbol *symbol, const char *module, size_t n,
		      const char *name)
{
	const char *its = symbol->module[0] ? symbol->module : "vmlinux";

	return !strcmp(symbol->name, name) && (!module || (!strncmp(its, module, n) && !its[n]));
}

bool gate_symbol(const struct vm *vm, const struct co_converter *converter, const char *name,
		 uint64_t *address)
{
	const char *colon = strchr(name, ':');
	const struct co_symbol *found = NULL;

	for (uint32_t i = 0; i < converter->n_symbols; i++) {
		const struct co_symbol *symbol = &converter->symbols[i];

		if (!is_symbol(symbol, colon ? name : NULL, colon ? (size_t)(colon - name) : 0,
			       colon ? colon + 1 : name))
			continue;
		if (found && found->module[0])
			return false;
		/* The kernel's own stands before those of modules. */
		if (found)
			break;
		found = symbol;
	}
	if (found)
		*address = found->address + vm->kaslr;
	return found;
}

/* ---- the build-id ---------------------------------------------------------------------------- */

static void to_hex(const uint8_t *data, size_t size, char *text)
{
	for (size_t i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", data[i]);
}

static bool find_build_id(const uint8_t *notes, uint64_t size, char *text)
{
	uint64_t at = 0;

	while (size - at >= sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr note;
		uint64_t data, end;

		memcpy(&note, notes + at, sizeof(note));
		data = at + sizeof(note) + ((note.n_namesz + 3ull) & ~3ull);
		end = data + ((note.n_descsz + 3ull) & ~3ull);
		if (end > size)
			return false;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof("GNU") &&
		    !memcmp(notes + at + sizeof(note), "GNU", sizeof("GNU")) &&
		    note.n_descsz <= BUILD_ID_MAX) {
			to_hex(notes + data, note.n_descsz, text);
			return true;
		}
		at = end;
	}
	return false;
}

static bool read_build_id(struct vm *vm, const struct co_converter *converter, char *text)
{
	uint64_t start, stop;
	uint8_t *notes;
	bool found;

	if (!gate_symbol(vm, converter, "__start_notes", &start) ||
	    !gate_symbol(vm, converter, "__stop_notes", &stop) || stop <= start ||
	    stop - start > NOTES_MAX)
		return false;
	notes = memory_zeroed(stop - start, 1);
	found = vm_read(vm, start, notes, stop - start) == VM_OK &&
		find_build_id(notes, stop - start, text);
	free(notes);
	return found;
}

/* ---- what the dump calls itself -------------------------------------------------------------- */

/* The banner "Linux version RELEASE (...) ... Debian 6.1.190-1 (date)" names the package's version.
 */
static bool package_version(const char *banner, size_t size, char *text, size_t room)
{
	static const char mark[] = "Debian ";
	const char *end = memchr(banner, '\n', size), *at = banner, *found = NULL;
	size_t n = 0;

	if (!end)
		return false;
	while ((at = memmem(at, (size_t)(end - at), mark, sizeof(mark) - 1))) {
		at += sizeof(mark) - 1;
		if (at < end && at[0] >= '0' && at[0] <= '9' && memchr(at, '-', (size_t)(end - at)))
			found = at;
	}
	while (found && found + n < end && found[n] != ' ' && found[n] != ')')
		n++;
	if (!n || n >= room)
		return false;
	memcpy(text, found, n);
	text[n] = '\0';
	return true;
}

/* Searched, because a foreign kernel has its banner elsewhere: the last one, nearest to its "
 * (date)". */
static void describe_dump(const struct dump *dump, char *text, size_t room)
{
	char release[256], mark[300];
	const uint8_t *piece;
	uint64_t size;

	if (!dump_info(dump, "OSRELEASE", release, sizeof(release)))
		strcpy(release, "of an unknown release");
	snprintf(text, room, "%s", release);
	snprintf(mark, sizeof(mark), "Linux version %s (", release);
	for (size_t i = 0; (piece = dump_piece(dump, i, &size)); i++) {
		const uint8_t *at = piece, *end = piece + size;

		while ((at = memmem(at, (size_t)(end - at), mark, strlen(mark)))) {
			size_t rest = (size_t)(end - at) < 1024 ? (size_t)(end - at) : 1024;

			if (package_version((const char *)at, rest, text, room))
				return;
			at += strlen(mark);
		}
	}
}

static int refuse_kernel(const struct vm *vm, const struct co_converter *converter,
			 const char *build_id, struct report *report)
{
	char name[256];

	describe_dump(vm->dump, name, sizeof(name));
	return report_fail(
		report, EXIT_REFUSED,
		"%s: this dump is %s (build-id %s), the converter is from %s (build-id %s)",
		vm->dump->path, name, build_id, converter->from.release, converter->from.build_id);
}

int gate_check(struct vm *vm, const struct co_converter *converter, struct report *report)
{
	char build_id[2 * BUILD_ID_MAX + 1];

	if (strcmp(converter->from.arch, "x86_64"))
		return report_fail(report, EXIT_REFUSED,
				   "%s: this dump is of x86_64, the converter is from %s %s",
				   vm->dump->path, converter->from.release, converter->from.arch);
	if (!converter->from.build_id[0])
		return report_fail(
			report, EXIT_EVIDENCE,
			"the converter does not know the build-id of %s: generate it from "
			"layouts that have one",
			converter->from.release);
	if (!dump_info(vm->dump, "BUILD-ID", build_id, sizeof(build_id)) &&
	    !read_build_id(vm, converter, build_id))
		return report_fail(report, EXIT_EVIDENCE,
				   "%s: neither VMCOREINFO nor the kernel's notes give a build-id",
				   vm->dump->path);
	if (strcmp(build_id, converter->from.build_id))
		return refuse_kernel(vm, converter, build_id, report);
	return 0;
}

/* ---- clocks ---------------------------------------------------------------------------------- */

static bool read_symbol(struct vm *vm, const struct co_converter *converter, const char *name,
			void *value, size_t size)
{
	uint64_t address;

	return gate_symbol(vm, converter, name, &address) &&
	       vm_read(vm, address, value, size) == VM_OK;
}

static void set_clock(struct state *state, enum co_clock clock, uint64_t value)
{
	state->clocks[clock - 1] = (struct state_clock){.known = true, .value = value};
}

/*
 * Jiffies begin 300 seconds before a 32-bit counter wraps (INITIAL_JIFFIES, include/linux/jiffies.h):
 * the time since boot follows from them, to a tick.
 */
static void set_boot_clock(struct state *state)
{
	const struct state_clock *jiffies = &state->clocks[CO_CLOCK_JIFFIES - 1];
	const struct state_clock *hz = &state->clocks[CO_CLOCK_HZ - 1];
	uint64_t first, ticks;

	if (!jiffies->known || !hz->known)
		return;
	first = (uint32_t)(-300 * (int64_t)hz->value);
	ticks = jiffies->value - first;
	if (jiffies->value >= first && ticks < UINT64_MAX / 1000000000)
		set_clock(state, CO_CLOCK_BOOT, ticks * 1000000000 / hz->value);
}

void gate_clocks(struct state *state, struct vm *vm, const struct co_converter *converter)
{
	uint64_t jiffies, tick, crash;
	uint32_t cpus;

	if (read_symbol(vm, converter, "jiffies_64", &jiffies, sizeof(jiffies)))
		set_clock(state, CO_CLOCK_JIFFIES, jiffies);
	/* NTP slews the tick by less than a thousandth: rounding gives the configured HZ. */
	if (read_symbol(vm, converter, "tick_nsec", &tick, sizeof(tick)) && tick >= 100000 &&
	    tick <= 1000000000)
		set_clock(state, CO_CLOCK_HZ, (1000000000 + tick / 2) / tick);
	set_boot_clock(state);
	if (dump_info_number(vm->dump, "CRASHTIME", 10, &crash) && crash < UINT64_MAX / 1000000000)
		set_clock(state, CO_CLOCK_REAL, crash * 1000000000);
	if (read_symbol(vm, converter, "__num_online_cpus", &cpus, sizeof(cpus)))
		set_clock(state, CO_CLOCK_CPUS, cpus);
	else if (vm->dump->cpus)
		set_clock(state, CO_CLOCK_CPUS, vm->dump->cpus);
}
