/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fake kernel in a few pages of physical memory, with page tables (pages of 4 KiB, 2 MiB and 1
 * GiB), as an ELF core that looks like QEMU's. Its objects are those of fake_converter.h; a test
 * spoils one thing.
 */
#ifndef CO_FAKE_KERNEL_H
#define CO_FAKE_KERNEL_H

#include <string.h>

#include "fake_converter.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>

#define FAKE_MEMORY (4u << 20)
#define FAKE_KASLR 0x12000000ull
#define FAKE_DATA (FAKE_LINKED + FAKE_KASLR) /* 2 MiB, one large page, physical 2 MiB */
#define FAKE_HEAP 0xffff888000000000ull /* pages of 4 KiB, physical 1 MiB on, in reverse order */
#define FAKE_HEAP_PAGES 64u
#define FAKE_TABLES 0x1000u		 /* physical address of swapper_pg_dir */
#define FAKE_GIANT 0xffffc90000000000ull /* one page of 1 GiB, physical 0 on */

struct fake {
	uint8_t *memory; /* of FAKE_MEMORY bytes */
	uint32_t next_table, levels;
	uint64_t heap; /* next free address */
	char info[1024];
	uint64_t hole; /* physical page that the core leaves out; 0 for none */
	uint16_t machine;
};

/* ---- memory ---------------------------------------------------------------------------------- */

static inline void fake_put(uint8_t *at, uint64_t value, size_t size)
{
	memcpy(at, &value, size);
}

static inline uint64_t *fake_entry(struct fake *f, uint32_t table, uint64_t va, uint32_t level)
{
	return (uint64_t *)(void *)(f->memory + table) + ((va >> (12 + 9 * (level - 1))) & 511);
}

/* Maps a page of LEVEL (1: 4 KiB, 2: 2 MiB, 3: 1 GiB). */
static inline void fake_map(struct fake *f, uint64_t va, uint64_t physical, uint32_t leaf)
{
	uint32_t table = FAKE_TABLES;

	for (uint32_t level = f->levels; level > leaf; level--) {
		uint64_t *entry = fake_entry(f, table, va, level);

		if (!*entry) {
			*entry = f->next_table | 1;
			f->next_table += 4096;
		}
		table = (uint32_t)(*entry & ~4095ull);
	}
	*fake_entry(f, table, va, leaf) = physical | 1 | (leaf > 1 ? 0x80 : 0) | 1ull << 63;
}

/* Heap pages lie backwards, so that whoever takes virtual for physical order reads nonsense. */
static inline uint64_t fake_physical(uint64_t va)
{
	if (va >= FAKE_DATA && va < FAKE_DATA + (2u << 20))
		return (2u << 20) + (va - FAKE_DATA);
	va -= FAKE_HEAP;
	return (1u << 20) + (FAKE_HEAP_PAGES - 1 - va / 4096) * 4096 + va % 4096;
}

static inline void *fake_at(struct fake *f, uint64_t va)
{
	return f->memory + fake_physical(va);
}

static inline void fake_write(struct fake *f, uint64_t va, const void *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		*(uint8_t *)fake_at(f, va + i) = ((const uint8_t *)data)[i];
}

static inline uint64_t fake_allocate(struct fake *f, const void *data, size_t size)
{
	uint64_t va = f->heap;

	f->heap += (size + 15) & ~15ull;
	fake_write(f, va, data, size);
	return va;
}

/* ---- the kernel's state ---------------------------------------------------------------------- */

#define TASK_FIELD(task, member) ((task) + offsetof(struct old_task, member))

static inline void fake_set(struct fake *f, uint64_t va, uint64_t value)
{
	fake_write(f, va, &value, sizeof(value));
}

static inline uint64_t fake_get(struct fake *f, uint64_t va)
{
	uint64_t value = 0;

	for (size_t i = 0; i < 8; i++)
		value |= (uint64_t) * (uint8_t *)fake_at(f, va + i) << (8 * i);
	return value;
}

