/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that C takes: one for each type, where a model may have several of one name. */
#ifndef CO_GEN_LAYOUT_NAMES_H
#define CO_GEN_LAYOUT_NAMES_H

#include "../schema/model.h"

struct layout_names {
	const char *
		*of_type; /* by type id: tag or typedef name, prefix included; NULL without one */
	struct intern tags, identifiers; /* what is taken */
	const char *prefix;
	struct arena arena;
};

/*
 * Names the types that CHOSEN (enum selected, by type id) holds, in the order of ids: a name that
 * is taken gets __2 and so on behind it, one that is no identifier or a keyword is made one.
 */
void layout_names_init(struct layout_names *names, const struct model *model,
		       const unsigned char *chosen, const char *prefix);
void layout_names_deinit(struct layout_names *names);

/* A free name for an enumerator, which is taken from then on. */
const char *layout_names_enumerator(struct layout_names *names, const char *name);

/* NAME as a member may be called: an identifier that is no keyword. Owned by NAMES. */
const char *layout_names_member(struct layout_names *names, const char *name);

#endif
