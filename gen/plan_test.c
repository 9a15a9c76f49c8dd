/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mappings against what they speak of: each bad one is refused at its place, in words that say what
 * to write, with exit code 2 and no output; and what the plan makes of good ones.
 */
#include "fixture_test.h"

static const char *const old_source =
	"struct list_head { struct list_head *next, *prev; };\n"
	"struct peer { int x; struct list_head node; };\n"
	"struct lock { int word; };\n"
	"struct inner { int a; long b; };\n"
	"struct thing {\n"
	"	int id;\n"
	"	unsigned int flags;\n"
	"	struct peer *peer;\n"
	"	struct list_head list;\n"
	"	struct inner inner;\n"
	"	union { long number; void *address; } both;\n"
	"	unsigned long wide;\n"
	"	int sign;\n"
	"	int state;\n"
	"	unsigned int gone : 3;\n"
	"	long array[4];\n"
	"	struct thing_table { struct list_head thing_head; } *table;\n"
	"	struct list_head thing_node;\n"
	"};\n"
	"struct thing first_thing = {1};\n";

static const char *const new_source =
	"struct list_head { struct list_head *next, *prev; };\n"
	"struct peer { int x; struct list_head node; };\n"
	"struct lock { int word; };\n"
	"struct inner { int a; long b; int c; };\n"
	"struct thing {\n"
	"	int id;\n"
	"	unsigned int flags;\n"
	"	struct peer *peer;\n"
	"	struct list_head list;\n"
	"	struct inner inner;\n"
	"	union { long number; void *address; } both;\n"
	"	unsigned int wide;\n"
	"	unsigned int sign;\n"
	"	int renamed;\n"
	"	long added;\n"
	"	long array[4];\n"
	"	struct thing_table { struct list_head thing_head; } *table;\n"
	"	struct list_head thing_node;\n"
	"};\n"
	"struct thing first_thing = {1};\n";

/* Line 11 is the first of the members. */
static const char *const good_mapping =
	"carryover: 1\n"
	"from: { release: 1.0, arch: x86_64 }\n"
	"to:   { release: 2.0, arch: x86_64 }\n"
	"defaults:\n"
	"  pointer: { null: outside }\n"
	"roots:\n"
	"  - { symbol: first_thing, type: struct thing, restore: none }\n"
	"types:\n"
	"  struct thing:\n"
	"    members:\n"
	"      flags: { constants: { prefix: T_, header: thing.h } }\n"
	"      list: { list: { of: struct peer, node: node } }\n"
	"      both.number: { from: both.number, why: never an address here }\n"
	"      wide: { on-overflow: refuse, why: small numbers }\n"
	"      sign: { expr: \"(unsigned int)old->sign\", why: never negative }\n"
	"      renamed: { from: state }\n"
	"      added: { hook: make_added, reads: [id], why: made of the id }\n"
	"    drop:\n"
	"      gone: nobody reads it\n"
	"  struct inner:\n"
	"    members:\n"
	"      c: { init: \"3\", why: not known before }\n";

static const char *const good_hooks =
	"#include \"layout.h\"\n"
	"/* int make_other(void) { } */\n"
	"int make_added(struct co_ctx *ctx, const struct old_thing *old, struct new_thing *new)\n"
	"{\n"
	"	(void)ctx;\n"
	"	new->added = old->id;\n"
	"	return 0;\n"
	"}\n";

static int sources_setup(void **state)
{
	struct fixture *f;

	if (fixture_setup(state))
		return -1;
	f = *state;
	fixture_write(f, "old.c", old_source);
	fixture_write(f, "new.c", new_source);
	fixture_write(f, "hooks.c", good_hooks);
	fixture_write(f, "mapping.yaml", good_mapping);
	return fixture_run(f, "gcc -g -shared -fPIC -o old.so old.c && "
			      "gcc -g -shared -fPIC -o new.so new.c");
}

/* Writes good_mapping with the first FROM replaced by TO. */
static void mapping_edit(const struct fixture *f, const char *from, const char *to)
{
	const char *at = strstr(good_mapping, from);
	char text[4096];

	if (!at)
		fail_msg("the mapping has no %s", from);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - good_mapping), good_mapping, to,
		 at + strlen(from));
	fixture_write(f, "mapping.yaml", text);
}

struct bad {
	const char *name;
	const char *from, *to; /* the edit of good_mapping */
	const char *said[3];   /* each is in the diagnostics, with its place */
};

