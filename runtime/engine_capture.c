// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/* What participants call: announcing, emitting objects and side values, checking live ones. */
#include "engine_core.h"

uint32_t co_type_of(const struct co_call *call, const char *name)
{
	return co_type_find(call->engine->config.converter, name);
}

void co_announce(struct co_call *call, uint64_t objects)
{
	struct co_engine *e = call->engine;
	const struct co_room *room = &e->rooms[call->participant];

	if (call->phase != CO_PHASE_FREEZE)
		co_note(e, CO_E_PHASE, call->participant, "it announces outside freeze");
	else if (objects > room->objects)
		co_note_value(e, CO_E_ROOM, call->participant,
			      "its state grew: more objects than it prepared for", objects);
	else if (room->exact && objects != room->objects)
		co_note_value(e, CO_E_COUNT, call->participant,
			      "another count than the exact one it prepared for", objects);
	else
		e->report.participants[call->participant].announced = objects;
}

/* ---- checks -----------------------------------------------------------------------------------
 */

static int check_time(struct co_call *call)
{
	struct co_engine *e = call->engine;

	if (call->deadline && (call->late || co_now(e) > call->deadline)) {
		call->late = true;
		return co_note_value(e, CO_E_TIME, call->participant,
				     "its deadline passed, in microseconds",
				     (call->deadline - call->start) / 1000);
	}
	return CO_OK;
}

static int check_object(struct co_call *call, const struct co_emission *object, size_t *new_size)
{
	struct co_engine *e = call->engine;
	const struct co_converter *c = e->config.converter;

	if (e->report.failure.error)
		return e->report.failure.error;
	if (check_time(call))
		return e->report.failure.error;
	if (object->type != CO_NOWHERE && !co_carries(e, call->participant, object->type))
		return co_note_value(e, CO_E_TYPE, call->participant,
				     "it does not carry the type of this number", object->type);
	if (!object->bytes || !object->size || object->size > UINT32_MAX ||
	    co_new_size(c, object->type, (size_t)object->size, new_size) != CO_OK ||
	    *new_size > UINT32_MAX || !*new_size)
		return co_note_value(e, CO_E_ARGUMENT, call->participant,
				     "no object of its type has this many bytes", object->size);
	if (object->flags & ~CO_EMIT_BORROW)
		return co_note_value(e, CO_E_ARGUMENT, call->participant, "unknown flags",
				     object->flags);
	return CO_OK;
}

static int check_room(struct co_call *call, const struct co_emission *object)
{
	struct co_engine *e = call->engine;
	const struct co_room *room = &e->rooms[call->participant];
	const struct co_participant_report *r = &e->report.participants[call->participant];

	if (r->captured >= r->announced)
		return co_note_value(e, CO_E_COUNT, call->participant,
				     "it emits more objects than it announced", r->announced);
	if (object->size > room->bytes || r->bytes > room->bytes - object->size)
		return co_note_value(e, CO_E_ROOM, call->participant,
				     "more bytes than it prepared for", room->bytes);
	return CO_OK;
}

/* ---- the old bytes ------------------------------------------------------------------------------
 */

static void copy_element(const struct co_type *t, const uint8_t *from, uint8_t *to)
{
	for (uint32_t i = 0; i < t->n_reads; i++)
		memcpy(to + t->reads[i].offset, from + t->reads[i].offset, t->reads[i].size);
}

/* Of an object only what the converter consumes: behind the rest its neighbour may be. */
static void copy_object(const struct co_converter *c, uint32_t type, const uint8_t *from,
			uint32_t size, uint8_t *to)
{
	const struct co_type *t;
	const struct co_field *tail;

	if (type == CO_NOWHERE) {
		memcpy(to, from, size);
		return;
	}
	t = &c->types[type];
	tail = co_tail(t);
	if (!tail) {
		for (uint32_t at = 0; at < size; at += t->old_size)
			copy_element(t, from + at, to + at);
		return;
	}
	copy_element(t, from, to);
	if (tail->old_bit != CO_NOWHERE && tail->old_count == CO_NOWHERE &&
	    size > tail->old_bit / 8)
		memcpy(to + tail->old_bit / 8, from + tail->old_bit / 8, size - tail->old_bit / 8);
}

