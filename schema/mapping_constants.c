/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `constants`: what an integer's values, or its bits, are named by. */
#include "mapping_read.h"

#include <stddef.h>
#include <string.h>

static void read_enum(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct words *sides = target;

	mapping_label(reader, value, &sides[0]);
	sides[1] = sides[0];
}

static void read_as(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct words *words = target;

	mapping_word(reader, value, words);
	if (words->text && !is_todo(words) && strcmp(words->text, "values") != 0 &&
	    strcmp(words->text, "bits") != 0 && strcmp(words->text, "masks") != 0)
		diag_error(
			reader->diags, value->at,
			"%s: `as` is values, bits (the enumerators are numbers of bits) or masks "
			"(they are the bits themselves), not `%s`",
			reader->about, words->text);
}

static void read_moved(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct decision *decision = target;

	if (mapping_todo(reader, value))
		return;
	if (value->kind != YAML_MAPPING || !value->first) {
		diag_error(reader->diags, value->at,
			   "%s: `moved` says of each constant why the word may cross as it is: "
			   "{ PF__HOLE__4: no old kernel sets it }",
			   reader->about);
		return;
	}
	for (const struct yaml_node *item = value->first; item; item = item->next) {
		struct moved *one = VEC_PUSH(&decision->moved);

		*one = (struct moved){.constant = {.text = item->key->text, .at = item->key->at}};
		mapping_reason(reader, item, &one->why);
	}
}

static void check_halves(struct mapping_reader *reader, const struct yaml_node *block,
			 const struct decision *decision)
{
	bool acknowledges =
		decision->constants_prefix.at.line || decision->constants_header.at.line;
	bool named = decision->constants_enum[0].at.line || decision->constants_enum[1].at.line;
	bool both = decision->constants_enum[0].at.line && decision->constants_enum[1].at.line;

	if (acknowledges && named)
		diag_error(reader->diags, block->at,
			   "%s: `constants` says either which names they are, { prefix: PF_, "
			   "header: linux/sched.h }, or which enum, { enum: NAME }: not both",
			   reader->about);
	else if (acknowledges ? !decision->constants_prefix.at.line ||
					!decision->constants_header.at.line
			      : !named)
		diag_error(reader->diags, block->at,
			   "%s: `constants` needs both: { prefix: PF_, header: linux/sched.h }; or "
			   "an enum: { enum: NAME }",
			   reader->about);
	else if (named && !both)
		diag_error(reader->diags, block->at,
			   "%s: `constants` of an enum that has another name now needs both: { "
			   "old: NAME, new: NAME }",
			   reader->about);
	else if (acknowledges && decision->constants_as.at.line)
		diag_error(reader->diags, decision->constants_as.at,
			   "%s: `as` means something only with { enum: NAME }", reader->about);
	else if (!acknowledges && decision->moved.n)
		diag_error(reader->diags, decision->moved.at[0].constant.at,
			   "%s: `moved` means something only with { prefix: PF_, header: "
			   "linux/sched.h }",
			   reader->about);
}

static void check_keep(struct mapping_reader *reader, const struct decision *decision)
{
	const char *as = decision->constants_as.text;

	if (decision->constants_keep.at.line &&
	    (!as || (strcmp(as, "bits") != 0 && strcmp(as, "masks") != 0)))
		diag_error(reader->diags, decision->constants_keep.at,
			   "%s: `keep` means something only with `as: bits` or `as: masks`",
			   reader->about);
}

void mapping_constants(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	static const struct mapping_key keys[] = {
		{"prefix", mapping_word, offsetof(struct decision, constants_prefix)},
		{"header", mapping_word, offsetof(struct decision, constants_header)},
		{"enum", read_enum, offsetof(struct decision, constants_enum)},
		{"old", mapping_label, offsetof(struct decision, constants_enum[0])},
		{"new", mapping_label, offsetof(struct decision, constants_enum[1])},
		{"as", read_as, offsetof(struct decision, constants_as)},
		{"keep", mapping_number, offsetof(struct decision, constants_keep)},
		{"moved", read_moved, 0},
	};
	struct decision *decision = target;

	if (mapping_todo(reader, value)) {
		decision->constants_prefix = (struct words){.text = "TODO", .at = value->at};
		return;
	}
	if (!mapping_block(reader, value, "`constants`", keys, sizeof(keys) / sizeof(*keys),
			   decision))
		return;
	if (yaml_get(value, "enum") && (yaml_get(value, "old") || yaml_get(value, "new")))
		diag_error(reader->diags, value->at,
			   "%s: `constants` names the enum once: { enum: NAME }, or { old: NAME, "
			   "new: NAME } where it was renamed",
			   reader->about);
	check_halves(reader, value, decision);
	check_keep(reader, decision);
}
