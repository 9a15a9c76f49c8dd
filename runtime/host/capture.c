// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Capturing: roots and lists first, then pointers in the order of the objects, until nothing new is
 * reached. Only what the converter consumes is read. What lies inside another object is merged into
 * it.
 */
#include "capture.h"
#include "../core.h"
#include "gate.h"
#include "memory.h"
#include "merge.h"

#include <stdlib.h>
#include <string.h>

struct capture {
	struct state *state;
	struct vm *vm;
	const struct co_converter *converter;
	struct co_layout layout;
	struct report *report;
	uint32_t *visited; /* open addressing by address and type: object number + 1, 0 empty */
	size_t n_visited;
	uint64_t total;	  /* bytes */
	uint32_t object;  /* at hand */
	uint32_t element; /* of it, when it is several in an array; else CO_NOWHERE */
	int failed;	  /* the last failure's exit code */
	bool full;	  /* a limit on the whole was met: no further objects */
};

/* ---- messages -------------------------------------------------------------------------------- */

static int fail_read(struct capture *c, const char *name, uint64_t address, enum vm_result result)
{
	return c->failed =
		       report_fail(c->report, result == VM_ABSENT ? EXIT_EVIDENCE : EXIT_REFUSED,
				   "%s: cannot read 0x%llx: %s", name, (unsigned long long)address,
				   vm_strerror(result));
}

static int fail_limit(struct capture *c, const char *name, const char *what, uint64_t limit)
{
	return c->failed = report_fail(c->report, EXIT_REFUSED, "%s: more than %llu %s", name,
				       (unsigned long long)limit, what);
}

/* ---- visited --------------------------------------------------------------------------------- */

static uint32_t *visited_slot(const struct capture *c, uint64_t address, uint32_t type)
{
	size_t i = (size_t)((address ^ (uint64_t)type << 40) * 0x9E3779B185EBCA87ull >> 20);

	for (;; i++) {
		uint32_t *slot = &c->visited[i & (c->n_visited - 1)];
		const struct state_object *object;

		if (!*slot)
			return slot;
		object = &c->state->objects[*slot - 1];
		if (object->address == address && object->type == type)
			return slot;
	}
}

static void visited_grow(struct capture *c)
{
	if (c->state->n_objects * 2 < c->n_visited)
		return;
	free(c->visited);
	c->n_visited = c->n_visited ? c->n_visited * 2 : 1024;
	c->visited = memory_zeroed(c->n_visited, sizeof(uint32_t));
	for (size_t i = 0; i < c->state->n_objects; i++)
		*visited_slot(c, c->state->objects[i].address, c->state->objects[i].type) =
			(uint32_t)i + 1;
}

/* ---- reading objects ------------------------------------------------------------------------- */

static uint32_t reads_end(const struct co_type *t)
{
	return t->n_reads ? t->reads[t->n_reads - 1].offset + t->reads[t->n_reads - 1].size : 0;
}

/*
 * What the object of TYPE at ADDRESS says of its size in bytes, read before anything else of it; UINT64_MAX
 * when it says nothing. Refused when that does not hold what will be read.
 */
static int read_extent(struct capture *c, const char *name, uint64_t address, uint32_t type,
		       uint64_t *extent)
{
	const struct co_type *t = &c->converter->types[type];
	const struct co_field *f = t->extent_row ? &t->fields[t->extent_row - 1] : NULL;
	uint8_t bytes[8] = {0};
	enum vm_result result;

	*extent = UINT64_MAX;
	if (!f)
		return 0;
	result = vm_read(c->vm, address + f->old_bit / 8, bytes, f->old_bits / 8);
	if (result != VM_OK)
		return fail_read(c, name, address + f->old_bit / 8, result);
	*extent = co_bits_get(&c->layout, bytes, 0, f->old_bits);
	if (*extent >= reads_end(t) && *extent <= CAPTURE_OBJECT_MAX)
		return 0;
	return c->failed = report_fail(c->report, EXIT_REFUSED,
				       "%s.%s: says that the object has %llu bytes: neither the %u "
				       "that are read of it, "
				       "nor up to %u",
				       name, f->path, (unsigned long long)*extent, reads_end(t),
				       CAPTURE_OBJECT_MAX);
}

