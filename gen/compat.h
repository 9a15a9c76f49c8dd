/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The compatibility of releases, each with each: whether run-time structs that some roots reach are the same,
 * convert by themselves, or need a mapping. About layouts alone: exported symbols and their versions do not
 * count.
 */
#ifndef CO_GEN_COMPAT_H
#define CO_GEN_COMPAT_H

#include "../schema/diff.h"
#include "../schema/idioms.h"

#define COMPAT_RELEASES_MAX 64

enum compat_verdict {
	COMPAT_SAME,	  /* every layout in reach is the same: a live patch is enough */
	COMPAT_AUTOMATIC, /* some differ, and all that changed converts by itself */
	COMPAT_NEEDS,	  /* a mapping has to decide about something, and there is none that does */
	COMPAT_HAS,	  /* there is a mapping of this pair, and it plans */
	COMPAT_COLD,	  /* no mapping can carry one of the roots: a cold boot */
	COMPAT_VERDICTS
};

struct compat_release {
	const char *name;    /* as the distribution numbers it, else the input's name */
	const char *version; /* the release with NUMBER as its fourth: `6.1.192.5`; NULL: of no
				release */
	uint32_t
		number; /* of the layouts in reach: 0 for the first release of a series (`6.1`), one more wherever one
			    changed since the release before it in the series */
	size_t types; /* structs, unions and enums in reach */
};

struct compat_pair {
	enum compat_verdict verdict;
	size_t changed;	     /* types in reach that changed themselves */
	size_t automatic;    /* members that changed and convert by themselves */
	size_t decisions;    /* what a human has to say about the others */
	const char *mapping; /* path of the nearest mapping there is, or NULL */
	const char *wrong;   /* why that does not hold, one line, or NULL */
	const char *missing; /* roots that were asked for and that it does not carry, or NULL */
	const char **cold;   /* COLD: "struct x: why" */
	size_t n_cold;
};

struct compat {
	struct arena arena;
	const char *scope;		 /* "all types", "struct x, struct y and what they reach" */
	struct compat_release *releases; /* in the order they were given */
	size_t n;
	struct compat_pair
		*pairs; /* from release I to release K: pairs[I * n + K]; I == K is SAME */
};

/*
 * A mapping that somebody has of the pair: its path, or NULL when there is none. WRONG gets NULL, or why it
 * does not hold; MISSING the roots of the question that it does not carry, or NULL. Both live as long as ARENA.
 */
typedef const char *(*compat_mapping)(void *data, size_t from, size_t to, struct arena *arena,
				      const char **wrong, const char **missing);

struct compat_input {
	const struct model *models; /* of N releases, which share one intern table */
	size_t n;		    /* 2 to COMPAT_RELEASES_MAX */
	const char *const *roots;   /* labels; with all they reach by embedding and by pointer */
	size_t n_roots;		    /* 0: all types */
	const struct idioms *idioms;
	compat_mapping mapping; /* may be NULL: none is looked for */
	void *data;
	void (*progress)(void *data, const char *what, uint64_t done,
			 uint64_t total); /* may be NULL */
	void *progress_data;
};

/*
 * Fills COMPAT, to be compat_deinit()ed either way. False with a diagnostic for each root that no release has
 * (DIAG_ERROR), or that stands for several types.
 */
bool compat_make(const struct compat_input *input, struct compat *compat, struct diags *diags);
void compat_deinit(struct compat *compat);

/* "same", "automatic", "needs-mapping", "has-mapping", "cold-boot" */
const char *compat_verdict_word(enum compat_verdict verdict);

struct text;
/* The matrix, the numbers, and what stands behind them, for people and for programs. */
void report_compat_text(const struct compat *compat, bool color, struct text *out);
void report_compat_json(const struct compat *compat, struct text *out);

#endif
