/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A converter written by hand, for tests of the runtime alone: it has one member of each way, and an
 * embedded record, an array of objects, a flexible tail, a tagged pointer to the middle of an object
 * and side values. Its kernel is a fake one that fake_kernel.h lays out in memory.
 */
#include "../carryover.h"

#define FAKE_LINKED 0xffffffff81000000ull /* address of the kernel's data as linked */

struct old_list { uint64_t next, prev; };
struct old_rlim { uint64_t cur, max; };
struct old_cred { uint32_t uid, gid; uint64_t serial, rcu, blob; };
struct old_sig { struct old_list thread_head; uint32_t nr, pad; struct old_rlim rlim[2]; };
struct old_item { uint16_t id, kind; };
struct old_blob { uint32_t n; uint8_t data[]; };
struct old_task {
	int32_t pid;
	char comm[8];
	uint32_t pad;
	struct old_list tasks;
	uint64_t cred, signal, label, items;
	uint32_t n_items, prio;
	uint64_t fn;
	struct old_list thread_node;
	uint64_t owner, unread;
};

struct new_rlim { uint64_t max, cur; };
struct new_cred { uint64_t serial, rcu; uint32_t uid, gid; uint64_t blob; };
struct new_sig { uint32_t nr, pad; struct old_list thread_head; struct new_rlim rlim[2]; };
struct new_item { uint32_t id; uint8_t kind, pad[3]; };
struct new_blob { uint64_t n; uint8_t data[]; };
struct new_task {
	uint64_t cred, signal;
	struct old_list tasks;
	uint64_t label, items;
	uint32_t n_items;
	int32_t pid;
	char comm[16];
	uint64_t fn;
	uint8_t prio, pad[7];
	struct old_list thread_node;
	uint64_t owner, fresh;
};

enum { TYPE_TASK, TYPE_CRED, TYPE_SIG, TYPE_RLIM, TYPE_ITEM, TYPE_BLOB };

#define PLACE(side, type, member, bits_, count_)                                                   \
	.side##_bit = 8 * offsetof(struct side##_##type, member), .side##_bits = bits_,            \
	.side##_count = count_
#define BOTH(type, member, bits, count)                                                            \
	PLACE(old, type, member, bits, count), PLACE(new, type, member, bits, count)
#define NONE .type = CO_NOWHERE, .count_field = CO_NOWHERE
#define NOT(side) .side##_bit = CO_NOWHERE
#define SAME .why = "same name"

static const struct co_field task_fields[] = {
	{.path = "cred", .ctype = "struct cred *", BOTH(task, cred, 64, 1), .kind = CO_POINTER,
	 .way = CO_WAY_FOLLOW, .type = TYPE_CRED, .count_field = CO_NOWHERE, SAME},
	{.path = "signal", .ctype = "struct sig *", BOTH(task, signal, 64, 1), .kind = CO_POINTER,
	 .way = CO_WAY_FOLLOW, .type = TYPE_SIG, .count_field = CO_NOWHERE, SAME},
	{.path = "tasks.next", .ctype = "struct list_head *", BOTH(task, tasks.next, 64, 1),
	 .kind = CO_POINTER, .way = CO_WAY_LIST, NONE, SAME},
	{.path = "tasks.prev", .ctype = "struct list_head *", BOTH(task, tasks.prev, 64, 1),
	 .kind = CO_POINTER, .way = CO_WAY_LIST, NONE, SAME},
	{.path = "label", .ctype = "char *", BOTH(task, label, 64, 1), .kind = CO_POINTER,
	 .way = CO_WAY_STRING, NONE, .target_size = 1, .count = 16, SAME},
	{.path = "items", .ctype = "struct item *", BOTH(task, items, 64, 1), .kind = CO_POINTER,
	 .way = CO_WAY_ARRAY, .type = TYPE_ITEM, .count_field = 6, SAME},
	{.path = "n_items", .ctype = "u32", BOTH(task, n_items, 32, 1), .kind = CO_UINT,
	 .way = CO_WAY_COPY, NONE, SAME},
	{.path = "pid", .ctype = "pid_t", BOTH(task, pid, 32, 1), .kind = CO_INT,
	 .way = CO_WAY_COPY, NONE, SAME},
	{.path = "comm", .ctype = "char[16]", PLACE(old, task, comm, 8, 8),
	 PLACE(new, task, comm, 8, 16), .kind = CO_CHAR, .way = CO_WAY_WIDEN, NONE, SAME},
	{.path = "fn", .ctype = "void (*)(void)", BOTH(task, fn, 64, 1), .kind = CO_POINTER,
	 .way = CO_WAY_SYMBOL, NONE, SAME},
	{.path = "prio", .ctype = "u8", PLACE(old, task, prio, 32, 1), PLACE(new, task, prio, 8, 1),
	 .kind = CO_UINT, .way = CO_WAY_EXPR, NONE, .why = "mapping.yaml:1: a priority is below 140"},
	{.path = "thread_node.next", .ctype = "struct list_head *",
	 BOTH(task, thread_node.next, 64, 1), .kind = CO_POINTER, .way = CO_WAY_LIST, NONE, SAME},
	{.path = "thread_node.prev", .ctype = "struct list_head *",
	 BOTH(task, thread_node.prev, 64, 1), .kind = CO_POINTER, .way = CO_WAY_LIST, NONE, SAME},
	{.path = "owner", .ctype = "unsigned long", BOTH(task, owner, 64, 1), .kind = CO_POINTER,
	 .way = CO_WAY_FOLLOW, .type = TYPE_CRED, .old_container = offsetof(struct old_cred, rcu),
	 .new_container = offsetof(struct new_cred, rcu), .mask = 3, .count_field = CO_NOWHERE, SAME},
	{.path = "fresh", .ctype = "u64", NOT(old), PLACE(new, task, fresh, 64, 1), .kind = CO_UINT,
	 .way = CO_WAY_INIT, NONE, .why = "mapping.yaml:2: assigned on first use"},
	{.path = "unread", .ctype = "u64", PLACE(old, task, unread, 64, 1), NOT(new), .kind = CO_UINT,
	 .way = CO_WAY_DROP, NONE, .why = "mapping.yaml:3: a cache"},
};