static const struct bad bad_mappings[] = {
	{"other release",
	 "release: 1.0, arch: x86_64",
	 "release: 1.0, arch: s390x",
	 {"mapping.yaml:2:29: the mapping is for machine s390x, but old.so is x86_64; "}},
	{"no such type",
	 "struct inner:",
	 "struct iner:",
	 {"mapping.yaml:20:3: no type 'struct iner' in new.so; did you mean 'struct inner'?",
	  "struct inner.c: added: a human has to decide"}},
	{"no such member",
	 "renamed: { from",
	 "renamd: { from",
	 {"mapping.yaml:16:7: struct thing.renamd: the new type has no member `renamd`; did you "
	  "mean `renamed`?"}},
	{"no such old member",
	 "from: state",
	 "from: stat",
	 {"mapping.yaml:16:24: struct thing.stat: the old type has no member `stat`; did you mean "
	  "`state`?"}},
	{"expression reads what is not there",
	 "old->sign",
	 "old->sing",
	 {"mapping.yaml:15:41: struct thing.sign: no member named 'sing' in 'struct old_thing'"}},
	{"expression with a near miss",
	 "(unsigned int)old->sign",
	 "(unsigned int)old->signe",
	 {"mapping.yaml:15:41: struct thing.sign: no member named 'signe' in 'struct old_thing'; "
	  "did "
	  "you mean 'sign'?"}},
	{"type error in an expression",
	 "\"(unsigned int)old->sign\"",
	 "(unsigned int)old->sign + old->inner",
	 {"mapping.yaml:15:45: struct thing.sign: invalid operands to binary expression"}},
	{"expression that reads more than it says",
	 "never negative }",
	 "never negative, reads: [id] }",
	 {"mapping.yaml:15:36: struct thing.sign: the expression reads it, which `reads` does not "
	  "say; write `reads: [sign]`",
	  "mapping.yaml:15:77: struct thing.id: the expression does not read it; write `reads: "
	  "[sign]`"}},
	{"hook that reads more than it says",
	 "reads: [id]",
	 "reads: [state]",
	 {"hooks.c:6:15: struct thing.id: make_added reads it, which `reads` does not say; write "
	  "`reads: [id]`",
	  "mapping.yaml:17:42: `reads` is here",
	  "mapping.yaml:17:42: struct thing.state: make_added does not read it; write `reads: "
	  "[id]`"}},
	{"hook that reads less than it says",
	 "reads: [id]",
	 "reads: [id, state]",
	 {"mapping.yaml:17:46: struct thing.state: make_added does not read it; write `reads: "
	  "[id]`"}},
	{"todo as value",
	 "renamed: { from: state }",
	 "renamed: TODO",
	 {"mapping.yaml:16:16: struct thing.renamed: still TODO; decide it and write the "
	  "decision"}},
	{"stale was",
	 "wide: {",
	 "wide: { was: int,",
	 {"mapping.yaml:14:20: struct thing.wide: stale: `was: int`, but the old type has `long "
	  "unsigned int`; look at the decision again, then write `was: long unsigned int`"}},
	{"stale is",
	 "wide: {",
	 "wide: { is: u16,",
	 {"mapping.yaml:14:19: struct thing.wide: stale: `is: u16`, but the new type has `unsigned "
	  "int`"}},
	{"undecided",
	 "      added: { hook: make_added, reads: [id], why: made of the id }\n",
	 "",
	 {"mapping.yaml:9:3: struct thing.added: added: a human has to decide; under `types: "
	  "struct "
	  "thing: members: added:` write `from: OLD_MEMBER`, `init: VALUE`, ",
	  "new.c:15:0: added is declared here"}},
	{"undecided sign",
	 "      sign: { expr: \"(unsigned int)old->sign\", why: never negative }\n",
	 "",
	 {"mapping.yaml:9:3: struct thing.sign: changed its sign, not every old value fits: a "
	  "human "
	  "has to decide; under `types: struct thing: members: sign:` write `on-overflow: refuse`, "
	  "`on-overflow: saturate` with `why` for a plain integer, `expr` or `hook`"}},
	{"undecided flags",
	 "      flags: { constants: { prefix: T_, header: thing.h } }\n",
	 "",
	 {"struct thing.flags: a flag word: which constants is it made of: a human has to decide"}},
	{"undecided pointer",
	 "defaults:\n  pointer: { null: outside }\n",
	 "",
	 {"struct thing.peer: a pointer: a human has to decide; under `types: struct thing: "
	  "members: "
	  "peer:` write `follow: TYPE`"}},
	{"undecided union",
	 "      both.number: { from: both.number, why: never an address here }\n",
	 "",
	 {"struct thing.both: a union with a pointer or an idiom in an arm: a human has to "
	  "decide"}},
	{"drop without reason",
	 "gone: nobody reads it",
	 "gone:",
	 {"mapping.yaml:19:12: `gone` has no reason"}},
	{"drop of what is consumed",
	 "gone: nobody reads it",
	 "gone: nobody reads it\n      state: nobody",
	 {"mapping.yaml:20:7: struct thing.state: dropped, but the new type takes its value "
	  "(from); "
	  "take `drop` away or decide the new member otherwise"}},
	{"old byte that nobody consumes",
	 "    drop:\n      gone: nobody reads it\n",
	 "",
	 {"mapping.yaml:9:3: struct thing.gone: bits 0-2 from byte 72 of the old type are "
	  "consumed "
	  "by nobody; under `types: struct thing:` write `drop: {gone: reason}`",
	  "old.c:15:0: gone is declared here"}},
	{"value lost without reason",
	 "sign: { expr: \"(unsigned int)old->sign\", why: never negative }",
	 "sign: { expr: \"5\" }",
	 {"mapping.yaml:15:7: struct thing.sign: the old member's value is lost without a reason; "
	  "write `why: ...` beside expr, or `drop: {sign: reason}`"}},
	{"constant that the member cannot hold",
	 "      c: { init: \"3\", why: not known before }\n",
	 "      c: { init: \"0x100000000\", why: not known before }\n",
	 {"mapping.yaml:22:18: struct inner.c: 4294967296 does not fit the new type, which holds "
	  "-2147483648 to 2147483647; write a value that it holds, or a cast to its type"}},
	{"computed constant that the member cannot hold",
	 "      c: { init: \"3\", why: not known before }\n",
	 "      c: { init: \"-3 * 0x40000000L\", why: not known before }\n",
	 {"mapping.yaml:22:18: struct inner.c: -3221225472 does not fit the new type, which holds "
	  "-2147483648 to 2147483647; write a value that it holds, or a cast to its type"}},
	{"constant that is none",
	 "      c: { init: \"3\", why: not known before }\n",
	 "      c: { init: \"old->a\", why: not known before }\n",
	 {"struct inner.c: `init` takes a constant; write `expr` for what is computed"}},
	{"constant that does not compile",
	 "      c: { init: \"3\", why: not known before }\n",
	 "      c: { init: \"3 +\", why: not known before }\n",
	 {"struct inner.c: expected expression"}},
	{"hook that is not defined",
	 "make_added",
	 "make_other",
	 {"mapping.yaml:17:22: struct thing.added: make_other is not defined in hooks.c; write "
	  "`int "
	  "make_other(struct co_ctx *ctx, const struct old_thing *old, struct new_thing *new)` "
	  "there"}},
	{"one function for two things",
	 "      renamed: { from: state }\n",
	 "      renamed: { from: state, restore: make_added }\n",
	 {"make_added cannot be a restore here and a hook of struct thing, for its parameters "
	  "differ; write a function for each"}},
	{"decided twice",
	 "      renamed: { from: state }\n",
	 "      renamed: { from: state }\n      renamed: { init: \"1\" }\n",
	 {"mapping.yaml:17:7: "}},
	{"two arms of a union",
	 "      wide:",
	 "      both.address: { opaque: why not }\n      both.address: { \"null\": why }\n      "
	 "wide:",
	 {"mapping.yaml:15:7: "}},
	{"arms of one union",
	 "      wide:",
	 "      both.address: { \"null\": why }\n      wide:",
	 {"mapping.yaml:14:7: struct thing.both.address: decided twice: both.number and "
	  "both.address "
	  "are arms of one union: a union is one region under one decision, name only one of "
	  "them"}},
	{"view without such a member",
	 "    members:\n      flags",
	 "    carry: [idd]\n    rest: { init: zero, why: outside }\n    members:\n      flags",
	 {"mapping.yaml:10:13: struct thing.idd: the new type has no member `idd`; did you mean "
	  "`id`?"}},
	{"root symbol that is not there",
	 "symbol: first_thing",
	 "symbol: last_thing",
	 {"mapping.yaml:7:15: last_thing: the old layout old.so has no such symbol"}},
	{"walk along what is no list",
	 "restore: none }",
	 "restore: none, walk: { list: id } }",
	 {"mapping.yaml:7:77: struct thing.id: not a list head, so there is nothing to walk "
	  "along"}},
	{"walk without a node",
	 "restore: none }",
	 "restore: none, walk: { list: list, of: struct peer } }",
	 {"mapping.yaml:7:77: struct thing.list: struct peer has no list node ``; write `node: "
	  "MEMBER`, the member of struct peer that links it"}},
	{"element of an array",
	 "      wide:",
	 "      \"array[1]\": { init: \"1\", why: why }\n      wide:",
	 {"mapping.yaml:14:7: struct thing.array[1]: elements of an array are not decided one by "
	  "one"}},
	{"expression for an array",
	 "      wide:",
	 "      array: { expr: \"old->id\", why: why }\n      wide:",
	 {"mapping.yaml:14:22: struct thing.array: an expression gives an integer"}},
	{"a member that saturates into a pointer",
	 "renamed: { from: state }",
	 "renamed: { from: list.next, on-overflow: saturate, why: nearest }",
	 {"struct thing.renamed: a pointer became a scalar, or a scalar a pointer: a human has to "
	  "decide"}},
	{"bits",
	 "renamed: { from: state }",
	 "renamed: { bits: { ONE: state } }",
	 {"mapping.yaml:16:26: struct thing.renamed: `ONE`: ONE is no enumerator of the new "
	  "layout"}},
	{"enumerators of a number",
	 "renamed: { from: state }",
	 "renamed: { from: state, enumerators: by-name }",
	 {"struct thing.renamed: `enumerators` is for a member that is an enum on both sides"}},
	{"pointer way on a number",
	 "renamed: { from: state }",
	 "renamed: { follow: struct peer, from: state }",
	 {"struct thing.renamed: `follow` is for a pointer that is one on both sides"}},
	{"extent too small",
	 "    members:\n      flags",
	 "    extent: 64\n    members:\n      flags",
	 {"mapping.yaml:10:13: struct thing.extent: the plan reads up to byte ",
	  "beyond the extent of 64"}},
	{"extent of more than the type has",
	 "    members:\n      flags",
	 "    extent: 6400\n    members:\n      flags",
	 {"mapping.yaml:10:13: struct thing.extent: `6400` is not a number of bytes up to "}},
	{"extent by a member that is not there",
	 "    members:\n      flags",
	 "    extent: nobody\n    members:\n      flags",
	 {"mapping.yaml:10:13: struct thing.extent: `nobody` is no whole number among the old "
	  "members outside unions"}},
	{"extent by a member that is no number",
	 "    members:\n      flags",
	 "    extent: list.next\n    members:\n      flags",
	 {"mapping.yaml:10:13: struct thing.extent: `list.next` is no whole number"}},
	{"extent by a member that goes on saying the old one",
	 "    members:\n      flags",
	 "    extent: id\n    members:\n      flags",
	 {"mapping.yaml:10:13: struct thing.id: it would go on saying how many bytes the old object "
	  "had, and the new one has others; write `expr`, `hook` or `init` for it, or `from: id` "
	  "with `why`"}},
};