static int read_ranges(struct capture *c, const char *name, uint64_t address, uint32_t type,
		       uint8_t *bytes)
{
	const struct co_type *t = &c->converter->types[type];
	uint64_t extent;
	int code = read_extent(c, name, address, type, &extent);

	if (code)
		return code;
	for (uint32_t i = 0; i < t->n_reads; i++) {
		const struct co_range *range = &t->reads[i];
		enum vm_result result =
			vm_read(c->vm, address + range->offset, bytes + range->offset, range->size);

		if (result != VM_OK)
			return fail_read(c, name, address + range->offset, result);
	}
	return 0;
}

/* The number in the count row of a tail or array, which stands in the record at BASE bits. */
static uint64_t read_count(const struct capture *c, const uint8_t *bytes, uint32_t type,
			   const struct co_member *m, uint64_t base)
{
	struct co_member count;

	if (m->count_field == CO_NOWHERE)
		return m->limit;
	c->layout.member(&c->layout, type, m->count_field, &count);
	if (count.bit == CO_NOWHERE || !count.bits || count.bits > 64)
		return 0;
	return co_bits_get(&c->layout, bytes, base + count.bit, count.bits);
}

static bool is_by_extent(const struct co_type *t, const struct co_member *tail)
{
	return t->extent_row && tail->count_field == CO_NOWHERE && !tail->limit;
}

/* The size of the object at ADDRESS with its flexible tail, whose count or extent is read ahead. */
static int tail_size(struct capture *c, const char *name, uint64_t address, uint32_t type,
		     const struct co_member *tail, uint64_t *size)
{
	const struct co_type *t = &c->converter->types[type];
	uint8_t *bytes = memory_zeroed(t->old_size, 1);
	uint64_t extent, n = 0;
	int code = read_ranges(c, name, address, type, bytes);

	if (!code)
		code = read_extent(c, name, address, type, &extent);
	if (!code)
		n = is_by_extent(t, tail) ? co_tail_room(extent, tail->bit / 8, tail->bits / 8)
					  : read_count(c, bytes, type, tail, 0);
	free(bytes);
	if (code)
		return code;
	if (n > CAPTURE_OBJECT_MAX)
		return fail_limit(c, name, "elements in its tail", CAPTURE_OBJECT_MAX);
	if (n > co_tail_room(extent, tail->bit / 8, tail->bits / 8))
		return c->failed = report_fail(c->report, EXIT_REFUSED,
					       "%s.%s: says that the object has %llu bytes, which "
					       "do not hold the %llu "
					       "elements of its tail",
					       name, t->fields[t->extent_row - 1].path,
					       (unsigned long long)extent, (unsigned long long)n);
	*size = tail->bit / 8 + n * (tail->bits / 8);
	if (*size < t->old_size)
		*size = t->old_size;
	return 0;
}

/* An object that says how long it is may end before the padding of its type does. */
static int read_tail(struct capture *c, uint32_t number, const struct co_member *tail)
{
	struct state_object *object = &c->state->objects[number];
	uint32_t start = tail->bit / 8, end = object->size;
	enum vm_result result = VM_OK;
	uint64_t extent;
	int code = read_extent(c, object->name, object->address, object->type, &extent);

	if (code)
		return code;
	if (extent < end)
		end = (uint32_t)extent;
	if (end > start)
		result =
			vm_read(c->vm, object->address + start, object->bytes + start, end - start);
	return result == VM_OK ? 0 : fail_read(c, object->name, object->address + start, result);
}

