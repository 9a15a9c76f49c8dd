/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check --cross: the DWARF and the BTF of one input. */
#include "check_cross.h"

#include "../schema/cross.h"

static bool read_twice(struct check_run *run)
{
	const char *input = run->options.operands[0];
	struct read_options read = run->options.read;
	bool good;

	run->has_sides = true;
	intern_init(&run->sides.names);
	model_init(&run->sides.old, &run->sides.names);
	model_init(&run->sides.new, &run->sides.names);
	read.reader = READER_DWARF;
	good = input_read(input, &read, &run->sides.old, run->diags);
	read.reader = READER_BTF;
	good &= input_read(input, &read, &run->sides.new, run->diags);
	return good;
}

/* A snapshot was read already, by one of the two. */
static bool both_there(struct check_run *run)
{
	if (!run->sides.old.info.format)
		return true;
	return diag_evidence(
		run->diags, place_file(run->options.operands[0]),
		"a snapshot holds what one reader said; --cross takes the file itself");
}

static void add_type(struct check_run *run, const struct cross_type *type)
{
	struct findings *findings = &run->findings;
	const struct model *model = type->of_dwarf ? &run->sides.old : &run->sides.new;
	const struct type *declared = type_at(model, type->id);
	struct finding *finding = findings_add(findings, "READERS_DISAGREE", type->label, "");

	finding->state = FINDING_NEEDS_DECISION;
	finding->level = check_level(&run->config, finding->rule, finding->state);
	finding->at = (struct place){.file = declared->file, .line = declared->line};
	finding->message = arena_printf(&findings->arena, "%s has it, but in %s: %s",
					type->of_dwarf ? "DWARF" : "BTF",
					type->of_dwarf ? "BTF" : "DWARF", type->why);
	finding->consequence = "what is said of it depends on which of them was read";
	findings_weighed(findings);
}

static bool compare(struct check_run *run)
{
	struct findings *findings = &run->findings;
	struct cross cross;
	size_t differ = 0;

	cross_compare(&run->sides.old, &run->sides.new, &cross);
	if (!cross.total) {
		cross_deinit(&cross);
		return diag_evidence(run->diags, place_file(run->options.operands[0]),
				     "neither DWARF nor BTF has a type: nothing was compared");
	}
	findings_init(findings, NULL);
	run->has_findings = true;
	findings->scope =
		arena_printf(&findings->arena, "DWARF against BTF of %s", run->options.operands[0]);
	findings->profile = "layout";
	findings->types = cross.total;
	for (size_t i = 0; i < cross.types.n; i++) {
		if (!cross.types.at[i].why)
			continue;
		add_type(run, &cross.types.at[i]);
		differ++;
	}
	findings->identical = cross.agree;
	findings_finish(findings);
	findings->verdict =
		differ ? arena_printf(
				 &findings->arena,
				 "drift: DWARF and BTF disagree: %zu of %zu types on both sides "
				 "differ",
				 differ, cross.total)
		       : arena_printf(
				 &findings->arena,
				 "no drift: DWARF and BTF agree on %zu types on both sides, of "
				 "them %zu up to what BTF cannot say",
				 cross.total, cross.by_exception);
	cross_deinit(&cross);
	return true;
}

bool check_cross(struct check_run *run)
{
	const struct options *options = &run->options;

	if (options->n_operands != 1 || scope_asked(options) || options->waivers ||
	    options->profile)
		return diag_error(
			run->diags, place_file(NULL),
			"--cross takes one input, and looks at all of it: no mapping, root, "
			"type, profile or waiver");
	return check_run_config(run) && read_twice(run) && both_there(run) && compare(run);
}
