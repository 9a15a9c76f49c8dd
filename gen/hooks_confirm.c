/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hooks that a plan uses, against the layout that they will be built with. */
#include "hooks_confirm.h"
#include "emit.h"

#include "../schema/source.h"

/* What an embedded type's own plan leaves behind has no name there, so a hook cannot see it. */
static bool errors_copy(const struct diags *from, struct diags *to)
{
	for (size_t i = 0; i < from->n; i++)
		if (from->at[i].level >= DIAG_ERROR)
			diag_add(
				to, from->at[i].level, from->at[i].at,
				"%s, as layout.h of this plan has it; name in `reads` what is read "
				"of an embedded type",
				from->at[i].text);
	return !diags_failed(from);
}

bool hooks_confirm(const struct plan *plan, const char *name, const char *text, size_t n,
		   struct arena *arena, struct diags *diags)
{
	struct source_text headers[2] = {{.name = "layout.h"}, {.name = "carryover.h"}};
	struct source_unit unit = {
		.headers = headers,
		.n_headers = 2,
		.prelude = "",
		.machine = plan->model[NEW]->info.arch,
		.code = {.name = name, .text = text, .n = n},
	};
	struct diags found;
	struct text layout;
	bool good;

	diags_init(&found);
	text_init(&layout);
	emit_layout_header(plan, &layout);
	headers[0].text = text_string(&layout);
	headers[0].n = layout.n;
	headers[1].text = emit_runtime_header(&headers[1].n);
	source_read(&unit, arena, &found);
	good = errors_copy(&found, diags);
	text_deinit(&layout);
	diags_deinit(&found);
	return good;
}
