/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One type's open decisions as lines of YAML that say what stands where and what could be written.
 */
#include "skeleton_parts.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COMMENT_COLUMN 40
#define LINE_MAX_COLUMN 100
#define ARMS_MAX 6
#define ENUMERATORS_MAX 4
#define VIEW_WORTHY 40 /* parts: so many that naming those that cross is shorter */

/* What a human writes after a way's key. */
static const char *const PLACEHOLDERS[WAY_COUNT] = {
	[WAY_FROM] = "OLD_MEMBER",
	[WAY_INIT] = "CONSTANT",
	[WAY_EXPR] = "C over old",
	[WAY_HOOK] = "FUNCTION",
	[WAY_FOLLOW] = "TYPE",
	[WAY_ARRAY] = "{ of: TYPE, count: OLD_MEMBER }",
	[WAY_STRING] = "MAXIMUM",
	[WAY_SYMBOL] = "true",
	[WAY_OPAQUE] = "WHY",
	[WAY_NULL] = "WHY",
	[WAY_LIST] = "{ of: TYPE, node: MEMBER }",
	[WAY_BITS] = "{ CONSTANT: OLD_MEMBER }",
	[WAY_ARM] = "[ ITEMS ] (below)",
};

static bool plain(const char *words)
{
	size_t n = strlen(words);

	if (!n || !(isalnum((unsigned char)words[0]) || words[0] == '_') || words[n - 1] == ':' ||
	    words[n - 1] == ' ')
		return false;
	return !strstr(words, ": ") && !strstr(words, " #") && !strpbrk(words, "\"\\\n\t{}");
}

const char *skeleton_scalar(struct skeleton *skeleton, const char *words)
{
	struct text quoted;
	const char *out;

	if (plain(words))
		return words;
	text_init(&quoted);
	text_puts(&quoted, "\"");
	for (const char *c = words; *c; c++) {
		if (*c == '"' || *c == '\\')
			text_raw(&quoted, "\\", 1);
		text_raw(&quoted, (unsigned char)*c < ' ' ? " " : c, 1);
	}
	text_puts(&quoted, "\"");
	out = arena_strdup(&skeleton->arena, text_string(&quoted));
	text_deinit(&quoted);
	return out;
}

/* A comma before the next key of one block: `prefix: A_, header: a.h`. */
static bool before_key(const char *comma)
{
	const char *word = comma + 1 + strspn(comma + 1, " ");

	return *comma == ',' && word[strspn(word, "abcdefghijklmnopqrstuvwxyz-")] == ':';
}

/* The length of TEXT up to where a comment may be broken: behind `;`, `,` or `|`. */
static size_t piece_length(const char *text)
{
	size_t n = strcspn(text, ";,|");

	while (text[n] && before_key(text + n))
		n += 1 + strcspn(text + n + 1, ";,|");
	return text[n] ? n + 1 : n;
}

/* Adds TEXT from column COLUMN on, going on in new lines that begin with INDENT blanks and PREFIX.
 */
static void wrap(struct text *out, const char *text, size_t column, size_t indent,
		 const char *prefix)
{
	while (*text) {
		size_t n = piece_length(text);

		if (column + n > LINE_MAX_COLUMN && column > indent + strlen(prefix)) {
			text_add(out, "\n%*s%s", (int)(indent - out->indent), "", prefix);
			column = indent + strlen(prefix);
			n -= *text == ' ';
			text += *text == ' ';
		}
		text_raw(out, text, n);
		column += n;
		text += n;
	}
	text_raw(out, "\n", 1);
}

/* A line KEY with COMMENT beside it, aligned. */
static void line(struct skeleton *skeleton, const char *key, const char *comment)
{
	struct text *out = skeleton->out;
	size_t column = strlen(key) + out->indent;
	size_t gap = column + 1 < COMMENT_COLUMN ? COMMENT_COLUMN - column : 1;

	text_add(out, "%s%*s# ", key, (int)gap, "");
	wrap(out, comment, column + gap + 2, COMMENT_COLUMN, "#   ");
}

