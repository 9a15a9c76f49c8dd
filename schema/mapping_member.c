/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One member's decision: the ways, what may stand beside each, and that no member is decided twice.
 */
#include "mapping_read.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char *const WAY_KEYS[WAY_COUNT] = {
	[WAY_NONE] = "",	 [WAY_TODO] = "TODO",	  [WAY_FROM] = "from",
	[WAY_INIT] = "init",	 [WAY_EXPR] = "expr",	  [WAY_HOOK] = "hook",
	[WAY_FOLLOW] = "follow", [WAY_ARRAY] = "array",	  [WAY_STRING] = "string",
	[WAY_SYMBOL] = "symbol", [WAY_OPAQUE] = "opaque", [WAY_NULL] = "null",
	[WAY_LIST] = "list",	 [WAY_BITS] = "bits",	  [WAY_ARM] = "arm",
};

const char *way_key(enum way way)
{
	return WAY_KEYS[way];
}

static struct decision *decision_at(void *target)
{
	return target;
}

/* Records the way that the key of VALUE names; a second one is refused. `from` gives way to a
 * pointer way. */
static bool set_way(struct mapping_reader *reader, const struct yaml_node *value,
		    struct decision *decision, enum way way)
{
	if (decision->way == WAY_NONE || decision->way == WAY_TODO || way == WAY_TODO) {
		if (decision->way != WAY_TODO && (way != WAY_TODO || decision->way == WAY_NONE))
			decision->key =
				(struct words){.text = value->key->text, .at = value->key->at};
		if (decision->way == WAY_NONE || way == WAY_TODO)
			decision->way = way;
		return true;
	}
	diag_error(reader->diags, value->key->at, "%s: two ways for one member: `%s` and `%s`",
		   reader->about, way_key(decision->way), value->key->text);
	diag_note(reader->diags, decision->key.at, "the first one");
	return false;
}

static void read_from(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	mapping_path(reader, value, &decision_at(target)->from);
}

static void read_init(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct decision *decision = target;

	if (set_way(reader, value, decision, WAY_INIT))
		mapping_word(reader, value, &decision->value);
}

static void read_expr(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct decision *decision = target;

	if (set_way(reader, value, decision, WAY_EXPR))
		mapping_word(reader, value, &decision->value);
}

static void read_hook(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct decision *decision = target;

	if (set_way(reader, value, decision, WAY_HOOK))
		mapping_function(reader, value, &decision->value);
}

static void read_follow(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct decision *decision = target;

	if (set_way(reader, value, decision, WAY_FOLLOW))
		mapping_label(reader, value, &decision->value);
}

/* `array` is written {of: type, count: path or number}. */
static void read_array(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	static const struct mapping_key keys[] = {
		{"of", mapping_label, offsetof(struct decision, value)},
		{"count", mapping_count, offsetof(struct decision, count)},
	};
	struct decision *decision = target;

	if (!set_way(reader, value, decision, WAY_ARRAY) || mapping_todo(reader, value))
		return;
	if (!mapping_block(reader, value, "`array`", keys, 2, decision))
		return;
	if (!decision->value.at.line || !decision->count.at.line)
		diag_error(reader->diags, value->at,
			   "%s: `array` needs both: { of: TYPE, count: PATH or NUMBER }",
			   reader->about);
}

static void read_string(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct decision *decision = target;

	if (set_way(reader, value, decision, WAY_STRING))
		mapping_number(reader, value, &decision->value);
}

static void read_symbol(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct decision *decision = target;

	if (!set_way(reader, value, decision, WAY_SYMBOL))
		return;
	mapping_word(reader, value, &decision->value);
	if (decision->value.text && !is_todo(&decision->value) &&
	    strcmp(decision->value.text, "true") != 0)
		diag_error(reader->diags, value->at, "%s: `symbol` takes only true", reader->about);
}

static void read_opaque(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct decision *decision = target;

	if (set_way(reader, value, decision, WAY_OPAQUE))
		mapping_reason(reader, value, &decision->value);
}

static void read_null(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct decision *decision = target;

	if (set_way(reader, value, decision, WAY_NULL))
		mapping_reason(reader, value, &decision->value);
}

