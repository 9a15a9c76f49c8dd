// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which members are written on every path: the tree is run with sets of states in place of one. A
 * state is the members written so far and what is known of each local integer, so that `if (error)
 * return error;` is seen to return no zero.
 */
#include <string.h>

#include "source_flow.h"

#define STATES_MAX 96
#define STEPS_MAX 400000
#define CALLS_MAX 32
#define ROUNDS_MAX 64

struct entry {
	const uint8_t *state;
	uint8_t signs; /* of the expression run last */
};

struct states {
	struct entry *at;
	size_t n, room;
};

/* A function being run. */
struct frame {
	const struct frame *above;
	uint32_t function;
	const struct flow_node *call; /* NULL: the function asked about */
	struct states *labels;	      /* by label: the states that jumped there */
	struct states returns;
	bool grown; /* some label got a state that it did not have */
};

struct run {
	const struct flow *flow;
	const struct flow_question *question;
	struct flow_answer *answer;
	struct arena arena;
	struct frame *frame;
	struct states *breaks, *continues; /* of the loop or switch at hand */
	const struct states *cases;	   /* the states that entered the switch at hand */
	bool has_default;
	const uint8_t **covers; /* by path: the members that it covers, as in a state; or NULL */
	size_t written, size;	/* bytes of a state: the members, all */
	size_t steps;
	size_t depth;
};

/* ---- the tree -------------------------------------------------------------------------------- */

struct flow_node *flow_node_new(struct flow *flow, enum flow_kind kind,
				struct flow_node *const *child, size_t n, struct place at)
{
	struct flow_node *node = ARENA_NEW(flow->arena, struct flow_node);

	node->kind = kind;
	node->signs = FLOW_ANY;
	node->at = at;
	node->n = n;
	node->child = ARENA_NEW_ARRAY(flow->arena, n + 1, struct flow_node *);
	for (size_t i = 0; i < n; i++)
		node->child[i] = child[i];
	return node;
}

uint32_t flow_path(struct flow *flow, const char *path)
{
	for (size_t i = 0; i < flow->paths.n; i++)
		if (!strcmp(flow->paths.at[i], path))
			return (uint32_t)i;
	*VEC_PUSH(&flow->paths) = path;
	return (uint32_t)flow->paths.n - 1;
}

void flow_deinit(struct flow *flow)
{
	VEC_FREE(&flow->functions);
	VEC_FREE(&flow->paths);
}

/* Indexes do not count: a pointer to one element reaches all. */
bool flow_given(const struct flow *flow, const struct flow_node *call, uint32_t path)
{
	const char *written = flow->paths.at[path];

	for (size_t i = 0; call && i < call->n_given; i++) {
		const char *given = flow->paths.at[call->given[i]];
		size_t n = strcspn(given, "[");

		if (!n || (!strncmp(written, given, n) &&
			   (!written[n] || written[n] == '.' || written[n] == '[')))
			return true;
	}
	return !call;
}

/* ---- sets of states -------------------------------------------------------------------------- */

static uint8_t *state_copy(struct run *run, const uint8_t *state)
{
	uint8_t *copy = arena_array(&run->arena, run->size + 1, 1);

	memcpy(copy, state, run->size);
	return copy;
}

static void states_push(const struct run *run, struct states *set, struct entry entry)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->at[i].signs == entry.signs &&
		    !memcmp(set->at[i].state, entry.state, run->size))
			return;
	*VEC_PUSH(set) = entry;
}

/* Too many: forgets the variables; if that is not enough, what only some have written. */
static void states_merge(struct run *run, struct states *set)
{
	struct states fewer = {.n = 0};
	uint8_t *all;

	for (size_t i = 0; i < set->n; i++) {
		uint8_t *state = state_copy(run, set->at[i].state);

		memset(state + run->written, FLOW_ANY, run->size - run->written);
		states_push(run, &fewer, (struct entry){state, FLOW_ANY});
	}
	all = state_copy(run, fewer.at[0].state);
	for (size_t i = 1; i < fewer.n; i++)
		for (size_t k = 0; k < run->written; k++)
			all[k] &= fewer.at[i].state[k];
	if (fewer.n > STATES_MAX / 2) {
		fewer.n = 0;
		states_push(run, &fewer, (struct entry){all, FLOW_ANY});
	}
	VEC_FREE(set);
	*set = fewer;
}

static void states_add(struct run *run, struct states *set, struct entry entry)
{
	states_push(run, set, entry);
	if (set->n > STATES_MAX)
		states_merge(run, set);
}