/* ---- declaration sites
 * ---------------------------------------------------------------------------- */

struct site {
	const char *file;
	uint32_t line;
};

/* An anonymous union stands where its first arm does. */
static uint32_t first_line(const struct model *model, type_id id, unsigned int depth)
{
	const struct type *type = type_at(model, strip(model, id));
	const struct member *first = members_of(model, type);

	if (depth > 32 || !is_record(model, strip(model, id)) || type->name || !type->n)
		return 0;
	return first->name ? first->line : first_line(model, first->type, depth + 1);
}

static struct site site_of(const struct model *model, const struct field *field)
{
	struct site site = {.line = field->line};

	if (field->type == TYPE_NONE || field->parent == TYPE_NONE)
		return site;
	site.file = type_at(model, field->parent)->file;
	if (!site.line || (field->member && !field->member->name))
		site.line = first_line(model, field->type, 0);
	if (!site.line)
		site.line = type_at(model, field->parent)->line;
	return site;
}

static const char *site_text(struct skeleton *skeleton, struct site old, struct site new)
{
	if (!new.file)
		new = old;
	if (!new.file)
		return "";
	if (!old.file || (strcmp(old.file, new.file) == 0 && old.line == new.line))
		return arena_printf(&skeleton->arena, "%s:%u", new.file, new.line);
	if (strcmp(old.file, new.file) == 0)
		return arena_printf(&skeleton->arena, "%s:%u -> %u", new.file, old.line, new.line);
	return arena_printf(&skeleton->arena, "%s:%u -> %s:%u", old.file, old.line, new.file,
			    new.line);
}

static const char *part_site(struct skeleton *skeleton, const struct part *part)
{
	return site_text(skeleton, site_of(skeleton->old, &part->old),
			 site_of(skeleton->new, &part->new));
}

/* ---- candidates
 * ----------------------------------------------------------------------------------- */

/* As #include names it. */
static const char *header_of(const struct model *model, const struct field *field)
{
	const char *file = site_of(model, field).file, *include;

	if (!file)
		return "HEADER";
	include = strstr(file, "include/");
	file = include ? include + strlen("include/") : file;
	return strncmp(file, "uapi/", 5) == 0 ? file + 5 : file;
}

/* The old value is lost, or means something else from now on: that takes a reason. */
static bool gives_up(const struct part *part, const struct candidate *candidate)
{
	if (candidate->way == WAY_INIT)
		return part->old_path;
	if (candidate->way == WAY_LIST)
		return candidate->value && strcmp(candidate->value, "empty") == 0;
	if (candidate->way == WAY_EXPR)
		return part->reason == REASON_TYPE_CHANGED;
	return candidate->way == WAY_FROM && part->reason != REASON_ADDED;
}

static const char *candidate_text(struct skeleton *skeleton, const struct part *part,
				  const struct candidate *candidate)
{
	const char *value = candidate->value ? candidate->value : PLACEHOLDERS[candidate->way];
	bool needs_why = gives_up(part, candidate);

	if (candidate->way != WAY_NONE)
		return arena_printf(&skeleton->arena, "%s: %s%s", way_key(candidate->way), value,
				    needs_why ? ", why: WHY" : "");
	if (strcmp(value, "constants") == 0)
		return arena_printf(&skeleton->arena, "constants: { prefix: PREFIX_, header: %s }",
				    header_of(skeleton->new, &part->new));
	return value;
}

const char *skeleton_choices(struct skeleton *skeleton, const struct part *part)
{
	const char *list = "";

	for (size_t i = 0; i < part->n_candidates; i++)
		list = arena_printf(&skeleton->arena, "%s%s%s", list, i ? " | " : "",
				    candidate_text(skeleton, part, &part->candidates[i]));
	return list;
}

