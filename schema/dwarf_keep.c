/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is kept of the units: one copy of each key, by thread, and the model made of them. A thread
 * works in the order of units, so the first copy it keeps is its earliest; the earliest of all
 * threads becomes the model's, whatever their number.
 */
#include "dwarf_internal.h"
#include "dwarf_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAULTS_MAX 4096 /* noted by one thread */
#define FAULTS_REPORTED 20

static void *new_array(size_t n, size_t size)
{
	size_t room = 0;
	void *array = vec_grow(NULL, &room, n, size);

	return memset(array, 0, n * size);
}

void worker_init(struct worker *worker, const struct dwarf_file *file)
{
	*worker = (struct worker){.file = file};
	arena_init(&worker->arena);
	intern_init(&worker->paths);
	worker->n_lines = file->joined ? file->units.n : 1;
	worker->lines = new_array(worker->n_lines, sizeof(*worker->lines));
	if (file->joined)
		worker->rank = new_array(file->units.n, sizeof(*worker->rank));
}

void worker_deinit(struct worker *worker)
{
	abbrevs_free(&worker->abbrevs);
	abbrevs_free(&worker->other);
	for (size_t i = 0; i < worker->n_lines; i++)
		lines_free(&worker->lines[i]);
	vec_free(worker->lines);
	vec_free(worker->rank);
	VEC_FREE(&worker->wanted);
	VEC_FREE(&worker->nodes);
	VEC_FREE(&worker->parts);
	vec_free(worker->hashes.at);
	VEC_FREE(&worker->contexts);
	VEC_FREE(&worker->buckets);
	VEC_FREE(&worker->words);
	VEC_FREE(&worker->kept);
	VEC_FREE(&worker->kept_parts);
	VEC_FREE(&worker->faults);
	vec_free(worker->names);
	vec_free(worker->slots);
	intern_deinit(&worker->paths);
	arena_deinit(&worker->arena);
}

/* ---- faults ---- */

struct line_table *worker_lines(struct worker *w, uint32_t unit)
{
	struct line_table *lines = &w->lines[w->file->joined ? unit : 0];
	const char *wrong;

	if (lines->read)
		return lines;
	wrong = lines_read(&w->file->units.at[unit], lines);
	if (wrong)
		worker_fault(w, NULL, w->file->units.at[unit].origin, NULL, "%s", wrong);
	return lines;
}

const struct dwarf_unit *worker_naming(const struct worker *w, uint32_t unit)
{
	const struct dwarf_unit *units = w->file->units.at;

	if (units[unit].kind != UNIT_COMPILE && w->rank && w->rank[unit])
		return &units[w->rank[unit] - 1];
	return &units[unit];
}

const char *worker_path(struct worker *w, uint32_t unit, uint64_t index)
{
	const struct line_table *lines = worker_lines(w, unit);
	const struct line_file *file;

	if (index >= lines->n)
		return NULL;
	file = &lines->at[index];
	if (!file->name)
		return NULL;
	return path_normal(&w->paths, worker_naming(w, unit), file->directory, file->name);
}

void worker_fault(struct worker *w, const struct node *node, uint32_t offset, const char *member,
		  const char *format, ...)
{
	const struct dwarf_unit *unit = &w->file->units.at[node ? node->unit : w->index];
	struct fault fault = {.unit = unit->rank, .offset = offset};
	const char *name = node && node->name ? node->name : "(anonymous)";
	char what[256];
	va_list list;

	if (w->faults.n >= FAULTS_MAX)
		return;
	va_start(list, format);
	vsnprintf(what, sizeof(what), format, list);
	va_end(list);
	if (node && node->line) {
		fault.at.file = worker_path(w, node->unit, node->file);
		fault.at.line = fault.at.file ? node->line : 0;
	}
	if (node)
		fault.text = arena_printf(&w->arena, "%s %s%s%s: %s", kind_word(node->kind), name,
					  member ? ", member " : "", member ? member : "", what);
	else
		fault.text = arena_printf(
			&w->arena, "unit %s, DIE 0x%llx: %s", unit->name ? unit->name : "(unnamed)",
			(unsigned long long)(unit->offset + offset - unit->origin), what);
	*VEC_PUSH(&w->faults) = fault;
}

static int compare_faults(const void *a, const void *b)
{
	const struct fault *x = *(const struct fault *const *)a;
	const struct fault *y = *(const struct fault *const *)b;

	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return strcmp(x->text, y->text);
}

