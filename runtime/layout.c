// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/* Walking a layout, and going between offsets and paths. The tables may come from a hostile image.
 */
#include "core.h"
#include "layout.h"

/* ---- a converter's side ---------------------------------------------------------------------- */

static void converter_type(const struct co_layout *layout, uint32_t type,
			   struct co_layout_type *row)
{
	const struct co_converter *c = layout->source;
	const struct co_type *t = &c->types[type];

	*row = (struct co_layout_type){
		.name = t->name,
		.digest = layout->is_new ? t->new_digest : t->old_digest,
		.size = layout->is_new ? t->new_size : t->old_size,
		.align = layout->is_new ? t->new_align : t->old_align,
		.is_object = t->is_object,
		.n_members = t->n_fields,
	};
}

/* What a member is on this side: the row's kind is the new type's, and a hook can make it of any
 * other. */
static uint8_t side_kind(const struct co_layout *layout, const struct co_member *m)
{
	const struct co_converter *c = layout->source;
	struct co_layout_type record;

	if (m->kind == CO_RECORD) {
		layout->type(layout, m->type, &record);
		return (uint64_t)record.size * 8 == m->bits && m->bit % 8 == 0 ? CO_RECORD
									       : CO_BYTES;
	}
	if (m->kind == CO_POINTER && (m->bits != c->address_size * 8u || m->bit % 8))
		return m->bits <= 64 ? CO_UINT : CO_BYTES;
	if (m->kind != CO_FLOAT && m->kind != CO_POINTER && m->bits > 64)
		return CO_BYTES;
	return m->kind;
}

static void converter_member(const struct co_layout *layout, uint32_t type, uint32_t index,
			     struct co_member *row)
{
	const struct co_converter *c = layout->source;
	const struct co_field *f = &c->types[type].fields[index];

	*row = (struct co_member){
		.path = f->path,
		.ctype = f->ctype,
		.why = f->why,
		.bit = layout->is_new ? f->new_bit : f->old_bit,
		.bits = layout->is_new ? f->new_bits : f->old_bits,
		.count = layout->is_new ? f->new_count : f->old_count,
		.kind = f->kind,
		.way = f->way,
		.is_signed = f->is_signed,
		.type = f->type,
		.container = layout->is_new ? f->new_container : f->old_container,
		.target_size = f->target_size,
		.mask = f->mask,
		.count_field = f->count_field,
		.limit = f->count,
		.n_names = f->n_names,
	};
	row->kind = side_kind(layout, row);
}

static const char *converter_path(const struct co_layout *layout, uint32_t type, uint32_t index)
{
	const struct co_converter *c = layout->source;

	return c->types[type].fields[index].path;
}

static uint32_t converter_tail(const struct co_layout *layout, uint32_t type)
{
	const struct co_converter *c = layout->source;
	const struct co_field *f = c->types[type].fields;

	for (uint32_t i = 0; i < c->types[type].n_fields; i++, f++)
		if (layout->is_new ? f->new_count == CO_NOWHERE && f->new_bit != CO_NOWHERE
				   : f->old_count == CO_NOWHERE && f->old_bit != CO_NOWHERE)
			return i;
	return CO_NOWHERE;
}

static void converter_name(const struct co_layout *layout, uint32_t type, uint32_t member,
			   uint32_t index, struct co_name *row)
{
	const struct co_converter *c = layout->source;

	*row = c->types[type].fields[member].names[index];
}

void co_layout_of_converter(struct co_layout *layout, const struct co_converter *converter,
			    bool is_new)
{
	*layout = (struct co_layout){
		.n_types = converter->n_types,
		.address_size = converter->address_size,
		.big_endian = converter->big_endian,
		.type = converter_type,
		.member = converter_member,
		.path = converter_path,
		.tail = converter_tail,
		.name = converter_name,
		.source = converter,
		.is_new = is_new,
	};
}

/* ---- paths ----------------------------------------------------------------------------------- */

struct path {
	char *text; /* of CO_PATH_MAX bytes */
	size_t length;
};