static int read_object(struct capture *c, uint32_t number)
{
	struct state_object *object = &c->state->objects[number];
	const struct co_type *t;
	struct co_member tail;
	enum vm_result result;
	int code = 0;

	if (object->type == CO_NOWHERE) {
		result = vm_read(c->vm, object->address, object->bytes, object->size);
		return result == VM_OK ? 0 : fail_read(c, object->name, object->address, result);
	}
	t = &c->converter->types[object->type];
	if (co_layout_tail(&c->layout, object->type, &tail)) {
		code = read_ranges(c, object->name, object->address, object->type, object->bytes);
		return code ? code : read_tail(c, number, &tail);
	}
	for (uint32_t at = 0; at < object->size && !code; at += t->old_size)
		code = read_ranges(c, object->name, object->address + at, object->type,
				   object->bytes + at);
	return code;
}

/* Page tables that map one page a million times do not make an object larger than the dump. */
static uint64_t object_limit(const struct capture *c)
{
	uint64_t dump = c->vm->dump->file.size;

	return dump < CAPTURE_OBJECT_MAX ? dump : CAPTURE_OBJECT_MAX;
}

/* Adds the object of SIZE bytes, once; takes NAME over. */
static void add_object(struct capture *c, uint64_t address, uint32_t type, uint64_t size,
		       char *name)
{
	uint32_t *slot, number;
	uint32_t align = type == CO_NOWHERE ? 16 : c->converter->types[type].old_align;
	uint64_t limit = object_limit(c);

	visited_grow(c);
	slot = visited_slot(c, address, type);
	if (*slot && c->state->objects[*slot - 1].size >= size) {
		free(name);
		return;
	}
	if (size > limit || c->total + size > CAPTURE_TOTAL_MAX ||
	    c->state->n_objects >= CAPTURE_OBJECTS_MAX) {
		if (size > limit)
			fail_limit(c, name, "bytes", limit);
		else
			fail_limit(c, name, "objects or bytes in all", CAPTURE_OBJECTS_MAX);
		c->full = size <= limit;
		free(name);
		return;
	}
	c->total += size;
	number = state_add_object(c->state, address, type, (uint32_t)size, align, name);
	c->state->objects[number].extent = co_old_extent(c->converter, type, (uint32_t)size);
	*slot = number + 1;
	if (read_object(c, number)) {
		memset(c->state->objects[number].bytes, 0, size);
		c->state->objects[number].extent = 0;
	}
}

/* Adds N elements of TYPE, or one object with its tail. */
static void add_typed(struct capture *c, uint64_t address, uint32_t type, uint64_t n, char *name)
{
	uint64_t size = c->converter->types[type].old_size;
	struct co_member tail;

	if (n > CAPTURE_OBJECT_MAX)
		n = CAPTURE_OBJECT_MAX;
	if (!co_layout_tail(&c->layout, type, &tail))
		size *= n;
	else if (tail_size(c, name, address, type, &tail, &size)) {
		free(name);
		return;
	}
	add_object(c, address, type, size, name);
}

static void add_string(struct capture *c, uint64_t address, uint32_t limit, char *name)
{
	char piece[64];
	uint64_t size = 0;

	for (;;) {
		uint64_t at = address + size;
		size_t n = sizeof(piece) - at % sizeof(piece);
		enum vm_result result = vm_read(c->vm, at, piece, n);
		const char *end = result == VM_OK ? memchr(piece, '\0', n) : NULL;

		if (result != VM_OK)
			fail_read(c, name, at, result);
		size += end ? (size_t)(end - piece) + 1 : n;
		if (result == VM_OK && size > limit)
			fail_limit(c, name, "bytes in a string", limit);
		if (result != VM_OK || size > limit) {
			free(name);
			return;
		}
		if (end)
			break;
	}
	add_object(c, address, CO_NOWHERE, size, name);
}

/* ---- lists ----------------------------------------------------------------------------------- */

struct seen {
	uint64_t *slots; /* open addressing, 0 empty */
	size_t n, room;
};