/* The same header is wrong in every unit that includes it: once is enough. */
static bool reported_before(const struct diags *diags, size_t from, const struct fault *fault)
{
	for (size_t i = from; i < diags->n; i++)
		if (strcmp(diags->at[i].text, fault->text) == 0 &&
		    diags->at[i].at.line == fault->at.line)
			return true;
	return false;
}

static size_t sort_faults(struct worker *workers, size_t n, const struct fault ***sorted)
{
	size_t count = 0, room = 0;

	*sorted = NULL;
	for (size_t i = 0; i < n; i++) {
		*sorted = vec_grow(*sorted, &room, count + workers[i].faults.n, sizeof(**sorted));
		for (size_t j = 0; j < workers[i].faults.n; j++)
			(*sorted)[count++] = &workers[i].faults.at[j];
	}
	if (count)
		qsort(*sorted, count, sizeof(**sorted), compare_faults);
	return count;
}

bool faults_report(struct worker *workers, size_t n, struct diags *diags)
{
	struct place input = place_file(workers[0].file->name);
	const struct fault **sorted;
	size_t count = sort_faults(workers, n, &sorted), from = diags->n;

	for (size_t i = 0; i < count; i++) {
		const struct fault *fault = sorted[i];

		if (reported_before(diags, from, fault))
			continue;
		if (diags->n - from == FAULTS_REPORTED) {
			diag_note(diags, input, "and more");
			break;
		}
		diag_evidence(diags, fault->at.file ? fault->at : input, "%s", fault->text);
	}
	vec_free(sorted);
	return count == 0;
}

/* ---- keeping ---- */

static void grow_slots(struct worker *w)
{
	struct key_slot *old = w->slots;
	size_t n = w->n_slots, room = 0;

	w->slots = vec_grow(NULL, &room, n ? n * 2 : 1 << 14, sizeof(*w->slots));
	w->n_slots = room;
	memset(w->slots, 0, room * sizeof(*w->slots));
	for (size_t i = 0; i < n; i++) {
		size_t at = (size_t)old[i].key.lo & (room - 1);

		if (!old[i].index)
			continue;
		while (w->slots[at].index)
			at = (at + 1) & (room - 1);
		w->slots[at] = old[i];
	}
	vec_free(old);
}

/* True when KEY is new; its slot then holds the next kept type. */
static bool claim_key(struct worker *w, struct hash128 key)
{
	size_t at;

	if (w->kept.n * 2 >= w->n_slots)
		grow_slots(w);
	at = (size_t)key.lo & (w->n_slots - 1);
	for (; w->slots[at].index; at = (at + 1) & (w->n_slots - 1))
		if (hash128_equal(w->slots[at].key, key))
			return false;
	w->slots[at] = (struct key_slot){key, (uint32_t)w->kept.n + 1};
	return true;
}

/* An empty name is none. */
static const char *kept_name(const char *name)
{
	return name && *name ? name : NULL;
}

static void keep_node(struct worker *w, uint32_t index)
{
	const struct node *node = &w->nodes.at[index];
	struct kept kept = {.key = w->hashes.at[index].key,
			    .target = w->hashes.at[node->target].key,
			    .unit = w->rank ? w->rank[node->unit] - 1
					    : w->file->units.at[node->unit].rank,
			    .order = index,
			    .name = kept_name(node->name),
			    .scope = node->scope,
			    .size = node->size,
			    .count = node->count,
			    .line = node->line,
			    .align = node->align,
			    .first = (uint32_t)w->kept_parts.n,
			    .n = node->n,
			    .kind = node->kind,
			    .encoding = node->encoding,
			    .flags = node->flags};

	kept.file = node->line || node->file ? worker_path(w, node->unit, node->file) : NULL;
	for (uint32_t i = node->first; i != NO_PART; i = w->parts.at[i].next) {
		const struct part *part = &w->parts.at[i];

		*VEC_PUSH(&w->kept_parts) = (struct kept_part){.name = kept_name(part->name),
							       .type = w->hashes.at[part->type].key,
							       .value = part->value,
							       .bit_size = part->bit_size,
							       .align = part->align,
							       .line = part->line};
	}
	*VEC_PUSH(&w->kept) = kept;
}

void unit_keep(struct worker *w)
{
	for (uint32_t i = 1; i < w->nodes.n; i++)
		if (!w->nodes.at[i].stub && claim_key(w, w->hashes.at[i].key))
			keep_node(w, i);
}