static int path_put(struct path *path, const char *s)
{
	size_t n = co_length(s);

	if (n >= CO_PATH_MAX - path->length)
		return CO_E_LIMIT;
	memcpy(path->text + path->length, s, n + 1);
	path->length += n;
	return CO_OK;
}

static int path_put_index(struct path *path, uint64_t index)
{
	char digits[24];
	size_t at = sizeof(digits);

	digits[--at] = '\0';
	digits[--at] = ']';
	do
		digits[--at] = (char)('0' + index % 10);
	while (index /= 10);
	digits[--at] = '[';
	return path_put(path, digits + at);
}

static int path_put_member(struct path *path, const char *member)
{
	int error = path->length ? path_put(path, ".") : CO_OK;

	return error ? error : path_put(path, member);
}

static void path_cut(struct path *path, size_t length)
{
	path->text[length] = '\0';
	path->length = length;
}

bool co_every_arm(void *data, const struct co_place *place)
{
	(void)data, (void)place;
	return true;
}

bool co_is_arm(uint8_t kind, uint8_t way)
{
	return kind == CO_RECORD && way == CO_WAY_ARM;
}

/* ---- walking --------------------------------------------------------------------------------- */

struct walker {
	const struct co_layout *layout;
	co_place_fn fn;
	co_live_fn live;
	bool in_arm;
	void *data;
	struct path path;
	uint64_t budget; /* rows still to visit */
};

/* Elements of MEMBER in a record that ends END bits after its start. */
static uint32_t element_count(const struct co_member *member, uint64_t end)
{
	uint64_t n;

	if (member->count != CO_NOWHERE)
		return member->count;
	if (!member->bits || end <= member->bit)
		return 0;
	n = (end - member->bit) / member->bits;
	return n < CO_NOWHERE ? (uint32_t)n : CO_NOWHERE - 1;
}

static int walk_type(struct walker *w, uint32_t type, uint64_t base, uint64_t bits, uint32_t depth);

static int walk_records(struct walker *w, const struct co_place *place, uint32_t depth)
{
	size_t length = w->path.length;
	int error = CO_OK;

	for (uint32_t i = 0; i < place->count && !error; i++) {
		if (place->member.count != 1)
			error = path_put_index(&w->path, i);
		if (!error)
			error = walk_type(w, place->member.type,
					  place->bit + (uint64_t)i * place->member.bits,
					  place->member.bits, depth + 1);
		path_cut(&w->path, length);
	}
	return error;
}

static int walk_member(struct walker *w, uint32_t type, uint32_t index, uint64_t base,
		       uint64_t bits, uint32_t depth)
{
	struct co_place place = {.type = type,
				 .index = index,
				 .path = w->path.text,
				 .base = base,
				 .in_arm = w->in_arm};
	size_t length = w->path.length;
	bool above = w->in_arm;
	int error;

	if (!w->budget--) {
		w->budget = 0;
		return CO_E_LIMIT;
	}
	w->layout->member(w->layout, type, index, &place.member);
	if (place.member.bit == CO_NOWHERE)
		return CO_OK;
	place.bit = base + place.member.bit;
	place.count = element_count(&place.member, bits);
	if (co_is_arm(place.member.kind, place.member.way)) {
		if (!w->live(w->data, &place))
			return CO_OK;
		w->in_arm = true;
	}
	error = path_put_member(&w->path, place.member.path);
	if (!error && place.member.kind == CO_RECORD)
		error = walk_records(w, &place, depth);
	else if (!error)
		error = w->fn(w->data, &place);
	path_cut(&w->path, length);
	w->in_arm = above;
	return error;
}

static int walk_type(struct walker *w, uint32_t type, uint64_t base, uint64_t bits, uint32_t depth)
{
	struct co_layout_type t;
	int error = CO_OK;

	if (depth > CO_DEPTH_MAX)
		return CO_E_LIMIT;
	w->layout->type(w->layout, type, &t);
	if (!w->budget--) {
		w->budget = 0;
		return CO_E_LIMIT;
	}
	for (uint32_t i = 0; i < t.n_members && !error; i++)
		error = walk_member(w, type, i, base, bits, depth);
	return error;
}