/* list_add_tail() */
static inline void fake_list_add(struct fake *f, uint64_t node, uint64_t head)
{
	uint64_t last = fake_get(f, head + 8);

	fake_set(f, node, head);
	fake_set(f, node + 8, last);
	fake_set(f, last, node);
	fake_set(f, head + 8, node);
}

static inline void fake_list_init(struct fake *f, uint64_t head)
{
	fake_set(f, head, head);
	fake_set(f, head + 8, head);
}

static inline uint64_t fake_cred(struct fake *f, uint32_t uid)
{
	uint8_t blob[] = {3, 0, 0, 0, 'a', 'b', 'c', 'X'};
	struct old_cred cred = {.uid = uid, .gid = uid, .serial = 1000 + uid, .rcu = 0x5555};

	cred.blob = fake_allocate(f, blob, sizeof(blob));
	return fake_allocate(f, &cred, sizeof(cred));
}

static inline uint64_t fake_signal(struct fake *f)
{
	struct old_sig sig = {.nr = 1, .pad = 0xffffffff, .rlim = {{1, 2}, {3, ~0ull}}};
	uint64_t va = fake_allocate(f, &sig, sizeof(sig));

	fake_list_init(f, va);
	return va;
}

static inline struct old_task fake_task(struct fake *f, int pid, uint64_t cred, uint64_t signal)
{
	struct old_item items[3] = {{1, 0}, {2, 7}, {65535, 3}};
	struct old_task task = {.pid = pid, .cred = cred, .signal = signal, .prio = 120};

	snprintf(task.comm, sizeof(task.comm), "task%u", (unsigned int)pid % 1000u);
	task.label = fake_allocate(f, "label", 6);
	task.items = fake_allocate(f, items, sizeof(items));
	task.n_items = 3;
	task.fn = FAKE_DATA + 0x40;
	task.owner = (cred + offsetof(struct old_cred, rcu)) | 2;
	task.unread = 0xdeadbeefdeadbeefull;
	return task;
}

struct fake_tasks {
	uint64_t init, at[3], thread; /* at[2] has a second thread */
};

static inline void fake_state(struct fake *f, struct fake_tasks *tasks)
{
	struct old_task task = fake_task(f, 0, fake_cred(f, 0), fake_signal(f));
	uint64_t alice = fake_cred(f, 1000), signal = 0;

	tasks->init = FAKE_DATA + 0x1000;
	fake_write(f, tasks->init, &task, sizeof(task));
	fake_list_init(f, TASK_FIELD(tasks->init, tasks));
	fake_list_init(f, TASK_FIELD(tasks->init, thread_node));
	for (int i = 0; i < 3; i++) {
		signal = fake_signal(f);
		task = fake_task(f, i + 1, alice, signal);
		tasks->at[i] = fake_allocate(f, &task, sizeof(task));
		fake_list_add(f, TASK_FIELD(tasks->at[i], tasks), TASK_FIELD(tasks->init, tasks));
		fake_list_add(f, TASK_FIELD(tasks->at[i], thread_node), signal);
	}
	task = fake_task(f, 33, alice, signal);
	tasks->thread = fake_allocate(f, &task, sizeof(task));
	fake_list_init(f, TASK_FIELD(tasks->thread, tasks));
	fake_list_add(f, TASK_FIELD(tasks->thread, thread_node), signal);
}

static inline void fake_notes(struct fake *f)
{
	static const uint8_t note[36] = {4,   0,   0,	0,  20, 0,  0,	0,  3,	0,  0,	0,
					 'G', 'N', 'U', 0,  0,	1,  2,	3,  4,	5,  6,	7,
					 8,   9,   10,	11, 12, 13, 14, 15, 16, 17, 18, 19};

	fake_write(f, FAKE_DATA + 0x100, note, sizeof(note));
	fake_set(f, FAKE_DATA + 0x10, 4294900000ull);
	fake_set(f, FAKE_DATA + 0x18, 4000000);
	fake_write(f, FAKE_DATA + 0x200,
		   "Linux version 6.1.0-1-fake (builder@x) (gcc (Debian 12.2.0-14) 12.2.0) #1 SMP "
		   "Debian 6.1.1-1 (2026-01-01)\n",
		   106);
}

