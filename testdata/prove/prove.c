/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prove DIRECTORY SEED ROUNDS: a generated pair (old.so, new.so, mapping.yaml, out/converter.so):
 * the plan executed on bytes, the compiled converter, and C's own members of the new struct, all on
 * the same values; then each operation of the plan is broken in turn, which must show. prove
 * MAPPING OLD NEW CONVERTER.so [BACK.so] SEED ROUNDS: the first two alone, for a converter that a
 * human maintains, then its broken plans. With a converter of the way back (DIRECTORY's is
 * back/converter.so) every object returns through it. prove chain DIRECTORY SEED ROUNDS: the first two for the composition of two
 * mappings, on the values of a generated pair (old.so), which must become what both converters make
 * of them one after the other; then each operation is broken.
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cases.h"
#include "hooks_include.h"
#include "input.h"
#include "output.h"
#include "interpret.h"
#include "mutate.h"
#include "steps.h"
#include "back.h"
#include "values.h"

#define ROUNDS_MAX 4096
#define SHOWN_MAX 20
#define ROOM_MAX (16u << 20) /* bytes of all objects of one type */
#define ROUNDS_MIN 12
#define ROUNDS_MORE 1200

struct prover {
	struct arena arena;
	struct intern names;
	struct mapping mapping;
	struct model model[2];
	struct diff diff;
	struct plan plan;
	struct diags diags;
	void *library;
	const struct co_converter *converter;
	struct co_ctx *ctx; /* for hooks */
	uint64_t seed;
	unsigned int rounds;
	size_t types, objects, refused, values, failures, mutants, killed;
	struct steps_run *steps; /* of a chain, else NULL */
	struct way_back *back;	 /* NULL: none */
	bool without_members;	 /* of the new struct: nothing generated knows them */
};

/* One object and what it must become. */
struct trial {
	unsigned char *old, *expected, *found;
	size_t old_size, new_size;
	bool refused;
};

static uint64_t random_next(struct prover *prover)
{
	return random_step(&prover->seed);
}

/* ---- reading -----------------------------------------------------------------------------------
 */

static bool prover_read(struct prover *prover, const char *mapping, const char *old,
			const char *new)
{
	const char *files[2] = {old, new}, *names[4096];
	struct plan_input input = {.mapping = &prover->mapping, .diff = &prover->diff};
	struct read_options read = {.jobs = 1};
	size_t n;
	char *data = input_file(mapping, 1 << 24, &n, &prover->arena, &prover->diags);
	const char *slash = strrchr(mapping, '/');
	const char *hooks = arena_printf(&prover->arena, "%.*shooks.c",
					 slash ? (int)(slash - mapping + 1) : 0, mapping);

	if (!data || !mapping_read(mapping, data, n, &prover->mapping, &prover->diags))
		return false;
	for (int side = OLD; side <= NEW; side++) {
		read.symbols = side == OLD ? names : NULL;
		read.n_symbols = side == OLD ? plan_symbol_names(&prover->mapping, names, 4096) : 0;
		if (!input_read(files[side], &read, &prover->model[side], &prover->diags))
			return false;
	}
	diff_models(&prover->model[OLD], &prover->model[NEW], NULL, &prover->diff);
	input.hooks_file = "hooks.c";
	if (!access(hooks, F_OK))
		input.hooks = input_file(hooks, 1 << 24, &n, &prover->arena, &prover->diags);
	if (input.hooks)
		input.hooks = hooks_include(hooks, input.hooks, &n, &prover->arena, &prover->diags);
	return !prover->diags.errors && plan_make(&input, &prover->plan, &prover->diags);
}

static void *library_open(const char *path)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (!library) {
		fprintf(stderr, "%s\n", dlerror());
		exit(2);
	}
	return library;
}

/* ---- two engines on one object -----------------------------------------------------------------
 */

static enum outcome hook_call(struct work *work, const char *hook, const void *old, void *new)
{
	struct prover *prover = work->data;
	int (*function)(struct co_ctx *, const void *, void *);