/* Whether ADDRESS (not 0) was there before; now it is. */
static bool seen_before(struct seen *seen, uint64_t address)
{
	if (seen->n * 2 >= seen->room) {
		struct seen larger = {.room = seen->room ? seen->room * 2 : 64};

		larger.slots = memory_zeroed(larger.room, sizeof(uint64_t));
		for (size_t i = 0; i < seen->room; i++)
			if (seen->slots[i])
				seen_before(&larger, seen->slots[i]);
		free(seen->slots);
		*seen = larger;
	}
	for (size_t i = (size_t)(address * 0x9E3779B185EBCA87ull >> 20);; i++) {
		uint64_t *slot = &seen->slots[i & (seen->room - 1)];

		if (*slot == address)
			return true;
		if (!*slot) {
			*slot = address;
			seen->n++;
			return false;
		}
	}
}

static int load_pointer(struct capture *c, const char *name, uint64_t address, uint64_t *value)
{
	enum vm_result result = vm_read(c->vm, address, value, sizeof(*value));

	return result == VM_OK ? 0 : fail_read(c, name, address, result);
}

/* The place of a list's head, from the object at ADDRESS. */
static int find_head(struct capture *c, const struct co_walk *walk, uint64_t address,
		     const char *name, uint64_t *head)
{
	*head = address + walk->steps[0];
	for (uint32_t i = 1; i < walk->n_steps; i++) {
		if (load_pointer(c, name, *head, head))
			return -1;
		*head += walk->steps[i];
	}
	return 0;
}

/* Checks that NODE goes on with the list and is not a place that it came through already. */
static int check_node(struct capture *c, struct seen *seen, uint64_t node, const char *name)
{
	if (!node)
		return c->failed = report_fail(c->report, EXIT_REFUSED,
					       "%s: the list ends in a null pointer", name);
	if (seen_before(seen, node))
		return c->failed = report_fail(
			       c->report, EXIT_REFUSED,
			       "%s: the list comes back to 0x%llx and never to its head", name,
			       (unsigned long long)node);
	if (seen->n > CAPTURE_LIST_MAX)
		return fail_limit(c, name, "elements in the list", CAPTURE_LIST_MAX);
	return 0;
}

static void walk_list(struct capture *c, const struct co_walk *walk, uint64_t from,
		      const char *prefix)
{
	char *list =
		prefix ? memory_format("%s.%s", prefix, walk->path) : memory_string(walk->path);
	struct seen seen = {.n = 0};
	uint64_t head = 0, node = 0;
	int code = find_head(c, walk, from, list, &head);

	if (!code)
		code = load_pointer(c, list, head, &node);
	for (size_t i = 0; !code && node != head && !c->full; i++) {
		char *name = memory_format("%s[%zu]", list, i);

		code = check_node(c, &seen, node, name);
		if (!code) {
			add_typed(c, node - walk->node, walk->type, 1, memory_string(name));
			if (walk->then)
				walk_list(c, walk->then, node - walk->node, name);
			code = load_pointer(c, name, node, &node);
		}
		free(name);
	}
	free(seen.slots);
	free(list);
}

/* The kernel's own by their plain name. */
static char *root_name(const struct co_root *root)
{
	return root->module[0] ? memory_format("%s:%s", root->module, root->symbol)
			       : memory_string(root->symbol);
}

static void walk_roots(struct capture *c)
{
	for (uint32_t i = 0; i < c->converter->n_roots; i++) {
		const struct co_root *root = &c->converter->roots[i];
		uint64_t address = root->address + c->vm->kaslr;

		/* Objects of a root without a symbol come from a participant in a running kernel.
		 */
		if (!root->symbol) {
			state_add_audit(c->state, "not captured",
					"%s: %s, which %s brings, needs a "
					"running kernel",
					"root", c->converter->types[root->type].name,
					root->restore);
			continue;
		}
		add_typed(c, address, root->type, 1, root_name(root));
		if (root->walk)
			walk_list(c, root->walk, address, NULL);
	}
}