/* ---- one part
 * ------------------------------------------------------------------------------------- */

static size_t add_arms(const struct model *model, type_id id, const char **names, size_t n,
		       unsigned int depth)
{
	const struct type *type = type_at(model, strip(model, id));

	for (uint32_t i = 0; i < type->n && depth < 32; i++) {
		const struct member *member = &members_of(model, type)[i];

		if (member->name && n <= ARMS_MAX)
			names[n++] = member->name;
		else if (!member->name && is_record(model, member->type))
			n = add_arms(model, member->type, names, n, depth + 1);
	}
	return n;
}

static const char *union_text(struct skeleton *skeleton, const struct model *model, type_id id)
{
	const char *names[ARMS_MAX + 1];
	size_t n = add_arms(model, id, names, 0, 0);
	bool is_union = type_at(model, strip(model, id))->kind == KIND_UNION;
	const char *list = is_union ? "union of" : "struct of";

	for (size_t i = 0; i < n && i < ARMS_MAX; i++)
		list = arena_printf(&skeleton->arena, "%s%s %s", list, i ? "," : "", names[i]);
	return n > ARMS_MAX ? arena_printf(&skeleton->arena, "%s, ...", list) : list;
}

static bool is_anonymous(const struct model *model, const struct field *field)
{
	type_id id = strip(model, field->type);

	return is_record(model, id) && !type_label(model, id);
}

const char *skeleton_shape(struct skeleton *skeleton, const struct model *model,
			   const struct field *field)
{
	if (is_anonymous(model, field))
		return union_text(skeleton, model, field->type);
	return shape_write(model, field, &skeleton->arena);
}

/* Nothing changed that a layout shows: one line. */
static void short_part(struct skeleton *skeleton, const struct part *part)
{
	const char *what = skeleton_shape(skeleton, skeleton->new, &part->new);
	const char *key;

	if (part->reason == REASON_FLAGS)
		key = arena_printf(&skeleton->arena, "%s: { constants: TODO }", part->path);
	else
		key = arena_printf(&skeleton->arena, "%s: TODO", part->path);
	line(skeleton, key,
	     arena_printf(&skeleton->arena, "%s, %s", what, part_site(skeleton, part)));
	line(skeleton, "", arena_printf(&skeleton->arena, "  %s", skeleton_choices(skeleton, part)));
	skeleton->out->indent += 2;
	skeleton_patch(skeleton, part);
	skeleton_headers(skeleton, part);
	skeleton_arms(skeleton, part);
	skeleton->out->indent -= 2;
}

static void shapes(struct skeleton *skeleton, const struct part *part)
{
	bool same_place = part->old_path && strcmp(part->old_path, part->path) == 0;

	if (same_place && !is_anonymous(skeleton->old, &part->old))
		text_add(skeleton->out, "was: %s\n",
			 skeleton_scalar(skeleton,
					 skeleton_shape(skeleton, skeleton->old, &part->old)));
	if (!is_anonymous(skeleton->new, &part->new))
		text_add(skeleton->out, "is: %s\n",
			 skeleton_scalar(skeleton,
					 skeleton_shape(skeleton, skeleton->new, &part->new)));
}

/* `FIRST 0 -> 1, LAST gone`: the first few enumerators that keep an enum from crossing as it is. */
static const char *enumerators_text(struct skeleton *skeleton, const struct part *part)
{
	const struct type *old = type_at(skeleton->old, strip(skeleton->old, part->old.type));
	const struct type *new = type_at(skeleton->new, strip(skeleton->new, part->new.type));
	const char *list = "";
	size_t n = 0;

	for (uint32_t i = 0; old->kind == KIND_ENUM && new->kind == KIND_ENUM &&i < old->n; i++) {
		const struct enumerator *from = &enumerators_of(skeleton->old, old)[i], *to = NULL;
		const char *became = "gone";

		for (uint32_t k = 0; k < new->n; k++)
			if (enumerators_of(skeleton->new, new)[k].name == from->name)
				to = &enumerators_of(skeleton->new, new)[k];
		if (to && to->value == from->value)
			continue;
		if (++n > ENUMERATORS_MAX)
			return arena_printf(&skeleton->arena, "%s, ...", list);
		if (to)
			became = arena_printf(&skeleton->arena, "%lld -> %lld",
					      (long long)from->value, (long long)to->value);
		list = arena_printf(&skeleton->arena, "%s%s %s %s", list, *list ? "," : ";",
				    from->name, became);
	}
	return list;
}