int co_layout_walk(const struct co_layout *layout, uint32_t type, uint64_t size, co_place_fn fn,
		   co_live_fn live, void *data)
{
	char text[CO_PATH_MAX] = "";
	struct walker w = {
		.layout = layout, .fn = fn, .live = live, .data = data, .path = {text, 0}};
	struct co_layout_type t;
	struct co_member tail;
	uint64_t n;
	int error = CO_OK;

	if (type == CO_NOWHERE)
		return CO_OK;
	layout->type(layout, type, &t);
	w.budget = CO_SEARCH_MAX + 16 * size;
	if (co_layout_tail(layout, type, &tail) || !t.size || size <= t.size)
		return walk_type(&w, type, 0, size * 8, 0);
	n = size / t.size;
	for (uint64_t i = 0; i < n && !error; i++) {
		path_cut(&w.path, 0);
		error = path_put_index(&w.path, i);
		if (!error)
			error = walk_type(&w, type, i * t.size * 8, (uint64_t)t.size * 8, 0);
	}
	return error;
}

bool co_layout_tail(const struct co_layout *layout, uint32_t type, struct co_member *tail)
{
	uint32_t row = layout->tail(layout, type);

	if (row == CO_NOWHERE)
		return false;
	layout->member(layout, type, row, tail);
	return true;
}

bool co_layout_size_ok(const struct co_layout *layout, uint32_t type, uint64_t size)
{
	struct co_layout_type t;
	struct co_member tail;

	if (type == CO_NOWHERE)
		return true;
	layout->type(layout, type, &t);
	if (!t.size || size < t.size)
		return false;
	return co_layout_tail(layout, type, &tail) || size % t.size == 0;
}

/* ---- from a path to a place ------------------------------------------------------------------ */

struct finder {
	const struct co_layout *layout;
	struct co_place *place;
	uint32_t budget;
};

/* Reads "[N]" at *PATH, if there; false when it is malformed. */
static bool find_index(const char **path, bool *present, uint64_t *index)
{
	const char *p = *path;

	*present = *p == '[';
	*index = 0;
	if (!*present)
		return true;
	if (*++p < '0' || *p > '9' || (*p == '0' && p[1] != ']'))
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (*index > UINT32_MAX)
			return false;
		*index = *index * 10 + (uint64_t)(*p - '0');
	}
	if (*p != ']')
		return false;
	*path = p + 1;
	return true;
}

static int find_in_type(struct finder *f, uint32_t type, const char *path, uint64_t base,
			uint64_t bits, uint32_t depth);

/* PATH continues after the member's own: an index, more members, or its end. */
static int find_after(struct finder *f, const struct co_place *found, const char *path,
		      uint64_t bits, uint32_t depth)
{
	const struct co_member *m = &found->member;
	uint32_t count = element_count(m, bits);
	uint64_t index, bit;
	bool present;

	if (!find_index(&path, &present, &index) || (present && (m->count == 1 || index >= count)))
		return CO_E_FORMAT;
	bit = found->bit + index * m->bits;
	if (*path == '.' && m->kind == CO_RECORD && (present || m->count == 1))
		return find_in_type(f, m->type, path + 1, bit, m->bits, depth + 1);
	if (*path)
		return CO_E_FORMAT;
	*f->place = *found;
	f->place->bit = bit;
	f->place->count = present ? 1 : count;
	return CO_OK;
}

/* PATH, which names no arm, in the arms of TYPE. */
static int find_in_arms(struct finder *f, uint32_t type, const char *path, uint64_t base,
			uint32_t depth)
{
	struct co_layout_type t;

	f->layout->type(f->layout, type, &t);
	for (uint32_t i = 0; i < t.n_members; i++) {
		struct co_member m;

		if (!f->budget)
			return CO_E_FORMAT;
		f->budget--;
		f->layout->member(f->layout, type, i, &m);
		if (m.bit != CO_NOWHERE && co_is_arm(m.kind, m.way) &&
		    find_in_type(f, m.type, path, base + m.bit, m.bits, depth + 1) == CO_OK)
			return CO_OK;
	}
	return CO_E_FORMAT;
}

