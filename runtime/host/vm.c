// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * x86_64 page tables (Intel SDM volume 3, 4.5: four and five levels, pages of 4 KiB, 2 MiB and 1
 * GiB), from swapper_pg_dir. The kernel image's own mapping (arch/x86/include/asm/page_64.h:
 * __START_KERNEL_map and phys_base) is the one translation that needs no table.
 */
#include "vm.h"

#include <elf.h>
#include <string.h>

#define KERNEL_MAP 0xffffffff80000000ull
#define ENTRY_PRESENT 1ull
#define ENTRY_LARGE 0x80ull
#define ENTRY_ADDRESS 0x000ffffffffff000ull

static int need(const struct dump *dump, const char *key, int base, uint64_t *value,
		struct report *report)
{
	if (dump_info_number(dump, key, base, value))
		return 0;
	return report_fail(report, EXIT_EVIDENCE, "%s: VMCOREINFO has no %s", dump->path, key);
}

static int check_machine(const struct dump *dump, struct report *report)
{
	if (dump->machine == EM_X86_64)
		return 0;
	if (dump->machine == EM_AARCH64)
		return report_fail(report, EXIT_EVIDENCE,
				   "%s: a memory dump of arm64, which is not supported: x86_64 is",
				   dump->path);
	return report_fail(report, EXIT_EVIDENCE,
			   "%s: a memory dump of ELF machine %u, which is not supported: x86_64 is",
			   dump->path, dump->machine);
}

int vm_init(struct vm *vm, struct dump *dump, struct report *report)
{
	uint64_t page_size, top, phys_base, five;
	int code = check_machine(dump, report);

	*vm = (struct vm){.dump = dump, .levels = 4};
	if (code)
		return code;
	if (!dump->info)
		return report_fail(report, EXIT_EVIDENCE,
				   "%s: no VMCOREINFO note; QEMU needs -device vmcoreinfo and the "
				   "guest the module qemu_fw_cfg",
				   dump->path);
	code |= need(dump, "PAGESIZE", 10, &page_size, report);
	code |= need(dump, "SYMBOL(swapper_pg_dir)", 16, &top, report);
	code |= need(dump, "NUMBER(phys_base)", 10, &phys_base, report);
	code |= need(dump, "KERNELOFFSET", 16, &vm->kaslr, report);
	if (code)
		return EXIT_EVIDENCE;
	if (page_size != DUMP_PAGE)
		return report_fail(report, EXIT_EVIDENCE, "%s: pages of %llu bytes", dump->path,
				   (unsigned long long)page_size);
	if (dump_info_number(dump, "NUMBER(pgtable_l5_enabled)", 10, &five) && five)
		vm->levels = 5;
	if (!dump_info_number(dump, "NUMBER(sme_mask)", 10, &vm->encryption_bit))
		vm->encryption_bit = 0;
	vm->tables = top - KERNEL_MAP + phys_base;
	return 0;
}

static enum vm_result read_entry(struct vm *vm, uint64_t table, uint64_t index, uint64_t *entry)
{
	uint64_t size = sizeof(*entry);
	const uint8_t *data = dump_physical(vm->dump, table + index * sizeof(*entry), &size);

	if (!data || size < sizeof(*entry))
		return VM_ABSENT;
	memcpy(entry, data, sizeof(*entry));
	*entry &= ~vm->encryption_bit;
	return *entry & ENTRY_PRESENT ? VM_OK : VM_UNMAPPED;
}

static bool canonical(const struct vm *vm, uint64_t address)
{
	unsigned int shift = 64 - (12 + 9 * vm->levels);

	return (uint64_t)((int64_t)(address << shift) >> shift) == address;
}

static enum vm_result translate(struct vm *vm, uint64_t address, uint64_t *physical)
{
	uint64_t table = vm->tables & ENTRY_ADDRESS;

	if (!canonical(vm, address))
		return VM_UNMAPPED;
	for (unsigned int level = vm->levels; level; level--) {
		unsigned int shift = 12 + 9 * (level - 1);
		uint64_t entry, mask = (1ull << shift) - 1;
		enum vm_result result = read_entry(vm, table, (address >> shift) & 511, &entry);

		if (result != VM_OK)
			return result;
		/* A large page's lowest address bit is its PAT bit. */
		if (level == 1 || (level <= 3 && (entry & ENTRY_LARGE))) {
			*physical = (entry & ENTRY_ADDRESS & ~mask) | (address & mask);
			return VM_OK;
		}
		table = entry & ENTRY_ADDRESS;
	}
	return VM_UNMAPPED;
}

static enum vm_result translate_page(struct vm *vm, uint64_t page, uint64_t *physical)
{
	size_t slot = (size_t)(page / DUMP_PAGE % VM_CACHE);
	enum vm_result result;

	if (vm->cache[slot].page == page + 1) {
		*physical = vm->cache[slot].physical;
		return VM_OK;
	}
	result = translate(vm, page, physical);
	if (result == VM_OK) {
		vm->cache[slot].page = page + 1;
		vm->cache[slot].physical = *physical;
	}
	return result;
}

enum vm_result vm_read(struct vm *vm, uint64_t address, void *buffer, size_t size)
{
	uint8_t *to = buffer;

	while (size) {
		uint64_t inner = address % DUMP_PAGE, physical, piece;
		const uint8_t *data;
		enum vm_result result = translate_page(vm, address - inner, &physical);

		if (result != VM_OK)
			return result;
		piece = DUMP_PAGE - inner < size ? DUMP_PAGE - inner : size;
		data = dump_physical(vm->dump, physical + inner, &piece);
		if (!data)
			return VM_ABSENT;
		memcpy(to, data, piece);
		to += piece;
		address += piece;
		size -= (size_t)piece;
	}
	return VM_OK;
}

const char *vm_strerror(enum vm_result result)
{
	switch (result) {
	case VM_OK:
		return "no error";
	case VM_UNMAPPED:
		return "the kernel's page tables do not map it";
	case VM_ABSENT:
		return "the dump does not hold its page";
	}
	return "unknown";
}