/* ---- the model ---- */

struct chosen {
	const struct kept *kept;
	const struct worker *worker;
	type_id id;
};

struct choice {
	struct chosen *at;
	size_t n, room;
	uint32_t *slots; /* hash table over at: index + 1 */
	size_t n_slots;
	struct hash128 void_key;
	uint32_t unit; /* the last one named */
	const char *unit_name;
};

static int compare_chosen(const void *a, const void *b)
{
	const struct kept *x = ((const struct chosen *)a)->kept;
	const struct kept *y = ((const struct chosen *)b)->kept;

	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static uint32_t *choice_slot(const struct choice *choice, struct hash128 key)
{
	size_t at = (size_t)key.lo & (choice->n_slots - 1);

	while (choice->slots[at] &&
	       !hash128_equal(choice->at[choice->slots[at] - 1].kept->key, key))
		at = (at + 1) & (choice->n_slots - 1);
	return &choice->slots[at];
}

/* The earliest of every key, in the order of units. */
static void choose(struct choice *choice, struct worker *workers, size_t n)
{
	size_t all = 0, room = 0, kept = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < workers[i].kept.n; j++)
			*VEC_PUSH(choice) = (struct chosen){&workers[i].kept.at[j], &workers[i], 0};
	all = choice->n;
	if (all)
		qsort(choice->at, all, sizeof(*choice->at), compare_chosen);
	choice->slots = vec_grow(NULL, &room, all * 2 + 1, sizeof(*choice->slots));
	choice->n_slots = room;
	memset(choice->slots, 0, room * sizeof(*choice->slots));
	for (size_t i = 0; i < all; i++) {
		uint32_t *slot = choice_slot(choice, choice->at[i].kept->key);

		if (*slot)
			continue;
		choice->at[kept] = choice->at[i];
		*slot = (uint32_t)++kept;
	}
	choice->n = kept;
}

static type_id id_of(const struct choice *choice, struct hash128 key)
{
	uint32_t slot;

	if (hash128_equal(key, choice->void_key))
		return TYPE_VOID;
	slot = *choice_slot(choice, key);
	return slot ? choice->at[slot - 1].id : TYPE_VOID;
}

static uint32_t add_parts(const struct choice *choice, const struct chosen *chosen,
			  struct model *model)
{
	const struct kept *kept = chosen->kept;
	const struct kept_part *parts = chosen->worker->kept_parts.at + kept->first;
	size_t first = kept->kind == KIND_ENUM	     ? model->enumerators.n
		       : kept->kind == KIND_FUNCTION ? model->parameters.n
						     : model->members.n;

	for (uint32_t i = 0; i < kept->n; i++) {
		const char *name = intern(model->names, parts[i].name);

		if (kept->kind == KIND_ENUM)
			*VEC_PUSH(&model->enumerators) = (struct enumerator){name, parts[i].value};
		else if (kept->kind == KIND_FUNCTION)
			*VEC_PUSH(&model->parameters) =
				(struct parameter){name, id_of(choice, parts[i].type)};
		else
			*VEC_PUSH(&model->members) =
				(struct member){.name = name,
						.type = id_of(choice, parts[i].type),
						.line = parts[i].line,
						.bit_offset = parts[i].value,
						.bit_size = parts[i].bit_size,
						.align_attr = parts[i].align};
	}
	return (uint32_t)first;
}

void unit_read(struct worker *w, uint32_t index)
{
	const struct dwarf_unit *unit = &w->file->units.at[index];

	w->lines[0].read = false;
	worker_start(w, unit->end - unit->offset);
	if (!unit_scan(w, index) || w->foreign)
		return;
	unit_shape(w);
	unit_keep(w);
}

/*
 * Unit INDEX, then those that it refers to and nobody read before, so that each of them has the name
 * of the first that refers to it.
 */
static bool scan_from(struct worker *w, uint32_t index)
{
	bool ok;

	w->rank[index] = w->file->units.at[index].rank + 1;
	ok = unit_scan(w, index);
	while (w->wanted.n)
		ok &= unit_scan(w, w->wanted.at[--w->wanted.n]);
	return ok;
}