static const struct co_field cred_fields[] = {
	{.path = "serial", .ctype = "u64", BOTH(cred, serial, 64, 1), .kind = CO_UINT,
	 .way = CO_WAY_COPY, NONE, SAME},
	{.path = "uid", .ctype = "u32", BOTH(cred, uid, 32, 1), .kind = CO_UINT, .way = CO_WAY_COPY,
	 NONE, SAME},
	{.path = "gid", .ctype = "u32", BOTH(cred, gid, 32, 1), .kind = CO_UINT, .way = CO_WAY_COPY,
	 NONE, SAME},
	{.path = "blob", .ctype = "struct blob *", BOTH(cred, blob, 64, 1), .kind = CO_POINTER,
	 .way = CO_WAY_FOLLOW, .type = TYPE_BLOB, .count_field = CO_NOWHERE, SAME},
};

static const struct co_field sig_fields[] = {
	{.path = "nr", .ctype = "u32", BOTH(sig, nr, 32, 1), .kind = CO_UINT, .way = CO_WAY_COPY,
	 NONE, SAME},
	{.path = "thread_head.next", .ctype = "struct list_head *",
	 BOTH(sig, thread_head.next, 64, 1), .kind = CO_POINTER, .way = CO_WAY_LIST, NONE, SAME},
	{.path = "thread_head.prev", .ctype = "struct list_head *",
	 BOTH(sig, thread_head.prev, 64, 1), .kind = CO_POINTER, .way = CO_WAY_LIST, NONE, SAME},
	{.path = "rlim", .ctype = "struct rlim[2]", BOTH(sig, rlim, 128, 2), .kind = CO_RECORD,
	 .way = CO_WAY_NESTED, .type = TYPE_RLIM, .count_field = CO_NOWHERE, SAME},
};

static const struct co_field rlim_fields[] = {
	{.path = "max", .ctype = "u64", BOTH(rlim, max, 64, 1), .kind = CO_UINT, .way = CO_WAY_COPY,
	 NONE, SAME},
	{.path = "cur", .ctype = "u64", BOTH(rlim, cur, 64, 1), .kind = CO_UINT, .way = CO_WAY_COPY,
	 NONE, SAME},
};

static const struct co_name item_kinds[] = {{"KIND_NONE", 0}, {"KIND_BIG", 7}};

static const struct co_field item_fields[] = {
	{.path = "id", .ctype = "u32", PLACE(old, item, id, 16, 1), PLACE(new, item, id, 32, 1),
	 .kind = CO_UINT, .way = CO_WAY_WIDEN, NONE, SAME},
	{.path = "kind", .ctype = "enum kind", PLACE(old, item, kind, 16, 1),
	 PLACE(new, item, kind, 8, 1), .kind = CO_ENUM, .way = CO_WAY_COPY, NONE,
	 .names = item_kinds, .n_names = 2, SAME},
};

