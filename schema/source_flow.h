/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order in which code writes an object: a tree of statements that knows nothing of the compiler
 * that made it, and two questions to it. Which members are not written on some path on which the
 * function succeeds? Which are assigned again although every path assigned them before?
 */
#ifndef CO_SCHEMA_SOURCE_FLOW_H
#define CO_SCHEMA_SOURCE_FLOW_H

#include "diag.h"

/* What a number may be, as a set: all that is kept of values. */
enum flow_signs {
	FLOW_NEGATIVE = 1,
	FLOW_ZERO = 2,
	FLOW_POSITIVE = 4,
	FLOW_ANY = 7,
};

enum flow_kind {
	FLOW_ALL,      /* children, one after the other; its value is the last one's */
	FLOW_CONSTANT, /* SIGNS */
	FLOW_VARIABLE, /* ID */
	FLOW_SET,      /* variable ID takes the value of the last child; without any: some value */
	FLOW_READ,     /* PATH of the object */
	FLOW_WRITE,
	FLOW_REFUSE, /* from here on the object is refused: nothing more is expected of the path */
	FLOW_CALL,   /* function ID, which was handed pointers to the paths GIVEN */
	FLOW_NOT,
	FLOW_AND, /* children: left, and right where left is true */
	FLOW_OR,
	FLOW_COMPARE, /* the child with 0: true for SIGNS */
	FLOW_CHOICE,  /* condition, what follows when it is true, and (may be missing) when not */
	FLOW_LOOP,    /* four children: first, condition, step, body */
	FLOW_DO,      /* body, condition */
	FLOW_SWITCH,  /* value, body */
	FLOW_CASE,    /* the statement that it stands before */
	FLOW_DEFAULT,
	FLOW_LABEL, /* ID, the statement that it stands before */
	FLOW_GOTO,
	FLOW_BREAK,
	FLOW_CONTINUE,
	FLOW_RETURN, /* the value, if there is one */
};

struct flow_node {
	enum flow_kind kind;
	uint8_t signs;
	bool plain;    /* FLOW_WRITE: an assignment by `=` to this path and no other */
	bool enters;   /* FLOW_LOOP: the body runs at least once */
	uint32_t id;   /* of a variable, label or function */
	uint32_t path; /* index into flow.paths */
	const uint32_t *given;
	size_t n_given;
	struct flow_node **child;
	size_t n;
	struct place at;
};

struct flow_function {
	const struct flow_node *body;
	uint32_t first_variable, n_variables; /* its own */
	struct place end;		      /* of its closing brace */
};

struct flow {
	struct arena *arena;
	struct {
		struct flow_function *at;
		size_t n, room;
	} functions; /* the first is the one asked about, the others those that it calls */
	struct {
		const char **at;
		size_t n, room;
	} paths; /* as struct source_access has them */
	uint32_t n_variables, n_labels;
	bool unknown; /* something jumps to where nobody can tell */
};

struct flow_question {
	size_t n; /* members */
	/* True when a write to PATH is one to MEMBER. */
	bool (*covers)(void *data, size_t member, const char *path);
	void *data;
};

struct flow_twice {
	const char *path;
	struct place first, again;
};

struct flow_answer {
	/*
	 * One for each member: where the function ends well, although the path there did not write
	 * it. Line 0: it is written on all.
	 */
	struct place *missed;
	struct {
		struct flow_twice *at;
		size_t n, room;
	} twice;
	bool too_hard; /* too many paths to look at them; nothing else is filled in */
};

struct flow_node *flow_node_new(struct flow *flow, enum flow_kind kind,
				struct flow_node *const *child, size_t n, struct place at);
/* The index of PATH in flow.paths, added when it is new. PATH lives as long as the flow. */
uint32_t flow_path(struct flow *flow, const char *path);
void flow_deinit(struct flow *flow);

/*
 * Answers QUESTION in full. A path counts unless it comes to a refusal or returns a value that
 * cannot be 0. Of what decides a branch only comparisons of local integers, constants and results
 * of functions in the code with 0 are understood; both branches of all others are possible. An
 * element of an array that a loop writes counts as written after the loop. ANSWER is owned by
 * ARENA, but for the list of what is written twice: flow_answer_deinit().
 */
void flow_ask(const struct flow *flow, const struct flow_question *question, struct arena *arena,
	      struct flow_answer *answer);
void flow_answer_deinit(struct flow_answer *answer);

/* True when a write to PATH (an index) goes through one of the pointers that CALL was handed; any
 * does where CALL is NULL. */
bool flow_given(const struct flow *flow, const struct flow_node *call, uint32_t path);

/* source_twice.c: fills answer.twice. */
void flow_ask_twice(const struct flow *flow, struct flow_answer *answer);

#endif
