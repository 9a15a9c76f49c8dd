/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The diff for programs, as schema/diff.schema.json says. */
#include "json.h"
#include "report.h"

#include <string.h>

void report_side_json(struct json *json, const char *key, const struct model *model)
{
	const struct model_info *info = &model->info;

	json_object(json, key);
	json_string(json, "name", info->name);
	json_string(json, "release", info->release);
	json_string(json, "arch", info->arch);
	json_string(json, "build_id", info->build_id);
	json_string(json, "compiler", info->compiler);
	report_evidence_json(model, json);
	json_object_end(json);
}

static void put_summary(struct json *json, const struct diff *diff)
{
	struct diff_summary summary = report_summary(diff);

	json_object(json, "summary");
	json_uint(json, "compared", summary.compared);
	json_object(json, "changed");
	json_uint(json, "struct", summary.changed[KIND_STRUCT]);
	json_uint(json, "union", summary.changed[KIND_UNION]);
	json_uint(json, "enum", summary.changed[KIND_ENUM]);
	json_uint(json, "typedef", summary.changed[KIND_TYPEDEF]);
	json_object_end(json);
	json_uint(json, "only_by_cause", summary.followers);
	json_uint(json, "carrier", summary.carriers);
	json_uint(json, "resized", summary.resized);
	json_uint(json, "added", summary.added);
	json_uint(json, "removed", summary.removed);
	json_uint(json, "ambiguous", summary.ambiguous);
	json_uint(json, "constants", summary.constants);
	json_bool(json, "char_changed_sign", diff->char_changed_sign);
	json_object_end(json);
}

static void put_offset(struct json *json, const char *key, uint64_t bit)
{
	if (bit != NO_OFFSET)
		json_uint(json, key, bit);
}

static void put_bits(struct json *json, const struct diff_entry *entry, bool old, bool new)
{
	if (old)
		json_uint(json, "old_bits", entry->old_bits);
	if (new)
		json_uint(json, "new_bits", entry->new_bits);
}

/* Values have the sign of the enum they belong to. */
static void put_value(struct json *json, const char *key, const struct model *model, type_id id,
		      uint64_t value)
{
	enum encoding encoding = (enum encoding)type_at(model, id)->encoding;

	if (encoding == ENC_SIGNED || encoding == ENC_SIGNED_CHAR)
		json_int(json, key, (int64_t)value);
	else
		json_uint(json, key, value);
}

static void put_values(struct json *json, const struct diff *diff, const struct diff_type *type,
		       const struct diff_entry *entry)
{
	switch (entry->rule) {
	case RULE_ALIGNMENT:
		json_uint(json, "old_value", entry->old_value);
		json_uint(json, "new_value", entry->new_value);
		break;
	case RULE_ENUMERATOR_REMOVED:
	case RULE_ENUMERATOR_RENUMBERED:
		put_value(json, "old_value", diff->old, type->old_id, entry->old_value);
		if (entry->rule == RULE_ENUMERATOR_REMOVED)
			break;
		/* fall through */
	case RULE_ENUMERATOR_ADDED:
		put_value(json, "new_value", diff->new, type->new_id, entry->new_value);
		break;
	default:
		break;
	}
}

static void put_entry(struct json *json, const struct diff *diff, const struct diff_type *type,
		      const struct diff_entry *entry)
{
	json_object(json, NULL);
	json_string(json, "path", entry->path);
	json_string(json, "rule", rule_id(entry->rule));
	if (entry->old_path)
		json_string(json, "old_path", entry->old_path);
	put_offset(json, "old_bit_offset", entry->old_bit);
	put_offset(json, "new_bit_offset", entry->new_bit);
	if (entry->rule == RULE_SIZE_CHANGED)
		put_bits(json, entry, true, true);
	else
		put_bits(json, entry, entry->old_type, entry->new_type);
	if (entry->old_type)
		json_string(json, "old_type", entry->old_type);
	if (entry->new_type)
		json_string(json, "new_type", entry->new_type);
	put_values(json, diff, type, entry);
	json_string(json, "cause", entry->cause);
	if (entry->old_line)
		json_uint(json, "old_line", entry->old_line);
	if (entry->new_line)
		json_uint(json, "new_line", entry->new_line);
	json_object_end(json);
}

static void put_size(struct json *json, const char *key, const struct model *model, type_id id)
{
	if (id == TYPE_NONE)
		json_null(json, key);
	else
		json_uint(json, key, type_at(model, id)->size);
}

