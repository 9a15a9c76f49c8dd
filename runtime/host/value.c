// SPDX-License-Identifier: GPL-2.0-or-later
/* One member's value out of an image, by the image's own layouts. */
#include "inspect.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

bool value_present(const struct co_image *image, const struct co_member *member)
{
	switch (member->way) {
	case CO_WAY_PAD:
	case CO_WAY_DROP:
	case CO_WAY_REST:
		return false;
	case CO_WAY_INIT:
	case CO_WAY_NULL:
		return image->identity.is_new;
	default:
		return true;
	}
}

uint32_t value_count(const struct co_place *place)
{
	if (place->member.kind == CO_CHAR && place->member.bits == 8 && place->member.count != 1)
		return place->count ? 1 : 0;
	return place->count;
}

const char *value_tag(const char *type)
{
	if (!strncmp(type, "struct ", 7))
		return type + 7;
	return strncmp(type, "union ", 6) ? type : type + 6;
}

char *value_escape(const char *s, size_t size)
{
	/* Six bytes at most for one: \u00ff, which also is how bytes that are no ASCII are shown.
	 */
	char *text = memory_zeroed(size * 6 + 1, 1), *at = text;

	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '"' || c == '\\')
			at += sprintf(at, "\\%c", c);
		else if (c >= ' ' && c < 0x7f)
			*at++ = (char)c;
		else
			at += sprintf(at, "\\u%04x", c);
	}
	return text;
}

static uint64_t sign_extend(uint64_t value, uint32_t bits)
{
	if (!bits || bits >= 64)
		return value;
	return (value ^ (1ull << (bits - 1))) - (1ull << (bits - 1));
}

static char *format_number(const struct co_member *m, uint64_t raw)
{
	bool is_signed = m->kind == CO_INT || (m->kind == CO_ENUM && m->is_signed);

	if (m->kind == CO_BOOL)
		return memory_string(raw ? "true" : "false");
	if (is_signed)
		return memory_format("%lld", (long long)sign_extend(raw, m->bits));
	return memory_format("%llu", (unsigned long long)raw);
}

static char *format_float(uint64_t raw, uint32_t bits)
{
	double d;
	float f;
	uint32_t low = (uint32_t)raw;

	memcpy(&d, &raw, sizeof(d));
	memcpy(&f, &low, sizeof(f));
	if (bits == 32)
		d = (double)f;
	return memory_format("%.17g", d);
}

/* The name of an enumerator; only where both sides agree on it does the old side have names at all.
 */
static struct value read_enum(const struct co_image *image, const struct co_place *place,
			      uint64_t raw)
{
	const struct co_member *m = &place->member;
	uint64_t mask = m->bits >= 64 ? UINT64_MAX : (1ull << m->bits) - 1;
	char *number = format_number(m, raw);
	struct value value = {.kind = VALUE_NUMBER, .text = number, .target = CO_NOWHERE};

	if (!image->identity.is_new && m->way != CO_WAY_COPY)
		return value;
	for (uint32_t i = 0; i < m->n_names; i++) {
		struct co_name name;

		image->layout.name(&image->layout, place->type, place->index, i, &name);
		if ((name.value & mask) != (raw & mask))
			continue;
		value.kind = VALUE_ENUM;
		value.text = memory_format("%s%c%s", name.name, '\0', number);
		free(number);
		value.number = value.text + strlen(value.text) + 1;
		return value;
	}
	return value;
}

static char *format_bytes(const uint8_t *object, uint64_t bit, uint32_t bits)
{
	size_t size = (bits + 7u) / 8;
	char *text = memory_zeroed(size * 2 + 1, 1);

	for (size_t i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", object[bit / 8 + i]);
	return text;
}

/* "cred#3" or "task_struct#5.tasks": a list node is shown by the member that it is. */
static struct value describe_object(const struct co_image *image,
				    const struct co_image_relocation *row)
{
	struct value value = {.kind = VALUE_POINTER, .target = row->target_object};
	struct co_image_object object;
	struct co_layout_type type = {.name = "bytes"};
	const char *path = co_image_string(image, row->str_target);
	size_t n = strlen(path);
	struct co_place place;

	co_image_object(image, row->target_object, &object);
	if (object.type != CO_NOWHERE)
		image->layout.type(&image->layout, object.type, &type);
	if (n > 5 && !strcmp(path + n - 5, ".next") &&
	    co_layout_find(&image->layout, object.type, object.size, path, &place) == CO_OK &&
	    place.member.way == CO_WAY_LIST)
		n -= 5;
	value.text = memory_format("%s#%u%s%.*s", value_tag(type.name), row->target_object,
				   n && path[0] != '[' ? "." : "", (int)n, path);
	return value;
}

static struct value read_pointer(const struct co_image *image, uint32_t object, uint64_t bit,
				 uint64_t raw)
{
	struct value value = {.kind = VALUE_POINTER, .target = CO_NOWHERE};
	uint32_t index = co_image_relocation_at(image, object, bit);
	struct co_image_relocation row;
	const char *module;
	char *text;

	if (index == CO_NOWHERE) {
		value.is_number = true;
		value.text = raw ? memory_format("0x%llx", (unsigned long long)raw)
				 : memory_string("null");
		return value;
	}
	co_image_relocation(image, index, &row);
	if (row.target == CO_TARGET_SYMBOL) {
		module = co_image_string(image, row.str_module);
		value.text = memory_format("%s%s%s", module, *module ? ":" : "",
					   co_image_string(image, row.str_target));
	} else {
		value = describe_object(image, &row);
	}
	if (row.tag) {
		text = memory_format("%s | 0x%llx", value.text, (unsigned long long)row.tag);
		free(value.text);
		value.text = text;
	}
	return value;
}

static struct value read_string(const uint8_t *bytes, uint32_t count)
{
	struct value value = {.kind = VALUE_STRING, .target = CO_NOWHERE};
	size_t n = count;

	/* Everything up to the last byte that is not NUL: bytes after a NUL stay visible. */
	while (n && !bytes[n - 1])
		n--;
	value.text = value_escape((const char *)bytes, n);
	return value;
}

struct value value_read(const struct co_image *image, uint32_t object, const uint8_t *bytes,
			const struct co_place *place, uint32_t element)
{
	const struct co_member *m = &place->member;
	uint64_t bit = place->bit + (uint64_t)element * m->bits, raw;
	struct value value = {.kind = VALUE_NUMBER, .target = CO_NOWHERE};

	if (m->kind == CO_CHAR && m->bits == 8 && m->count != 1)
		return read_string(bytes + bit / 8, place->count);
	if (m->kind == CO_BYTES || !m->bits || m->bits > 64 ||
	    (m->kind == CO_FLOAT && m->bits != 32 && m->bits != 64)) {
		value.kind = VALUE_BYTES;
		value.text = format_bytes(bytes, bit, m->bits);
		return value;
	}
	raw = co_bits_get(&image->layout, bytes, bit, m->bits);
	if (m->kind == CO_POINTER)
		return read_pointer(image, object, bit, raw);
	if (m->kind == CO_ENUM)
		return read_enum(image, place, raw);
	value.text = m->kind == CO_FLOAT ? format_float(raw, m->bits) : format_number(m, raw);
	return value;
}