/* `list` is a member of the object's own type, the word empty, or {of: type, node: path}. */
static void read_list(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	static const struct mapping_key keys[] = {
		{"of", mapping_label, offsetof(struct decision, value)},
		{"node", mapping_path, offsetof(struct decision, node)},
	};
	struct decision *decision = target;

	if (!set_way(reader, value, decision, WAY_LIST))
		return;
	if (value->kind == YAML_SCALAR) {
		mapping_path(reader, value, &decision->value);
		return;
	}
	if (!mapping_block(reader, value, "`list`", keys, 2, decision))
		return;
	if (!decision->value.at.line || !decision->node.at.line)
		diag_error(reader->diags, value->at,
			   "%s: `list` needs both: { of: TYPE, node: MEMBER }", reader->about);
}

/* `bits` is {CONSTANT: old path, ...}. */
static void read_bits(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct decision *decision = target;

	if (!set_way(reader, value, decision, WAY_BITS) || mapping_todo(reader, value))
		return;
	if (value->kind != YAML_MAPPING || !value->n) {
		diag_error(reader->diags, value->at,
			   "%s: `bits` takes constants and old members: { CONSTANT: path }",
			   reader->about);
		return;
	}
	for (const struct yaml_node *item = value->first; item; item = item->next) {
		struct bit *bit = VEC_PUSH(&decision->bits);

		*bit = (struct bit){.constant = {.text = item->key->text, .at = item->key->at}};
		mapping_path(reader, item, &bit->member);
	}
}

static void read_overflow(struct mapping_reader *reader, const struct yaml_node *value,
			  void *target)
{
	struct words *words = target;

	mapping_word(reader, value, words);
	if (words->text && !is_todo(words) && strcmp(words->text, "refuse") != 0 &&
	    strcmp(words->text, "saturate") != 0)
		diag_error(reader->diags, value->at,
			   "%s: `on-overflow` is refuse or saturate, not `%s`", reader->about,
			   words->text);
}

/* `index` is an enum, or { old: ENUM, new: ENUM } where it got another name. */
static void read_index(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	static const struct mapping_key keys[] = {
		{"old", mapping_label, offsetof(struct decision, index_old)},
		{"new", mapping_label, offsetof(struct decision, index_new)},
	};
	struct decision *decision = target;

	if (value->kind != YAML_MAPPING) {
		mapping_label(reader, value, &decision->index_old);
		decision->index_new = decision->index_old;
		return;
	}
	if (!mapping_block(reader, value, "`index`", keys, 2, decision))
		return;
	if (!decision->index_old.at.line || !decision->index_new.at.line)
		diag_error(reader->diags, value->at,
			   "%s: `index` needs both: { old: ENUM, new: ENUM }, or one enum that "
			   "both sides have",
			   reader->about);
}

/* `enumerators` is by-name, or {OLD: NEW, ...} for those that the new enum has not. */
static void read_enumerators(struct mapping_reader *reader, const struct yaml_node *value,
			     void *target)
{
	struct decision *decision = target;

	decision->enumerators = (struct words){.text = "by-name", .at = value->at};
	if (value->kind != YAML_MAPPING) {
		mapping_word(reader, value, &decision->enumerators);
		if (decision->enumerators.text && !is_todo(&decision->enumerators) &&
		    strcmp(decision->enumerators.text, "by-name") != 0)
			diag_error(
				reader->diags, value->at,
				"%s: `enumerators` is by-name, or { OLD: NEW } for those that the "
				"new enum has not",
				reader->about);
		return;
	}
	for (const struct yaml_node *item = value->first; item; item = item->next) {
		struct replacement *one = VEC_PUSH(&decision->replacements);

		*one = (struct replacement){.old = {.text = item->key->text, .at = item->key->at}};
		mapping_word(reader, item, &one->new);
	}
}

/* The key TODO: its value is whatever helps the human. */
static void read_todo(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct decision *decision = target;

	set_way(reader, value, decision, WAY_TODO);
	*VEC_PUSH(&reader->mapping->todos) =
		(struct words){.text = reader->about, .at = value->key->at};
}

static void read_nested(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	(void)reader, (void)value,
		(void)target; /* mapping_member() reads it, with the path so far */
}