	*(void **)&function = dlsym(prover->library, hook);
	if (!function)
		return OUTCOME_IMPOSSIBLE;
	return function(prover->ctx, old, new) ? OUTCOME_REFUSED : OUTCOME_DONE;
}

static void trouble_show(struct prover *prover, const struct plan_type *type,
			 const struct trial *trial, unsigned int round, const char *who,
			 const char *why)
{
	size_t at = 0;

	if (++prover->failures > SHOWN_MAX)
		return;
	while (at < trial->new_size && trial->expected[at] == trial->found[at])
		at++;
	printf("%s: round %u: %s: %s", type->label, round, who, why);
	if (at < trial->new_size) {
		printf(" byte %zu is 0x%02x and should be 0x%02x", at, trial->found[at],
		       trial->expected[at]);
		for (size_t i = 0; i < type->slots[NEW].n; i++) {
			const struct slot *slot = &type->slots[NEW].at[i];

			if (slot->bit / 8 <= at && at * 8 < slot->bit + slot->bits * slot->count)
				printf(", in %s (%s)", slot->path, type->ops.at[slot->op].rule);
		}
	}
	printf("\n");
}

/* The plan executed on the trial's bytes, as its operations stand or with what moves together. */
static bool plan_agrees(struct prover *prover, const struct plan_type *type, struct trial *trial,
			bool by_pieces, struct work *work)
{
	struct co_ctx ctx = {.pointers = CO_POINTERS_KEEP};

	*work = (struct work){
		.plan = &prover->plan,
		.old = trial->old,
		.old_size = trial->old_size,
		.new = trial->found,
		.new_size = trial->new_size,
		.new_address = 0x1000,
		.by_pieces = by_pieces,
		.call = hook_call,
		.data = prover,
	};
	prover->ctx = &ctx;
	interpret(work, type);
	return work->outcome == (trial->refused ? OUTCOME_REFUSED : OUTCOME_DONE) &&
	       !memcmp(trial->found, trial->expected, trial->new_size);
}

static int converter_run(struct prover *prover, const struct plan_type *type, struct trial *trial,
			 unsigned char *out)
{
	struct co_ctx ctx = {.converter = prover->converter,
			     .pointers = CO_POINTERS_KEEP,
			     .new_address = 0x1000};
	uint32_t row = co_type_find(prover->converter, type->label);

	memset(out, 0xa5, trial->new_size);
	return co_convert(&ctx, row, trial->old, trial->old_size, out, trial->new_size);
}

static void trial_check(struct prover *prover, const struct plan_type *type, struct trial *trial,
			unsigned int round)
{
	struct work work;
	int error = converter_run(prover, type, trial,
				  prover->without_members ? trial->expected : trial->found);

	prover->objects++;
	if (prover->without_members)
		trial->refused = error;
	prover->refused += trial->refused;
	if (error && error != CO_E_VALUE && error != CO_E_HOOK)
		trouble_show(prover, type, trial, round, "converter", co_strerror(error));
	else if (!error == trial->refused)
		trouble_show(prover, type, trial, round, "converter",
			     error ? "refused" : "not refused");
	else if (!prover->without_members && memcmp(trial->found, trial->expected, trial->new_size))
		trouble_show(prover, type, trial, round, "converter", "wrong:");
	for (int by_pieces = 0; by_pieces <= 1; by_pieces++)
		if (!plan_agrees(prover, type, trial, by_pieces, &work))
			trouble_show(prover, type, trial, round, by_pieces ? "runs" : "plan",
				     work.why ? work.why : "wrong:");
}

/* ---- values of generated structs ---------------------------------------------------------------
 */

static uint64_t value_boundary(struct prover *prover, unsigned int round, unsigned int bits)
{
	uint64_t top = (uint64_t)1 << (bits - 1);

	switch (round < 6 ? round : random_next(prover) % 12) {
	case 0:
		return 0;
	case 1:
		return UINT64_MAX;
	case 2:
		return top;
	case 3:
		return top - 1;
	case 4:
		return 1;
	case 5:
		return top >> (bits > 1) | 1;
	case 6:
	case 7:
	case 8:
	case 9:
		return random_next(prover) >>
		       (64 - bits + random_next(prover) % bits); /* each size as often */
	default:
		return random_next(prover);
	}
}

