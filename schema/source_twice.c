// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which assignments come to a member that the statements before them assigned whatever happens.
 * What stands in a branch is not held against what stands before it: that is a default and its
 * exception. Nor is anything held against what stands before a place from which the function may
 * have gone away.
 */
#include <string.h>

#include "source_flow.h"

#define DEPTH_MAX 600
#define STEPS_MAX 200000

/* A path that is assigned for sure. */
struct assigned {
	uint32_t path;
	struct place at;
};

struct sure {
	struct {
		struct assigned *at;
		size_t n, room;
	} set;
	bool refused; /* nothing comes out here: the object is refused */
	bool left;    /* some path goes away meanwhile: by a return that may be 0, break, goto */
};

struct search {
	const struct flow *flow;
	struct flow_answer *answer;
	const struct flow_node *call; /* whose function is looked at; NULL: the one asked about */
	size_t depth, steps;
};

static void node_search(struct search *search, const struct flow_node *node, struct sure *sure);

static const struct assigned *assigned_find(const struct sure *sure, uint32_t path)
{
	for (size_t i = 0; i < sure->set.n; i++)
		if (sure->set.at[i].path == path)
			return &sure->set.at[i];
	return NULL;
}

static bool is_prefix(const char *a, const char *b)
{
	size_t n = strlen(a);

	return !strncmp(a, b, n) && (!n || !b[n] || b[n] == '.' || b[n] == '[');
}

/* What is read, or may be written another way, is no longer a value that nobody saw. */
static void assigned_forget(const struct flow *flow, struct sure *sure, const char *path)
{
	size_t n = 0;

	for (size_t i = 0; i < sure->set.n; i++) {
		const char *other = flow->paths.at[sure->set.at[i].path];

		if (!is_prefix(path, other) && !is_prefix(other, path))
			sure->set.at[n++] = sure->set.at[i];
	}
	sure->set.n = n;
}

static void twice_add(struct search *search, const struct assigned *first, struct place again)
{
	for (size_t i = 0; i < search->answer->twice.n; i++)
		if (search->answer->twice.at[i].again.line == again.line &&
		    search->answer->twice.at[i].again.col == again.col)
			return;
	*VEC_PUSH(&search->answer->twice) = (struct flow_twice){
		.path = search->flow->paths.at[first->path], .first = first->at, .again = again};
}

static void write_search(struct search *search, const struct flow_node *node, struct sure *sure)
{
	const char *path = search->flow->paths.at[node->path];
	const struct assigned *first;

	if (!flow_given(search->flow, search->call, node->path))
		return;
	if (!node->plain || strstr(path, "[]")) {
		assigned_forget(search->flow, sure, path);
		return;
	}
	first = assigned_find(sure, node->path);
	if (first)
		twice_add(search, first, node->at);
	else
		*VEC_PUSH(&sure->set) = (struct assigned){.path = node->path, .at = node->at};
}

/* What NODE reads, wherever in it, is forgotten. */
static void reads_forget(struct search *search, const struct flow_node *node, struct sure *sure,
			 size_t depth)
{
	if (depth > DEPTH_MAX || ++search->steps > STEPS_MAX) {
		sure->set.n = 0;
		return;
	}
	if (node->kind == FLOW_READ || (node->kind == FLOW_WRITE && !node->plain))
		assigned_forget(search->flow, sure, search->flow->paths.at[node->path]);
	if (node->kind == FLOW_CALL && search->flow->functions.at[node->id].body)
		reads_forget(search, search->flow->functions.at[node->id].body, sure, depth + 32);
	for (size_t i = 0; i < node->n; i++)
		if (node->child[i])
			reads_forget(search, node->child[i], sure, depth + 1);
}

/* NODE as something that may or may not be run: it begins with nothing assigned. */
static struct sure branch_search(struct search *search, const struct flow_node *node)
{
	struct sure branch = {.refused = false};

	if (node)
		node_search(search, node, &branch);
	return branch;
}

/* After a choice of A or B: what both assigned, and what stood before unless one of them went away.
 */
static void branches_join(const struct sure *a, const struct sure *b, struct sure *sure)
{
	if (a->left || b->left)
		sure->set.n = 0;
	sure->left |= a->left || b->left;
	sure->refused |= a->refused && b->refused;
	for (size_t i = 0; i < a->set.n && !a->refused; i++)
		if ((b->refused || assigned_find(b, a->set.at[i].path)) &&
		    !assigned_find(sure, a->set.at[i].path))
			*VEC_PUSH(&sure->set) = a->set.at[i];
	for (size_t i = 0; i < b->set.n && a->refused && !b->refused; i++)
		if (!assigned_find(sure, b->set.at[i].path))
			*VEC_PUSH(&sure->set) = b->set.at[i];
}