static void bad_check(struct fixture *f, const struct bad *bad)
{
	int code;

	mapping_edit(f, bad->from, bad->to);
	code = fixture_gen(f, "old.so", "new.so");
	if (code != 2)
		fail_msg("%s: exit code %d", bad->name, code);
	for (size_t i = 0; i < 3 && bad->said[i]; i++)
		if (!strstr(text_string(&f->said), bad->said[i]))
			fail_msg("%s: expected\n%s\nfound\n%s", bad->name, bad->said[i],
				 text_string(&f->said));
	if (fixture_exists(f, "out") || fixture_exists(f, "ledger"))
		fail_msg("%s: output appeared", bad->name);
}

struct bad_hooks {
	const char *name;
	const char *before; /* stands before the function */
	const char *body;   /* of make_added, at line 2 */
	const char *said[2];
};

#define ADDED_HEAD                                                                                 \
	"int make_added(struct co_ctx *ctx, const struct old_thing *old, struct new_thing *new)"

static const struct bad_hooks bad_hooks[] = {
	{"type error",
	 "#include \"layout.h\"\n",
	 ADDED_HEAD "\n{\n	new->added = old->inner;\n	return 0;\n}\n",
	 {"hooks.c:4:13: assigning to 'int64_t' (aka 'long') from incompatible type"}},
	{"unknown member",
	 "#include \"layout.h\"\n",
	 ADDED_HEAD "\n{\n	new->addad = old->id;\n	return 0;\n}\n",
	 {"hooks.c:4:7: no member named 'addad' in 'struct new_thing'; did you mean 'added'?"}},
	{"unknown header",
	 "#include <stdio.h>\n",
	 ADDED_HEAD ";\n",
	 {"hooks.c:1:10: 'stdio.h' file not found"}},
	{"wrong parameters",
	 "#include \"layout.h\"\n",
	 "int make_added(const struct old_thing *old, struct new_thing *new)\n{\n	"
	 "new->added = old->id;\n	return 0;\n}\n",
	 {"hooks.c:2:5: struct thing.added: make_added is `int (const struct old_thing *, struct "
	  "new_thing *)` here; write `int make_added(struct co_ctx *ctx, const struct old_thing "
	  "*old, struct new_thing *new)`"}},
	{"declared, not defined",
	 "#include \"layout.h\"\n",
	 ADDED_HEAD ";\n",
	 {"mapping.yaml:17:22: struct thing.added: make_added is not defined in hooks.c; write "}},
	{"forgotten",
	 "#include \"layout.h\"\n",
	 ADDED_HEAD "\n{\n	return old->id && new->added ? co_status(ctx) : 0;\n}\n",
	 {"hooks.c:2:5: struct thing.added: make_added never writes it, and it is left to "
	  "make_added; set new->added there, or decide it otherwise",
	  "mapping.yaml:17:7: added is decided here"}},
	{"forgotten in one branch",
	 "#include \"layout.h\"\n",
	 ADDED_HEAD
	 "\n{\n	if (old->id)\n		new->added = old->id;\n	return co_status(ctx);\n}\n",
	 {"hooks.c:6:2: struct thing.added: make_added succeeds here without having written it; "
	  "set "
	  "new->added on every path, or refuse the object with co_fail() or a result that is not 0",
	  "hooks.c:2:5: make_added is here"}},
	{"written twice",
	 "#include \"layout.h\"\n",
	 ADDED_HEAD
	 "\n{\n	new->added = 0;\n	if (!old->id)\n		return CO_E_VALUE;\n	"
	 "new->added = old->id;\n	return co_status(ctx);\n}\n",
	 {"hooks.c:7:2: struct thing.added: written twice: on every path make_added assigned it "
	  "before; leave one of the two out",
	  "hooks.c:4:2: first written here"}},
	{"foreign",
	 "#include \"layout.h\"\n",
	 ADDED_HEAD "\n{\n	new->added = new->sign = (unsigned int)old->id;\n	return "
		    "co_status(ctx);\n}\n",
	 {"hooks.c:4:15: struct thing.sign: make_added writes it, but it is decided elsewhere "
	  "(expr); write `hook: make_added` for it in the mapping, or leave it alone",
	  "mapping.yaml:15:7: sign is decided here"}},
	{"foreign through a helper",
	 "#include \"layout.h\"\nstatic void set(unsigned int *to) { *to = 1; }\n",
	 ADDED_HEAD "\n{\n	set(&new->wide);\n	new->added = old->id;\n	return "
		    "co_status(ctx);\n}\n",
	 {"hooks.c:2:37: struct thing.wide: make_added writes it, but it is decided elsewhere"}},
	{"everything",
	 "#include \"layout.h\"\nvoid elsewhere(void *);\n",
	 ADDED_HEAD "\n{\n	elsewhere(new);\n	new->added = old->id;\n	return "
		    "co_status(ctx);\n}\n",
	 {"hooks.c:5:12: struct thing: make_added hands `new` to elsewhere: everything may be "
	  "written; name the members that are its own"}},
	{"the old object",
	 "#include \"layout.h\"\n",
	 ADDED_HEAD "\n{\n	*(int *)&old->id = 0;\n	new->added = old->id;\n	"
		    "return co_status(ctx);\n}\n",
	 {"hooks.c:4:2: struct thing.id: make_added writes the old object, which nobody may "
	  "change"}},
};