static bool value_refused(const struct prove_case *c, const int64_t *values, size_t i)
{
	const struct prove_value *value = &c->values[i];

	if (!value->partial)
		return false;
	if (value->chooses)
		return !value->live(values);
	if (value->live && !value->live(values))
		return false;
	if (value->kind == PROVE_SIGNED && values[i] < 0)
		return values[i] < value->low;
	return (uint64_t)values[i] > value->high;
}

/* 0 to 7, and what is beyond them, of a sign where there is one; in turn where all fits. */
static uint64_t choice_make(struct prover *prover, const struct prove_value *value,
			    unsigned int round)
{
	uint64_t turn = (round % 3 == 2 ? round / 3 + value->by : random_next(prover)) % 9;

	return turn < 8 ? turn : UINT64_MAX;
}

/* Which number to make: what lies in an arm has, of the objects in which all fits and its arm comes in turn, every
 * second time one of the limits. */
static unsigned int value_turn(const struct prove_value *value, unsigned int round)
{
	unsigned int turn = (round / 3 + (unsigned int)value->by) / 9;

	if (round < 6 || round % 3 != 2 || !value->live || value->chooses || turn % 2)
		return round;
	return 1 + turn / 2 % 4;
}

static int64_t value_make(struct prover *prover, const struct prove_value *value,
			  unsigned int round)
{
	uint64_t mask = value->bits < 64 ? ((uint64_t)1 << value->bits) - 1 : UINT64_MAX;
	uint64_t raw = value_boundary(prover, value_turn(value, round), value->bits) & mask;

	if (value->kind == PROVE_COUNT)
		return (int64_t)(raw % (PROVE_TAIL_MAX + 1));
	if (value->chooses && round >= 6 && random_next(prover) % 4)
		raw = choice_make(prover, value, round) & mask;
	if (value->kind == PROVE_SIGNED && raw >> (value->bits - 1))
		raw |= ~mask;
	return (int64_t)raw;
}

/* Where value I is refused, one near to it that both sides hold. */
static void value_fit(const struct prove_case *c, int64_t *values, size_t i)
{
	const struct prove_value *value = &c->values[i];
	uint64_t mask = value->bits < 64 ? ((uint64_t)1 << value->bits) - 1 : UINT64_MAX;
	bool is_signed = value->kind == PROVE_SIGNED;

	if (!value_refused(c, values, i))
		return;
	if (value->chooses) {
		values[i] = value->met;
	} else if (is_signed && values[i] < 0 && value->low < 0) {
		values[i] = value->low;
	} else {
		mask &= (uint64_t)values[i] & (is_signed ? mask >> 1 : mask);
		values[i] = (int64_t)(value->high < UINT64_MAX ? mask % (value->high + 1) : mask);
	}
}

/* Tries to make value I one that is refused: by itself it has to be noticed. */
static void value_unfit(struct prover *prover, const struct prove_case *c, int64_t *values,
			size_t i)
{
	for (unsigned int k = 0; k < 24 && !value_refused(c, values, i); k++)
		values[i] = value_make(prover, &c->values[i], k < 6 ? k : 6);
}

/* The LOOSEth value that may be refused, and whatever chooses its arm so that it can be. */
static size_t value_loosen(const struct prove_case *c, int64_t *values, size_t loose)
{
	size_t i = 0;

	while (!c->values[i].partial || loose--)
		i++;
	if (c->values[i].live)
		values[c->values[i].by] = c->values[i].met;
	return i;
}

/* After the boundaries: of three objects one as it comes, one that fits, one with one value that
 * does not. */
static void values_make(struct prover *prover, const struct prove_case *c, int64_t *values,
			unsigned int round)
{
	size_t partial = 0, loose = c->n_values;

	for (size_t i = 0; i < c->n_values; i++) {
		values[i] = value_make(prover, &c->values[i], round);
		partial += c->values[i].partial;
	}
	if (!partial || round < 6 || round % 3 == 0)
		return;
	if (round % 3 == 1)
		loose = value_loosen(c, values, round / 3 % partial);
	for (int others = 0; others <= 1; others++) /* first what chooses an arm */
		for (size_t i = 0; i < c->n_values; i++)
			if (i != loose && c->values[i].chooses != others)
				value_fit(c, values, i);
	if (loose < c->n_values)
		value_unfit(prover, c, values, loose);
}