static void choice_search(struct search *search, const struct flow_node *node, size_t first,
			  struct sure *sure)
{
	struct sure a, b;

	node_search(search, node->child[0], sure);
	a = branch_search(search, node->child[first]);
	b = branch_search(search, node->n > first + 1 ? node->child[first + 1] : NULL);
	for (size_t i = first; i < node->n; i++)
		reads_forget(search, node->child[i], sure, 0);
	branches_join(&a, &b, sure);
	VEC_FREE(&a.set);
	VEC_FREE(&b.set);
}

/* Loops and switches: what is in them may run or not, and breaks go no further than their end. */
static void region_search(struct search *search, const struct flow_node *node, struct sure *sure)
{
	struct sure inside = {.refused = false};

	for (size_t i = 0; i < node->n; i++) {
		if (!node->child[i])
			continue;
		inside.set.n = 0;
		node_search(search, node->child[i], &inside);
		reads_forget(search, node->child[i], sure, 0);
	}
	if (inside.left)
		sure->set.n = 0;
	sure->left |= inside.left;
	VEC_FREE(&inside.set);
}

/* True when BODY may be left before its last statement. */
static bool body_search(struct search *search, const struct flow_node *body, struct sure *sure)
{
	bool left = false;

	for (size_t i = 0; i < body->n; i++) {
		left = sure->left;
		node_search(search, body->child[i], sure);
		if (body->child[i]->kind != FLOW_RETURN)
			left = sure->left;
	}
	return left;
}

static void call_search(struct search *search, const struct flow_node *node, struct sure *sure)
{
	const struct flow_node *body = search->flow->functions.at[node->id].body;
	struct sure inside = {.refused = false};
	struct search callee = *search;
	bool left;

	if (!body || search->depth + 32 > DEPTH_MAX) {
		sure->set.n = 0;
		return;
	}
	callee.call = node;
	callee.depth += 32;
	inside.set = sure->set;
	left = body_search(&callee, body, &inside);
	search->steps = callee.steps;
	sure->set = inside.set;
	/* A function that is left early may have done only a part. */
	if (left)
		sure->set.n = 0;
}

/* A return at the end of everything leaves nothing out; one that cannot be 0 is a refusal. */
static void return_search(struct search *search, const struct flow_node *node, struct sure *sure)
{
	const struct flow_node *value = node->n ? node->child[node->n - 1] : NULL;

	for (size_t i = 0; i < node->n; i++)
		node_search(search, node->child[i], sure);
	while (value && value->kind == FLOW_ALL && value->n)
		value = value->child[value->n - 1];
	if (value && value->kind == FLOW_CONSTANT && !(value->signs & FLOW_ZERO))
		sure->refused = true;
	sure->left |= !sure->refused;
}

static void children_search(struct search *search, const struct flow_node *node, struct sure *sure)
{
	for (size_t i = 0; i < node->n; i++)
		if (node->child[i])
			node_search(search, node->child[i], sure);
}

static void node_search(struct search *search, const struct flow_node *node, struct sure *sure)
{
	if (search->depth > DEPTH_MAX || ++search->steps > STEPS_MAX) {
		sure->set.n = 0;
		return;
	}
	search->depth++;
	switch (node->kind) {
	case FLOW_READ:
		assigned_forget(search->flow, sure, search->flow->paths.at[node->path]);
		break;
	case FLOW_WRITE:
		write_search(search, node, sure);
		break;
	case FLOW_REFUSE:
		sure->refused = true;
		break;
	case FLOW_CALL:
		call_search(search, node, sure);
		break;
	case FLOW_CHOICE:
	case FLOW_AND:
	case FLOW_OR:
		choice_search(search, node, 1, sure);
		break;
	case FLOW_LOOP:
	case FLOW_DO:
	case FLOW_SWITCH:
		region_search(search, node, sure);
		break;
	case FLOW_CASE:
	case FLOW_DEFAULT:
	case FLOW_LABEL:
		sure->set.n = 0;
		children_search(search, node, sure);
		break;
	case FLOW_RETURN:
		return_search(search, node, sure);
		break;
	case FLOW_GOTO:
	case FLOW_BREAK:
	case FLOW_CONTINUE:
		sure->left |= !sure->refused;
		break;
	default:
		children_search(search, node, sure);
	}
	search->depth--;
}

void flow_ask_twice(const struct flow *flow, struct flow_answer *answer)
{
	struct search search = {.flow = flow, .answer = answer};
	struct sure sure = {.refused = false};

	node_search(&search, flow->functions.at[0].body, &sure);
	VEC_FREE(&sure.set);
}
