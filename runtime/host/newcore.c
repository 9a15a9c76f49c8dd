// SPDX-License-Identifier: GPL-2.0-or-later
/* Converted objects as an ELF core of the new kernel: addresses, bytes, headers and notes. */
#include "newcore.h"
#include "memory.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096u
#define GAP 64u			 /* zero bytes after each object, and its least alignment */
#define ALIGN_MAX 65536u	 /* bytes: no type of a kernel asks for more */
#define OBJECTS_MAX (1ull << 36) /* bytes of memory that a core describes */
#define RELEASE_MAX 64		 /* characters: drgn has no room for more */

/*
 * Where a kernel has its memory (arch/x86/include/asm/page_64_types.h: __PAGE_OFFSET_BASE_L4 and
 * __START_KERNEL_map). Objects begin at physical 4 GiB, behind all that the kernel's image takes.
 */
struct machine {
	const char *arch;
	uint16_t elf;
	uint64_t direct_map, kernel_map, first;
};

static const struct machine machines[] = {
	{"x86_64", EM_X86_64, 0xffff888000000000ull, 0xffffffff80000000ull, 1ull << 32},
};

struct newcore_segment {
	uint64_t address, physical, size; /* bytes */
	uint64_t offset;		  /* in the file */
};

struct making {
	struct newcore *core;
	const struct machine *machine;
	struct report *report;
	bool moved_known;
	uint64_t moved; /* by how much the old kernel ran away from where it was linked */
};

static uint64_t round_up(uint64_t n, uint64_t to)
{
	return (n + to - 1) & ~(to - 1);
}

/* ---- the gate -------------------------------------------------------------------------------- */

static bool is_side(const struct co_image *image, uint32_t release, uint32_t arch,
		    uint32_t build_id, const struct co_side_kernel *side)
{
	return !strcmp(co_image_string(image, release), side->release) &&
	       !strcmp(co_image_string(image, arch), side->arch) &&
	       !strcmp(co_image_string(image, build_id), side->build_id);
}

bool newcore_is_of(const struct co_image *image, const struct co_converter *c)
{
	const struct co_image_identity *id = &image->identity;

	return id->is_new &&
	       is_side(image, id->str_from_release, id->str_from_arch, id->str_from_build_id,
		       &c->from) &&
	       is_side(image, id->str_to_release, id->str_to_arch, id->str_to_build_id, &c->to);
}

static int check_image(const struct making *m)
{
	const struct co_converter *c = m->core->converter;

	if (newcore_is_of(m->core->image, c))
		return 0;
	return report_fail(m->report, EXIT_REFUSED,
			   "the image does not hold objects that were converted from %s to %s",
			   c->from.release, c->to.release);
}

static int find_machine(struct making *m)
{
	const struct co_image *image = m->core->image;
	const char *arch = co_image_string(image, image->identity.str_to_arch);

	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (!strcmp(machines[i].arch, arch))
			m->machine = &machines[i];
	if (!m->machine || image->identity.address_size != 8 || image->identity.big_endian)
		return report_fail(m->report, EXIT_EVIDENCE,
				   "objects of %s: cores are made for x86_64 alone", arch);
	return 0;
}

/* ---- objects at symbols ---------------------------------------------------------------------- */

/* Of the kernel: where modules lie is not known. */
static const struct co_symbol *new_symbol(const struct co_converter *c, const char *module,
					  const char *name)
{
	for (uint32_t i = 0; !module[0] && i < c->n_new_symbols; i++)
		if (!c->new_symbols[i].module[0] && !strcmp(c->new_symbols[i].name, name))
			return &c->new_symbols[i];
	return NULL;
}

/* A capture calls the object of a root by its symbol: it tells where the old kernel ran. */
static void find_moved(struct making *m)
{
	const struct newcore *core = m->core;

	for (uint32_t r = 0; r < core->converter->n_roots && !m->moved_known; r++) {
		const struct co_root *root = &core->converter->roots[r];

		for (uint32_t i = 0; root->symbol && !root->module[0] && i < core->image->n_objects; i++) {
			struct co_image_object row;

			co_image_object(core->image, i, &row);
			if (strcmp(co_image_string(core->image, row.str_name), root->symbol) != 0)
				continue;
			m->moved = row.address - root->address;
			m->moved_known = true;
			break;
		}
	}
}