/* ---- pointers -------------------------------------------------------------------------------- */

static void follow_array(struct capture *c, const struct co_place *place, uint64_t address,
			 uint8_t *bytes, uint64_t bit, char *name)
{
	const struct co_member *m = &place->member;
	uint64_t n = read_count(c, bytes, place->type, m, place->base);

	/* An array of nothing has no allocation that could cross: its pointer becomes null. */
	if (!n)
		co_bits_put(&c->layout, bytes, bit, m->bits, 0);
	if (!n || n > CAPTURE_OBJECT_MAX) {
		if (n)
			fail_limit(c, name, "elements", CAPTURE_OBJECT_MAX);
		free(name);
	} else if (m->type == CO_NOWHERE) {
		add_object(c, address, CO_NOWHERE, n * m->target_size, name);
	} else {
		add_typed(c, address, m->type, n, name);
	}
}

static void follow_pointer(struct capture *c, const struct co_place *place, uint32_t element)
{
	const struct co_member *m = &place->member;
	const struct state_object *object = &c->state->objects[c->object];
	uint8_t *bytes = object->bytes;
	uint64_t bit = place->bit + (uint64_t)element * m->bits;
	uint64_t address = co_bits_get(&c->layout, bytes, bit, m->bits) & ~m->mask;
	char plain[CO_PATH_MAX], *name;
	const char *path = co_path_plain(place->path, plain);

	if (!address)
		return;
	address -= m->container;
	name = m->count == 1 ? memory_format("%s.%s", object->name, path)
			     : memory_format("%s.%s[%u]", object->name, path, element);
	if (m->way == CO_WAY_ARRAY)
		follow_array(c, place, address, bytes, bit, name);
	else if (m->way == CO_WAY_STRING)
		add_string(c, address, m->limit, name);
	else if (m->type == CO_NOWHERE)
		add_object(c, address, CO_NOWHERE, m->target_size, name);
	else
		add_typed(c, address, m->type, 1, name);
}

static int follow_place(void *data, const struct co_place *place)
{
	uint8_t way = place->member.way;

	if (place->member.kind == CO_POINTER &&
	    (way == CO_WAY_FOLLOW || way == CO_WAY_ARRAY || way == CO_WAY_STRING))
		for (uint32_t i = 0; i < place->count; i++)
			follow_pointer(data, place, i);
	return CO_OK;
}

static bool is_live(void *data, const struct co_place *place)
{
	const struct capture *c = data;

	return c->converter->types[place->member.type].live(c->state->objects[c->object].bytes +
							    place->bit / 8);
}

static void follow_all(struct capture *c)
{
	/* The objects grow while they are gone through. */
	for (size_t i = 0; i < c->state->n_objects && !c->full; i++) {
		int error;

		if (!c->state->objects[i].extent && c->failed)
			continue; /* could not be read, which was said */
		c->object = (uint32_t)i;
		error = co_layout_walk(&c->layout, c->state->objects[i].type,
				       c->state->objects[i].size, follow_place, is_live, c);
		if (error)
			c->failed = report_fail(c->report, EXIT_REFUSED, "%s: %s",
						c->state->objects[i].name, co_strerror(error));
	}
}

/* ---- hooks ----------------------------------------------------------------------------------- */

static int hook_read(void *data, uint64_t address, void *buffer, size_t size)
{
	struct capture *c = data;

	return vm_read(c->vm, address, buffer, size) == VM_OK ? CO_OK : CO_E_READ;
}

