// SPDX-License-Identifier: GPL-2.0-or-later
/* Compares constants by name, and those of one side alone by value. */
#include "constants_diff.h"

#include <stdlib.h>
#include <string.h>

#include "hidden_enums.h"

/* The constants of one prefix: they stand together, as all are in order. */
struct span {
	const struct constant *at;
	size_t n;
};

static struct span span_of(const struct constants *all, const char *prefix)
{
	struct span span = {.n = 0};
	size_t n = strlen(prefix);

	for (size_t i = 0; i < all->n; i++) {
		if (strncmp(all->at[i].name, prefix, n))
			continue;
		span.at = span.n ? span.at : &all->at[i];
		span.n++;
	}
	return span;
}

static int name_order(const void *name, const void *at)
{
	return strcmp(name, ((const struct constant *)at)->name);
}

static const struct constant *named(const struct span *span, const char *name)
{
	return span->n ? bsearch(name, span->at, span->n, sizeof(*span->at), name_order) : NULL;
}

static bool same_values(const struct constant *a, const struct constant *b)
{
	return a->n_values && a->n_values == b->n_values &&
	       !memcmp(a->values, b->values, a->n_values * sizeof(*a->values));
}

/* Made of others, or, by its name, their number: above all that are not. */
static bool is_nobodys(const struct span *span, const struct constant *one)
{
	if (one->is_derived)
		return true;
	for (size_t i = 0; name_counts(one->name) && i < span->n; i++) {
		const struct constant *other = &span->at[i];

		if (other != one && !other->unknown && !other->is_derived &&
		    !name_counts(other->name) && other->values[0] > one->values[0])
			return false;
	}
	return name_counts(one->name);
}

static bool has_value(const struct constant *one, uint64_t value)
{
	return !one->unknown && one->values[0] == value;
}

/*
 * The new name of the value of OLD, which has gone; NULL when nobody has it, or some name has had
 * it all along.
 */
static const struct constant *taker(const struct span *old, const struct span *new,
				    const struct constant *gone)
{
	const struct constant *found = NULL;

	for (size_t i = 0; i < new->n; i++) {
		const struct constant *one = &new->at[i];
		const struct constant *before = named(old, one->name);

		if (!has_value(one, gone->values[0]) || is_nobodys(new, one))
			continue;
		if (before && has_value(before, gone->values[0]))
			return NULL;
		found = found ? found : one;
	}
	return found;
}

static void add(struct constants_diff *diff, enum constant_change change,
		const struct constant *old, const struct constant *new)
{
	*VEC_PUSH(diff) = (struct constant_difference){change, old, new};
	diff->by[change]++;
}

static void compare_old(struct constants_diff *diff, const struct span *old, const struct span *new,
			const struct constant *one)
{
	const struct constant *after = named(new, one->name), *taken;

	if (after && same_values(one, after))
		return;
	if (one->unknown || (after && after->unknown)) {
		add(diff, CONSTANT_UNSEEN, one, after);
	} else if (after) {
		add(diff,
		    is_nobodys(old, one) && is_nobodys(new, after) ? CONSTANT_DERIVED
								   : CONSTANT_RENUMBERED,
		    one, after);
	} else {
		taken = is_nobodys(old, one) ? NULL : taker(old, new, one);
		add(diff, taken ? CONSTANT_REUSED : CONSTANT_REMOVED, one, taken);
	}
}

static bool is_told(const struct constants_diff *diff, const struct constant *new)
{
	for (size_t i = 0; i < diff->n; i++)
		if (diff->at[i].new == new && diff->at[i].change == CONSTANT_REUSED)
			return true;
	return false;
}

static uint64_t value_of(const struct constant_difference *one)
{
	const struct constant *of = one->old ? one->old : one->new;

	return of->n_values ? of->values[0] : 0;
}

static int by_change(const void *a, const void *b)
{
	const struct constant_difference *x = a, *y = b;
	uint64_t p = value_of(x), q = value_of(y);

	if (x->change != y->change)
		return x->change < y->change ? -1 : 1;
	if (p != q)
		return p < q ? -1 : 1;
	return strcmp(x->old ? x->old->name : x->new->name, y->old ? y->old->name : y->new->name);
}

void constants_diff(const struct constants *old, const struct constants *new, const char *prefix,
		    struct constants_diff *diff)
{
	struct span from = span_of(old, prefix), to = span_of(new, prefix);

	*diff = (struct constants_diff){.matched = {from.n, to.n}};
	for (size_t i = 0; i < from.n; i++)
		compare_old(diff, &from, &to, &from.at[i]);
	for (size_t i = 0; i < to.n; i++)
		if (!named(&from, to.at[i].name) && !is_told(diff, &to.at[i]))
			add(diff, to.at[i].unknown ? CONSTANT_UNSEEN : CONSTANT_ADDED, NULL,
			    &to.at[i]);
	if (diff->n)
		qsort(diff->at, diff->n, sizeof(*diff->at), by_change);
}

void constants_diff_deinit(struct constants_diff *diff)
{
	VEC_FREE(diff);
}

bool constant_moved(const struct constant_difference *one)
{
	return one->change == CONSTANT_REUSED || one->change == CONSTANT_RENUMBERED;
}

const char *constant_text(const struct constant_difference *one, struct arena *arena)
{
	const struct constant *old = one->old, *new = one->new;
	const struct constant *unknown = old && old->unknown ? old : new;

	switch (one->change) {
	case CONSTANT_REUSED:
		return arena_printf(arena, "%s 0x%llx -> %s (re-used)", old->name,
				    (unsigned long long)old->values[0], new->name);
	case CONSTANT_RENUMBERED:
	case CONSTANT_DERIVED:
		return arena_printf(
			arena, "%s 0x%llx -> 0x%llx (%s)", old->name,
			(unsigned long long)old->values[0], (unsigned long long)new->values[0],
			one->change == CONSTANT_DERIVED ? "made of others" : "renumbered");
	case CONSTANT_ADDED:
		return arena_printf(arena, "%s 0x%llx (added)", new->name,
				    (unsigned long long)new->values[0]);
	case CONSTANT_REMOVED:
		return arena_printf(arena, "%s 0x%llx (removed)", old->name,
				    (unsigned long long)old->values[0]);
	default:
		return arena_printf(arena, "%s (not known: %s)", unknown->name, unknown->unknown);
	}
}
