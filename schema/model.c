/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model's storage and the questions that are asked of a finished one. */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void model_init(struct model *model, struct intern *names)
{
	*model = (struct model){.names = names};
	arena_init(&model->arena);
	*VEC_PUSH(&model->types) = (struct type){.kind = KIND_VOID};
}

void model_deinit(struct model *model)
{
	VEC_FREE(&model->types);
	VEC_FREE(&model->members);
	VEC_FREE(&model->enumerators);
	VEC_FREE(&model->parameters);
	VEC_FREE(&model->symbols);
	VEC_FREE(&model->roots);
	VEC_FREE(&model->only);
	arena_deinit(&model->arena);
}

type_id model_add(struct model *model, struct type type)
{
	*VEC_PUSH(&model->types) = type;
	return (type_id)(model->types.n - 1);
}

const char *kind_keyword(enum type_kind kind)
{
	switch (kind) {
	case KIND_STRUCT:
		return "struct";
	case KIND_UNION:
		return "union";
	case KIND_ENUM:
		return "enum";
	default:
		return "";
	}
}

const char *kind_word(enum type_kind kind)
{
	static const char *const words[KIND_COUNT] = {
		[KIND_VOID] = "void",
		[KIND_INT] = "int",
		[KIND_FLOAT] = "float",
		[KIND_ENUM] = "enum",
		[KIND_STRUCT] = "struct",
		[KIND_UNION] = "union",
		[KIND_TYPEDEF] = "typedef",
		[KIND_POINTER] = "pointer",
		[KIND_ARRAY] = "array",
		[KIND_FUNCTION] = "function",
		[KIND_CONST] = "const",
		[KIND_VOLATILE] = "volatile",
		[KIND_RESTRICT] = "restrict",
		[KIND_ATOMIC] = "atomic",
		[KIND_UNSPECIFIED] = "unspecified",
	};

	return kind < KIND_COUNT ? words[kind] : "unknown";
}

const char *type_label(const struct model *model, type_id id)
{
	return id < model->types.n ? type_at(model, id)->label : NULL;
}

/* ids are in order of kind and name, anonymous types behind the named ones of their kind. */
static int compare_named(const struct type *type, enum type_kind kind, const char *name)
{
	if (type->kind != kind)
		return type->kind < kind ? -1 : 1;
	return type->name ? strcmp(type->name, name) : 1;
}

static type_id lower_bound(const struct model *model, enum type_kind kind, const char *name,
			   bool after)
{
	size_t low = 0, high = model->types.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_named(&model->types.at[middle], kind, name);

		if (order < 0 || (after && order == 0))
			low = middle + 1;
		else
			high = middle;
	}
	return (type_id)low;
}

struct type_list model_named(const struct model *model, enum type_kind kind, const char *name)
{
	type_id first = lower_bound(model, kind, name, false);

	return (struct type_list){first, lower_bound(model, kind, name, true) - first};
}

/* A label taken apart: kind, name, and what stands behind " @ ". */
struct parsed_label {
	enum type_kind kinds[6];
	size_t n_kinds;
	char *name;
	bool qualified;
};

static void parse_label(const char *label, struct parsed_label *parsed, struct arena *arena)
{
	static const enum type_kind tags[] = {KIND_STRUCT, KIND_UNION, KIND_ENUM, KIND_TYPEDEF};
	static const enum type_kind bare[] = {KIND_TYPEDEF, KIND_INT,	KIND_FLOAT,
					      KIND_STRUCT,  KIND_UNION, KIND_ENUM};
	const char *at = strstr(label, " @ ");
	size_t n;

	parsed->qualified = at != NULL;
	memcpy(parsed->kinds, bare, sizeof(bare));
	parsed->n_kinds = sizeof(bare) / sizeof(*bare);
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++) {
		n = strlen(kind_word(tags[i]));
		if (strncmp(label, kind_word(tags[i]), n) == 0 && label[n] == ' ') {
			parsed->kinds[0] = tags[i];
			parsed->n_kinds = 1;
			label += n + strspn(label + n, " ");
			break;
		}
	}
	n = at && at > label ? (size_t)(at - label) : strlen(label);
	while (n && label[n - 1] == ' ')
		n--;
	parsed->name = arena_strndup(arena, label, n);
}

static bool label_matches(const char *label, const char *wanted)
{
	size_t n = strlen(wanted);
	const char *tail = strstr(wanted, " @ ");
	const char *have = label ? strstr(label, " @ ") : NULL;

	if (!tail)
		return true;
	if (!have)
		return false;
	tail += 3;
	have += 3;
	n = strlen(tail);
	return strncmp(have, tail, n) == 0 && (!have[n] || strchr(":#", have[n]));
}

/* The types of KIND that the label can mean, appended from *N on; declarations only when nothing
 * else is there. */