static int find_in_type(struct finder *f, uint32_t type, const char *path, uint64_t base,
			uint64_t bits, uint32_t depth)
{
	struct co_layout_type t;

	if (depth > CO_DEPTH_MAX)
		return CO_E_FORMAT;
	f->layout->type(f->layout, type, &t);
	for (uint32_t i = 0; i < t.n_members; i++) {
		struct co_place found;
		const char *row = f->layout->path(f->layout, type, i);
		size_t n = 0;

		if (!f->budget)
			return CO_E_FORMAT;
		f->budget--;
		while (row[n] && row[n] == path[n])
			n++;
		if (row[n])
			continue;
		found = (struct co_place){.type = type, .index = i, .base = base};
		f->layout->member(f->layout, type, i, &found.member);
		if (found.member.bit == CO_NOWHERE)
			continue;
		found.bit = base + found.member.bit;
		if (find_after(f, &found, path + n, bits, depth) == CO_OK)
			return CO_OK;
	}
	return find_in_arms(f, type, path, base, depth);
}

int co_layout_find(const struct co_layout *layout, uint32_t type, uint64_t size, const char *path,
		   struct co_place *place)
{
	struct finder f = {.layout = layout, .place = place, .budget = CO_SEARCH_MAX};
	struct co_layout_type t;
	struct co_member tail;
	uint64_t index = 0;
	const char *rest = path;
	bool present, several;
	int error;

	*place = (struct co_place){.path = path, .count = 1, .type = CO_NOWHERE};
	place->member = (struct co_member){.path = "", .ctype = "", .why = "", .count = 1};
	place->member.kind = type == CO_NOWHERE ? CO_BYTES : CO_RECORD;
	place->member.type = type;
	if (!*path)
		return CO_OK;
	if (!find_index(&rest, &present, &index))
		return CO_E_FORMAT;
	if (type == CO_NOWHERE) {
		place->bit = index * 8;
		return present && !*rest && index < size ? CO_OK : CO_E_FORMAT;
	}
	layout->type(layout, type, &t);
	several = t.size && !co_layout_tail(layout, type, &tail) && size > t.size;
	if (present != several || (present && index >= size / t.size))
		return CO_E_FORMAT;
	place->bit = index * t.size * 8;
	if (present && !*rest)
		return CO_OK;
	if (present && *rest++ != '.')
		return CO_E_FORMAT;
	error = find_in_type(&f, type, rest, place->bit, (several ? t.size : size) * 8, 0);
	place->path = path;
	return error;
}

const char *co_path_plain(const char *path, char *buffer)
{
	size_t n = 0, start = 0, i = 0;
	bool is_arm = false, has_arm = false;

	for (; path[i] && path[i] != ':'; i++)
		;
	if (!path[i])
		return path;
	for (i = 0; n + 1 < CO_PATH_MAX; i++) {
		if (path[i] == '.' || !path[i]) {
			if (is_arm)
				n = start;
			else if (path[i])
				buffer[n++] = '.';
			has_arm |= is_arm;
			is_arm = false;
			start = n;
			if (!path[i])
				break;
			continue;
		}
		is_arm |= path[i] == ':';
		buffer[n++] = path[i];
	}
	/* An arm itself is called by what it lies in. */
	if (has_arm && n && buffer[n - 1] == '.')
		n--;
	buffer[n] = '\0';
	return n ? buffer : path;
}

/* ---- from an offset to a path ---------------------------------------------------------------- */

struct namer {
	const struct co_layout *layout;
	struct path path;
	uint32_t budget;
};

static int name_in_type(struct namer *n, uint32_t type, uint64_t at, uint64_t bits, uint32_t depth);

