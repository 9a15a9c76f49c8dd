/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/*
 * A pair of releases and two participants, for tests of the engine: records that point at each
 * other and at symbols, whose value became narrower; boxes whose deadline crosses as a side value.
 * Each function of a participant can be told to misbehave.
 */
#ifndef CO_ENGINE_FAKE_H
#define CO_ENGINE_FAKE_H

#include "engine.h"

struct old_rec {
	uint64_t next, fn;
	uint32_t id;
	int32_t value;
};
struct new_rec {
	uint32_t id;
	int16_t value;
	uint16_t pad;
	uint64_t fn, next, fresh;
};
struct old_box {
	uint32_t n, unread;
	uint64_t deadline;
};
struct new_box {
	uint64_t left;
	uint32_t n, pad;
};

enum { FAKE_REC, FAKE_BOX };

#define FAKE_AT(side, type, member, bits_)                                                         \
	.side##_bit = 8 * offsetof(struct side##_##type, member), .side##_bits = bits_,            \
	.side##_count = 1
#define FAKE_BOTH(type, member, bits)                                                              \
	FAKE_AT(old, type, member, bits), FAKE_AT(new, type, member, bits)
#define FAKE_PLAIN .type = CO_NOWHERE, .count_field = CO_NOWHERE, .why = "same name"

static const struct co_field fake_rec_fields[] = {
	{.path = "id",
	 .ctype = "u32",
	 FAKE_BOTH(rec, id, 32),
	 .kind = CO_UINT,
	 .way = CO_WAY_COPY,
	 FAKE_PLAIN},
	{.path = "value",
	 .ctype = "s16",
	 FAKE_AT(old, rec, value, 32),
	 FAKE_AT(new, rec, value, 16),
	 .kind = CO_INT,
	 .way = CO_WAY_EXPR,
	 FAKE_PLAIN},
	{.path = "fn",
	 .ctype = "void (*)(void)",
	 FAKE_BOTH(rec, fn, 64),
	 .kind = CO_POINTER,
	 .way = CO_WAY_SYMBOL,
	 FAKE_PLAIN},
	{.path = "next",
	 .ctype = "struct rec *",
	 FAKE_BOTH(rec, next, 64),
	 .kind = CO_POINTER,
	 .way = CO_WAY_FOLLOW,
	 .mask = 1,
	 .type = FAKE_REC,
	 .count_field = CO_NOWHERE,
	 .why = "mapping.yaml:1"},
	{.path = "fresh",
	 .ctype = "u64",
	 .old_bit = CO_NOWHERE,
	 FAKE_AT(new, rec, fresh, 64),
	 .kind = CO_UINT,
	 .way = CO_WAY_INIT,
	 FAKE_PLAIN},
};

static const struct co_field fake_box_fields[] = {
	{.path = "left",
	 .ctype = "u64",
	 FAKE_AT(old, box, deadline, 64),
	 FAKE_AT(new, box, left, 64),
	 .kind = CO_UINT,
	 .way = CO_WAY_RESTORE,
	 FAKE_PLAIN},
	{.path = "n",
	 .ctype = "u32",
	 FAKE_BOTH(box, n, 32),
	 .kind = CO_UINT,
	 .way = CO_WAY_COPY,
	 FAKE_PLAIN},
};

static int fake_convert_rec(struct co_ctx *ctx, const void *old_, void *new_)
{
	const struct old_rec *old = old_;
	struct new_rec *new = new_;

	memset(new, 0, sizeof(*new));
	new->id = old->id;
	if (old->value > INT16_MAX || old->value < INT16_MIN)
		co_fail(ctx, CO_E_VALUE, "value", (uint64_t)(int64_t)old->value,
			"does not fit s16");
	new->value = (int16_t)old->value;
	new->fn = co_pointer(ctx, &fake_rec_fields[2], old->fn);
	new->next = co_pointer(ctx, &fake_rec_fields[3], old->next);
	new->fresh = 7;
	return co_status(ctx);
}

static int fake_convert_box(struct co_ctx *ctx, const void *old_, void *new_)
{
	const struct old_box *old = old_;
	struct new_box *new = new_;

	memset(new, 0, sizeof(*new));
	new->n = old->n;
	return co_status(ctx);
}

/* The time left, by the clock of the old system. */
static int fake_capture_box(struct co_ctx *ctx, const void *old_)
{
	const struct old_box *old = old_;
	uint64_t at, now = 0, left;

	if (co_symbol(ctx, "now", &at) || co_read(ctx, at, &now, sizeof(now)))
		co_fail(ctx, CO_E_HOOK, "deadline", 0, "no clock");
	left = old->deadline - now;
	if (co_side_put(ctx, "left", &left, sizeof(left)))
		co_fail(ctx, CO_E_HOOK, "deadline", 0, "no room");
	return co_status(ctx);
}

static int fake_restore_box(struct co_ctx *ctx, void *new_)
{
	struct new_box *new = new_;

	if (co_side_get(ctx, "left", &new->left, sizeof(new->left)))
		co_fail(ctx, CO_E_HOOK, "left", 0, "no side value");
	return co_status(ctx);
}

static const struct co_range fake_rec_reads[] = {{0, 24}};
static const struct co_range fake_box_reads[] = {{0, 4}, {8, 8}};

static const struct co_type fake_types[] = {
	[FAKE_REC] = {.name = "struct rec",
		      .old_size = sizeof(struct old_rec),
		      .new_size = sizeof(struct new_rec),
		      .old_align = 8,
		      .new_align = 8,
		      .old_digest = "old-rec",
		      .new_digest = "new-rec",
		      .is_object = true,
		      .fields = fake_rec_fields,
		      .n_fields = 5,
		      .reads = fake_rec_reads,
		      .n_reads = 1,
		      .convert = fake_convert_rec},
	[FAKE_BOX] = {.name = "struct box",
		      .old_size = sizeof(struct old_box),
		      .new_size = sizeof(struct new_box),
		      .old_align = 8,
		      .new_align = 8,
		      .old_digest = "old-box",
		      .new_digest = "new-box",
		      .is_object = true,
		      .fields = fake_box_fields,
		      .n_fields = 2,
		      .reads = fake_box_reads,
		      .n_reads = 2,
		      .convert = fake_convert_box,
		      .capture = fake_capture_box,
		      .restore = fake_restore_box},
};

static const struct co_root fake_roots[] = {
	{.type = FAKE_REC, .restore = "recs"},
	{.type = FAKE_BOX, .restore = "boxes"},
};

#if __SIZEOF_POINTER__ == 8
#define FAKE_ARCH "x86_64"
#endif

static const struct co_converter fake_pair = {
	.api = CO_API,
	.name = "1.0 to 2.0",
	.from = {"1.0", FAKE_ARCH, "aa"},
	.to = {"2.0", FAKE_ARCH, ""},
	.mapping_digest = "mapping",
	.old_digest = "old-layouts",
	.new_digest = "new-layouts",
	.address_size = 8,
	.types = fake_types,
	.n_types = 2,
	.roots = fake_roots,
	.n_roots = 2,
};

#endif