static void lookup_kind(const struct model *model, enum type_kind kind, const char *name,
			const char *label, size_t *n, type_id *found, size_t limit)
{
	struct type_list list = model_named(model, kind, name);
	size_t before = *n;

	for (size_t i = 0; i < list.n; i++) {
		type_id id = list.first + (type_id)i;

		if ((type_at(model, id)->flags & TYPE_DECLARATION) && *n > before)
			continue;
		if (!label_matches(type_label(model, id), label))
			continue;
		if (*n < limit)
			found[*n] = id;
		++*n;
	}
}

/* A declaration that stands for several definitions whose file was not asked for has the plain
 * label. */
static bool label_is_exact(const struct model *model, type_id id, const char *label)
{
	const char *own = type_label(model, id);

	return own && strcmp(own, label) == 0 && !(type_at(model, id)->flags & TYPE_DECLARATION);
}

size_t model_count(const struct model *model)
{
	size_t n = 0;

	for (type_id id = 1; id < model->types.n; id++) {
		const struct type *type = type_at(model, id);
		bool tagged = type->kind == KIND_STRUCT || type->kind == KIND_UNION ||
			      type->kind == KIND_ENUM;

		n += type->kind == KIND_TYPEDEF ||
		     (tagged && type_label(model, id) && !(type->flags & TYPE_DECLARATION));
	}
	return n;
}

size_t model_lookup(const struct model *model, const char *label, type_id *found,
		    type_id *candidates, size_t limit)
{
	type_id first[16];
	struct parsed_label parsed;
	struct arena arena;
	size_t n = 0;

	arena_init(&arena);
	parse_label(label, &parsed, &arena);
	for (size_t i = 0; i < parsed.n_kinds && !n; i++)
		lookup_kind(model, parsed.kinds[i], parsed.name, label, &n, first, 16);
	arena_deinit(&arena);
	for (size_t i = 0; i < n && i < 16; i++)
		if (label_is_exact(model, first[i], label)) {
			first[0] = first[i];
			n = 1;
		}
	for (size_t i = 0; i < n && i < limit && i < 16; i++)
		candidates[i] = first[i];
	if (n == 1)
		*found = first[0];
	return n;
}

#define CANDIDATES 8

/* All labels of the model that a person could have meant. */
const char *model_nearest(const struct model *model, const char *label)
{
	const char **labels = NULL;
	const char *nearest;
	size_t n = 0, room = 0;

	for (type_id id = 1; id < model->types.n; id++) {
		if (!type_label(model, id) || !type_at(model, id)->name)
			continue;
		labels = vec_grow(labels, &room, n + 1, sizeof(*labels));
		labels[n++] = type_label(model, id);
	}
	nearest = nearest_word(label, labels, n);
	vec_free(labels);
	return nearest;
}

static bool not_found(const struct model *model, const char *label, struct place at,
		      struct diags *diags)
{
	static const enum type_kind kinds[] = {KIND_STRUCT, KIND_UNION, KIND_ENUM, KIND_TYPEDEF};
	const char *input = model->info.name ? model->info.name : "the input";
	const char *name = strrchr(label, ' ') ? strrchr(label, ' ') + 1 : label;
	const char *nearest = NULL;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && !nearest; i++)
		if (!strstr(label, " @ ") && model_named(model, kinds[i], name).n)
			nearest = type_label(model, model_named(model, kinds[i], name).first);
	if (!nearest)
		nearest = model_nearest(model, label);
	if (nearest)
		return diag_error(diags, at, "no type '%s' in %s; did you mean '%s'?", label, input,
				  nearest);
	return diag_error(diags, at, "no type '%s' in %s", label, input);
}

bool model_require(const struct model *model, const char *label, struct place at,
		   struct diags *diags, type_id *found)
{
	type_id candidates[CANDIDATES];
	size_t n = model_lookup(model, label, found, candidates, CANDIDATES);

	if (n == 1)
		return true;
	if (!n)
		return not_found(model, label, at, diags);
	diag_error(diags, at, "'%s' stands for %zu different types in %s; write which one", label,
		   n, model->info.name ? model->info.name : "the input");
	for (size_t i = 0; i < n && i < CANDIDATES; i++)
		diag_note(diags, at, "'%s'", type_label(model, candidates[i]));
	return false;
}

static bool is_qualifier(uint8_t kind)
{
	return kind == KIND_CONST || kind == KIND_VOLATILE || kind == KIND_RESTRICT ||
	       kind == KIND_ATOMIC;
}

type_id strip_qualifiers(const struct model *model, type_id id)
{
	while (is_qualifier(type_at(model, id)->kind))
		id = type_at(model, id)->target;
	return id;
}