static struct newcore_segment *add_segment(struct newcore *core, uint64_t address,
					   uint64_t physical)
{
	if (core->n_segments == core->segments_room)
		core->segments = memory_grow(core->segments, &core->segments_room,
					     sizeof(core->segments[0]));
	core->segments[core->n_segments] =
		(struct newcore_segment){.address = address, .physical = physical};
	return &core->segments[core->n_segments++];
}

static bool is_free(const struct making *m, uint64_t address, uint64_t size)
{
	uint64_t objects = m->machine->direct_map + m->machine->first;

	if (!address || address + size < address ||
	    (address < objects + OBJECTS_MAX && objects < address + size))
		return false;
	for (size_t i = 0; i < m->core->n_segments; i++) {
		const struct newcore_segment *s = &m->core->segments[i];

		if (address < s->address + s->size && s->address < address + size)
			return false;
	}
	return true;
}

/* An object that was a symbol of the old kernel goes to that symbol of the new one. */
static void place_at_symbol(struct making *m, uint32_t object)
{
	const struct co_converter *c = m->core->converter;
	struct co_layout_type type = {.align = 1};
	struct newcore_segment *segment;
	struct co_image_object row;

	co_image_object(m->core->image, object, &row);
	if (row.type != CO_NOWHERE)
		m->core->image->layout.type(&m->core->image->layout, row.type, &type);
	for (uint32_t i = 0; i < c->n_symbols; i++) {
		const struct co_symbol *symbol;

		if (c->symbols[i].address + m->moved != row.address)
			continue;
		symbol = new_symbol(c, c->symbols[i].module, c->symbols[i].name);
		if (!symbol || symbol->address % type.align ||
		    !is_free(m, symbol->address, row.size))
			continue;
		m->core->objects[object] = (struct newcore_object){symbol->address, symbol->name};
		segment = add_segment(m->core, symbol->address,
				      symbol->address >= m->machine->kernel_map
					      ? symbol->address - m->machine->kernel_map
					      : UINT64_MAX);
		segment->size = row.size;
		return;
	}
}

/* ---- all others ------------------------------------------------------------------------------ */

static int compare_types(const void *a, const void *b, void *data)
{
	const struct co_image *image = data;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	struct co_image_object x, y;

	co_image_object(image, i, &x);
	co_image_object(image, j, &y);
	return x.type != y.type ? (x.type > y.type) - (x.type < y.type) : (i > j) - (i < j);
}

static int place_object(struct making *m, uint32_t object, const struct co_image_object *row,
			uint64_t *address)
{
	struct newcore *core = m->core;
	struct co_layout_type type = {.name = "bytes", .align = 1};
	uint64_t align;

	if (row->type != CO_NOWHERE)
		core->image->layout.type(&core->image->layout, row->type, &type);
	align = type.align > GAP ? type.align : GAP;
	if (align > ALIGN_MAX)
		return report_fail(m->report, EXIT_REFUSED, "%s: alignment of %u bytes", type.name,
				   type.align);
	*address = round_up(*address, align);
	core->objects[object].address = *address;
	*address += (uint64_t)row->size + GAP;
	if (*address - m->machine->direct_map - m->machine->first > OBJECTS_MAX)
		return report_fail(
			m->report, EXIT_REFUSED,
			"the objects take more than %llu bytes of memory: too much for a core",
			(unsigned long long)OBJECTS_MAX);
	return 0;
}

/* Those of one type lie in one segment, with a page between segments that is nobody's. */
static int place_rest(struct making *m, const uint32_t *order)
{
	struct newcore *core = m->core;
	uint64_t address = m->machine->direct_map + m->machine->first;
	struct newcore_segment *segment = add_segment(core, address, m->machine->first);
	uint32_t type = 0;
	bool first = true;
	int code = 0;

	core->tables = address;
	segment->size = PAGE;
	address += PAGE;
	for (uint32_t i = 0; i < core->image->n_objects && !code; i++) {
		struct co_image_object row;

		co_image_object(core->image, order[i], &row);
		if (core->objects[order[i]].symbol)
			continue;
		if (first || row.type != type) {
			address = round_up(address, PAGE) + PAGE;
			segment = add_segment(core, address, address - m->machine->direct_map);
		}
		first = false;
		type = row.type;
		code = place_object(m, order[i], &row, &address);
		segment->size = address - segment->address;
	}
	return code;
}