/* What is asked: a member that was added may be another one's new name, which only a human can
 * tell. */
static const char *question(struct skeleton *skeleton, const struct part *part)
{
	if (part->meaning)
		return arena_printf(&skeleton->arena, "%s: %s", reason_words(part->reason),
				    part->meaning->says);
	if (part->reason == REASON_ADDED && part->n_candidates &&
	    part->candidates[0].way == WAY_FROM)
		return arena_printf(&skeleton->arena, "added, or a new name of %s?",
				    part->candidates[0].value);
	return reason_words(part->reason);
}

/* Something changed: its shapes, which later tell when the decision has become stale. */
static void long_part(struct skeleton *skeleton, const struct part *part)
{
	const char *note = arena_printf(&skeleton->arena, "%s; %s", question(skeleton, part),
					part_site(skeleton, part));

	if (part->old_path && strcmp(part->old_path, part->path) != 0)
		note = arena_printf(&skeleton->arena, "%s; was %s: %s", note, part->old_path,
				    skeleton_shape(skeleton, skeleton->old, &part->old));
	if (part->reason == REASON_ENUMERATORS)
		note = arena_printf(&skeleton->arena, "%s%s", note,
				    enumerators_text(skeleton, part));
	if (part->is_union)
		note = arena_printf(&skeleton->arena, "%s; %s", note,
				    union_text(skeleton, skeleton->new, part->new.type));
	line(skeleton, arena_printf(&skeleton->arena, "%s:", part->path), note);
	skeleton->out->indent += 2;
	shapes(skeleton, part);
	line(skeleton, "TODO:", skeleton_choices(skeleton, part));
	skeleton_patch(skeleton, part);
	skeleton_headers(skeleton, part);
	skeleton_arms(skeleton, part);
	skeleton->out->indent -= 2;
}

size_t skeleton_count(const struct surveyed *type, bool drops)
{
	size_t n = 0;

	for (size_t i = 0; i < type->parts.n; i++)
		n += type->asks[i] && !type->parts.at[i].path == drops;
	return n;
}

/* The groups that a type's members are read in. */
enum group { GROUP_CHANGED, GROUP_RENAMED, GROUP_ADDED, GROUP_SAME, GROUP_COUNT };

static enum group group_of(const struct part *part)
{
	if (part->verdict != VERDICT_DECIDE)
		return GROUP_SAME;
	if (part->reason != REASON_ADDED)
		return GROUP_CHANGED;
	return part->n_candidates && part->candidates[0].way == WAY_FROM ? GROUP_RENAMED
									 : GROUP_ADDED;
}

static size_t count_group(const struct surveyed *type, enum group group)
{
	size_t n = 0;

	for (size_t i = 0; i < type->parts.n; i++)
		n += type->asks[i] && type->parts.at[i].path &&
		     group_of(&type->parts.at[i]) == group;
	return n;
}

static void write_group(struct skeleton *skeleton, const struct surveyed *type, enum group group)
{
	for (size_t i = 0; i < type->parts.n; i++) {
		const struct part *part = &type->parts.at[i];

		if (!type->asks[i] || !part->path || group_of(part) != group)
			continue;
		if (part->verdict == VERDICT_DECIDE)
			long_part(skeleton, part);
		else
			short_part(skeleton, part);
	}
}