void units_read_joined(struct worker *w, void (*progress)(void *data, uint64_t bytes), void *data)
{
	const struct dwarf_unit *units = w->file->units.at;
	bool ok = true;

	worker_start(w, w->file->bytes);
	for (uint32_t i = 0; i < w->file->units.n; i++) {
		if (units[i].kind != UNIT_COMPILE)
			continue;
		ok &= scan_from(w, i);
		progress(data, units[i].end - units[i].offset);
	}
	/* a type that nothing refers to is one, too; of equal ones the first is meant */
	for (uint32_t i = 0; i < w->file->units.n; i++)
		if (units[i].kind == UNIT_TYPE && units[i].in_c && !w->rank[i] &&
		    unit_of_type(w->file, units[i].signature) == &units[i])
			ok &= scan_from(w, i);
	if (!ok)
		return;
	unit_shape(w);
	unit_keep(w);
}

/* The unit's name as a path; types come unit by unit. */
static const char *unit_name(struct choice *choice, const struct chosen *chosen,
			     struct intern *names)
{
	const struct dwarf_unit *unit = &chosen->worker->file->units.at[chosen->kept->unit];

	if (!choice->unit_name || choice->unit != chosen->kept->unit)
		choice->unit_name = unit->name ? path_normal(names, unit, NULL, unit->name) : NULL;
	choice->unit = chosen->kept->unit;
	return choice->unit_name;
}

static void add_type(struct choice *choice, const struct chosen *chosen, struct model *model)
{
	const struct kept *kept = chosen->kept;
	struct type type = {.name = intern(model->names, kept->name),
			    .file = intern(model->names, kept->file),
			    .unit = unit_name(choice, chosen, model->names),
			    .scope = intern(model->names, kept->scope),
			    .size = kept->size,
			    .count = kept->count,
			    .line = kept->line,
			    .align_attr = kept->align,
			    .target = id_of(choice, kept->target),
			    .n = kept->n,
			    .kind = kept->kind,
			    .encoding = kept->encoding,
			    .flags = kept->flags};

	if (kept->n)
		type.first = add_parts(choice, chosen, model);
	model_add(model, type);
}

/* ---- what the files of a set have in common ---- */

void dwarf_seen_init(struct dwarf_seen *seen)
{
	*seen = (struct dwarf_seen){0};
}

void dwarf_seen_deinit(struct dwarf_seen *seen)
{
	vec_free(seen->slots);
}

static struct dwarf_seen_slot *seen_slot(const struct dwarf_seen *seen, struct hash128 key)
{
	size_t at = (size_t)key.lo & (seen->room - 1);

	while (seen->slots[at].id && !hash128_equal(seen->slots[at].key, key))
		at = (at + 1) & (seen->room - 1);
	return &seen->slots[at];
}

static void seen_grow(struct dwarf_seen *seen)
{
	struct dwarf_seen old = *seen;
	size_t room = 0;

	seen->slots =
		vec_grow(NULL, &room, old.room ? old.room * 2 : 1 << 12, sizeof(*seen->slots));
	seen->room = room;
	memset(seen->slots, 0, room * sizeof(*seen->slots));
	for (size_t i = 0; i < old.room; i++)
		if (old.slots[i].id)
			*seen_slot(seen, old.slots[i].key) = old.slots[i];
	vec_free(old.slots);
}

/* The id of KEY in the model: that of an earlier file, or NEXT, which it then has. */
static type_id seen_id(struct dwarf_seen *seen, struct hash128 key, type_id next)
{
	struct dwarf_seen_slot *slot;

	if (seen->n * 2 >= seen->room)
		seen_grow(seen);
	slot = seen_slot(seen, key);
	if (!slot->id) {
		*slot = (struct dwarf_seen_slot){key, next + 1};
		seen->n++;
	}
	return slot->id - 1;
}

size_t kept_to_model(struct worker *workers, size_t n, struct dwarf_seen *seen, struct model *model)
{
	struct choice choice = {0};
	type_id next = (type_id)model->types.n;
	size_t kept;

	/* void has the same key in every unit */
	for (size_t i = 0; i < n; i++)
		if (workers[i].hashes.room)
			choice.void_key = workers[i].hashes.at[NODE_VOID].key;
	choose(&choice, workers, n);
	for (size_t i = 0; i < choice.n; i++) {
		struct chosen *chosen = &choice.at[i];

		chosen->id = seen ? seen_id(seen, chosen->kept->key, next) : next;
		next += chosen->id == next;
	}
	for (size_t i = 0; i < choice.n; i++)
		if (choice.at[i].id == model->types.n)
			add_type(&choice, &choice.at[i], model);
	kept = choice.n;
	vec_free(choice.slots);
	VEC_FREE(&choice);
	return kept;
}