static void test_bad_hooks(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(bad_hooks) / sizeof(bad_hooks[0]); i++) {
		const struct bad_hooks *bad = &bad_hooks[i];
		char text[2048];

		snprintf(text, sizeof(text), "%s%s", bad->before, bad->body);
		fixture_write(f, "hooks.c", text);
		assert_int_equal(fixture_gen(f, "old.so", "new.so"), 2);
		for (size_t k = 0; k < 2 && bad->said[k]; k++)
			if (!strstr(text_string(&f->said), bad->said[k]))
				fail_msg("%s: expected\n%s\nfound\n%s", bad->name, bad->said[k],
					 text_string(&f->said));
		assert_false(fixture_exists(f, "out"));
	}
}

/* Two functions for one member: the second one is told whose it is. */
static void test_doubled_member(void **state)
{
	struct fixture *f = *state;

	mapping_edit(f, "renamed: { from: state }",
		     "renamed: { hook: make_renamed, reads: [state], why: why }");
	fixture_write(
		f, "hooks.c",
		"#include \"layout.h\"\n" ADDED_HEAD "\n{\n	new->added = old->id;\n	"
		"return co_status(ctx);\n}\nint make_renamed(struct co_ctx *ctx, const struct "
		"old_thing *old, struct new_thing *new)\n{\n	new->renamed = old->state;\n"
		"	new->added++;\n	return co_status(ctx);\n}\n");
	assert_int_equal(fixture_gen(f, "old.so", "new.so"), 2);
	if (!strstr(text_string(&f->said), "hooks.c:10:2: struct thing.added: written twice: "
					   "make_renamed writes it, and it "
					   "is left to make_added; leave one of them out"))
		fail_msg("%s", text_string(&f->said));
}