static void states_add_all(struct run *run, struct states *set, const struct states *more)
{
	for (size_t i = 0; i < more->n; i++)
		states_add(run, set, more->at[i]);
}

static void states_add_signed(struct run *run, struct states *set, const struct states *more,
			      uint8_t signs)
{
	for (size_t i = 0; i < more->n; i++)
		states_add(run, set, (struct entry){more->at[i].state, signs});
}

/* ---- expressions ----------------------------------------------------------------------------- */

static void node_run(struct run *run, const struct flow_node *node, const struct states *in,
		     struct states *out);

static void variable_set(struct run *run, struct entry *entry, uint32_t id, uint8_t signs)
{
	uint8_t *state = state_copy(run, entry->state);

	state[run->written + id] = signs;
	entry->state = state;
	entry->signs = signs;
}

/* ENTRY where the value of NODE is one of SIGNS. */
static struct entry narrowed(struct run *run, const struct flow_node *node, struct entry entry,
			     uint8_t signs)
{
	entry.signs &= signs;
	while (node->kind == FLOW_ALL && node->n)
		node = node->child[node->n - 1];
	if (node->kind == FLOW_VARIABLE || node->kind == FLOW_SET)
		variable_set(run, &entry, node->id, entry.signs);
	return entry;
}

/* Runs NODE, and parts the states by whether its value is one of SIGNS. */
static void node_part(struct run *run, const struct flow_node *node, const struct states *in,
		      uint8_t signs, struct states *yes, struct states *no)
{
	uint8_t others = (uint8_t)(FLOW_ANY & ~signs);
	struct states ran = {.n = 0};

	node_run(run, node, in, &ran);
	for (size_t i = 0; i < ran.n; i++) {
		if (ran.at[i].signs & signs)
			states_add(run, yes, narrowed(run, node, ran.at[i], signs));
		if (ran.at[i].signs & others)
			states_add(run, no, narrowed(run, node, ran.at[i], others));
	}
	VEC_FREE(&ran);
}

static void condition_run(struct run *run, const struct flow_node *node, const struct states *in,
			  struct states *yes, struct states *no)
{
	struct states left = {.n = 0};

	switch (node->kind) {
	case FLOW_ALL:
		if (node->n != 1)
			node_part(run, node, in, FLOW_NEGATIVE | FLOW_POSITIVE, yes, no);
		else
			condition_run(run, node->child[0], in, yes, no);
		break;
	case FLOW_NOT:
		condition_run(run, node->child[0], in, no, yes);
		break;
	case FLOW_AND:
		condition_run(run, node->child[0], in, &left, no);
		condition_run(run, node->child[1], &left, yes, no);
		break;
	case FLOW_OR:
		condition_run(run, node->child[0], in, yes, &left);
		condition_run(run, node->child[1], &left, yes, no);
		break;
	case FLOW_COMPARE:
		node_part(run, node->child[0], in, node->signs, yes, no);
		break;
	default:
		node_part(run, node, in, FLOW_NEGATIVE | FLOW_POSITIVE, yes, no);
	}
	VEC_FREE(&left);
}

static void truth_run(struct run *run, const struct flow_node *node, const struct states *in,
		      struct states *out)
{
	struct states yes = {.n = 0}, no = {.n = 0};

	condition_run(run, node, in, &yes, &no);
	states_add_signed(run, out, &yes, FLOW_POSITIVE);
	states_add_signed(run, out, &no, FLOW_ZERO);
	VEC_FREE(&yes);
	VEC_FREE(&no);
}

static void all_run(struct run *run, const struct flow_node *node, const struct states *in,
		    struct states *out)
{
	struct states now = {.n = 0};

	states_add_signed(run, &now, in, FLOW_ANY);
	for (size_t i = 0; i < node->n; i++) {
		struct states next = {.n = 0};

		node_run(run, node->child[i], &now, &next);
		VEC_FREE(&now);
		now = next;
	}
	states_add_all(run, out, &now);
	VEC_FREE(&now);
}

static void set_run(struct run *run, const struct flow_node *node, const struct states *in,
		    struct states *out)
{
	struct states ran = {.n = 0};

	all_run(run, node, in, &ran);
	for (size_t i = 0; i < ran.n; i++) {
		variable_set(run, &ran.at[i], node->id, node->n ? ran.at[i].signs : FLOW_ANY);
		states_add(run, out, ran.at[i]);
	}
	VEC_FREE(&ran);
}

/* ---- writes ---------------------------------------------------------------------------------- */