void skeleton_members(struct skeleton *skeleton, const struct surveyed *type)
{
	static const char *const titles[] = {
		[GROUP_CHANGED] = "changed",
		[GROUP_RENAMED] = "added, or renamed",
		[GROUP_ADDED] = "added",
		[GROUP_SAME] = "not changed, but not to be copied unasked",
	};
	size_t all = skeleton_count(type, false);

	for (enum group group = GROUP_CHANGED; group < GROUP_COUNT; group++) {
		size_t n = count_group(type, group);

		if (n && n < all)
			text_add(skeleton->out, "# %s: %zu\n", titles[group], n);
		write_group(skeleton, type, group);
	}
}

/* The new member that OLD_PATH may have become, or NULL. */
static const char *renamed(const struct surveyed *type, const char *old_path)
{
	for (size_t i = 0; i < type->parts.n; i++) {
		const struct part *part = &type->parts.at[i];

		for (size_t k = 0; k < part->n_candidates; k++)
			if (part->reason == REASON_ADDED && part->candidates[k].way == WAY_FROM &&
			    strcmp(part->candidates[k].value, old_path) == 0)
				return part->path;
	}
	return NULL;
}

void skeleton_drops(struct skeleton *skeleton, const struct surveyed *type)
{
	for (size_t i = 0; i < type->parts.n; i++) {
		const struct part *part = &type->parts.at[i];
		const char *became, *note = "";

		if (!type->asks[i] || part->path)
			continue;
		became = renamed(type, part->old_path);
		if (became)
			note = arena_printf(&skeleton->arena, "; became %s? then take this away",
					    became);
		line(skeleton, arena_printf(&skeleton->arena, "%s: TODO", part->old_path),
		     arena_printf(&skeleton->arena, "%s, %s%s",
				  skeleton_shape(skeleton, skeleton->old, &part->old),
				  part_site(skeleton, part), note));
		skeleton->out->indent += 2;
		skeleton_patch(skeleton, part);
		skeleton_headers(skeleton, part);
		skeleton->out->indent -= 2;
	}
}

/* ---- one type
 * ------------------------------------------------------------------------------------- */

static const char *sizes(struct skeleton *skeleton, const struct surveyed *type)
{
	uint64_t old = type_size(skeleton->old, type->old_id);
	uint64_t new = type_size(skeleton->new, type->new_id);

	if (old == new)
		return arena_printf(&skeleton->arena, "%llu bytes", (unsigned long long)new);
	return arena_printf(&skeleton->arena, "%llu -> %llu bytes", (unsigned long long)old,
			    (unsigned long long)new);
}

static void head(struct skeleton *skeleton, const struct surveyed *type)
{
	const struct type *old = type_at(skeleton->old, type->old_id);
	const struct type *new = type_at(skeleton->new, type->new_id);

	text_add(skeleton->out, "# %s; %s; %zu automatic\n",
		 site_text(skeleton, (struct site){old->file, old->line},
			   (struct site){new->file, new->line}),
		 sizes(skeleton, type), type->parts.by_verdict[VERDICT_AUTOMATIC]);
	if (type->reach == REACH_POINTER)
		text_add(skeleton->out,
			 "# pointed to by %s; needed only when something follows it\n",
			 type->through);
}

static bool is_hint(const struct surveyed *type, size_t i, enum way way)
{
	const struct part *part = &type->parts.at[i];

	return part->by_default && !type->asks[i] && part->n_candidates &&
	       part->candidates[0].way == way;
}

static bool same_value(const struct part *a, const struct part *b)
{
	const char *x = a->candidates[0].value, *y = b->candidates[0].value;

	return x == y || (x && y && strcmp(x, y) == 0);
}