/* What only a hook reads counts as consumed, without `reads`; what it does not read does not. */
static void test_derived_reads(void **state)
{
	struct fixture *f = *state;
	static const char *const hooks =
		"#include \"layout.h\"\n" ADDED_HEAD "\n{\n	const struct old_thing *o = old;\n"
		"	new->added = (long)o->%s;\n	return co_status(ctx);\n}\n";
	char text[1024];

	mapping_edit(f,
		     "reads: [id], why: made of the id }\n    drop:\n      gone: nobody reads it\n",
		     "why: made of the id }\n");
	snprintf(text, sizeof(text), hooks, "gone");
	fixture_write(f, "hooks.c", text);
	if (fixture_gen(f, "old.so", "new.so"))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "make -s -C out && grep -q 'gone .*read by hook' ledger && "
					"rm -r out ledger"),
			 0);
	snprintf(text, sizeof(text), hooks, "id");
	fixture_write(f, "hooks.c", text);
	assert_int_equal(fixture_gen(f, "old.so", "new.so"), 2);
	assert_non_null(strstr(text_string(&f->said), "struct thing.gone: bits 0-2 from byte 72"));
}

/*
 * An embedded type that crosses by its own plan is not opened by what a hook reads in it; what that
 * plan leaves behind has to be named.
 */