static const uint8_t *keep_bytes(struct co_call *call, const struct co_emission *object)
{
	struct co_engine *e = call->engine;
	const struct co_converter *c = e->config.converter;
	uint32_t align = object->type == CO_NOWHERE ? 16 : c->types[object->type].old_align;
	uint8_t *copy;

	if (object->flags & CO_EMIT_BORROW) {
		if ((uintptr_t)object->bytes & (align - 1)) {
			co_note(e, CO_E_ARGUMENT, call->participant,
				"a borrowed object is not aligned as its type");
			return NULL;
		}
		return object->bytes;
	}
	copy = co_pool_take(&e->copies, object->size, align);
	if (!copy) {
		co_note_value(e, CO_E_ROOM, call->participant,
			      "more bytes to copy than it prepared for",
			      e->rooms[call->participant].copied);
		return NULL;
	}
	copy_object(c, object->type, object->bytes, (uint32_t)object->size, copy);
	return copy;
}

/* ---- names ------------------------------------------------------------------------------------
 */

/* PREFIX[INDEX] into TEXT of CO_NAME_MAX + 16 bytes. */
static void indexed_name(char *text, const char *prefix, uint64_t index)
{
	char digits[24];
	size_t n, at = sizeof(digits) - 1;

	co_text_copy(text, CO_NAME_MAX, prefix);
	n = co_length(text);
	digits[at] = '\0';
	digits[--at] = ']';
	do
		digits[--at] = (char)('0' + index % 10);
	while (index /= 10);
	digits[--at] = '[';
	memcpy(text + n, digits + at, sizeof(digits) - at);
}

static const char *name_of(struct co_call *call, const struct co_emission *object, uint64_t index,
			   char *text)
{
	if (object->name)
		return object->name;
	indexed_name(text, co_participant_at(call->engine, call->participant)->name, index);
	return text;
}

/* ---- side values ----------------------------------------------------------------------------- */

static int put_side(struct co_engine *e, uint32_t participant, const char *name, const void *value,
		    size_t size)
{
	struct co_participant_report *r = &e->report.participants[participant];
	struct co_kept_side *side;
	uint8_t *bytes;

	if (!name || !name[0] || (!value && size))
		return co_note(e, CO_E_ARGUMENT, participant, "a side value without name or value");
	if (r->sides >= e->rooms[participant].sides || size > UINT32_MAX)
		return co_note_value(e, CO_E_ROOM, participant,
				     "more side values than it prepared for",
				     e->rooms[participant].sides);
	bytes = co_pool_take(&e->side_bytes, size, 1);
	if (!bytes)
		return co_note_value(e, CO_E_ROOM, participant,
				     "more bytes of side values than it prepared for",
				     e->rooms[participant].side_bytes);
	if (size)
		memcpy(bytes, value, size);
	side = &e->sides[e->n_sides];
	*side = (struct co_kept_side){
		.object = e->n_kept - 1,
		.size = (uint32_t)size,
		.name = co_build_string(e, name),
		.at = (uint32_t)(bytes - e->side_bytes.data),
	};
	if (side->name == CO_NOWHERE)
		return e->report.failure.error;
	e->n_sides++;
	r->sides++;
	return CO_OK;
}

int co_emit_side(struct co_call *call, const char *name, const void *value, uint32_t size)
{
	struct co_engine *e = call->engine;

	if (e->report.failure.error)
		return e->report.failure.error;
	if (call->phase != CO_PHASE_CAPTURE || e->n_kept == e->first_object[call->participant])
		return co_note(e, CO_E_PHASE, call->participant, "a side value without its object");
	return put_side(e, call->participant, name, value, size);
}

/* ---- the converter's capture functions ------------------------------------------------------- */

static int hook_read(void *data, uint64_t address, void *buffer, size_t size)
{
	const struct co_call *call = data;
	const struct co_seam *seam = &call->engine->config.seam;

	return seam->read && seam->read(seam->data, address, buffer, size) >= 0 ? CO_OK : CO_E_READ;
}

static int hook_symbol(void *data, const char *name, uint64_t *address)
{
	const struct co_call *call = data;
	const struct co_seam *seam = &call->engine->config.seam;

	return seam->symbol && seam->symbol(seam->data, name, address) >= 0 ? CO_OK : CO_E_READ;
}