/* REVERSE, which VALUE wrote as a block, has one way, and what is beside that means something. */
static void check_reverse(struct mapping_reader *reader, const struct yaml_node *value,
			  const struct decision *reverse)
{
	bool phases = reverse->capture.at.line || reverse->restore.at.line;

	if (reverse->way == WAY_NONE && !phases)
		diag_error(reader->diags, value->at,
			   "%s: `reverse` needs a way: C over `new`, or { init: VALUE, why: ... }, "
			   "{ expr: C }, { hook: FUNCTION } or { capture: FUNCTION, restore: FUNCTION }",
			   reader->about);
	else if (reverse->way != WAY_NONE && phases)
		diag_error(reader->diags, value->at,
			   "%s: two ways in one `reverse`: `%s`, and `capture` or `restore`; take "
			   "one away",
			   reader->about, way_key(reverse->way));
	if (reverse->way == WAY_INIT)
		mapping_need_reason(reader, value->at, "`init` in `reverse`", &reverse->why);
	if (reverse->reads.n && reverse->way != WAY_HOOK && !reverse->capture.at.line)
		diag_error(reader->diags, reverse->reads.at[0].at,
			   "%s: `reads` in `reverse` means something only with `hook` or `capture`",
			   reader->about);
}

static void read_reverse(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	static const struct mapping_key keys[] = {
		{"init", read_init, 0},
		{"expr", read_expr, 0},
		{"hook", read_hook, 0},
		{"capture", mapping_function, offsetof(struct decision, capture)},
		{"restore", mapping_function, offsetof(struct decision, restore)},
		{"why", mapping_reason, offsetof(struct decision, why)},
		{"reads", mapping_paths, offsetof(struct decision, reads)},
	};
	struct decision *reverse = ARENA_NEW(reader->arena, struct decision);

	decision_at(target)->reverse = reverse;
	reverse->path = (struct words){.text = value->key->text, .at = value->key->at};
	if (value->kind == YAML_SCALAR) {
		read_expr(reader, value, reverse);
		return;
	}
	if (!mapping_block(reader, value, "`reverse`", keys, sizeof(keys) / sizeof(*keys), reverse))
		return;
	check_reverse(reader, value, reverse);
}

static void settle_from(struct mapping_reader *reader, struct decision *decision,
			const struct yaml_node *key);
static void check_company(struct mapping_reader *reader, const struct decision *decision);
static void check_reasons(struct mapping_reader *reader, const struct decision *decision);
static void read_inner(struct mapping_reader *reader, const struct yaml_node *members,
		       const char *path, struct type_decisions *type);

/* ---- the arms of a union
 * -------------------------------------------------------------------------------- */

#define ARM(member) offsetof(struct arm, member)
#define IN_ARM(member) (offsetof(struct arm, decision) + offsetof(struct decision, member))

/* What lies in the arm: read like a type's members, whose paths start at the arm. */
static void read_inside(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct type_decisions *inside = ARENA_NEW(reader->arena, struct type_decisions);

	inside->type = (struct words){.text = reader->about, .at = value->at};
	((struct arm *)target)->inside = inside;
	read_inner(reader, value, NULL, inside);
}

static const struct mapping_key ARM_KEYS[] = {
	{"when", mapping_word, ARM(when)},
	{"use", mapping_path, ARM(use)},
	{"otherwise", mapping_word, ARM(otherwise)},
	{"from", read_from, ARM(decision)},
	{"init", read_init, ARM(decision)},
	{"expr", read_expr, ARM(decision)},
	{"follow", read_follow, ARM(decision)},
	{"array", read_array, ARM(decision)},
	{"string", read_string, ARM(decision)},
	{"symbol", read_symbol, ARM(decision)},
	{"opaque", read_opaque, ARM(decision)},
	{"null", read_null, ARM(decision)},
	{"container", mapping_path, IN_ARM(container)},
	{"mask", mapping_number, IN_ARM(mask)},
	{"why", mapping_reason, IN_ARM(why)},
	{"constants", mapping_constants, ARM(decision)},
	{"on-overflow", read_overflow, IN_ARM(on_overflow)},
	{"enumerators", read_enumerators, ARM(decision)},
	{"index", read_index, ARM(decision)},
	{"members", read_inside, 0},
};

static void check_otherwise(struct mapping_reader *reader, const struct arm *arm, bool last)
{
	if (arm->when.at.line || arm->use.at.line || arm->inside ||
	    arm->decision.way != WAY_NONE)
		diag_error(reader->diags, arm->otherwise.at,
			   "%s: `otherwise` stands alone, with its `why`: { otherwise: zero, why: "
			   "... }",
			   reader->about);
	if (arm->otherwise.text && !is_todo(&arm->otherwise) &&
	    strcmp(arm->otherwise.text, "zero") != 0)
		diag_error(reader->diags, arm->otherwise.at,
			   "%s: `otherwise` takes only zero; without it an object that no condition "
			   "is about is refused",
			   reader->about);
	mapping_need_reason(reader, arm->otherwise.at, "`otherwise`", &arm->decision.why);
	if (!last)
		diag_error(reader->diags, arm->otherwise.at,
			   "%s: `otherwise` is the last of the arms: nothing behind it is ever tried",
			   reader->about);
}

