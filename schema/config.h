/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * carryover.yaml: how a project checks. Reading checks the grammar alone, as strictly as that of a
 * mapping. Published as schema/config.schema.json:
 *
 *	carryover-config: 1
 *	profile: mapped                what is an error: layout, convertible or mapped
 *	levels: { MOVED: note }        what a rule weighs: error, warning, note or none
 *	baseline: layouts.yaml         what an input is held against when only one is given
 *	mapping: mapping.yaml
 *	roots: [struct task_struct]    what is looked at, with all it reaches
 *	waivers: waivers.yaml
 *
 * Files are named from where carryover.yaml stands.
 */
#ifndef CO_SCHEMA_CONFIG_H
#define CO_SCHEMA_CONFIG_H

#include "mapping.h"

#define CONFIG_NAME "carryover.yaml"
#define CONFIG_BYTES_MAX (1u << 20)

enum config_profile {
	PROFILE_DEFAULT,     /* mapped with a mapping, else layout */
	PROFILE_LAYOUT,	     /* every change of a layout is an error */
	PROFILE_CONVERTIBLE, /* what converts by itself is not */
	PROFILE_MAPPED	     /* what the mapping covers is not, either */
};

/* In the order of their weight. */
enum config_weight { WEIGHT_NONE, WEIGHT_NOTE, WEIGHT_WARNING, WEIGHT_ERROR };

struct config_level {
	struct words rule;
	enum config_weight level;
};

struct config {
	const char *file; /* NULL: there is none */
	struct arena arena;
	enum config_profile profile;
	struct {
		struct config_level *at;
		size_t n, room;
	} levels;
	struct words baseline, mapping, waivers; /* paths as written */
	struct words_list roots;		 /* labels */
};

/* No file: every default. */
void config_init(struct config *config);
void config_deinit(struct config *config);

/*
 * Reads the N bytes at DATA called FILE into CONFIG (made by config_init()). RULES are the N_RULES ids
 * that there are. False with every diagnostic there is to give.
 */
bool config_read(const char *file, const char *data, size_t n, const char *const *rules,
		 size_t n_rules, struct config *config, struct diags *diags);

/* What CONFIG says of RULE, or NULL. */
const struct config_level *config_level(const struct config *config, const char *rule);

/* "layout", "convertible", "mapped"; "" for PROFILE_DEFAULT. */
const char *config_profile_word(enum config_profile profile);
/* Sets *PROFILE to the one that WORD names; false with a diagnostic at AT when it names none. */
bool config_profile_parse(const char *word, struct place at, enum config_profile *profile,
			  struct diags *diags);

/* True when RULE is one of the N_RULES ids; else a diagnostic at AT, with the nearest. */
bool config_rule_known(const char *rule, struct place at, const char *const *rules, size_t n_rules,
		       struct diags *diags);

#endif