static const uint8_t *covers_of(struct run *run, uint32_t path)
{
	uint8_t *bits;

	if (run->covers[path])
		return run->covers[path];
	run->covers[path] = bits = arena_array(&run->arena, run->written + 1, 1);
	for (size_t i = 0; i < run->question->n; i++)
		if (run->question->covers(run->question->data, i, run->flow->paths.at[path]))
			bits[i / 8] |= (uint8_t)(1u << i % 8);
	return bits;
}

static void write_run(struct run *run, const struct flow_node *node, const struct states *in,
		      struct states *out)
{
	const uint8_t *bits = covers_of(run, node->path);

	for (size_t i = 0; i < in->n; i++) {
		uint8_t *state = state_copy(run, in->at[i].state);

		for (size_t k = 0; k < run->written; k++)
			state[k] |= bits[k];
		states_add(run, out, (struct entry){state, FLOW_ANY});
	}
}

/* What NODE writes of arrays at an index that is not constant. */
static void elements_of(struct run *run, const struct flow_node *node, size_t depth, uint8_t *bits)
{
	if (depth > CALLS_MAX || ++run->steps > STEPS_MAX)
		return;
	if (node->kind == FLOW_WRITE && strstr(run->flow->paths.at[node->path], "[]"))
		for (size_t i = 0; i < run->written; i++)
			bits[i] |= covers_of(run, node->path)[i];
	if (node->kind == FLOW_CALL)
		elements_of(run, run->flow->functions.at[node->id].body, depth + 1, bits);
	for (size_t i = 0; i < node->n; i++)
		if (node->child[i])
			elements_of(run, node->child[i], depth, bits);
}

/* ---- statements ------------------------------------------------------------------------------ */

static void choice_run(struct run *run, const struct flow_node *node, const struct states *in,
		       struct states *out)
{
	struct states yes = {.n = 0}, no = {.n = 0};

	condition_run(run, node->child[0], in, &yes, &no);
	node_run(run, node->child[1], &yes, out);
	if (node->n > 2)
		node_run(run, node->child[2], &no, out);
	else
		states_add_signed(run, out, &no, FLOW_ANY);
	VEC_FREE(&yes);
	VEC_FREE(&no);
}

static void test_run(struct run *run, const struct flow_node *test, const struct states *in,
		     struct states *yes, struct states *no)
{
	if (test)
		condition_run(run, test, in, yes, no);
	else
		states_add_all(run, yes, in);
}

/* What leaves a loop that never ran: elements of arrays count, for there was none to be written. */
static void skip_add(struct run *run, const struct flow_node *node, const struct states *skipped,
		     struct states *out)
{
	uint8_t *bits = arena_array(&run->arena, run->written + 1, 1);

	elements_of(run, node, 0, bits);
	for (size_t i = 0; i < skipped->n; i++) {
		uint8_t *state = state_copy(run, skipped->at[i].state);

		for (size_t k = 0; k < run->written; k++)
			state[k] |= bits[k];
		states_add(run, out, (struct entry){state, FLOW_ANY});
	}
}

/* Runs the body, and what comes after it before the next test, until no state is new. */
static void rounds_run(struct run *run, const struct flow_node *const part[3],
		       const struct states *in, struct states *out)
{
	struct states *breaks = run->breaks, *continues = run->continues;
	struct states entered = {.n = 0}, ended = {.n = 0};
	size_t before;

	states_add_signed(run, &entered, in, FLOW_ANY);
	run->breaks = out;
	run->continues = &ended;
	for (int round = 0; round < ROUNDS_MAX; round++) {
		struct states stepped = {.n = 0}, yes = {.n = 0};

		before = entered.n;
		node_run(run, part[0], &entered, &ended);
		if (part[1])
			node_run(run, part[1], &ended, &stepped);
		test_run(run, part[2], part[1] ? &stepped : &ended, &yes, out);
		states_add_signed(run, &entered, &yes, FLOW_ANY);
		VEC_FREE(&stepped);
		VEC_FREE(&yes);
		if (entered.n <= before)
			break;
	}
	run->breaks = breaks;
	run->continues = continues;
	VEC_FREE(&entered);
	VEC_FREE(&ended);
}

static void loop_run(struct run *run, const struct flow_node *node, const struct states *in,
		     struct states *out)
{
	const struct flow_node *part[] = {node->child[3], node->child[2], node->child[1]};
	struct states first = {.n = 0}, yes = {.n = 0}, no = {.n = 0};

	if (node->child[0])
		node_run(run, node->child[0], in, &first);
	else
		states_add_all(run, &first, in);
	test_run(run, node->child[1], &first, &yes, &no);
	if (!node->enters)
		skip_add(run, node, &no, out);
	rounds_run(run, part, &yes, out);
	VEC_FREE(&first);
	VEC_FREE(&yes);
	VEC_FREE(&no);
}