static void read_arm(struct mapping_reader *reader, const struct yaml_node *node, bool last,
		     struct arm *arm)
{
	const struct yaml_node *from = yaml_get(node, "from");
	size_t errors = reader->diags->errors;

	*arm = (struct arm){.decision = {.path = {.at = node->at}, .node_yaml = node}};
	mapping_block(reader, node, "an arm", ARM_KEYS, sizeof(ARM_KEYS) / sizeof(*ARM_KEYS), arm);
	settle_from(reader, &arm->decision, from ? from->key : NULL);
	if (errors != reader->diags->errors)
		return;
	check_company(reader, &arm->decision);
	check_reasons(reader, &arm->decision);
	if (arm->otherwise.at.line)
		check_otherwise(reader, arm, last);
	else if (!arm->when.at.line || !arm->use.at.line)
		diag_error(reader->diags, node->at,
			   "%s: an arm needs both: { when: CONDITION, use: MEMBER }; or at the end "
			   "{ otherwise: zero, why: ... }",
			   reader->about);
	else if (arm->inside && arm->decision.way != WAY_NONE)
		diag_error(reader->diags, arm->decision.key.at,
			   "%s: the arm is decided as a whole (`%s`) and in parts (`members`); leave "
			   "one of them out",
			   reader->about, way_key(arm->decision.way));
}

/* `arm` is one arm, or the list of those that are tried in turn. */
static void read_arms(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct decision *decision = target;

	if (!set_way(reader, value, decision, WAY_ARM) || mapping_todo(reader, value))
		return;
	if (value->kind != YAML_SEQUENCE) {
		read_arm(reader, value, true, VEC_PUSH(&decision->arms));
		return;
	}
	if (!value->first)
		diag_error(reader->diags, value->at,
			   "%s: `arm` lists nothing: [{ when: CONDITION, use: MEMBER }, ...]",
			   reader->about);
	for (const struct yaml_node *item = value->first; item; item = item->next)
		read_arm(reader, item, !item->next, VEC_PUSH(&decision->arms));
}

#define AT(member) offsetof(struct decision, member)

static const struct mapping_key MEMBER_KEYS[] = {
	{"from", read_from, 0},
	{"init", read_init, 0},
	{"expr", read_expr, 0},
	{"hook", read_hook, 0},
	{"follow", read_follow, 0},
	{"array", read_array, 0},
	{"string", read_string, 0},
	{"symbol", read_symbol, 0},
	{"opaque", read_opaque, 0},
	{"null", read_null, 0},
	{"list", read_list, 0},
	{"bits", read_bits, 0},
	{"arm", read_arms, 0},
	{"container", mapping_path, AT(container)},
	{"mask", mapping_number, AT(mask)},
	{"count", mapping_count, AT(count)},
	{"was", mapping_word, AT(was)},
	{"is", mapping_word, AT(is)},
	{"why", mapping_reason, AT(why)},
	{"reads", mapping_paths, AT(reads)},
	{"capture", mapping_function, AT(capture)},
	{"restore", mapping_function, AT(restore)},
	{"constants", mapping_constants, 0},
	{"on-overflow", read_overflow, AT(on_overflow)},
	{"enumerators", read_enumerators, 0},
	{"index", read_index, 0},
	{"reverse", read_reverse, 0},
	{"members", read_nested, 0},
	{"TODO", read_todo, 0},
};

static bool takes_from(enum way way)
{
	return way == WAY_FOLLOW || way == WAY_ARRAY || way == WAY_STRING || way == WAY_SYMBOL ||
	       way == WAY_OPAQUE || way == WAY_LIST || way == WAY_BITS || way == WAY_TODO;
}

static void settle_from(struct mapping_reader *reader, struct decision *decision,
			const struct yaml_node *key)
{
	if (!decision->from.at.line)
		return;
	if (decision->way == WAY_NONE) {
		decision->way = WAY_FROM;
		decision->value = decision->from;
		decision->key = (struct words){.text = key->text, .at = key->at};
	} else if (!takes_from(decision->way)) {
		diag_error(reader->diags, key->at, "%s: two ways for one member: `%s` and `from`",
			   reader->about, way_key(decision->way));
		diag_note(reader->diags, decision->key.at, "the other one");
	}
}

