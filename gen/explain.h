/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is to say of a rule: the data of schema/rules.yaml, which is built in. */
#ifndef CO_GEN_EXPLAIN_H
#define CO_GEN_EXPLAIN_H

#include "../schema/diag.h"
#include "../schema/text.h"

/* One line each, except the examples; those that there are none of are NULL. */
struct rule_help {
	const char *id, *words;	   /* as finding_rule_ids() and finding_rule_words() have them */
	const char *cause;	   /* what makes it */
	const char *means;	   /* what follows for an object that crosses */
	const char *fix;	   /* what to do */
	const char *old_c, *new_c; /* C, before and after; or */
	const char *example;	   /* lines of something else */
	const char *wrong;	   /* lines of a mapping that make the finding */
	const char *mapping;	   /* lines of the mapping that decide the example */
};

struct explain {
	struct arena arena;
	struct rule_help *at; /* in the order of finding_rule_ids() */
	size_t n;
};

/*
 * Reads the built-in data. False with diagnostics when it is not about exactly the rules that there are, which
 * a test rules out; EXPLAIN then holds no rule. Always to be freed.
 */
bool explain_load(struct explain *explain, struct diags *diags);
void explain_deinit(struct explain *explain);

/* The same of the N bytes at DATA, called FILE (borrowed). */
bool explain_read(const char *file, const char *data, size_t n, struct explain *explain,
		  struct diags *diags);

/* What is known of the rule ID, or NULL. */
const struct rule_help *explain_find(const struct explain *explain, const char *id);

/* Appends all that there is to say of RULE. */
void explain_put(const struct rule_help *rule, bool color, struct text *out);

/* Appends one line for each rule: its id and its words. */
void explain_list(const struct explain *explain, struct text *out);

#endif
