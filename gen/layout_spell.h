/* SPDX-License-Identifier: GPL-2.0-or-later */
/* C's own words for base types, and the parts of declarations that need no printer. */
#ifndef CO_GEN_LAYOUT_SPELL_H
#define CO_GEN_LAYOUT_SPELL_H

#include "layout_c.h"

/* How C spells the base type TYPE (KIND_INT or KIND_FLOAT) of MODEL; owned by ARENA or static. */
const char *layout_base(const struct model *model, const struct type *type,
			const struct layout_style *style, struct arena *arena);

/* The unsigned integer of BYTES bytes. */
const char *layout_unsigned(uint64_t bytes, const struct layout_style *style, struct arena *arena);

/* The attribute that gives an enum its size where C would choose another, or "". */
const char *layout_enum_attribute(const struct model *model, const struct type *type);

/* The value of an enumerator of TYPE as a C constant. */
const char *layout_enumerator(const struct type *type, uint64_t value, struct arena *arena);

#endif