static int hook_side_put(void *data, const char *name, const void *value, size_t size)
{
	const struct co_call *call = data;
	char text[CO_NAME_MAX + 24];
	size_t n;

	if (call->engine->element == CO_NOWHERE || !name)
		return put_side(call->engine, call->participant, name, value, size);
	indexed_name(text, "", call->engine->element);
	n = co_length(text);
	text[n] = '.';
	co_text_copy(text + n + 1, sizeof(text) - n - 1, name);
	return put_side(call->engine, call->participant, text, value, size);
}

static int run_capture(struct co_call *call, const struct co_kept *kept)
{
	struct co_engine *e = call->engine;
	const struct co_type *t = &e->config.converter->types[kept->type];
	struct co_host host = {
		.read = hook_read, .side_put = hook_side_put, .symbol = hook_symbol, .data = call};
	struct co_ctx ctx = {.converter = e->config.converter, .type = t, .host = &host};
	uint32_t step = t->has_tail ? kept->size : t->old_size;

	ctx.old_size = step;
	for (uint32_t at = 0; at < kept->size; at += step) {
		int error;

		e->element = kept->size > step ? at / step : CO_NOWHERE;
		error = t->capture(&ctx, kept->bytes + at);
		if (error && !ctx.trouble.error)
			co_fail(&ctx, error, NULL, 0, NULL);
		if (ctx.trouble.error && !e->report.failure.error) {
			co_note_issue(e, CO_PHASE_CAPTURE, call->participant,
				      (const char *)e->strings.data + kept->name, &ctx.trouble);
			co_note(e, CO_E_HOOK, call->participant,
				ctx.trouble.why ? ctx.trouble.why : "a capture function refused");
		}
		if (e->report.failure.error)
			return e->report.failure.error;
	}
	return CO_OK;
}

/* ---- emitting -----------------------------------------------------------------------------------
 */

int co_emit(struct co_call *call, const struct co_emission *object)
{
	struct co_engine *e = call->engine;
	struct co_participant_report *r = &e->report.participants[call->participant];
	const struct co_converter *c = e->config.converter;
	char text[CO_NAME_MAX + 24];
	struct co_kept *kept;
	size_t new_size = 0;

	if (call->phase != CO_PHASE_CAPTURE)
		return co_note(e, CO_E_PHASE, call->participant, "it emits outside capture");
	if (check_object(call, object, &new_size) || check_room(call, object))
		return e->report.failure.error;
	kept = &e->kept[e->n_kept];
	*kept = (struct co_kept){
		.bytes = keep_bytes(call, object),
		.address = object->address ? object->address : (uint64_t)(uintptr_t)object->bytes,
		.type = object->type,
		.size = (uint32_t)object->size,
		.new_size = (uint32_t)new_size,
		.new_extent = co_new_extent(c, object->type, (uint32_t)new_size),
		.name = co_build_string(e, name_of(call, object, r->captured, text)),
	};
	if (e->report.failure.error)
		return e->report.failure.error;
	if (kept->address + kept->size < kept->address)
		return co_note_value(e, CO_E_ARGUMENT, call->participant,
				     "an object's address cannot be", kept->address);
	e->n_kept++;
	r->captured++;
	r->bytes += object->size;
	if (object->type != CO_NOWHERE && c->types[object->type].capture)
		return run_capture(call, kept);
	return CO_OK;
}

int co_check(struct co_call *call, const struct co_emission *object)
{
	struct co_engine *e = call->engine;
	struct co_participant_report *r = &e->report.participants[call->participant];
	struct co_trouble trouble = {.error = CO_OK};
	char text[CO_NAME_MAX + 24];
	size_t new_size = 0;

	if (call->phase != CO_PHASE_PREFLIGHT)
		return co_note(e, CO_E_PHASE, call->participant, "it checks outside preflight");
	if (check_object(call, object, &new_size))
		return e->report.failure.error;
	if (co_convert_probe(e, object->type, object->bytes, object->size, &trouble) == CO_E_ROOM)
		return co_note_value(e, CO_E_ROOM, call->participant,
				     "an object larger than the largest it prepared for",
				     object->size);
	if (trouble.error)
		co_note_issue(e, CO_PHASE_PREFLIGHT, call->participant,
			      name_of(call, object, r->captured, text), &trouble);
	r->captured++;
	return CO_OK;
}