type_id strip(const struct model *model, type_id id)
{
	while (is_qualifier(type_at(model, id)->kind) || type_at(model, id)->kind == KIND_TYPEDEF)
		id = type_at(model, id)->target;
	return id;
}

bool is_record(const struct model *model, type_id id)
{
	const struct type *type = type_at(model, strip(model, id));

	return (type->kind == KIND_STRUCT || type->kind == KIND_UNION) &&
	       !(type->flags & TYPE_DECLARATION);
}

uint64_t type_size(const struct model *model, type_id id)
{
	return type_at(model, strip(model, id))->size;
}

uint64_t member_bits(const struct model *model, const struct member *member)
{
	return member->bit_size ? member->bit_size : type_size(model, member->type) * 8;
}

/* ---- paths -------------------------------------------------------------------------------------
 */

#define ANONYMOUS_DEPTH 64

/* The member called NAME of record ID, also through anonymous members; its offset is added to
 * FIELD. */
static bool find_member(const struct model *model, type_id id, const char *name, size_t n,
			struct field *field, unsigned int depth)
{
	const struct type *type = type_at(model, id);

	for (uint32_t i = 0; i < type->n; i++) {
		const struct member *member = &members_of(model, type)[i];
		type_id inner = strip(model, member->type);

		if (member->name && strlen(member->name) == n && !memcmp(member->name, name, n)) {
			field->type = member->type;
			field->bit_offset += member->bit_offset;
			field->bit_size = member->bit_size;
			field->line = member->line;
			field->member = member;
			field->parent = id;
			return true;
		}
		if (member->name || !is_record(model, inner) || depth >= ANONYMOUS_DEPTH)
			continue;
		field->bit_offset += member->bit_offset;
		if (find_member(model, inner, name, n, field, depth + 1))
			return true;
		field->bit_offset -= member->bit_offset;
	}
	return false;
}

/* `[N]` at *PATH: steps into element N. */
static bool enter_element(const struct model *model, const char **path, struct field *field)
{
	const struct type *array = type_at(model, strip(model, field->type));
	char *end;
	uint64_t index;

	if (array->kind != KIND_ARRAY || field->bit_size || (*path)[1] < '0' || (*path)[1] > '9')
		return false;
	index = strtoull(*path + 1, &end, 10);
	if (*end != ']' || (index >= array->count && !(array->flags & TYPE_FLEXIBLE)))
		return false;
	field->type = array->target;
	field->bit_offset += index * type_size(model, array->target) * 8;
	*path = end + 1;
	return true;
}

bool field_find(const struct model *model, type_id root, const char *path, struct field *field,
		size_t *stop)
{
	const char *at = path;

	*field = (struct field){.type = root, .parent = TYPE_NONE};
	while (*at) {
		size_t n = strcspn(at, ".[");

		*stop = (size_t)(at - path);
		if (!n || !is_record(model, field->type) || field->bit_size)
			return false;
		if (!find_member(model, strip(model, field->type), at, n, field, 0))
			return false;
		at += n;
		while (*at == '[') {
			*stop = (size_t)(at - path);
			if (!enter_element(model, &at, field))
				return false;
		}
		if (*at == '.' && at[1])
			at++;
		else if (*at) {
			*stop = (size_t)(at - path);
			return false;
		}
	}
	return true;
}

static int compare_hashes(const void *a, const void *b)
{
	const struct hash128 *x = a, *y = b;

	if (x->hi != y->hi)
		return x->hi < y->hi ? -1 : 1;
	return (x->lo > y->lo) - (x->lo < y->lo);
}

struct hash128 model_digest(const struct model *model, const type_id *ids, size_t n)
{
	struct hash128 *shapes = NULL, digest;
	size_t room = 0;

	shapes = vec_grow(shapes, &room, n + 1, sizeof(*shapes));
	for (size_t i = 0; i < n; i++)
		shapes[i] = type_at(model, ids[i])->shape;
	qsort(shapes, n, sizeof(*shapes), compare_hashes);
	digest = hash128(shapes, n * sizeof(*shapes));
	vec_free(shapes);
	return digest;
}

const struct symbol *model_symbol(const struct model *model, const char *word, size_t *n,
				  const struct symbol **first)
{
	const char *colon = strchr(word, ':'), *name = colon ? colon + 1 : word;

	*n = 0;
	*first = NULL;
	for (size_t i = 0; i < model->symbols.n; i++) {
		const struct symbol *symbol = &model->symbols.at[i];
		const char *module = symbol->module[0] ? symbol->module : KERNEL_MODULE;

		if (strcmp(symbol->name, name) != 0 ||
		    (colon &&
		     (strncmp(module, word, (size_t)(colon - word)) != 0 || module[colon - word])))
			continue;
		if (!(*n)++)
			*first = symbol;
	}
	return *n == 1 ? *first : NULL;
}