#ifdef FAKE_EXTENT
#define FAKE_BLOB_COUNT CO_NOWHERE
#else
#define FAKE_BLOB_COUNT 0
#endif
static const struct co_field blob_fields[] = {
	{.path = "n", .ctype = "u64", PLACE(old, blob, n, 32, 1), PLACE(new, blob, n, 64, 1),
	 .kind = CO_UINT, .way = CO_WAY_WIDEN, NONE, SAME},
	{.path = "data", .ctype = "u8[]", BOTH(blob, data, 8, CO_NOWHERE), .kind = CO_UINT,
	 .way = CO_WAY_COPY, .type = CO_NOWHERE, .count_field = FAKE_BLOB_COUNT, SAME},
};

static int convert_task(struct co_ctx *ctx, const void *old_, void *new_)
{
	const struct old_task *old = old_;
	struct new_task *new = new_;

	memset(new, 0, sizeof(*new));
	new->cred = co_pointer(ctx, &task_fields[0], old->cred);
	new->signal = co_pointer(ctx, &task_fields[1], old->signal);
	new->tasks.next = co_pointer(ctx, &task_fields[2], old->tasks.next);
	new->tasks.prev = co_pointer(ctx, &task_fields[3], old->tasks.prev);
	new->label = co_pointer(ctx, &task_fields[4], old->label);
	new->items = co_pointer(ctx, &task_fields[5], old->items);
	new->n_items = old->n_items;
	new->pid = old->pid;
	memcpy(new->comm, old->comm, sizeof(old->comm));
	new->fn = co_pointer(ctx, &task_fields[9], old->fn);
	if (old->prio > 139)
		co_fail(ctx, CO_E_VALUE, "prio", old->prio, NULL);
	new->prio = (uint8_t)old->prio;
	new->thread_node.next = co_pointer(ctx, &task_fields[11], old->thread_node.next);
	new->thread_node.prev = co_pointer(ctx, &task_fields[12], old->thread_node.prev);
	new->owner = co_pointer(ctx, &task_fields[13], old->owner);
	new->fresh = 0;
	return co_finish(ctx, co_status(ctx));
}

static int convert_cred(struct co_ctx *ctx, const void *old_, void *new_)
{
	const struct old_cred *old = old_;
	struct new_cred *new = new_;

	memset(new, 0, sizeof(*new));
	new->serial = old->serial;
	new->uid = old->uid;
	new->gid = old->gid;
	new->blob = co_pointer(ctx, &cred_fields[3], old->blob);
	return co_finish(ctx, co_status(ctx));
}

static int convert_rlim(struct co_ctx *ctx, const void *old_, void *new_)
{
	const struct old_rlim *old = old_;
	struct new_rlim *new = new_;

	memset(new, 0, sizeof(*new));
	new->max = old->max;
	new->cur = old->cur;
	return co_finish(ctx, co_status(ctx));
}

static int convert_sig(struct co_ctx *ctx, const void *old_, void *new_)
{
	const struct old_sig *old = old_;
	struct new_sig *new = new_;

	memset(new, 0, sizeof(*new));
	new->nr = old->nr;
	new->thread_head.next = co_pointer(ctx, &sig_fields[1], old->thread_head.next);
	new->thread_head.prev = co_pointer(ctx, &sig_fields[2], old->thread_head.prev);
	for (int i = 0; i < 2; i++)
		convert_rlim(ctx, &old->rlim[i], &new->rlim[i]);
	return co_finish(ctx, co_status(ctx));
}

static int convert_item(struct co_ctx *ctx, const void *old_, void *new_)
{
	const struct old_item *old = old_;
	struct new_item *new = new_;

	memset(new, 0, sizeof(*new));
	new->id = old->id;
	if (old->kind > 255)
		co_fail(ctx, CO_E_VALUE, "kind", old->kind, "the kind became a byte");
	new->kind = (uint8_t)old->kind;
	return co_finish(ctx, co_status(ctx));
}

static int convert_blob(struct co_ctx *ctx, const void *old_, void *new_)
{
	const struct old_blob *old = old_;
	struct new_blob *new = new_;

	memset(new, 0, sizeof(*new));
	new->n = old->n;
	for (uint32_t i = 0; i < old->n && i < ctx->old_size - sizeof(*old); i++)
		new->data[i] = old->data[i];
	return co_finish(ctx, co_status(ctx));
}

/* Reads beside its object, and keeps a side value. */
static int capture_cred(struct co_ctx *ctx, const void *old_)
{
	const struct old_cred *old = old_;
	uint64_t jiffies = 0, address;

	if (co_symbol(ctx, "jiffies_64", &address) || co_read(ctx, address, &jiffies, 8))
		co_fail(ctx, CO_E_HOOK, "serial", 0, "no clock");
	jiffies += old->serial;
	if (co_side_put(ctx, "age", &jiffies, sizeof(jiffies)))
		co_fail(ctx, CO_E_HOOK, "serial", 0, "no room");
	return co_status(ctx);
}

