/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `check` found: one set of findings, which every report reads and none changes. A finding is one
 * change of a layout, or one thing that the mapping, a waiver or the input says wrongly, with where it
 * stands, what follows from it and what to write.
 */
#ifndef CO_GEN_FINDINGS_H
#define CO_GEN_FINDINGS_H

#include "../schema/diff.h"

/* What becomes of what changed. A finding about something else than a change is NEEDS_DECISION or STALE. */
enum finding_state {
	FINDING_IDENTICAL,	/* the layout is as it was; never listed, only counted */
	FINDING_AUTOMATIC,	/* converts by itself: moved, wider, ... */
	FINDING_COVERED,	/* a line of the mapping says how: decided_at */
	FINDING_NEEDS_DECISION, /* nobody said how */
	FINDING_STALE, /* a line of the mapping was written about another shape: decided_at */
	FINDING_UNCONVERTIBLE, /* no mapping can carry it */
	FINDING_STATES
};

enum finding_level { FINDING_NONE, FINDING_NOTE, FINDING_WARNING, FINDING_ERROR, FINDING_LEVELS };

/* Rules of `check` beyond RULES of schema/diff.h. Ids are stable from their first release on. */
#define CHECK_RULES(X)                                                                             \
	X(TYPE_ADDED, "type added")                                                                \
	X(TYPE_REMOVED, "type removed")                                                            \
	X(TYPE_AMBIGUOUS, "several types of one name, and nothing tells which became which")       \
	X(UNDECIDED, "carried without a decision")                                                 \
	X(STALE_DECISION, "decision about a shape that is no longer there")                        \
	X(MAPPING, "mapping does not hold")                                                        \
	X(HIDDEN_ENUM, "integer that may hold values of an enum that changed")                     \
	X(WAIVER_EXPIRED, "waiver has expired")                                                    \
	X(WAIVER_UNUSED, "waiver waives nothing")                                                  \
	X(BASELINE, "baseline is not what it says")                                                \
	X(READERS_DISAGREE, "DWARF and BTF of one file disagree")                                  \
	X(INPUT_SKIPPED, "part of the input was not read")                                         \
	X(CONFIG, "configuration differs")                                                         \
	X(COMPILER, "compiler differs")

struct finding {
	const char *rule; /* id, of RULES or CHECK_RULES: "MOVED" */
	enum finding_state state;
	enum finding_level level; /* as the profile and the rules of carryover.yaml set it */
	const char *type;	  /* label, `struct mm_struct`; "" for what is about no type */
	const char *member; /* path, of the new side, else of the old; "" for the type as a whole */
	const char *cause;  /* label of the type in which the reason lies, or NULL: here */
	struct place at;    /* of the declaration (new side, else old); of a line of the mapping,
				     a waiver or the configuration when the finding is about that */
	struct place decided_at; /* COVERED and STALE: the line of the mapping; file NULL else */
	const char *message;	 /* one line, what changed: "moved from byte 704 to 712" */
	const char *consequence; /* one line, what follows for an object that crosses */
	const char *suggestion;	 /* lines to paste into the mapping or carryover.yaml, or NULL */
	const struct diff_entry *entry; /* the change itself, or NULL */
	const char
		*about; /* what it speaks of, when its message is worded anew each day; or NULL */
	const char *waived_by; /* the reason of the waiver that holds it; NULL: none */
	struct place waived_at;
	char fingerprint
		[HASH128_HEX]; /* of rule, type, member and the change itself; no file, no line */
};

struct findings {
	struct arena arena;	 /* whatever a finding points to that DIFF does not own */
	const struct diff *diff; /* not owned; its models say what was read */
	const char *mapping;	 /* file name as given, NULL: none */
	const char *profile;	 /* "layout", "convertible" or "mapped" */
	const char *scope; /* what was looked at, in words: "all types", "what struct x reaches" */
	/*
	 * The first line of every report, one line without a full stop: "drift: 3 changes need a
	 * decision, 1 decision is stale".
	 */
	const char *verdict;
	bool failed; /* an error is among the findings that no waiver holds: exit code 1 */
	struct {
		struct finding *at;
		size_t n, room;
	} list;				 /* findings_finish() sorts it */
	size_t types;			 /* structs, unions and enums in scope that were compared */
	size_t identical;		 /* of them, those without any finding of any level */
	size_t by_state[FINDING_STATES]; /* changes, waived ones too */
	size_t by_level
		[FINDING_LEVELS]; /* findings that no waiver holds; FINDING_NONE: taken away */
	size_t waived;
};

void findings_init(struct findings *findings, const struct diff *diff);
void findings_deinit(struct findings *findings);

/*
 * Adds a finding of RULE about MEMBER of TYPE with an empty rest, for the caller to fill. Strings are
 * kept as they are: they belong to the diff or to findings.arena. The pointer holds until the next one.
 */
struct finding *findings_add(struct findings *findings, const char *rule, const char *type,
			     const char *member);

/*
 * Once the level of the last finding is set. One of level "none" is in no report: it is taken away, and counted
 * in by_level, which every report prints.
 */
void findings_weighed(struct findings *findings);

/*
 * The fingerprint of a finding: of its rule, type, member, and of what changed (spellings, offsets, sizes,
 * values of its entry; else what it is ABOUT or its message). Another change of the same member has another one; another
 * line, file, compiler or order has the same.
 */
void finding_fingerprint(const struct finding *finding, char out[HASH128_HEX]);

/*
 * Once, when all are added: fingerprints, counts, and the order: those about the inputs (CONFIG, COMPILER, INPUT_SKIPPED,
 * READERS_DISAGREE) first, then by level, worst first, type, offset and member, rule. Sets `failed`.
 */
void findings_finish(struct findings *findings);

/* "automatic", "needs-decision", ...: the word in reports and JSON. */
const char *finding_state_word(enum finding_state state);
/* "error", "warning", "note", "none". */
const char *finding_level_word(enum finding_level level);

/* What the rule ID means in a few words, or NULL when there is none of that id. */
const char *finding_rule_words(const char *id);
/* The ids of all rules, those of the diff first; N gets how many. */
const char *const *finding_rule_ids(size_t *n);

#endif