static void switch_run(struct run *run, const struct flow_node *node, const struct states *in,
		       struct states *out)
{
	const struct states *cases = run->cases;
	struct states *breaks = run->breaks;
	bool has_default = run->has_default;
	struct states value = {.n = 0}, none = {.n = 0};

	node_run(run, node->child[0], in, &value);
	run->cases = &value;
	run->breaks = out;
	run->has_default = false;
	node_run(run, node->child[1], &none, out);
	if (!run->has_default)
		states_add_signed(run, out, &value, FLOW_ANY);
	run->cases = cases;
	run->breaks = breaks;
	run->has_default = has_default;
	VEC_FREE(&value);
}

/* A statement that is also come to from elsewhere: MORE. */
static void labelled_run(struct run *run, const struct flow_node *node, const struct states *in,
			 const struct states *more, struct states *out)
{
	struct states now = {.n = 0};

	states_add_signed(run, &now, in, FLOW_ANY);
	if (more)
		states_add_signed(run, &now, more, FLOW_ANY);
	all_run(run, node, &now, out);
	VEC_FREE(&now);
}

static void goto_run(struct run *run, const struct flow_node *node, const struct states *in)
{
	struct states *label = &run->frame->labels[node->id];
	size_t before = label->n;

	states_add_signed(run, label, in, FLOW_ANY);
	run->frame->grown |= label->n > before;
}

static void missed_note(struct run *run, const uint8_t *state, struct place at)
{
	for (size_t i = 0; i < run->question->n; i++)
		if (!(state[i / 8] >> i % 8 & 1) && !run->answer->missed[i].line)
			run->answer->missed[i] = at;
}

static void return_run(struct run *run, const struct flow_node *node, const struct states *in)
{
	struct states value = {.n = 0};

	all_run(run, node, in, &value);
	for (size_t i = 0; i < value.n; i++) {
		if (run->frame->call)
			states_add(run, &run->frame->returns, value.at[i]);
		else if (value.at[i].signs & FLOW_ZERO)
			missed_note(run, value.at[i].state, node->at);
	}
	VEC_FREE(&value);
}

/* ---- functions ------------------------------------------------------------------------------- */

/* The states with nothing known of the variables of FUNCTION. */
static void variables_forget(struct run *run, const struct flow_function *function,
			     const struct states *in, struct states *out)
{
	for (size_t i = 0; i < in->n; i++) {
		uint8_t *state = state_copy(run, in->at[i].state);

		memset(state + run->written + function->first_variable, FLOW_ANY,
		       function->n_variables);
		states_add(run, out, (struct entry){state, in->at[i].signs});
	}
}

/* The body of the frame's function, again while its labels get new states; OUT: its end. */
static void body_run(struct run *run, const struct states *in, struct states *out)
{
	const struct flow_function *function = &run->flow->functions.at[run->frame->function];
	struct states *breaks = run->breaks, *continues = run->continues;
	const struct states *cases = run->cases;

	run->breaks = run->continues = NULL;
	run->cases = NULL;
	for (int round = 0; round < ROUNDS_MAX; round++) {
		run->frame->grown = false;
		node_run(run, function->body, in, out);
		if (!run->frame->grown)
			break;
	}
	run->breaks = breaks;
	run->continues = continues;
	run->cases = cases;
}

static bool is_running(const struct run *run, uint32_t function)
{
	for (const struct frame *frame = run->frame; frame; frame = frame->above)
		if (frame->function == function)
			return true;
	return false;
}

static void frame_run(struct run *run, struct frame *frame, const struct states *in,
		      struct states *out)
{
	const struct flow_function *function = &run->flow->functions.at[frame->function];
	struct states fresh = {.n = 0};

	frame->above = run->frame;
	frame->labels = ARENA_NEW_ARRAY(&run->arena, run->flow->n_labels + 1, struct states);
	run->frame = frame;
	variables_forget(run, function, in, &fresh);
	body_run(run, &fresh, out);
	run->frame = (struct frame *)frame->above;
	for (uint32_t i = 0; i < run->flow->n_labels; i++)
		VEC_FREE(&frame->labels[i]);
	VEC_FREE(&fresh);
}

static void call_run(struct run *run, const struct flow_node *node, const struct states *in,
		     struct states *out)
{
	struct frame frame = {.function = node->id, .call = node};
	struct states end = {.n = 0};