/* Small values that the first hop takes, which every release holds, and one that is not, in turn each
 * of them: a later hop's limits are not known here. Every other time the small ones are hardly any but 0, which even one
 * bit with a sign holds. */
static void values_small(struct prover *prover, const struct prove_case *c, int64_t *values,
			 unsigned int round)
{
	size_t turn = round / 4 * 2 + round % 2, n = c->n_values, loose = n ? turn % n : 0;
	bool tiny = round % 4 && n && turn / n % 2;

	for (size_t i = 0; i < c->n_values; i++) {
		uint64_t small = random_next(prover) & (c->values[i].bits < 4 ? 1 : 7);

		if (tiny)
			small = !(random_next(prover) % 4);
		values[i] =
			(int64_t)(c->values[i].kind == PROVE_COUNT ? small % (PROVE_TAIL_MAX + 1)
								   : small);
	}
	for (size_t i = 0; i < n; i++)
		value_fit(c, values, i);
	if (c->n_values && round % 4)
		values[loose] = value_make(prover, &c->values[loose],
					   (unsigned int)(turn / c->n_values / 2 + 1));
}

static size_t size_with_tail(const struct prove_case *c, size_t count)
{
	size_t end = c->tail + count * c->element;

	return c->element && end > c->size ? end : c->size;
}

/* What an object becomes is what the steps make of it. */
static void steps_expect(struct prover *prover, const struct prove_case *old, struct trial *trial,
			 unsigned int round)
{
	int error = steps_convert(prover->steps, old->type, trial->old, trial->old_size,
				  trial->expected, trial->new_size);

	trial->refused = error;
	if (!error || error == CO_E_VALUE || error == CO_E_HOOK)
		return;
	printf("%s: round %u: steps: %s\n", old->type, round, co_strerror(error));
	prover->failures++;
}

/* Where no arm is live, one lies in OBJECT all the same: an object that is taken as if one were is not refused
 * for what its arm holds. */
static void dead_fill(const struct prove_case *c, unsigned char *object, int64_t *values)
{
	for (size_t i = 0; i < c->n_values; i++) {
		int64_t was = values[i];

		if (!c->values[i].chooses || c->values[i].live(values))
			continue;
		values[i] = c->values[i].met;
		c->fill(object, values);
		values[i] = was;
	}
}

/* An old object of CASES with every bit that is no member filled with garbage, and its new one. */
static void trial_fill(struct prover *prover, const struct prove_case *old,
		       const struct prove_case *new, struct trial *trial, unsigned int round)
{
	static int64_t values[1 << 16];

	trial->refused = false;
	if (prover->steps && round >= 6 && round % 4 != 1)
		values_small(prover, old, values, round);
	else
		values_make(prover, old, values, round);
	for (size_t i = 0; i < old->n_values; i++)
		trial->refused |= value_refused(old, values, i);
	for (size_t i = 0; i < trial->old_size; i++)
		trial->old[i] = (unsigned char)(round ? random_next(prover) : 0xff);
	memset(trial->expected, 0, trial->new_size);
	if (round % 2)
		dead_fill(old, trial->old, values);
	old->fill(trial->old, values);
	if (prover->steps)
		steps_expect(prover, old, trial, round);
	else if (!trial->refused)
		new->fill(trial->expected, values);
}

/* ---- breaking the plan -------------------------------------------------------------------------
 */

static bool is_noticed(struct prover *prover, const struct plan_type *type, struct trial *trials,
		       const struct broken *broken)
{
	struct work work;

	for (unsigned int round = prover->rounds; round-- > 0;)
		if (!plan_agrees(prover, type, &trials[round], broken->by_pieces, &work))
			return true;
	return false;
}

