/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mapping file from its top: versions, defaults, roots and types. Members are read in
 * mapping_member.c. */
#include "mapping_read.h"
#include "hash.h"

#include <stddef.h>
#include <string.h>

static const char *const IDIOM_WORDS[] = {"copy", "reset", "link", "ask", "plain"};

static void read_version(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	(void)target;
	if (value->kind != YAML_SCALAR || strcmp(value->text, "1") != 0)
		diag_error(reader->diags, value->at,
			   "`carryover: %s`: this program reads version 1",
			   value->kind == YAML_SCALAR ? value->text : "...");
}

static void read_side(struct mapping_reader *reader, const struct yaml_node *value,
		      struct words *release, struct words *arch)
{
	struct {
		struct words release, arch;
	} side = {{0}, {0}};
	static const struct mapping_key keys[] = {
		{"release", mapping_word, 0},
		{"arch", mapping_word, sizeof(struct words)},
	};

	if (!mapping_block(reader, value, arena_printf(reader->arena, "`%s`", value->key->text),
			   keys, 2, &side))
		return;
	if (!side.arch.at.line)
		diag_error(reader->diags, value->key->at,
			   "`%s` names no arch: { release: ..., arch: ... }", value->key->text);
	*release = side.release;
	*arch = side.arch;
}

static void read_from_side(struct mapping_reader *reader, const struct yaml_node *value,
			   void *target)
{
	struct mapping *mapping = target;

	reader->about = "from";
	read_side(reader, value, &mapping->from_release, &mapping->from_arch);
}

static void read_to_side(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct mapping *mapping = target;

	reader->about = "to";
	read_side(reader, value, &mapping->to_release, &mapping->to_arch);
}

static void read_default_pointer(struct mapping_reader *reader, const struct yaml_node *value,
				 void *target)
{
	struct mapping *mapping = target;

	reader->about = "defaults.pointer";
	mapping_way_reason(reader, value, &mapping->pointer_way, &mapping->pointer_why,
			   "{ null: objects outside the roots do not cross }");
	if (mapping->pointer_way.text && !is_todo(&mapping->pointer_way) &&
	    strcmp(mapping->pointer_way.text, "null") != 0)
		diag_error(reader->diags, mapping->pointer_way.at,
			   "`defaults: pointer` can only be null, not `%s`: every other way is for "
			   "one member",
			   mapping->pointer_way.text);
}

static void read_defaults(struct mapping_reader *reader, const struct yaml_node *value,
			  void *target)
{
	static const struct mapping_key keys[] = {{"pointer", read_default_pointer, 0}};

	mapping_block(reader, value, "`defaults`", keys, 1, target);
}

static void read_walk(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	static const struct mapping_key keys[] = {
		{"list", mapping_path, offsetof(struct walk, list)},
		{"of", mapping_label, offsetof(struct walk, of)},
		{"node", mapping_path, offsetof(struct walk, node)},
		{"then", read_walk, offsetof(struct walk, then)},
	};
	struct walk *walk = ARENA_NEW(reader->arena, struct walk);

	*(struct walk **)target = walk;
	if (mapping_block(reader, value, "`walk`", keys, 4, walk) && !walk->list.at.line)
		diag_error(reader->diags, value->at,
			   "`%s` names no list: { list: MEMBER }, the list head to go along",
			   value->key->text);
}

static void read_root(struct mapping_reader *reader, const struct yaml_node *node)
{
	static const struct mapping_key keys[] = {
		{"type", mapping_label, offsetof(struct root, type)},
		{"symbol", mapping_symbol, offsetof(struct root, symbol)},
		{"restore", mapping_function, offsetof(struct root, restore)},
		{"walk", read_walk, offsetof(struct root, walk)},
	};
	struct root *root = VEC_PUSH(&reader->mapping->roots);
	const struct yaml_node *type = yaml_get(node, "type");

	*root = (struct root){0};
	reader->about = "a root";
	if (type && type->kind == YAML_SCALAR)
		reader->about = arena_printf(reader->arena, "root %s", type->text);
	if (!mapping_block(reader, node, "a root", keys, 4, root))
		return;
	if (!root->type.at.line)
		diag_error(reader->diags, node->at,
			   "a root without a type: { type: struct x, restore: ... }");
	if (!root->restore.at.line)
		diag_error(reader->diags, node->at,
			   "%s: nobody is named to bring it back: `restore: PARTICIPANT`, or none",
			   reader->about);
}

static void read_roots(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	(void)target;
	if (value->kind != YAML_SEQUENCE) {
		diag_error(reader->diags, value->at,
			   "`roots` takes a list: - { type: struct x, restore: PARTICIPANT }");
		return;
	}
	for (const struct yaml_node *item = value->first; item; item = item->next)
		read_root(reader, item);
}

static void read_members(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct type_decisions *type = target;

	if (value->kind != YAML_MAPPING) {
		diag_error(reader->diags, value->at,
			   "%s: `members` takes members of the new type, each with its decision",
			   type->type.text);
		return;
	}
	for (const struct yaml_node *member = value->first; member; member = member->next)
		mapping_member(reader, member, NULL, type);
}