static int hook_side_put(void *data, const char *name, const void *value, size_t size)
{
	struct capture *c = data;
	char *whole;

	if (!name || !name[0] || (!value && size) || size > CAPTURE_OBJECT_MAX)
		return CO_E_ARGUMENT;
	if (c->total + size > CAPTURE_TOTAL_MAX)
		return CO_E_ROOM;
	c->total += size;
	whole = c->element == CO_NOWHERE ? memory_string(name)
					 : memory_format("[%u].%s", c->element, name);
	state_add_side(c->state, c->object, whole, value, (uint32_t)size);
	free(whole);
	return CO_OK;
}

static int hook_symbol(void *data, const char *name, uint64_t *address)
{
	struct capture *c = data;

	return gate_symbol(c->vm, c->converter, name, address) ? CO_OK : CO_E_READ;
}

static void run_hook(struct capture *c, struct co_ctx *ctx, const struct co_type *t, uint32_t at)
{
	const struct state_object *object = &c->state->objects[c->object];
	int error;

	ctx->trouble = (struct co_trouble){.error = CO_OK};
	error = t->capture(ctx, object->bytes + at);
	if (error && !ctx->trouble.error)
		co_fail(ctx, error, NULL, 0, NULL);
	if (ctx->trouble.error)
		c->failed = report_fail(
			c->report, EXIT_REFUSED, "%s%s%s: capture: %s%s%s", object->name,
			ctx->trouble.field ? "." : "", ctx->trouble.field ? ctx->trouble.field : "",
			co_strerror(ctx->trouble.error), ctx->trouble.why ? ": " : "",
			ctx->trouble.why ? ctx->trouble.why : "");
}

static void run_hooks(struct capture *c)
{
	struct co_host host = {
		.read = hook_read, .side_put = hook_side_put, .symbol = hook_symbol, .data = c};
	struct co_ctx ctx = {.converter = c->converter, .host = &host};

	for (c->object = 0; c->object < c->state->n_objects; c->object++) {
		const struct state_object *object = &c->state->objects[c->object];
		const struct co_type *t;
		struct co_member tail;
		bool several;

		if (object->type == CO_NOWHERE)
			continue;
		t = &c->converter->types[object->type];
		if (!t->capture)
			continue;
		several = !co_layout_tail(&c->layout, object->type, &tail);
		ctx.type = t;
		ctx.old_size = several ? t->old_size : object->size;
		for (uint32_t at = 0; at < object->size; at += ctx.old_size) {
			c->element = object->size > ctx.old_size ? at / ctx.old_size : CO_NOWHERE;
			run_hook(c, &ctx, t, at);
		}
	}
}

/* ---- symbols --------------------------------------------------------------------------------- */

static int compare_symbols(const void *a, const void *b)
{
	const struct state_symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address > y->address ? 1 : -1;
	return strcmp(x->name, y->name);
}

static void add_symbols(struct capture *c)
{
	for (uint32_t i = 0; i < c->converter->n_symbols; i++)
		state_add_symbol(c->state, c->converter->symbols[i].address + c->vm->kaslr,
				 c->converter->symbols[i].module, c->converter->symbols[i].name);
	if (c->state->n_symbols)
		qsort(c->state->symbols, c->state->n_symbols, sizeof(c->state->symbols[0]),
		      compare_symbols);
}

int capture_run(struct state *state, struct vm *vm, const struct co_converter *converter,
		struct report *report)
{
	struct capture c = {.state = state, .vm = vm, .converter = converter, .report = report};
	char release[256];
	int code = gate_check(vm, converter, report);

	if (code)
		return code;
	co_layout_of_converter(&c.layout, converter, false);
	if (dump_info(vm->dump, "OSRELEASE", release, sizeof(release)))
		state->kernel = memory_string(release);
	gate_clocks(state, vm, converter);
	add_symbols(&c);
	walk_roots(&c);
	follow_all(&c);
	if (!c.failed) {
		merge_contained(state, converter);
		run_hooks(&c);
	}
	if (!c.failed)
		c.failed = state_sort(state, report);
	state_add_audit(state, "captured", "%zu objects of %s", state->n_objects,
			converter->from.release);
	free(c.visited);
	return c.failed;
}
