// SPDX-License-Identifier: GPL-2.0-or-later
/* From image to state: the gate, then objects with addresses again where relocations were. */
#include "state.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

struct reader {
	const struct co_image *image;
	const struct co_converter *converter;
	struct state *state;
	struct report *report;
	uint32_t *types; /* of the image to the converter's, or CO_NOWHERE */
};

/* ---- the gate -------------------------------------------------------------------------------- */

static int check_kernel(const struct reader *r)
{
	const struct co_image *image = r->image;
	const struct co_image_identity *id = &image->identity;
	const struct co_side_kernel *from = &r->converter->from;
	struct co_side_kernel is = {
		.release = co_image_string(image,
					   id->is_new ? id->str_to_release : id->str_from_release),
		.arch = co_image_string(image, id->is_new ? id->str_to_arch : id->str_from_arch),
		.build_id = co_image_string(image, id->is_new ? id->str_to_build_id
							      : id->str_from_build_id),
	};

	if (strcmp(is.release, from->release) || strcmp(is.arch, from->arch) ||
	    strcmp(is.build_id, from->build_id))
		return report_fail(r->report, EXIT_REFUSED,
				   "the image's objects are of %s %s (build-id %s), the converter "
				   "is from %s %s (build-id %s)",
				   is.release, is.arch, is.build_id, from->release, from->arch,
				   from->build_id);
	if (id->address_size != r->converter->address_size ||
	    id->big_endian != r->converter->big_endian)
		return report_fail(r->report, EXIT_REFUSED,
				   "the image has another address size or byte order than the "
				   "converter");
	/* A capture read what its mapping consumed; another one would find zeroes for the rest. */
	if (!id->is_new &&
	    strcmp(co_image_string(image, id->str_mapping_digest), r->converter->mapping_digest))
		return report_fail(r->report, EXIT_REFUSED,
				   "the image was captured for another mapping (%s) than the "
				   "converter's (%s): capture again",
				   co_image_string(image, id->str_mapping_digest),
				   r->converter->mapping_digest);
	return 0;
}

static int check_type(struct reader *r, uint32_t index)
{
	struct co_layout_type t;
	const struct co_type *own;

	r->image->layout.type(&r->image->layout, index, &t);
	r->types[index] = co_type_find(r->converter, t.name);
	if (r->types[index] == CO_NOWHERE)
		return 0;
	own = &r->converter->types[r->types[index]];
	if (strcmp(t.digest, own->old_digest) || t.size != own->old_size ||
	    t.align != own->old_align)
		return report_fail(r->report, EXIT_REFUSED,
				   "%s: the image's layout (%s, %u bytes) is not the converter's "
				   "(%s, %u bytes)",
				   t.name, t.digest, t.size, own->old_digest, own->old_size);
	return 0;
}

static int check_gate(struct reader *r)
{
	int code = check_kernel(r);

	for (uint32_t i = 0; i < r->image->n_types; i++)
		code |= check_type(r, i);
	return code;
}

/* ---- objects --------------------------------------------------------------------------------- */

static int read_object(struct reader *r, uint32_t index)
{
	struct co_image_object row;
	struct co_layout_type t = {.align = 16};
	const char *name;
	uint32_t number, type = CO_NOWHERE;

	co_image_object(r->image, index, &row);
	name = co_image_string(r->image, row.str_name);
	if (row.type != CO_NOWHERE) {
		r->image->layout.type(&r->image->layout, row.type, &t);
		type = r->types[row.type];
		if (type == CO_NOWHERE)
			return report_fail(r->report, EXIT_REFUSED, "%s: %s: %s", name, t.name,
					   co_strerror(CO_E_TYPE));
		if (t.align > STATE_ALIGN_MAX)
			return report_fail(r->report, EXIT_REFUSED, "%s: %s: alignment of %u", name,
					   t.name, t.align);
	}
	number = state_add_object(r->state, row.address, type, row.size, t.align,
				  memory_string(name));
	memcpy(r->state->objects[number].bytes, co_image_object_data(r->image, &row), row.extent);
	r->state->objects[number].extent = row.extent;
	return 0;
}

static uint64_t symbol_address(struct reader *r, const char *module, const char *name)
{
	struct state *state = r->state;

	for (size_t i = 0; i < state->n_symbols; i++)
		if (!strcmp(state->symbols[i].name, name) &&
		    !strcmp(state->symbols[i].module, module))
			return state->symbols[i].address;
	state_add_symbol(state, STATE_SYMBOLS_BASE + 4096 * state->n_symbols, module, name);
	return state->symbols[state->n_symbols - 1].address;
}

static void apply_relocation(struct reader *r, uint32_t index)
{
	const struct co_image *image = r->image;
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
		address = symbol_address(r, co_image_string(image, row.str_module),
					 co_image_string(image, row.str_target));
	} else {
		co_image_object(image, row.target_object, &target);
		if (co_layout_find(&image->layout, target.type, target.size,
				   co_image_string(image, row.str_target), &to) != CO_OK)
			return;
		address = target.address + to.bit / 8 + from.member.container;
	}
	co_bits_put(&image->layout, r->state->objects[row.object].bytes, row.bit, from.member.bits,
		    address | row.tag);
}

static void read_sides(struct reader *r)
{
	for (uint32_t i = 0; i < r->image->n_sides; i++) {
		struct co_image_side row;

		co_image_side(r->image, i, &row);
		state_add_side(r->state, row.object, co_image_string(r->image, row.str_name),
			       co_image_side_data(r->image, &row), row.size);
	}
}

static void read_rest(struct reader *r)
{
	const struct co_image *image = r->image;

	for (uint32_t i = 0; i < CO_CLOCKS; i++) {
		struct co_image_clock row;

		co_image_clock(image, i, &row);
		r->state->clocks[i] = (struct state_clock){row.known, row.value};
	}
	for (uint32_t i = 0; i < image->n_audit; i++) {
		struct co_image_audit row;

		co_image_audit(image, i, &row);
		state_add_audit(r->state, co_image_string(image, row.str_key), "%s",
				co_image_string(image, row.str_value));
	}
	r->state->kernel = memory_string(co_image_string(image, image->identity.str_kernel));
}

int state_read(struct state *state, const struct co_image *image,
	       const struct co_converter *converter, struct report *report)
{
	struct reader r = {
		.image = image, .converter = converter, .state = state, .report = report};
	int code;

	r.types = memory_zeroed(image->n_types, sizeof(uint32_t));
	code = check_gate(&r);
	for (uint32_t i = 0; i < image->n_objects && !code; i++)
		code = read_object(&r, i);
	if (!code) {
		for (uint32_t i = 0; i < image->n_relocations; i++)
			apply_relocation(&r, i);
		read_sides(&r);
		read_rest(&r);
		code = state_sort(state, report);
	}
	free(r.types);
	return code;
}