static void read_drops(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct type_decisions *type = target;
	const char *above = reader->about;

	if (value->kind != YAML_MAPPING) {
		diag_error(reader->diags, value->at,
			   "%s: `drop` takes old members with reasons: { path: reason }",
			   type->type.text);
		return;
	}
	for (const struct yaml_node *item = value->first; item; item = item->next) {
		struct drop *drop = VEC_PUSH(&type->drops);

		*drop = (struct drop){.path = {.text = item->key->text, .at = item->key->at}};
		reader->about = arena_printf(reader->arena, "%s: drop: %s", type->type.text,
					     item->key->text);
		if (!is_member_path(item->key->text))
			diag_error(reader->diags, item->key->at, "`%s` is no member path",
				   item->key->text);
		mapping_reason(reader, item, &drop->why);
	}
	reader->about = above;
}

static void read_carry(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct type_decisions *type = target;

	type->has_carry = true;
	mapping_paths(reader, value, &type->carry);
}

static void read_rest(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	static const struct mapping_key keys[] = {
		{"init", mapping_word, offsetof(struct type_decisions, rest_init)},
		{"why", mapping_reason, offsetof(struct type_decisions, rest_why)},
	};
	struct type_decisions *type = target;

	reader->about = type->type.text;
	if (!mapping_block(reader, value, "`rest`", keys, 2, type))
		return;
	if (!type->rest_init.at.line)
		diag_error(reader->diags, value->at, "%s: `rest` needs `init: zero`",
			   type->type.text);
	else if (type->rest_init.text && !is_todo(&type->rest_init) &&
		 strcmp(type->rest_init.text, "zero") != 0)
		diag_error(reader->diags, type->rest_init.at,
			   "%s: `rest` can only be `init: zero`, not `%s`: decide other members by "
			   "name",
			   type->type.text, type->rest_init.text);
	mapping_need_reason(reader, value->at, "`rest`", &type->rest_why);
}

static void read_idiom(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct type_decisions *type = target;
	size_t n = sizeof(IDIOM_WORDS) / sizeof(*IDIOM_WORDS);

	reader->about = arena_printf(reader->arena, "%s: idiom", type->type.text);
	mapping_way_reason(reader, value, &type->idiom, &type->idiom_why,
			   "{ reset: why }, where the word is copy, reset, link, ask or plain");
	if (!type->idiom.text || is_todo(&type->idiom))
		return;
	for (size_t i = 0; i < n; i++)
		if (strcmp(type->idiom.text, IDIOM_WORDS[i]) == 0)
			return;
	diag_error(reader->diags, type->idiom.at,
		   "%s: `idiom` is copy, reset, link, ask or plain, not `%s`", type->type.text,
		   type->idiom.text);
}

static void check_view(struct mapping_reader *reader, const struct type_decisions *type)
{
	if (type->has_carry && !type->rest_init.at.line && !type->rest_why.at.line)
		diag_error(reader->diags, type->type.at,
			   "%s: `carry` without `rest`: say what becomes of the others: "
			   "rest: { init: zero, why: ... }",
			   type->type.text);
	if (!type->has_carry && type->rest_init.at.line)
		diag_error(reader->diags, type->rest_init.at,
			   "%s: `rest` without `carry`: name the members that cross",
			   type->type.text);
}

static const char *label_text(struct mapping_reader *reader, const char *text)
{
	char *out = arena_strdup(reader->arena, text), *end = out;

	for (; *text; text++)
		if (*text != ' ' || (end > out && end[-1] != ' ' && text[1]))
			*end++ = *text;
	*end = '\0';
	return out;
}

static void read_type(struct mapping_reader *reader, const struct yaml_node *node)
{
	static const struct mapping_key keys[] = {
		{"members", read_members, 0},
		{"drop", read_drops, 0},
		{"carry", read_carry, 0},
		{"rest", read_rest, 0},
		{"extent", mapping_count, offsetof(struct type_decisions, extent)},
		{"idiom", read_idiom, 0},
	};
	struct words label = {.text = label_text(reader, node->key->text), .at = node->key->at};
	struct type_decisions *type;

	if (strlen(label.text) > MAPPING_WORD_MAX) {
		diag_error(reader->diags, label.at, "a type's name of more than %d bytes",
			   MAPPING_WORD_MAX);
		return;
	}
	type = VEC_PUSH(&reader->mapping->types);
	*type = (struct type_decisions){.type = label, .node = node};
	reader->about = label.text;
	mapping_block(reader, node, label.text, keys, sizeof(keys) / sizeof(*keys), type);
	check_view(reader, type);
	mapping_members_once(reader, type);
}