	if (is_running(run, node->id) || run->depth > CALLS_MAX ||
	    !run->flow->functions.at[node->id].body) {
		states_add_signed(run, out, in, FLOW_ANY);
		return;
	}
	run->depth++;
	frame_run(run, &frame, in, &end);
	run->depth--;
	states_add_signed(run, &frame.returns, &end, FLOW_ANY);
	variables_forget(run, &run->flow->functions.at[node->id], &frame.returns, out);
	VEC_FREE(&frame.returns);
	VEC_FREE(&end);
}

static void jump_run(struct run *run, const struct flow_node *node, const struct states *in)
{
	if (node->kind == FLOW_GOTO)
		goto_run(run, node, in);
	else if (node->kind == FLOW_RETURN)
		return_run(run, node, in);
	else if (node->kind == FLOW_BREAK && run->breaks)
		states_add_signed(run, run->breaks, in, FLOW_ANY);
	else if (node->kind == FLOW_CONTINUE && run->continues)
		states_add_signed(run, run->continues, in, FLOW_ANY);
}

static void statement_run(struct run *run, const struct flow_node *node, const struct states *in,
			  struct states *out)
{
	const struct flow_node *part[] = {node->n ? node->child[0] : NULL, NULL,
					  node->n > 1 ? node->child[1] : NULL};

	switch (node->kind) {
	case FLOW_CHOICE:
		choice_run(run, node, in, out);
		break;
	case FLOW_LOOP:
		loop_run(run, node, in, out);
		break;
	case FLOW_DO:
		rounds_run(run, part, in, out);
		break;
	case FLOW_SWITCH:
		switch_run(run, node, in, out);
		break;
	case FLOW_DEFAULT:
		run->has_default = true;
		labelled_run(run, node, in, run->cases, out);
		break;
	case FLOW_CASE:
		labelled_run(run, node, in, run->cases, out);
		break;
	case FLOW_LABEL:
		labelled_run(run, node, in, &run->frame->labels[node->id], out);
		break;
	default:
		jump_run(run, node, in);
	}
}

static void node_run(struct run *run, const struct flow_node *node, const struct states *in,
		     struct states *out)
{
	if (++run->steps > STEPS_MAX)
		return;
	switch (node->kind) {
	case FLOW_ALL:
		all_run(run, node, in, out);
		break;
	case FLOW_CONSTANT:
		states_add_signed(run, out, in, node->signs);
		break;
	case FLOW_VARIABLE:
		for (size_t i = 0; i < in->n; i++)
			states_add(run, out,
				   (struct entry){in->at[i].state,
						  in->at[i].state[run->written + node->id]});
		break;
	case FLOW_SET:
		set_run(run, node, in, out);
		break;
	case FLOW_READ:
	case FLOW_WRITE:
		if (node->kind == FLOW_WRITE && flow_given(run->flow, run->frame->call, node->path))
			write_run(run, node, in, out);
		else
			states_add_signed(run, out, in, FLOW_ANY);
		break;
	case FLOW_REFUSE:
		break;
	case FLOW_CALL:
		call_run(run, node, in, out);
		break;
	case FLOW_NOT:
	case FLOW_AND:
	case FLOW_OR:
	case FLOW_COMPARE:
		truth_run(run, node, in, out);
		break;
	default:
		statement_run(run, node, in, out);
	}
}

void flow_ask(const struct flow *flow, const struct flow_question *question, struct arena *arena,
	      struct flow_answer *answer)
{
	struct run run = {.flow = flow, .question = question, .answer = answer};
	struct states in = {.n = 0}, out = {.n = 0};
	struct frame frame = {.function = 0};

	*answer = (struct flow_answer){.too_hard = flow->unknown};
	answer->missed = ARENA_NEW_ARRAY(arena, question->n + 1, struct place);
	if (flow->unknown || !flow->functions.n || !flow->functions.at[0].body)
		return;
	arena_init(&run.arena);
	run.written = question->n / 8 + 1;
	run.size = run.written + flow->n_variables;
	run.covers = ARENA_NEW_ARRAY(&run.arena, flow->paths.n + 1, const uint8_t *);
	states_push(&run, &in, (struct entry){arena_array(&run.arena, run.size + 1, 1), FLOW_ANY});
	frame_run(&run, &frame, &in, &out);
	for (size_t i = 0; i < out.n; i++)
		missed_note(&run, out.at[i].state, flow->functions.at[0].end);
	answer->too_hard = run.steps > STEPS_MAX;
	if (!answer->too_hard)
		flow_ask_twice(flow, answer);
	VEC_FREE(&in);
	VEC_FREE(&out);
	arena_deinit(&run.arena);
}

void flow_answer_deinit(struct flow_answer *answer)
{
	VEC_FREE(&answer->twice);
}