/* `mm, active_mm (struct mm_struct); cred (struct cred)`: members with one value stand together. */
static const char *hints_of(struct skeleton *skeleton, const struct surveyed *type, enum way way)
{
	bool *done = ARENA_NEW_ARRAY(&skeleton->arena, type->parts.n + 1, bool);
	const char *list = "";

	for (size_t i = 0; i < type->parts.n; i++) {
		const struct part *part = &type->parts.at[i];

		if (done[i] || !is_hint(type, i, way))
			continue;
		list = arena_printf(&skeleton->arena, "%s%s%s", list, *list ? "; " : "",
				    part->path);
		for (size_t k = i + 1; k < type->parts.n; k++) {
			if (!is_hint(type, k, way) || !same_value(part, &type->parts.at[k]))
				continue;
			done[k] = true;
			list = arena_printf(&skeleton->arena, "%s, %s", list,
					    type->parts.at[k].path);
		}
		if (part->candidates[0].value && way != WAY_SYMBOL)
			list = arena_printf(&skeleton->arena, "%s (%s)", list,
					    part->candidates[0].value);
	}
	return list;
}

static void pointer_hints(struct skeleton *skeleton, const struct surveyed *type)
{
	text_puts(skeleton->out, "# pointers and links, left to `defaults: pointer` unless they "
				 "are decided here:\n");
	for (enum way way = WAY_NONE; way < WAY_COUNT; way++) {
		const char *list = hints_of(skeleton, type, way);
		unsigned int indent = skeleton->out->indent;

		if (!*list)
			continue;
		text_add(skeleton->out, "#   %s: ", way_key(way));
		wrap(skeleton->out, list, indent + 6 + strlen(way_key(way)), indent, "#     ");
	}
}

static bool has_hints(const struct surveyed *type)
{
	for (size_t i = 0; i < type->parts.n; i++)
		if (type->parts.at[i].by_default && !type->asks[i])
			return true;
	return false;
}

bool skeleton_is_large(const struct surveyed *type)
{
	return type->root != UINT32_MAX && type->parts.n > VIEW_WORTHY;
}

/* Nothing to write down, and yet worth a word. */
static void whole_union(struct skeleton *skeleton, const struct surveyed *type)
{
	const struct type *old = type_at(skeleton->old, type->old_id);
	const struct type *new = type_at(skeleton->new, type->new_id);

	text_add(skeleton->out,
		 "# %s; %s\n# %s changed: that is decided at each member that has it\n",
		 site_text(skeleton, (struct site){old->file, old->line},
			   (struct site){new->file, new->line}),
		 sizes(skeleton, type), type->label);
}

void skeleton_type(struct skeleton *skeleton, const struct surveyed *type)
{
	bool hints = type->root != UINT32_MAX && has_hints(type);

	if (type->changed && type->parts.n && survey_is_whole(&type->parts.at[0])) {
		whole_union(skeleton, type);
		return;
	}
	if (!type->n_asks && !hints)
		return;
	head(skeleton, type);
	if (skeleton_is_large(type))
		text_puts(skeleton->out, "# `carry: [MEMBERS]` with `rest: { init: zero, why: WHY "
					 "}` makes it a view: only they cross\n");
	if (hints)
		pointer_hints(skeleton, type);
	if (!type->n_asks)
		return;
	text_add(skeleton->out, "%s:\n", type->label);
	skeleton->out->indent += 2;
	if (skeleton_count(type, false)) {
		text_puts(skeleton->out, "members:\n");
		skeleton->out->indent += 2;
		skeleton_members(skeleton, type);
		skeleton->out->indent -= 2;
	}
	if (skeleton_count(type, true)) {
		text_puts(skeleton->out, "drop: # old members that no new one takes: say why "
					 "nobody needs the value\n");
		skeleton->out->indent += 2;
		skeleton_drops(skeleton, type);
		skeleton->out->indent -= 2;
	}
	skeleton->out->indent -= 2;
}

void skeleton_root(struct skeleton *skeleton, const struct surveyed *type)
{
	line(skeleton, arena_printf(&skeleton->arena, "- { type: %s, restore: TODO }", type->label),
	     "the participant that brings it back, or none");
}