static int place_objects(struct making *m)
{
	struct newcore *core = m->core;
	uint32_t n = core->image->n_objects, *order = memory_zeroed(n, sizeof(*order));
	int code;

	core->objects = memory_zeroed(n, sizeof(core->objects[0]));
	find_moved(m);
	for (uint32_t i = 0; i < n; i++) {
		order[i] = i;
		if (m->moved_known)
			place_at_symbol(m, i);
	}
	if (n)
		qsort_r(order, n, sizeof(*order), compare_types, (void *)(uintptr_t)core->image);
	code = place_rest(m, order);
	free(order);
	return code;
}

/* ---- notes ----------------------------------------------------------------------------------- */

/* What stands in a line of its own, as far as a line and its reader can hold it. */
static int line_length(const char *s)
{
	int n = 0;

	while (n < RELEASE_MAX && (unsigned char)s[n] >= ' ')
		n++;
	return n;
}

/*
 * What drgn and crash ask of a kernel's dump: its release, and how addresses lead to memory. No page
 * is mapped by a table: what no segment holds is not there.
 */
static char *make_info(const struct newcore *core, size_t *size)
{
	const struct co_side_kernel *to = &core->converter->to;
	const char *release = line_length(to->release) ? to->release : "unknown";
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	if (!out)
		memory_exhausted();
	fprintf(out, "OSRELEASE=%.*s\n", line_length(release), release);
	if (to->build_id[0])
		fprintf(out, "BUILD-ID=%.*s\n", line_length(to->build_id), to->build_id);
	fprintf(out,
		"PAGESIZE=%u\nSYMBOL(swapper_pg_dir)=%" PRIx64 "\nNUMBER(phys_base)=0\n"
		"NUMBER(pgtable_l5_enabled)=0\nKERNELOFFSET=0\n",
		PAGE, core->tables);
	for (uint32_t i = 0; i < core->image->n_objects; i++)
		if (core->objects[i].symbol)
			fprintf(out, "SYMBOL(%s)=%" PRIx64 "\n", core->objects[i].symbol,
				core->objects[i].address);
	if (fclose(out))
		memory_exhausted();
	return text;
}

static uint8_t *make_note(const struct newcore *core, size_t *size)
{
	static const char name[12] = "VMCOREINFO";
	size_t length;
	char *info = make_info(core, &length);
	Elf64_Nhdr note = {.n_namesz = sizeof("VMCOREINFO"), .n_descsz = (uint32_t)length};
	uint8_t *data;

	*size = sizeof(note) + sizeof(name) + round_up(length, 4);
	data = memory_zeroed(*size, 1);
	memcpy(data, &note, sizeof(note));
	memcpy(data + sizeof(note), name, sizeof(name));
	memcpy(data + sizeof(note) + sizeof(name), info, length);
	free(info);
	return data;
}

/* ---- headers --------------------------------------------------------------------------------- */

static void put_header(uint8_t *at, const struct making *m)
{
	Elf64_Ehdr header = {
		.e_type = ET_CORE,
		.e_machine = m->machine->elf,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(header),
		.e_ehsize = sizeof(header),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = (Elf64_Half)(m->core->n_segments + 1),
	};

	memcpy(header.e_ident, ELFMAG, SELFMAG);
	header.e_ident[EI_CLASS] = ELFCLASS64;
	header.e_ident[EI_DATA] = ELFDATA2LSB;
	header.e_ident[EI_VERSION] = EV_CURRENT;
	memcpy(at, &header, sizeof(header));
}

static void put_segment(uint8_t *at, const struct newcore_segment *segment)
{
	Elf64_Phdr row = {
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_W,
		.p_offset = segment->offset,
		.p_vaddr = segment->address,
		.p_paddr = segment->physical,
		.p_filesz = segment->size,
		.p_memsz = segment->size,
		.p_align = PAGE,
	};

	memcpy(at, &row, sizeof(row));
}