static void test_reads_embedded(void **state)
{
	struct fixture *f = *state;

	fixture_write(f, "hooks.c",
		      "#include \"layout.h\"\n" ADDED_HEAD
		      "\n{\n	new->added = old->inner.a;\n"
		      "	return co_status(ctx);\n}\n");
	mapping_edit(f, "reads: [id], ", "");
	if (fixture_gen(f, "old.so", "new.so"))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f,
				     "make -s -C out && grep -q convert_inner out/converter.c && "
				     "rm -r out ledger"),
			 0);
	fixture_write(f, "hooks.c",
		      "#include \"layout.h\"\n" ADDED_HEAD
		      "\n{\n	const struct old_inner *in = "
		      "&old->inner;\n	new->added = in->b;\n	return co_status(ctx);\n}\n");
	if (fixture_gen(f, "old.so", "new.so"))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "make -s -C out && rm -r out ledger"), 0);
}

static void test_reads_embedded_array(void **state)
{
	struct fixture *f = *state;

	fixture_write(f, "pair.c",
		      "struct cell { int x; long y; };\n"
		      "struct row { struct cell cells[3]; long sum; } row = {{{1, 2}}, 3};\n");
	assert_int_equal(fixture_run(f, "gcc -g -shared -fPIC -o pair.so pair.c"), 0);
	fixture_write(f, "mapping.yaml",
		      "carryover: 1\n"
		      "from: { release: 1.0, arch: x86_64 }\n"
		      "to:   { release: 2.0, arch: x86_64 }\n"
		      "types:\n"
		      "  struct row:\n"
		      "    members:\n"
		      "      sum: { hook: make_sum, why: counted again }\n");
	fixture_write(f, "hooks.c",
		      "#include \"layout.h\"\n"
		      "int make_sum(struct co_ctx *ctx, const struct old_row *old, struct new_row "
		      "*new)\n{\n	new->sum = 0;\n	for (int i = 0; i < 3; i++)\n		"
		      "new->sum += old->cells[i].x;\n	return co_status(ctx);\n}\n");
	if (fixture_gen(f, "pair.so", "pair.so"))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "make -s -C out"), 0);
}