static void survivor_print(const struct plan_type *type, const struct broken *broken)
{
	printf("survived: %s.%s: %s", type->label, broken->path, broken->how);
	if (broken->op != NO_INDEX)
		printf(" (%s)", broken->was.rule);
	if (broken->piece != NO_INDEX)
		printf(" (%" PRIu64 " bytes from %" PRIu64 " on)", broken->was_piece.bytes,
		       broken->was_piece.new_byte);
	printf("\n");
}

/* Breaks PART, which is TYPE or an arm of a union in it, in every way. */
static void part_mutate(struct prover *prover, const struct plan_type *type, struct plan_type *part,
			struct trial *trials)
{
	struct broken broken;
	bool applies, noticed;

	for (uint32_t i = 0; mutation_apply(&prover->plan, part, i, &broken, &applies); i++) {
		noticed = applies && is_noticed(prover, type, trials, &broken);
		mutation_undo(&broken);
		prover->mutants += applies;
		prover->killed += noticed;
		if (applies && !noticed)
			survivor_print(type, &broken);
	}
}

static void mutations_try(struct prover *prover, struct plan_type *type, struct trial *trials)
{
	part_mutate(prover, type, type, trials);
	for (size_t i = 0; i < type->ops.n; i++)
		for (size_t k = 0; k < type->ops.at[i].n_arms; k++)
			if (type->ops.at[i].arms[k].part != NO_INDEX)
				part_mutate(prover, type,
					    prover->plan.types.at[type->ops.at[i].arms[k].part],
					    trials);
}

/* ---- there and back ----------------------------------------------------------------------------
 */

/* TRIALS, whose expected bytes are what the converter made, go back. */
static void objects_return(struct prover *prover, const struct plan_type *type,
			   const struct trial *trials)
{
	struct way_back *back = prover->back;
	unsigned int shown = 0;

	if (!back)
		return;
	if (!back_begin(back, type->label, trials->old_size)) {
		printf("%s: unknown on the way back\n", type->label);
		prover->failures++;
		return;
	}
	for (unsigned int i = 0; i < prover->rounds; i++) {
		const char *wrong = trials[i].refused
					    ? NULL
					    : back_try(back, trials[i].old, trials[i].expected,
						       trials[i].new_size);

		prover->failures += wrong != NULL;
		if (wrong && shown++ < 3)
			printf("%s: round %u: back: %s\n", type->label, i, wrong);
	}
	back_end(back);
}

/* ---- one type ----------------------------------------------------------------------------------
 */

static struct plan_type *type_named(const struct prover *prover, const char *label)
{
	for (size_t i = 0; i < prover->plan.types.n; i++)
		if (!prover->plan.types.at[i]->is_part &&
		    !strcmp(prover->plan.types.at[i]->label, label))
			return prover->plan.types.at[i];
	return NULL;
}

static void trials_free(struct trial *trials, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		free(trials[i].old);
		free(trials[i].expected);
		free(trials[i].found);
	}
	free(trials);
}

static struct trial *trials_new(unsigned int n, size_t old_size, size_t new_size)
{
	struct trial *trials = calloc(n, sizeof(*trials));

	for (unsigned int i = 0; trials && i < n; i++)
		trials[i] = (struct trial){
			.old = buffer_new(old_size),
			.expected = buffer_new(new_size),
			.found = buffer_new(new_size),
			.old_size = old_size,
			.new_size = new_size,
		};
	if (!trials)
		abort();
	return trials;
}

/* As many as asked for, and enough for each value that may be refused to be so alone, for each arm to
 * be live, or in a chain for each value to be more than small. */
static unsigned int rounds_for(const struct prover *prover, const struct prove_case *old)
{
	size_t partial = 0, chosen = 0, n;

	for (size_t i = 0; i < old->n_values; i++) {
		partial += old->values[i].partial;
		chosen += old->values[i].chooses;
	}
	n = 60 + 180 * (chosen > 3 ? 3 : chosen) +
	    (prover->steps ? 12 * old->n_values : 6 * partial);
	if (n > ROUNDS_MORE)
		n = ROUNDS_MORE;
	return n > prover->rounds ? (unsigned int)n : prover->rounds;
}