/* The YAML reader refuses equal keys; these differ in blanks alone. */
static void check_types_once(struct mapping_reader *reader)
{
	const struct mapping *mapping = reader->mapping;
	const struct words **sorted;

	sorted = ARENA_NEW_ARRAY(reader->arena, mapping->types.n + 1, const struct words *);
	for (size_t i = 0; i < mapping->types.n; i++)
		sorted[i] = &mapping->types.at[i].type;
	mapping_words_once(reader, sorted, mapping->types.n, "types");
}

static void read_types(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	(void)target;
	if (value->kind != YAML_MAPPING) {
		diag_error(reader->diags, value->at,
			   "`types` takes types: struct x: { members: ... }");
		return;
	}
	for (const struct yaml_node *item = value->first; item; item = item->next)
		read_type(reader, item);
	check_types_once(reader);
}

static void read_symbols(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	reader->about = "symbols";
	mapping_symbols(reader, value, target);
}

static void require(struct mapping_reader *reader, const struct yaml_node *tree, const char *key,
		    const char *example)
{
	if (!yaml_get(tree, key))
		diag_error(reader->diags, tree->at, "`%s` is missing: %s", key, example);
}

static void read_tree(struct mapping_reader *reader, const struct yaml_node *tree)
{
	static const struct mapping_key keys[] = {
		{"carryover", read_version, 0},
		{"from", read_from_side, 0},
		{"to", read_to_side, 0},
		{"defaults", read_defaults, 0},
		{"roots", read_roots, 0},
		{"types", read_types, 0},
		{"symbols", read_symbols, offsetof(struct mapping, symbols)},
	};

	mapping_block(reader, tree, "the mapping", keys, sizeof(keys) / sizeof(*keys),
		      reader->mapping);
	if (tree->kind != YAML_MAPPING)
		return;
	require(reader, tree, "carryover", "carryover: 1");
	require(reader, tree, "from", "from: { release: 6.1.190-1, arch: x86_64 }");
	require(reader, tree, "to", "to: { release: 6.1.192-1, arch: x86_64 }");
}

bool mapping_read(const char *file, const char *data, size_t n, struct mapping *mapping,
		  struct diags *diags)
{
	size_t errors = diags->errors;
	struct mapping_reader reader = {.mapping = mapping, .diags = diags, .about = "the mapping"};
	const struct yaml_node *tree;

	*mapping = (struct mapping){0};
	arena_init(&mapping->arena);
	mapping->file = arena_strdup(&mapping->arena, file);
	hash128_hex(hash128(data, n), mapping->digest);
	reader.arena = &mapping->arena;
	if (n > MAPPING_BYTES_MAX)
		return diag_error(diags, place_file(mapping->file),
				  "%zu bytes: no mapping is so large", n);
	tree = yaml_parse(mapping->file, data, n, &mapping->arena, diags);
	if (!tree)
		return false;
	mapping->tree = tree;
	read_tree(&reader, tree);
	return diags->errors == errors;
}

static void free_type(struct type_decisions *type);

static void free_decision(struct decision *decision)
{
	for (size_t i = 0; i < decision->arms.n; i++) {
		free_decision(&decision->arms.at[i].decision);
		if (decision->arms.at[i].inside)
			free_type(decision->arms.at[i].inside);
	}
	VEC_FREE(&decision->arms);
	VEC_FREE(&decision->reads);
	VEC_FREE(&decision->bits);
	VEC_FREE(&decision->replacements);
	VEC_FREE(&decision->moved);
	if (decision->reverse)
		VEC_FREE(&decision->reverse->reads);
}

static void free_type(struct type_decisions *type)
{
	for (size_t i = 0; i < type->members.n; i++)
		free_decision(&type->members.at[i]);
	VEC_FREE(&type->members);
	VEC_FREE(&type->drops);
	VEC_FREE(&type->carry);
}

void mapping_deinit(struct mapping *mapping)
{
	for (size_t i = 0; i < mapping->types.n; i++)
		free_type(&mapping->types.at[i]);
	VEC_FREE(&mapping->types);
	VEC_FREE(&mapping->roots);
	VEC_FREE(&mapping->symbols);
	VEC_FREE(&mapping->todos);
	arena_deinit(&mapping->arena);
}

/* Equal up to blanks around and between words. */
static bool same_label(const char *a, const char *b)
{
	while (*a == ' ')
		a++;
	while (*b == ' ')
		b++;
	for (; *a && *a == *b; a++, b++) {
		while (*a == ' ' && a[1] == ' ')
			a++;
		while (*b == ' ' && b[1] == ' ')
			b++;
	}
	while (*a == ' ')
		a++;
	while (*b == ' ')
		b++;
	return !*a && !*b;
}

const struct type_decisions *mapping_type(const struct mapping *mapping, const char *label)
{
	for (size_t i = 0; i < mapping->types.n; i++)
		if (same_label(mapping->types.at[i].type.text, label))
			return &mapping->types.at[i];
	return NULL;
}

const struct decision *decision_find(const struct type_decisions *type, const char *path)
{
	for (size_t i = 0; i < type->members.n; i++)
		if (strcmp(type->members.at[i].path.text, path) == 0)
			return &type->members.at[i];
	return NULL;
}