static void test_hook_sees_the_plan(void **state)
{
	struct fixture *f = *state;

	fixture_write(f, "hooks.c",
		      "#include \"layout.h\"\n" ADDED_HEAD
		      "\n{\n	new->added = old->inner.a;\n"
		      "	return co_status(ctx);\n}\n");
	mapping_edit(f,
		     "reads: [id], why: made of the id }\n    drop:\n      gone: nobody reads it\n"
		     "  struct inner:\n    members:\n",
		     "why: made }\n    drop:\n      gone: nobody reads it\n  struct inner:\n    "
		     "carry: [b, c]\n    rest: { init: zero, why: left behind }\n    members:\n");
	assert_int_equal(fixture_gen(f, "old.so", "new.so"), 2);
	if (!strstr(text_string(&f->said),
		    "hooks.c:4:26: no member named 'a' in 'struct old_inner', as layout.h of this "
		    "plan "
		    "has it; name in `reads` what is read of an embedded type"))
		fail_msg("%s", text_string(&f->said));
	assert_false(fixture_exists(f, "out"));
}

/* `old` in foreign hands: refused, or believed where `reads` says what happens, with a warning. */
static void test_old_escapes(void **state)
{
	struct fixture *f = *state;

	fixture_write(f, "hooks.c",
		      "#include \"layout.h\"\nlong elsewhere(const void *);\n" ADDED_HEAD
		      "\n{\n	new->added = elsewhere(old);\n	return co_status(ctx);\n}\n");
	assert_int_equal(fixture_gen(f, "old.so", "new.so"), 0);
	assert_non_null(
		strstr(text_string(&f->said),
		       "hooks.c:5:25: struct thing: make_added hands `old` to elsewhere, "
		       "which is not in hooks.c: everything may be read; `reads` is believed, "
		       "not checked"));
	assert_int_equal(fixture_run(f, "rm -r out ledger"), 0);
	mapping_edit(f, "reads: [id], ", "");
	assert_int_equal(fixture_gen(f, "old.so", "new.so"), 2);
	assert_non_null(strstr(text_string(&f->said),
			       "everything may be read; hand over the members, or write `reads: "
			       "[MEMBER, ...]` beside `hook` in the mapping"));
}

static void test_bad_mappings(void **state)
{
	for (size_t i = 0; i < sizeof(bad_mappings) / sizeof(bad_mappings[0]); i++)
		bad_check(*state, &bad_mappings[i]);
}

static void test_all_at_once(void **state)
{
	struct fixture *f = *state;

	fixture_write(f, "mapping.yaml",
		      "carryover: 1\n"
		      "from: { release: 1.0, arch: x86_64 }\n"
		      "to:   { release: 2.0, arch: x86_64 }\n"
		      "types:\n"
		      "  struct inner:\n"
		      "    members:\n"
		      "      d: { init: \"3\", why: x }\n"
		      "      c: TODO\n"
		      "  struct nothing: {}\n");
	assert_int_equal(fixture_gen(f, "old.so", "new.so"), 2);
	assert_non_null(strstr(text_string(&f->said), "mapping.yaml:7:7: "));
	assert_non_null(strstr(text_string(&f->said), "mapping.yaml:8:10: "));
	assert_non_null(strstr(text_string(&f->said), "mapping.yaml:9:3: "));
}

static void test_no_hooks_file(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(fixture_run(f, "rm hooks.c"), 0);
	assert_int_equal(fixture_gen(f, "old.so", "new.so"), 2);
	assert_non_null(strstr(text_string(&f->said), "hooks.c, which does not exist; write"));
}

static void test_tail_inside(void **state)
{
	struct fixture *f = *state;

	fixture_write(f, "tail.c",
		      "struct tailed { int n; long tail[]; };\n"
		      "struct outer { int x; struct tailed tailed; } outer = {1};\n");
	assert_int_equal(fixture_run(f, "gcc -g -shared -fPIC -o tail.so tail.c"), 0);
	fixture_write(f, "mapping.yaml",
		      "carryover: 1\n"
		      "from: { release: 1.0, arch: x86_64 }\n"
		      "to:   { release: 2.0, arch: x86_64 }\n"
		      "types:\n"
		      "  struct outer: {}\n"
		      "  struct tailed:\n"
		      "    members:\n"
		      "      tail: { count: n }\n");
	assert_int_equal(fixture_gen(f, "tail.so", "tail.so"), 2);
	assert_non_null(
		strstr(text_string(&f->said),
		       "mapping.yaml:5:3: struct outer.tailed: struct tailed has a flexible "
		       "tail, which crosses only at the end of an object of its own"));
}

static void test_other_machine(void **state)
{
	struct fixture *f = *state;

	if (fixture_run(f, "gcc -m32 -g -c -o new32.o new.c 2>/dev/null")) {
		skip();
		return;
	}
	assert_int_equal(fixture_gen(f, "old.so", "new32.o"), 2);
	assert_non_null(strstr(text_string(&f->said), "objects do not cross between machines"));
}