static void case_prove(struct prover *prover, const struct prove_case *old,
		       const struct prove_case *new)
{
	struct plan_type *type = type_named(prover, old->type);
	unsigned int rounds = prover->rounds;
	struct trial *trials = trials_new(prover->rounds = rounds_for(prover, old),
					  size_with_tail(old, PROVE_TAIL_MAX),
					  new ? size_with_tail(new, PROVE_TAIL_MAX) : 0);
	size_t failures = prover->failures, size;
	uint32_t row = co_type_find(prover->converter, old->type);

	prover->types++;
	prover->values += old->n_values * prover->rounds;
	if (!type || co_new_size(prover->converter, row, trials->old_size, &size) ||
	    (new &&size < new->size)) {
		printf("%s: not carried\n", old->type);
		prover->failures++;
	} else {
		for (unsigned int i = 0; i < prover->rounds; i++) {
			trials[i].new_size = size;
			free(trials[i].expected);
			free(trials[i].found);
			trials[i].expected =
				buffer_new(size + (new ? new->element *PROVE_TAIL_MAX : 0));
			trials[i].found = buffer_new(size);
			trial_fill(prover, old, new, &trials[i], i);
			trial_check(prover, type, &trials[i], i);
		}
		objects_return(prover, type, trials);
		if (failures == prover->failures)
			mutations_try(prover, type, trials);
	}
	trials_free(trials, prover->rounds);
	prover->rounds = rounds;
}

static void directory_prove(struct prover *prover, const char *directory)
{
	void *sides[2];
	const struct prove_case *cases[2];
	const size_t *n;

	cases[NEW] = NULL;
	for (int side = OLD; side <= (prover->steps ? OLD : NEW); side++) {
		sides[side] = library_open(arena_printf(&prover->arena, "%s/%s", directory,
							side == OLD ? "old.so" : "new.so"));
		cases[side] = dlsym(sides[side], "prove_cases");
	}
	n = dlsym(sides[OLD], "prove_n_cases");
	for (size_t i = 0; n && i < *n; i++)
		case_prove(prover, &cases[OLD][i], cases[NEW] ? &cases[NEW][i] : NULL);
}

/* ---- a maintained converter: what its plan alone tells about values ----------------------------
 */

static size_t members_below(const struct plan *plan, const struct plan_type *type)
{
	size_t n = type->slots[OLD].n;

	for (size_t i = 0; i < type->ops.n; i++)
		if (type->ops.at[i].kind == OP_NESTED)
			n += members_below(plan, plan->types.at[type->ops.at[i].nested]);
	return n;
}

/* Of such a type nothing was compared: an enum, say, none of whose names is left. */
static bool none_crosses(const struct trial *trials, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (!trials[i].refused)
			return false;
	return true;
}

static void type_prove(struct prover *prover, struct plan_type *type)
{
	unsigned int rounds = prover->rounds;
	size_t failures = prover->failures, old_size = size_with_room(type), new_size;
	struct trial *trials;

	prover->types++;
	if (co_new_size(prover->converter, co_type_find(prover->converter, type->label), old_size,
			&new_size)) {
		printf("%s: not carried\n", type->label);
		prover->failures++;
		return;
	}
	if (rounds > ROOM_MAX / (old_size + new_size + 1))
		prover->rounds = (unsigned int)(ROOM_MAX / (old_size + new_size));
	if (prover->rounds < ROUNDS_MIN)
		prover->rounds = ROUNDS_MIN;
	trials = trials_new(prover->rounds, old_size, new_size);
	prover->values += members_below(&prover->plan, type) * prover->rounds;
	for (unsigned int round = 0; round < prover->rounds; round++) {
		object_fill(&prover->plan, type, trials[round].old, round, &prover->seed);
		trial_check(prover, type, &trials[round], round);
	}
	objects_return(prover, type, trials);
	if (none_crosses(trials, prover->rounds)) {
		printf("nothing proven: %s: each of its objects is refused\n", type->label);
		prover->types--;
	} else if (failures == prover->failures) {
		mutations_try(prover, type, trials);
	}
	trials_free(trials, prover->rounds);
	prover->rounds = rounds;
}