static inline void fake_init(struct fake *f, uint32_t levels, struct fake_tasks *tasks)
{
	uint64_t swapper = 0xffffffff82000000ull + FAKE_KASLR;

	*f = (struct fake){.levels = levels,
			   .next_table = FAKE_TABLES + 4096,
			   .heap = FAKE_HEAP,
			   .machine = EM_X86_64};
	f->memory = calloc(1, FAKE_MEMORY);
	fake_map(f, FAKE_DATA, 2u << 20, 2);
	fake_map(f, FAKE_GIANT, 0, 3);
	for (uint64_t i = 0; i < FAKE_HEAP_PAGES; i++)
		fake_map(f, FAKE_HEAP + i * 4096, fake_physical(FAKE_HEAP + i * 4096), 1);
	snprintf(f->info, sizeof(f->info),
		 "OSRELEASE=6.1.0-1-fake\nBUILD-ID=000102030405060708090a0b0c0d0e0f10111213\n"
		 "PAGESIZE=4096\nSYMBOL(swapper_pg_dir)=%llx\nNUMBER(phys_base)=%lld\n"
		 "NUMBER(pgtable_l5_enabled)=%d\nKERNELOFFSET=%llx\n",
		 (unsigned long long)swapper,
		 (long long)(FAKE_TABLES - (swapper - 0xffffffff80000000ull)), levels == 5,
		 (unsigned long long)FAKE_KASLR);
	fake_notes(f);
	fake_state(f, tasks);
}

/* ---- the core -------------------------------------------------------------------------------- */

static inline size_t fake_note(uint8_t *at, const char *name, uint32_t type, const void *data,
			       size_t size)
{
	size_t name_size = strlen(name) + 1, padded = (name_size + 3) & ~3ul;

	fake_put(at, name_size, 4);
	fake_put(at + 4, size, 4);
	fake_put(at + 8, type, 4);
	memcpy(at + 12, name, name_size);
	memcpy(at + 12 + padded, data, size);
	return 12 + padded + ((size + 3) & ~3ul);
}

/* The bytes of the core; the caller frees. An empty f->info leaves the VMCOREINFO note out. */
static inline uint8_t *fake_core(const struct fake *f, size_t *size)
{
	Elf64_Ehdr header = {.e_type = ET_CORE,
			     .e_machine = f->machine,
			     .e_version = 1,
			     .e_phoff = 64,
			     .e_ehsize = 64,
			     .e_phentsize = 56,
			     .e_phnum = f->hole ? 3 : 2};
	Elf64_Phdr notes = {.p_type = PT_NOTE, .p_offset = 512};
	Elf64_Phdr low = {.p_type = PT_LOAD, .p_offset = 8192, .p_filesz = FAKE_MEMORY}, high;
	uint8_t *data = calloc(1, 8192 + FAKE_MEMORY), status[336] = {0};

	memcpy(header.e_ident, "\177ELF\2\1\1", 7);
	notes.p_filesz = fake_note(data + 512, "CORE", NT_PRSTATUS, status, sizeof(status));
	if (f->info[0])
		notes.p_filesz += fake_note(data + 512 + notes.p_filesz, "VMCOREINFO", 0, f->info,
					    strlen(f->info));
	high = low;
	if (f->hole) {
		low.p_filesz = f->hole;
		high.p_offset += f->hole + 4096;
		high.p_paddr = f->hole + 4096;
		high.p_filesz -= f->hole + 4096;
	}
	memcpy(data, &header, sizeof(header));
	memcpy(data + 64, &notes, sizeof(notes));
	memcpy(data + 120, &low, sizeof(low));
	memcpy(data + 176, &high, sizeof(high));
	memcpy(data + 8192, f->memory, FAKE_MEMORY);
	*size = 8192 + FAKE_MEMORY;
	return data;
}

#endif