static void test_old_output_stays(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(fixture_gen(f, "old.so", "new.so"), 0);
	assert_int_equal(fixture_run(f, "cp -r out before"), 0);
	mapping_edit(f, "make_added", "make_other");
	assert_int_equal(fixture_gen(f, "old.so", "new.so"), 2);
	assert_int_equal(fixture_run(f, "diff -r out before"), 0);
}

/* ---- good ones
 * -------------------------------------------------------------------------------------- */

static bool said_in(struct fixture *f, const char *name, const char *words)
{
	struct arena arena;
	const char *text;
	bool found;

	arena_init(&arena);
	text = fixture_read(f, name, &arena);
	found = text && strstr(text, words);
	arena_deinit(&arena);
	return found;
}

static void test_good(void **state)
{
	struct fixture *f = *state;

	if (fixture_gen(f, "old.so", "new.so"))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "make -s -C out"), 0);
	assert_true(said_in(f, "out/converter.c", " * id: same name\n"));
	assert_true(said_in(f, "out/converter.c", "mapping.yaml:14 small numbers"));
	assert_true(said_in(f, "out/converter.c", "#line 15 \"mapping.yaml\""));
	assert_true(said_in(f, "ledger", "nobody reads it"));
	assert_true(said_in(f, "ledger", "outside"));
}

/* Where the expression stands in several lines of the file, its beginning has to do. */
static void test_error_in_folded_expression(void **state)
{
	struct fixture *f = *state;

	mapping_edit(
		f, "sign: { expr: \"(unsigned int)old->sign\", why: never negative }",
		"sign:\n        expr: >-\n          old->sign +\n          nonsense\n        why: "
		"never negative");
	assert_int_equal(fixture_gen(f, "old.so", "new.so"), 2);
	if (!strstr(text_string(&f->said), "mapping.yaml:16:15: struct thing.sign: use of "
					   "undeclared identifier 'nonsense'"))
		fail_msg("%s", text_string(&f->said));
}

static void test_walks(void **state)
{
	struct fixture *f = *state;

	mapping_edit(
		f, "restore: none }",
		"restore: none, walk: { list: thing_node, then: { list: table.thing_head } } }");
	if (fixture_gen(f, "old.so", "new.so"))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "make -s -C out"), 0);
	assert_true(said_in(f, "out/converter.c", "steps_1[] = {120}"));
	assert_true(said_in(f, "out/converter.c", "steps_0[] = {112, 0}"));
	assert_true(said_in(f, "out/converter.c", ".node = 120"));
	assert_true(said_in(f, "out/converter.c", ".symbol = \"first_thing\""));
}

static void test_view(void **state)
{
	struct fixture *f = *state;

	fixture_write(f, "mapping.yaml",
		      "carryover: 1\n"
		      "from: { release: 1.0, arch: x86_64 }\n"
		      "to:   { release: 2.0, arch: x86_64 }\n"
		      "types:\n"
		      "  struct thing:\n"
		      "    carry: [id, array, inner.a]\n"
		      "    rest: { init: zero, why: made anew }\n");
	if (fixture_gen(f, "old.so", "new.so"))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "make -s -C out"), 0);
	assert_true(said_in(f, "ledger", "rest, rest: outside the view: made anew"));
	assert_true(said_in(f, "out/converter.c", "new->inner.a = old->inner.a"));
	assert_false(said_in(f, "out/converter.c", "new->wide ="));
}

/* `rest` covers no change inside the view. */
static void test_view_asks(void **state)
{
	struct fixture *f = *state;

	fixture_write(f, "mapping.yaml",
		      "carryover: 1\n"
		      "from: { release: 1.0, arch: x86_64 }\n"
		      "to:   { release: 2.0, arch: x86_64 }\n"
		      "types:\n"
		      "  struct thing:\n"
		      "    carry: [id, wide]\n"
		      "    rest: { init: zero, why: made anew }\n");
	assert_int_equal(fixture_gen(f, "old.so", "new.so"), 2);
	assert_non_null(strstr(text_string(&f->said), "struct thing.wide: narrower"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sources_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bad_mappings),
		TEST(test_all_at_once),
		TEST(test_no_hooks_file),
		TEST(test_tail_inside),
		TEST(test_other_machine),
		TEST(test_old_output_stays),
		TEST(test_good),
		TEST(test_error_in_folded_expression),
		TEST(test_bad_hooks),
		TEST(test_doubled_member),
		TEST(test_derived_reads),
		TEST(test_old_escapes),
		TEST(test_reads_embedded),
		TEST(test_hook_sees_the_plan),
		TEST(test_reads_embedded_array),
		TEST(test_walks),
		TEST(test_view),
		TEST(test_view_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
