/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump_json.h"
#include "../schema/select.h"
#include "../schema/snapshot_words.h"
#include "json.h"

#include <string.h>

struct dump {
	const struct model *model;
	struct selection chosen;
	struct arena arena;
	struct json json;
};

static void add_members(struct dump *d, const struct type *type);

static void add_optional(struct dump *d, const char *key, uint64_t value)
{
	if (value)
		json_uint(&d->json, key, value);
}

/* The anonymous record behind arrays and qualifiers of a member's type, or NULL. */
static const struct type *anonymous_record(const struct model *model, type_id id)
{
	const struct type *type = type_at(model, strip_qualifiers(model, id));

	while (type->kind == KIND_ARRAY)
		type = type_at(model, strip_qualifiers(model, type->target));
	return (type->kind == KIND_STRUCT || type->kind == KIND_UNION) && !type->name ? type : NULL;
}

static void add_member(struct dump *d, const struct member *member)
{
	const struct type *inner = anonymous_record(d->model, member->type);

	json_object(&d->json, NULL);
	json_string(&d->json, "name", member->name);
	json_uint(&d->json, "bit_offset", member->bit_offset);
	json_uint(&d->json, "bits", member_bits(d->model, member));
	if (member->bit_size)
		json_bool(&d->json, "bitfield", true);
	add_optional(d, "aligned", member->align_attr);
	json_string(&d->json, "type", type_spelling(d->model, member->type, &d->arena));
	add_optional(d, "line", member->line);
	if (inner) {
		json_uint(&d->json, "size", inner->size);
		add_members(d, inner);
	}
	json_object_end(&d->json);
}

static void add_members(struct dump *d, const struct type *type)
{
	json_array(&d->json, "members");
	for (uint32_t i = 0; i < type->n; i++)
		add_member(d, &members_of(d->model, type)[i]);
	json_array_end(&d->json);
}

static void add_enumerators(struct dump *d, const struct type *type)
{
	json_array(&d->json, "enumerators");
	for (uint32_t i = 0; i < type->n; i++) {
		const struct enumerator *one = &enumerators_of(d->model, type)[i];

		json_object(&d->json, NULL);
		json_string(&d->json, "name", one->name);
		if (type->encoding == ENC_SIGNED)
			json_int(&d->json, "value", (int64_t)one->value);
		else
			json_uint(&d->json, "value", one->value);
		json_object_end(&d->json);
	}
	json_array_end(&d->json);
}

static void add_encoding(struct dump *d, const struct type *type)
{
	const char *word = encoding_word(type->encoding);

	if (word)
		json_string(&d->json, "encoding", word);
	else
		json_uint(&d->json, "encoding", type->encoding);
}

static void add_definition(struct dump *d, const struct type *type)
{
	const struct type *inner = anonymous_record(d->model, type->target);

	if (type->kind == KIND_TYPEDEF)
		json_string(&d->json, "type", type_spelling(d->model, type->target, &d->arena));
	json_uint(&d->json, "size",
		  type->kind == KIND_TYPEDEF ? type_size(d->model, type->target) : type->size);
	json_uint(&d->json, "align", type->align);
	if (type->kind == KIND_STRUCT || type->kind == KIND_UNION)
		add_members(d, type);
	else if (type->kind == KIND_TYPEDEF && inner)
		add_members(d, inner);
	else if (type->kind == KIND_ENUM)
		add_enumerators(d, type);
	else if (type->kind == KIND_INT || type->kind == KIND_FLOAT)
		add_encoding(d, type);
}

static void add_type(struct dump *d, type_id id)
{
	const struct type *type = type_at(d->model, id);
	bool tagged = *kind_keyword(type->kind) != '\0';

	json_object(&d->json, NULL);
	json_string(&d->json, "kind", snapshot_keyword(type->kind));
	json_string(&d->json, "name", type->name);
	json_string(&d->json, "label", type->label);
	if (type->file)
		json_string(&d->json, "file", type->file);
	add_optional(d, "line", type->line);
	if ((type->flags & TYPE_DECLARATION) || (tagged && d->chosen.at[id] == SELECT_NAMED))
		json_bool(&d->json, "declared", true);
	else
		add_definition(d, type);
	json_object_end(&d->json);
}

static void add_source(struct dump *d)
{
	const struct model_info *info = &d->model->info;

	json_object(&d->json, "source");
	json_string(&d->json, "release", info->release);
	json_string(&d->json, "arch", info->arch);
	json_string(&d->json, "build_id", info->build_id);
	json_string(&d->json, "compiler", info->compiler);
	json_string(&d->json, "reader", info->reader);
	json_uint(&d->json, "address_size", info->address_size);
	json_string(&d->json, "endian", info->big_endian ? "big" : "little");
	json_uint(&d->json, "units", info->evidence.units);
	json_uint(&d->json, "units_skipped", evidence_skipped(&info->evidence));
	json_object_end(&d->json);
}

void dump_json(const struct model *model, const type_id *ids, size_t n, struct text *out)
{
	struct dump d = {.model = model};

	arena_init(&d.arena);
	select_closure(model, ids, n, false, &d.chosen);
	json_init(&d.json, out, 4);
	json_object(&d.json, NULL);
	json_uint(&d.json, "carryover", 1);
	add_source(&d);
	json_array(&d.json, "types");
	for (type_id id = 1; id < model->types.n; id++) {
		if (!d.chosen.at[id] || !type_at(model, id)->name ||
		    !snapshot_keyword(type_at(model, id)->kind))
			continue;
		add_type(&d, id);
		arena_reset(&d.arena);
	}
	json_array_end(&d.json);
	json_object_end(&d.json);
	selection_deinit(&d.chosen);
	arena_deinit(&d.arena);
}