/* KEY was written at WORDS but means something only when ALLOWED. */
static void only_with(struct mapping_reader *reader, const struct words *words, bool allowed,
		      const char *key, const char *with)
{
	if (words->at.line && !allowed)
		diag_error(reader->diags, words->at, "%s: `%s` means something only with %s",
			   reader->about, key, with);
}

/* A pointer that the mapping takes from an old pointer. */
static bool takes_pointer(enum way way)
{
	return way == WAY_FOLLOW || way == WAY_ARRAY || way == WAY_STRING || way == WAY_SYMBOL;
}

static void check_company(struct mapping_reader *reader, const struct decision *decision)
{
	enum way way = decision->way;
	bool open = way == WAY_TODO;

	only_with(reader, &decision->container, open || way == WAY_FOLLOW, "container", "`follow`");
	only_with(reader, &decision->mask, open || way == WAY_FOLLOW, "mask", "`follow`");
	only_with(reader, &decision->count,
		  open || way == WAY_ARRAY || way == WAY_NONE || way == WAY_FROM, "count",
		  "`array`, or for a flexible array");
	only_with(
		reader, &decision->on_overflow,
		open || way == WAY_NONE || way == WAY_FROM || way == WAY_EXPR || takes_pointer(way),
		"on-overflow", "a copied number or array, `from`, `expr` or an array of pointers");
	only_with(reader, &decision->enumerators,
		  open || way == WAY_NONE || way == WAY_FROM ||
			  (takes_pointer(way) && decision->index_old.at.line),
		  "enumerators", "a copied enum, `index` or `from`");
	only_with(reader, &decision->index_old,
		  open || way == WAY_NONE || way == WAY_FROM || takes_pointer(way), "index",
		  "a copied array, `from` or an array of pointers");
	only_with(reader, &decision->constants_prefix,
		  open || way == WAY_NONE || way == WAY_FROM || way == WAY_EXPR ||
			  way == WAY_HOOK || way == WAY_BITS,
		  "constants", "a copied number, `from`, `bits`, `expr` or `hook`");
	only_with(reader, &decision->constants_enum[0], open || way == WAY_NONE || way == WAY_FROM,
		  "constants: { enum: NAME }", "a copied number or `from`");
	if (decision->reads.n)
		only_with(reader, &decision->reads.at[0],
			  open || way == WAY_EXPR || way == WAY_HOOK || way == WAY_ARM ||
				  decision->capture.at.line,
			  "reads", "`expr`, `hook`, `arm` or `capture`");
}

static void check_reasons(struct mapping_reader *reader, const struct decision *decision)
{
	if (decision->way == WAY_LIST && decision->value.text &&
	    strcmp(decision->value.text, "empty") == 0 && !decision->node.at.line)
		mapping_need_reason(reader, decision->value.at, "`list: empty`", &decision->why);
	if (decision->on_overflow.text && strcmp(decision->on_overflow.text, "saturate") == 0)
		mapping_need_reason(reader, decision->on_overflow.at, "`on-overflow: saturate`",
				    &decision->why);
	if (decision->constants_keep.at.line)
		mapping_need_reason(reader, decision->constants_keep.at, "`keep`", &decision->why);
}

/* A decision that says nothing: neither a way, nor what explains an automatic one. */
static bool says_nothing(const struct decision *decision)
{
	return decision->way == WAY_NONE && !decision->constants_prefix.at.line &&
	       !decision->constants_enum[0].at.line && !decision->capture.at.line &&
	       !decision->restore.at.line && !decision->count.at.line &&
	       !decision->on_overflow.at.line && !decision->enumerators.at.line &&
	       !decision->index_old.at.line &&
	       !decision->reverse;
}

static void read_inner(struct mapping_reader *reader, const struct yaml_node *members,
		       const char *path, struct type_decisions *type)
{
	if (members->kind != YAML_MAPPING) {
		diag_error(reader->diags, members->at, "%s: `members` must be a block of members",
			   reader->about);
		return;
	}
	for (const struct yaml_node *inner = members->first; inner; inner = inner->next)
		mapping_member(reader, inner, path, type);
}

static void read_block(struct mapping_reader *reader, const struct yaml_node *node,
		       struct type_decisions *type, struct decision *decision)
{
	const struct yaml_node *nested = yaml_get(node, "members");
	const struct yaml_node *from = yaml_get(node, "from");
	size_t todos = reader->mapping->todos.n, errors = reader->diags->errors;