/* ---- */

static int prover_finish(struct prover *prover)
{
	static const struct way_back none;
	const struct way_back *back = prover->back ? prover->back : &none;

	for (size_t i = 0; i < prover->diags.n; i++)
		if (prover->diags.at[i].level >= DIAG_ERROR)
			fprintf(stderr, "%s\n", prover->diags.at[i].text);
	printf("types %zu, objects %zu, refused %zu, values %zu, failures %zu, mutants %zu/%zu, ",
	       prover->types, prover->objects, prover->refused, prover->values, prover->failures,
	       prover->killed, prover->mutants);
	printf("back %zu, refused %zu, bits %zu, made %zu, lost %zu, loss set %zu/%zu, never lost "
	       "%zu\n",
	       back->objects, back->refused, back->compared, back->made, back->lost,
	       back->lost_bits, back->all_bits, back->never_lost);
	return prover->failures || !prover->types || prover->diags.errors;
}

/* The files of a pair, by the words of the command line. */
struct files {
	const char *mapping, *old, *new, *converter, *back;
};

static struct files files_of(struct arena *arena, int argc, char **argv)
{
	const char *directory = argv[argc == 5 ? 2 : 1];

	if (argc >= 7)
		return (struct files){argv[1], argv[2], argv[3], argv[4],
				      argc == 8 ? argv[5] : NULL};
	return (struct files){
		arena_printf(arena, "%s/mapping.yaml", directory),
		arena_printf(arena, "%s/old.so", directory),
		arena_printf(arena, "%s/new.so", directory),
		arena_printf(arena, "%s/out/converter.so", directory),
		argc == 4 ? arena_printf(arena, "%s/back/converter.so", directory) : NULL,
	};
}

/* Makes the plans of FILES, or those of the chain in DIRECTORY; false with diagnostics. */
static bool prover_plan(struct prover *prover, const struct files *files, const char *directory)
{
	static struct steps_run steps;
	static struct way_back back;

	if (directory) {
		prover->steps = &steps;
		return steps_open(&steps, directory, &prover->arena, &prover->plan, &prover->diags);
	}
	if (!prover_read(prover, files->mapping, files->old, files->new))
		return false;
	if (!files->back || access(files->back, F_OK))
		return true;
	prover->back = &back;
	return back_open(&back, files->mapping, files->old, files->new, files->back,
			 &prover->diags);
}

static void prover_init(struct prover *prover, const char *seed, const char *rounds)
{
	arena_init(&prover->arena);
	intern_init(&prover->names);
	diags_init(&prover->diags);
	model_init(&prover->model[OLD], &prover->names);
	model_init(&prover->model[NEW], &prover->names);
	prover->seed = strtoull(seed, NULL, 10) * 2654435761u + 88172645463325252u;
	prover->rounds = (unsigned int)strtoul(rounds, NULL, 10) % ROUNDS_MAX;
}

int main(int argc, char **argv)
{
	static struct prover prover;
	struct files files;

	if (argc < 4 || argc > 8 || argc == 6 || (argc == 5 && strcmp(argv[1], "chain")))
		return 2;
	prover_init(&prover, argv[argc - 2], argv[argc - 1]);
	files = files_of(&prover.arena, argc, argv);
	prover.without_members = argc >= 7;
	if (!prover_plan(&prover, &files, argc == 5 ? argv[2] : NULL))
		return prover_finish(&prover);
	prover.library = library_open(files.converter);
	prover.converter = dlsym(prover.library, CO_CONVERTER_SYMBOL);
	if (!prover.converter || co_converter_check(prover.converter)) {
		fprintf(stderr, "%s: the runtime does not take it\n", files.converter);
		return 2;
	}
	if (!prover.without_members)
		directory_prove(&prover, argv[argc == 5 ? 2 : 1]);
	for (size_t i = 0; prover.without_members && i < prover.plan.types.n; i++)
		if (!prover.plan.types.at[i]->is_part)
			type_prove(&prover, prover.plan.types.at[i]);
	return prover_finish(&prover);
}