static void put_place(struct json *json, const char *file, const char *line,
		      const struct model *model, type_id id)
{
	if (id == TYPE_NONE || !type_at(model, id)->file)
		return;
	json_string(json, file, type_at(model, id)->file);
	if (type_at(model, id)->line)
		json_uint(json, line, type_at(model, id)->line);
}

/* The label without its keyword. */
static const char *bare_name(const struct diff_type *type)
{
	size_t n = strlen(kind_keyword(type->kind));

	return n && !strncmp(type->label, kind_keyword(type->kind), n) && type->label[n] == ' '
		       ? type->label + n + 1
		       : type->label;
}

/* The structs and unions with the same layout that hold this enum. */
static void put_holders(struct json *json, const struct diff *diff, const struct diff_type *type)
{
	const struct model *model = type->new_id == TYPE_NONE ? diff->old : diff->new;
	type_id id = type->new_id == TYPE_NONE ? type->old_id : type->new_id;

	if (type_at(model, id)->kind != KIND_ENUM || type->status != DIFF_CHANGED)
		return;
	json_array(json, "held_by");
	for (size_t i = 0; i < diff->holders.n; i++)
		if (diff_names_cause(diff->holders.at[i], type->label))
			json_string(json, NULL, diff->holders.at[i]->label);
	json_array_end(json);
}

static void put_type(struct json *json, const struct diff *diff, const struct diff_type *type)
{
	json_object(json, NULL);
	json_string(json, "kind", kind_word(type->kind));
	json_string(json, "name", bare_name(type));
	json_string(json, "status", diff_status_word(type->status));
	put_size(json, "old_size", diff->old, type->old_id);
	put_size(json, "new_size", diff->new, type->new_id);
	json_string(json, "cause", type->cause);
	put_place(json, "old_file", "old_line", diff->old, type->old_id);
	put_place(json, "new_file", "new_line", diff->new, type->new_id);
	put_holders(json, diff, type);
	json_array(json, "members");
	for (size_t i = 0; i < type->n; i++)
		put_entry(json, diff, type, &type->entries[i]);
	json_array_end(json);
	json_object_end(json);
}

static void put_touch(struct json *json, const struct patched_type *type)
{
	const struct hunk *hunk = type->touch.hunk;

	if (!hunk) {
		json_null(json, "hunk");
		return;
	}
	json_object(json, "hunk");
	json_string(json, "patch", hunk->at.file);
	json_uint(json, "line", hunk->at.line);
	json_string(json, "file", type->on_new ? hunk->new_file : hunk->old_file);
	json_object_end(json);
}

/* The keys are those of enum touched. */
static void put_patched(struct json *json, const struct patched *patched)
{
	static const char *const keys[] = {
		[TOUCHED_CHANGED] = "touched_and_changed",
		[TOUCHED_ONLY] = "touched_only",
		[TOUCHED_BY_OTHERS] = "changed_only",
	};

	json_object(json, "patch");
	for (int touched = TOUCHED_CHANGED; touched <= TOUCHED_BY_OTHERS; touched++) {
		json_array(json, keys[touched]);
		for (size_t i = 0; i < patched->n; i++) {
			if (patched->at[i].touched != (enum touched)touched)
				continue;
			json_object(json, NULL);
			json_string(json, "type", patched->at[i].label);
			put_touch(json, &patched->at[i]);
			json_object_end(json);
		}
		json_array_end(json);
	}
	json_object_end(json);
}

/* Types, or the sets of constants among them. */
static void put_list(struct json *json, const char *key, const struct diff *diff, bool constants)
{
	json_array(json, key);
	for (size_t i = 0; i < diff->n; i++)
		if (diff->at[i].is_constants == constants)
			put_type(json, diff, &diff->at[i]);
	json_array_end(json);
}

void report_diff_json(const struct diff *diff, const struct patched *patched, struct text *out)
{
	struct json json;

	json_init(&json, out, 4);
	json_object(&json, NULL);
	json_uint(&json, "carryover", 1);
	report_side_json(&json, "old", diff->old);
	report_side_json(&json, "new", diff->new);
	put_summary(&json, diff);
	put_list(&json, "types", diff, false);
	put_list(&json, "constants", diff, true);
	if (patched)
		put_patched(&json, patched);
	json_object_end(&json);
}
