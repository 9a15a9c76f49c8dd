/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Custom C that is understood, on libclang: functions and expressions are parsed against
 * definitions that exist in memory alone, and what they read and write of two tracked objects is
 * taken from their syntax tree. Nothing of the system is read: no header, no configuration, no
 * resource directory.
 */
#ifndef CO_SCHEMA_SOURCE_H
#define CO_SCHEMA_SOURCE_H

#include "source_flow.h"

/* A file in memory: what `#include "NAME"` gives. */
struct source_text {
	const char *name;
	const char *text;
	size_t n;
};

enum source_object { SOURCE_OLD, SOURCE_NEW };

/*
 * A member that code reads or writes. It is one access for each place; reading and writing at once
 * (`new->a += 1`) is two. What stands in any branch counts; order and conditions are in
 * source_function.flow.
 */
struct source_access {
	enum source_object object;
	bool written;
	const char *path; /* from the object: "a.b[2].c", "a[]" for any element; "" is the whole
			     object */
	struct place at;
	/*
	 * The function that was handed the address and whose body is not in the code: what it does
	 * with it is not known, and the access stands for the worst. NULL: the code does it itself.
	 * "" where the address went elsewhere than to a function (into an integer, a structure,
	 * memory).
	 */
	const char *handed;
};

struct source_accesses {
	struct source_access *at; /* by place; owned by the arena */
	size_t n;
};

/* A function that the code must define. */
struct source_function {
	const char *name;
	const char *type; /* as the compiler spells it: "int (struct co_ctx *, const struct x *)" */
	int object[2]; /* the parameter that points to the object, by enum source_object; -1: none
			*/
	bool defined;  /* out: with a body, in the code itself */
	const char *found; /* out: the type it has where that is another one, else NULL */
	struct place at;   /* out: of its name, when defined */
	struct source_accesses accesses; /* out; empty unless defined with the right type */
	struct flow *flow; /* out: the order of its writes to the new object; else NULL; freed
			      with flow_deinit() */
};

/* What C takes an expression for, before it is converted to what it is assigned to. */
struct source_number {
	bool is_integer; /* also enums and bool; else all below is 0 */
	bool is_signed;
	uint32_t bits;
	bool is_constant;
	uint64_t value; /* of a constant, its sign extended */
};

/* An expression that is assigned to a member of the new object, or a condition. */
struct source_expression {
	const char *text;
	const char *type[2]; /* of the objects `old` and `new`, by enum source_object: "struct x" */
	const char *target;  /* the member of `new` that takes its value; NULL: a condition */
	const char *about;   /* starts messages: "struct x.y" */
	struct place at;     /* of its first character */
	bool exact; /* every character of it stands in the file as it does in TEXT, on one line */
	struct source_accesses accesses; /* out; without the assignment to the target */
	struct source_number number;	 /* out */
};

struct source_unit {
	const struct source_text
		*headers; /* what code and expressions may include beside C's own
			     freestanding headers stdint, stddef, stdbool, stdarg, limits */
	size_t n_headers;
	const char *prelude; /* C before the expressions: its includes */
	const char
		*machine; /* as a layout says it (x86_64, i686, aarch64, s390x); NULL: this one */
	struct source_text
		code; /* its name is that of the file in messages; TEXT NULL: there is none */
	struct source_function *functions;
	size_t n_functions;
	struct source_expression *expressions;
	size_t n_expressions;
};

/*
 * Parses UNIT and fills in what its functions and expressions do; strings and accesses are owned by
 * ARENA. Every finding of the compiler in the code or an expression becomes a diagnostic at its
 * place there. False with at least one diagnostic when the compiler found an error, or could not be
 * had. Wrong or missing functions are no diagnostics here: who asks for them knows better what to
 * write.
 */
bool source_read(struct source_unit *unit, struct arena *arena, struct diags *diags);

#endif