/* The element of MEMBER at AT bits from the record's start. */
static int name_member(struct namer *n, const struct co_member *m, uint64_t at, uint64_t bits,
		       uint32_t depth)
{
	uint64_t inner = at - m->bit, index = m->bits ? inner / m->bits : 0;
	uint32_t count = element_count(m, bits);
	int error;

	if (index >= count && !(m->bits == 0 && inner == 0))
		return CO_E_POINTER;
	inner -= index * m->bits;
	if (inner && m->kind != CO_RECORD)
		return CO_E_POINTER;
	error = path_put_member(&n->path, m->path);
	if (!error && m->count != 1)
		error = path_put_index(&n->path, index);
	if (!error && inner)
		error = name_in_type(n, m->type, inner, m->bits, depth + 1);
	return error;
}

static int name_in_type(struct namer *n, uint32_t type, uint64_t at, uint64_t bits, uint32_t depth)
{
	struct co_layout_type t;
	size_t length = n->path.length;

	if (depth > CO_DEPTH_MAX)
		return CO_E_LIMIT;
	n->layout->type(n->layout, type, &t);
	for (uint32_t i = 0; i < t.n_members; i++) {
		struct co_member m;

		if (!n->budget)
			return CO_E_LIMIT;
		n->budget--;
		n->layout->member(n->layout, type, i, &m);
		if (m.bit == CO_NOWHERE || at < m.bit || co_is_arm(m.kind, m.way))
			continue;
		if (name_member(n, &m, at, bits, depth) == CO_OK)
			return CO_OK;
		path_cut(&n->path, length);
	}
	return CO_E_POINTER;
}

int co_layout_path(const struct co_layout *layout, uint32_t type, uint64_t size, uint64_t offset,
		   char *buffer)
{
	struct namer n = {.layout = layout, .path = {buffer, 0}, .budget = CO_SEARCH_MAX};
	struct co_layout_type t;
	struct co_member tail;
	int error = CO_OK;

	buffer[0] = '\0';
	if (offset >= size)
		return CO_E_POINTER;
	if (!offset)
		return CO_OK;
	if (type == CO_NOWHERE)
		return path_put_index(&n.path, offset);
	layout->type(layout, type, &t);
	if (t.size && !co_layout_tail(layout, type, &tail) && size > t.size) {
		error = path_put_index(&n.path, offset / t.size);
		offset %= t.size;
		size = t.size;
	}
	if (!error && offset)
		error = name_in_type(&n, type, offset * 8, size * 8, 0);
	return error;
}

/* ---- bits ------------------------------------------------------------------------------------ */

uint64_t co_bits_get(const struct co_layout *layout, const uint8_t *object, uint64_t bit,
		     uint32_t bits)
{
	uint64_t value = 0;

	for (uint32_t i = 0; i < bits;) {
		uint32_t within = (uint32_t)((bit + i) % 8);
		uint32_t n = 8 - within < bits - i ? 8 - within : bits - i;
		uint64_t byte = object[(bit + i) / 8];

		if (layout->big_endian)
			value = (value << (n % 64)) |
				((byte >> (8 - within - n)) & ((1u << n) - 1));
		else
			value |= ((byte >> within) & ((1u << n) - 1)) << i;
		i += n;
	}
	return value;
}

void co_bits_put(const struct co_layout *layout, uint8_t *object, uint64_t bit, uint32_t bits,
		 uint64_t value)
{
	for (uint32_t i = 0; i < bits;) {
		uint32_t within = (uint32_t)((bit + i) % 8);
		uint32_t n = 8 - within < bits - i ? 8 - within : bits - i;
		uint32_t mask = (1u << n) - 1;
		uint32_t shift = layout->big_endian ? 8 - within - n : within;
		uint32_t from = layout->big_endian ? bits - i - n : i;
		uint8_t *byte = &object[(bit + i) / 8];

		*byte = (uint8_t)((*byte & ~(mask << shift)) |
				  (((uint32_t)(value >> from) & mask) << shift));
		i += n;
	}
}