static int compare_segments(const void *a, const void *b)
{
	const struct newcore_segment *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

/* Header, program headers, notes; then each segment at an offset that agrees with its address. */
static int make_file(struct making *m)
{
	struct newcore *core = m->core;
	size_t note_size, at = sizeof(Elf64_Ehdr) + (core->n_segments + 1) * sizeof(Elf64_Phdr);
	uint8_t *note;
	Elf64_Phdr notes = {.p_type = PT_NOTE, .p_offset = at, .p_align = 4};

	if (core->n_segments + 1 >= PN_XNUM)
		return report_fail(m->report, EXIT_REFUSED,
				   "objects of %zu types and symbols: too many for a core",
				   core->n_segments);
	note = make_note(core, &note_size);
	notes.p_filesz = notes.p_memsz = note_size;
	core->size = at + note_size;
	qsort(core->segments, core->n_segments, sizeof(core->segments[0]), compare_segments);
	for (size_t i = 0; i < core->n_segments; i++) {
		struct newcore_segment *s = &core->segments[i];

		s->offset = round_up(core->size, PAGE) + s->address % PAGE;
		core->size = s->offset + s->size;
	}
	core->data = memory_zeroed(core->size, 1);
	put_header(core->data, m);
	memcpy(core->data + sizeof(Elf64_Ehdr), &notes, sizeof(notes));
	for (size_t i = 0; i < core->n_segments; i++)
		put_segment(core->data + sizeof(Elf64_Ehdr) + (i + 1) * sizeof(Elf64_Phdr),
			    &core->segments[i]);
	memcpy(core->data + at, note, note_size);
	free(note);
	return 0;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

/* The bytes of OBJECT in the file: the last segment that begins at or before its address has it. */
static uint8_t *bytes_of(const struct newcore *core, uint32_t object)
{
	uint64_t address = core->objects[object].address;
	size_t low = 0, high = core->n_segments;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (core->segments[middle].address <= address)
			low = middle;
		else
			high = middle;
	}
	return core->data + core->segments[low].offset + (address - core->segments[low].address);
}

static void note_null(struct newcore *core, uint32_t relocation)
{
	if (core->n_nulls == core->nulls_room)
		core->nulls = memory_grow(core->nulls, &core->nulls_room, sizeof(core->nulls[0]));
	core->nulls[core->n_nulls++] = relocation;
}

/* 0 when nobody knows where the new kernel has the symbol. */
static uint64_t symbol_address(const struct newcore *core, const struct co_image_relocation *row)
{
	const struct co_symbol *symbol =
		new_symbol(core->converter, co_image_string(core->image, row->str_module),
			   co_image_string(core->image, row->str_target));

	return symbol ? symbol->address : 0;
}

static void relocate(struct newcore *core, uint32_t index)
{
	const struct co_image *image = core->image;
	struct co_image_relocation row;
	struct co_image_object source, target;
	struct co_place from, to;
	uint64_t address;

	co_image_relocation(image, index, &row);
	co_image_object(image, row.object, &source);
	if (co_layout_find(&image->layout, source.type, source.size,
			   co_image_string(image, row.str_path), &from) != CO_OK)
		return;
	if (row.target == CO_TARGET_SYMBOL) {
		address = symbol_address(core, &row);
		if (!address) {
			note_null(core, index);
			return;
		}
	} else {
		co_image_object(image, row.target_object, &target);
		if (co_layout_find(&image->layout, target.type, target.size,
				   co_image_string(image, row.str_target), &to) != CO_OK)
			return;
		address = core->objects[row.target_object].address + to.bit / 8 +
			  from.member.container;
	}
	co_bits_put(&image->layout, bytes_of(core, row.object), row.bit, from.member.bits,
		    address | row.tag);
}

static void put_objects(struct newcore *core)
{
	for (uint32_t i = 0; i < core->image->n_objects; i++) {
		struct co_image_object row;

		co_image_object(core->image, i, &row);
		memcpy(bytes_of(core, i), co_image_object_data(core->image, &row), row.extent);
	}
	for (uint32_t i = 0; i < core->image->n_relocations; i++)
		relocate(core, i);
}

/* ---------------------------------------------------------------------------------------------- */

int newcore_make(struct newcore *core, const struct co_image *image,
		 const struct co_converter *converter, struct report *report)
{
	struct making m = {.core = core, .report = report};
	int code;

	*core = (struct newcore){.image = image, .converter = converter};
	code = check_image(&m);
	if (!code)
		code = find_machine(&m);
	if (!code)
		code = place_objects(&m);
	if (!code)
		code = make_file(&m);
	if (!code)
		put_objects(core);
	return code;
}

void newcore_deinit(struct newcore *core)
{
	free(core->objects);
	free(core->segments);
	free(core->nulls);
	free(core->data);
	*core = (struct newcore){.image = NULL};
}