	mapping_block(reader, node, "a member's decision", MEMBER_KEYS,
		      sizeof(MEMBER_KEYS) / sizeof(*MEMBER_KEYS), decision);
	settle_from(reader, decision, from ? from->key : NULL);
	if (reader->mapping->todos.n > todos && decision->way != WAY_TODO) {
		decision->way = WAY_TODO;
		decision->key =
			(struct words){.text = "TODO", .at = reader->mapping->todos.at[todos].at};
	}
	if (errors == reader->diags->errors) {
		check_company(reader, decision);
		check_reasons(reader, decision);
		if (says_nothing(decision) && !(nested && node->n == 1))
			diag_error(
				reader->diags, node->key->at,
				"%s: decides nothing: give it a way (from, init, expr, hook, ...)",
				reader->about);
	}
	if (!(nested && node->n == 1))
		*VEC_PUSH(&type->members) = *decision;
	if (nested)
		read_inner(reader, nested, decision->path.text, type);
}

void mapping_member(struct mapping_reader *reader, const struct yaml_node *node, const char *prefix,
		    struct type_decisions *type)
{
	struct decision decision = {.node_yaml = node};
	const char *above = reader->about, *path = node->key->text;

	if (prefix && strlen(path) <= MAPPING_WORD_MAX)
		path = arena_printf(reader->arena, "%s.%s", prefix, path);
	if (!is_member_path(path)) {
		diag_error(reader->diags, node->key->at,
			   "`%.64s` is no member path: names joined by dots, as in a.b or a[2].b",
			   path);
		return;
	}
	decision.path = (struct words){.text = path, .at = node->key->at};
	reader->about = arena_printf(reader->arena, "%s.%s", type->type.text, path);
	if (mapping_todo(reader, node)) {
		decision.way = WAY_TODO;
		decision.key = (struct words){.text = "TODO", .at = node->at};
		*VEC_PUSH(&type->members) = decision;
	} else if (node->kind == YAML_MAPPING) {
		read_block(reader, node, type, &decision);
	} else {
		diag_error(reader->diags, node->at,
			   "%s: a decision is a block: { init: \"0\", why: ... }", reader->about);
	}
	reader->about = above;
}

static int compare_paths(const void *a, const void *b)
{
	const struct decision *x = *(const struct decision *const *)a;
	const struct decision *y = *(const struct decision *const *)b;
	int order = strcmp(x->path.text, y->path.text);

	if (order)
		return order;
	return x->path.at.line != y->path.at.line ? (x->path.at.line < y->path.at.line ? -1 : 1)
						  : (x->path.at.col < y->path.at.col ? -1 : 1);
}

/* The decision for PATH's first N bytes, which ends at a dot. */
static const struct decision *find_prefix(const struct decision *const *sorted, size_t n_sorted,
					  const char *path, size_t n)
{
	size_t low = 0, high = n_sorted;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const char *candidate = sorted[middle]->path.text;
		int order = strncmp(candidate, path, n);

		if (!order && candidate[n])
			order = 1;
		if (!order)
			return sorted[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void check_inside(struct mapping_reader *reader, const struct type_decisions *type,
			 const struct decision *const *sorted, const struct decision *inner)
{
	for (const char *dot = strpbrk(inner->path.text, ".["); dot; dot = strpbrk(dot + 1, ".[")) {
		const struct decision *outer =
			find_prefix(sorted, type->members.n, inner->path.text,
				    (size_t)(dot - inner->path.text));

		if (!outer)
			continue;
		diag_error(reader->diags, inner->path.at,
			   "%s.%s is decided twice: `%s` is decided as a whole", type->type.text,
			   inner->path.text, outer->path.text);
		diag_note(reader->diags, outer->path.at, "here");
		return;
	}
}

void mapping_members_once(struct mapping_reader *reader, const struct type_decisions *type)
{
	const struct decision **sorted;
	size_t n = type->members.n, first = 0;

	if (!n)
		return;
	sorted = ARENA_NEW_ARRAY(reader->arena, n, const struct decision *);
	for (size_t i = 0; i < n; i++)
		sorted[i] = &type->members.at[i];
	qsort(sorted, n, sizeof(*sorted), compare_paths);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(sorted[i]->path.text, sorted[first]->path.text) != 0) {
			first = i;
			continue;
		}
		diag_error(reader->diags, sorted[i]->path.at, "%s.%s is decided twice",
			   type->type.text, sorted[i]->path.text);
		diag_note(reader->diags, sorted[first]->path.at, "first here");
	}
	for (size_t i = 0; i < n; i++)
		check_inside(reader, type, sorted, &type->members.at[i]);
}