static const struct co_range task_reads[] = {{0, 104}};
static const struct co_range cred_reads[] = {{0, 16}, {24, 8}};
static const struct co_range sig_reads[] = {{0, 20}, {24, 32}};
static const struct co_range item_reads[] = {{0, 4}};
static const struct co_range blob_reads[] = {{0, 4}};

/* With FAKE_EXTENT a blob's n is how many bytes it has, not how many elements its tail. */
#ifdef FAKE_EXTENT
#define FAKE_BLOB_EXTENT .extent_row = 1,
#else
#define FAKE_BLOB_EXTENT
#endif
#ifndef FAKE_RLIM
#define FAKE_RLIM "4"
#endif
#define TABLE(type, digest)                                                                        \
	.name = "struct " #type, .old_size = sizeof(struct old_##type),                            \
	.new_size = sizeof(struct new_##type), .old_align = 8, .new_align = 8,                     \
	.old_digest = "old-" digest, .new_digest = "new-" digest, .fields = type##_fields,         \
	.n_fields = sizeof(type##_fields) / sizeof(type##_fields[0]), .convert = convert_##type
#define READS(type) .reads = type##_reads, .n_reads = sizeof(type##_reads) / sizeof(type##_reads[0])

static const struct co_type types[] = {
	[TYPE_TASK] = {TABLE(task, "1"), READS(task), .is_object = true},
	[TYPE_CRED] = {TABLE(cred, "2"), READS(cred), .is_object = true, .capture = capture_cred},
	[TYPE_SIG] = {TABLE(sig, "3"), READS(sig), .is_object = true},
	[TYPE_RLIM] = {TABLE(rlim, FAKE_RLIM)},
	[TYPE_ITEM] = {TABLE(item, "5"), READS(item), .is_object = true},
	[TYPE_BLOB] = {TABLE(blob, "6"), READS(blob), .is_object = true, FAKE_BLOB_EXTENT .has_tail = true},
};

static const uint32_t tasks_steps[] = {offsetof(struct old_task, tasks)};
static const uint32_t thread_steps[] = {offsetof(struct old_task, signal),
					offsetof(struct old_sig, thread_head)};
static const struct co_walk thread_walk = {
	.path = "signal.thread_head",
	.steps = thread_steps,
	.n_steps = 2,
	.type = TYPE_TASK,
	.node = offsetof(struct old_task, thread_node),
};
static const struct co_walk tasks_walk = {
	.path = "tasks",
	.steps = tasks_steps,
	.n_steps = 1,
	.type = TYPE_TASK,
	.node = offsetof(struct old_task, tasks),
	.then = &thread_walk,
};
static const struct co_root roots[] = {
	{"init_task", FAKE_LINKED + 0x1000, TYPE_TASK, "none", &tasks_walk, ""},
};
static const struct co_symbol symbols[] = {
	{"__start_notes", FAKE_LINKED + 0x100, ""}, {"__stop_notes", FAKE_LINKED + 0x124, ""},
	{"init_task", FAKE_LINKED + 0x1000, ""},     {"jiffies_64", FAKE_LINKED + 0x10, ""},
	{"jiffies_64", FAKE_LINKED + 0x98, "acct"},  {"task_fn", FAKE_LINKED + 0x40, "acct"},
	{"tick_nsec", FAKE_LINKED + 0x18, ""},
};
static const struct co_symbol new_symbols[] = {
	{"init_task", FAKE_LINKED + 0x5100, ""},
	{"task_fn", FAKE_LINKED + 0x50, ""},
};

#ifndef FAKE_BUILD_ID
#define FAKE_BUILD_ID "000102030405060708090a0b0c0d0e0f10111213"
#endif

#ifndef FAKE_MAPPING
#define FAKE_MAPPING "mapping-1"
#endif

extern const struct co_converter co_converter;
const struct co_converter co_converter = {
	.api = CO_API,
	.name = "6.1.1-1 to 6.1.2-1",
	.from = {"6.1.1-1", "x86_64", FAKE_BUILD_ID},
	.to = {"6.1.2-1", "x86_64", "ff"},
	.mapping_digest = FAKE_MAPPING,
	.old_digest = "old-layouts",
	.new_digest = "new-layouts",
	.address_size = 8,
	.types = types,
	.n_types = sizeof(types) / sizeof(types[0]),
	.roots = roots,
	.n_roots = 1,
	.symbols = symbols,
	.n_symbols = sizeof(symbols) / sizeof(symbols[0]),
	.new_symbols = new_symbols,
	.n_new_symbols = sizeof(new_symbols) / sizeof(new_symbols[0]),
};
