// SPDX-License-Identifier: GPL-2.0-or-later
/* Printing an image as text and as JSON. */
#include "inspect.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

static const char *const clock_names[CO_CLOCKS] = {"jiffies", "HZ", "real time (ns)",
						   "boot time (ns)", "CPUs"};
static const char *const clock_keys[CO_CLOCKS] = {"jiffies", "hz", "real_ns", "boot_ns", "cpus"};

struct inspection {
	const struct co_image *image;
	const struct run_options *options;
	FILE *out;
	uint32_t object; /* at hand */
	uint32_t side;	 /* the next one to look at */
	uint8_t *bytes;	 /* of it, all of them */
	uint32_t absent; /* of its members, those that did not cross */
	char plain[CO_PATH_MAX];
	bool first; /* JSON: nothing before it needs a comma */
};

static const char *string_of(const struct inspection *in, uint32_t offset)
{
	return co_image_string(in->image, offset);
}

static const char *type_name(const struct inspection *in, uint32_t type)
{
	struct co_layout_type t = {.name = "bytes"};

	if (type != CO_NOWHERE)
		in->image->layout.type(&in->image->layout, type, &t);
	return t.name;
}

/* Whether --type and --object let object INDEX through. */
static bool selected(const struct inspection *in, uint32_t index,
		     const struct co_image_object *object)
{
	const char *wanted = in->options->type, *name = type_name(in, object->type);

	if (in->options->object != CO_NOWHERE && in->options->object != index)
		return false;
	return !wanted || !strcmp(wanted, name) || !strcmp(wanted, value_tag(name));
}

/* SIZE bytes without the NULs at their end, in quotes and escaped. */
static void print_quoted(const struct inspection *in, const uint8_t *bytes, size_t size)
{
	char *text;

	while (size && !bytes[size - 1])
		size--;
	text = value_escape((const char *)bytes, size);
	fprintf(in->out, "\"%s\"", text);
	free(text);
}

/* ---- text ------------------------------------------------------------------------------------ */

/* A string stands behind the pointer to it. */
static void print_text_string(const struct inspection *in, uint32_t target)
{
	struct co_image_object object;

	if (target == CO_NOWHERE)
		return;
	co_image_object(in->image, target, &object);
	if (object.type != CO_NOWHERE)
		return;
	fputc(' ', in->out);
	print_quoted(in, co_image_object_data(in->image, &object), object.extent);
}

/* PATH as people say it; until the next call. */
static const char *plain(struct inspection *in, const char *path)
{
	return co_path_plain(path, in->plain);
}

static void print_text_value(struct inspection *in, const char *path, const struct value *value,
			     const char *ctype)
{
	fprintf(in->out, "\t%s ", plain(in, path));
	switch (value->kind) {
	case VALUE_STRING:
		fprintf(in->out, "= \"%s\"", value->text);
		break;
	case VALUE_ENUM:
		fprintf(in->out, "= %s (%s)", value->text, value->number);
		break;
	case VALUE_BYTES:
		fprintf(in->out, "= bytes %s", value->text);
		break;
	case VALUE_POINTER:
		fprintf(in->out, "%s %s", value->is_number ? "=" : "→", value->text);
		print_text_string(in, value->target);
		break;
	default:
		fprintf(in->out, "= %s", value->text);
		break;
	}
	if (in->options->verbose)
		fprintf(in->out, "\t/* %s */", ctype);
	fputc('\n', in->out);
}

/* Plain arrays stand in one line; a run of equal elements is said once. */
static void print_text_array(struct inspection *in, const struct co_place *place)
{
	fprintf(in->out, "\t%s = {", plain(in, place->path));
	for (uint32_t i = 0, run; i < place->count; i += run) {
		struct value value = value_read(in->image, in->object, in->bytes, place, i);

		for (run = 1; i + run < place->count; run++) {
			struct value next =
				value_read(in->image, in->object, in->bytes, place, i + run);
			bool same = !strcmp(value.text, next.text);

			free(next.text);
			if (!same)
				break;
		}
		fprintf(in->out, "%s%s", i ? ", " : "", value.text);
		if (run > 1)
			fprintf(in->out, " x %u", run);
		free(value.text);
	}
	fprintf(in->out, "}\n");
}

static void print_text_element(struct inspection *in, const struct co_place *place,
			       uint32_t element)
{
	struct value value = value_read(in->image, in->object, in->bytes, place, element);
	char *path = value_count(place) == 1 && place->member.count != CO_NOWHERE
			     ? memory_string(place->path)
			     : memory_format("%s[%u]", place->path, element);

	print_text_value(in, path, &value, place->member.ctype);
	free(path);
	free(value.text);
}

/*
 * An image does not say which arm of a union is live, except by the pointers that it has: true when
 * some relocation is for this row.
 */
static bool is_shown(const struct inspection *in, const struct co_place *place)
{
	struct co_image_relocation row;
	const char *path;
	size_t n;

	if (!place->in_arm)
		return true;
	for (uint32_t i = 0; i < place->count && place->member.kind == CO_POINTER; i++) {
		uint64_t bit = place->bit + (uint64_t)i * place->member.bits;
		uint32_t index = co_image_relocation_at(in->image, in->object, bit);

		if (index == CO_NOWHERE)
			continue;
		co_image_relocation(in->image, index, &row);
		path = co_image_string(in->image, row.str_path);
		n = strlen(place->path);
		if (!strncmp(path, place->path, n) && (!path[n] || path[n] == '['))
			return true;
	}
	return false;
}

static int print_text_place(void *data, const struct co_place *place)
{
	struct inspection *in = data;
	uint32_t n = value_count(place);

	if (!is_shown(in, place))
		return CO_OK;
	if (!value_present(in->image, &place->member)) {
		in->absent++;
		if (in->options->verbose)
			fprintf(in->out, "\t%s: not here: %s\n", plain(in, place->path),
				place->member.why);
		return CO_OK;
	}
	if (place->member.count != 1 && n != 1 && place->member.kind != CO_POINTER) {
		print_text_array(in, place);
		return CO_OK;
	}
	for (uint32_t i = 0; i < n; i++)
		print_text_element(in, place, i);
	return CO_OK;
}

/* The next side value of the object at hand; they stand in the order of the objects. */
static bool next_side(struct inspection *in, struct co_image_side *row)
{
	while (in->side < in->image->n_sides) {
		co_image_side(in->image, in->side, row);
		if (row->object > in->object)
			return false;
		in->side++;
		if (row->object == in->object)
			return true;
	}
	return false;
}

static int print_text_sides(struct inspection *in)
{
	struct co_image_side row;

	while (next_side(in, &row)) {
		fprintf(in->out, "\tside value %s = bytes ", string_of(in, row.str_name));
		for (uint32_t j = 0; j < row.size; j++)
			fprintf(in->out, "%02x", co_image_side_data(in->image, &row)[j]);
		fputc('\n', in->out);
	}
	return CO_OK;
}

static int print_text_object(struct inspection *in, const struct co_image_object *object)
{
	int error;

	in->absent = 0;
	fprintf(in->out, "\n%s#%u: %s at 0x%llx, %u bytes, reached as %s\n",
		value_tag(type_name(in, object->type)), in->object, type_name(in, object->type),
		(unsigned long long)object->address, object->size, string_of(in, object->str_name));
	if (object->type == CO_NOWHERE) {
		fputc('\t', in->out);
		print_quoted(in, in->bytes, object->size);
		fputc('\n', in->out);
	}
	error = co_layout_walk(&in->image->layout, object->type, object->size, print_text_place,
			       co_every_arm, in);
	if (in->absent && !in->options->verbose)
		fprintf(in->out, "\t(%u members did not cross: -v names them)\n", in->absent);
	return error ? error : print_text_sides(in);
}

static void print_text_head(const struct inspection *in)
{
	const struct co_image_identity *id = &in->image->identity;

	fprintf(in->out, "state image, container version %d: objects of the %s kernel\n",
		CO_IMAGE_VERSION, id->is_new ? "new" : "old");
	fprintf(in->out, "converter: %s (mapping %s, layouts %s)\n",
		string_of(in, id->str_converter), string_of(in, id->str_mapping_digest),
		string_of(in, id->str_layouts_digest));
	fprintf(in->out, "from: %s %s, build-id %s\n", string_of(in, id->str_from_release),
		string_of(in, id->str_from_arch), string_of(in, id->str_from_build_id));
	fprintf(in->out, "to: %s %s, build-id %s\n", string_of(in, id->str_to_release),
		string_of(in, id->str_to_arch), string_of(in, id->str_to_build_id));
	fprintf(in->out, "captured from: %s\n", string_of(in, id->str_kernel));
	fprintf(in->out, "clocks: ");
	for (uint32_t i = 0; i < CO_CLOCKS; i++) {
		struct co_image_clock row;

		co_image_clock(in->image, i, &row);
		fprintf(in->out, "%s%s ", i ? ", " : "", clock_names[i]);
		if (row.known)
			fprintf(in->out, "%llu", (unsigned long long)row.value);
		else
			fprintf(in->out, "unknown");
	}
	fprintf(in->out, "\nobjects: %u, relocations: %u, side values: %u\n", in->image->n_objects,
		in->image->n_relocations, in->image->n_sides);
	for (uint32_t i = 0; i < in->image->n_participants; i++) {
		struct co_image_participant row;

		co_image_participant(in->image, i, &row);
		fprintf(in->out, "participant %s: %u objects\n", string_of(in, row.str_name),
			row.n_objects);
	}
	for (uint32_t i = 0; i < in->image->n_audit; i++) {
		struct co_image_audit row;

		co_image_audit(in->image, i, &row);
		fprintf(in->out, "%s: %s\n", string_of(in, row.str_key),
			string_of(in, row.str_value));
	}
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void print_json_string(const struct inspection *in, const char *s)
{
	char *text = value_escape(s, strlen(s));

	fprintf(in->out, "\"%s\"", text);
	free(text);
}

static void print_json_member(const struct inspection *in, const char *key, const char *s)
{
	fprintf(in->out, "\"%s\":", key);
	print_json_string(in, s);
}

static void print_json_value(const struct inspection *in, const struct value *value)
{
	switch (value->kind) {
	case VALUE_STRING:
		fprintf(in->out, "\"%s\"", value->text);
		break;
	case VALUE_ENUM:
		fprintf(in->out, "{\"name\":\"%s\",\"value\":%s}", value->text, value->number);
		break;
	case VALUE_BYTES:
		fprintf(in->out, "{\"bytes\":\"%s\"}", value->text);
		break;
	case VALUE_POINTER:
		if (!strcmp(value->text, "null")) {
			fprintf(in->out, "null");
			break;
		}
		fputc('{', in->out);
		if (value->target != CO_NOWHERE)
			fprintf(in->out, "\"object\":%u,", value->target);
		print_json_member(in, value->is_number ? "address" : "target", value->text);
		fputc('}', in->out);
		break;
	default:
		/* JSON has no infinities. */
		if (strpbrk(value->text, "in") && strcmp(value->text, "true") &&
		    strcmp(value->text, "false"))
			fprintf(in->out, "\"%s\"", value->text);
		else
			fprintf(in->out, "%s", value->text);
		break;
	}
}

static int print_json_place(void *data, const struct co_place *place)
{
	struct inspection *in = data;
	uint32_t n = value_count(place);
	bool array = place->member.count != 1 && (place->member.kind != CO_CHAR || n != 1);

	if (!is_shown(in, place) || !value_present(in->image, &place->member))
		return CO_OK;
	fprintf(in->out, "%s\n    {", in->first ? "" : ",");
	in->first = false;
	print_json_member(in, "path", plain(in, place->path));
	fputc(',', in->out);
	print_json_member(in, "type", place->member.ctype);
	fprintf(in->out, ",\"value\":%s", array ? "[" : "");
	for (uint32_t i = 0; i < n; i++) {
		struct value value = value_read(in->image, in->object, in->bytes, place, i);

		if (i)
			fputc(',', in->out);
		print_json_value(in, &value);
		free(value.text);
	}
	if (!n && !array)
		fprintf(in->out, "null");
	fprintf(in->out, "%s}", array ? "]" : "");
	return CO_OK;
}

static void print_json_sides(struct inspection *in)
{
	struct co_image_side row;
	bool first = true;

	fprintf(in->out, "],\"side_values\":[");
	while (next_side(in, &row)) {
		fprintf(in->out, "%s{", first ? "" : ",");
		first = false;
		print_json_member(in, "name", string_of(in, row.str_name));
		fprintf(in->out, ",\"bytes\":\"");
		for (uint32_t j = 0; j < row.size; j++)
			fprintf(in->out, "%02x", co_image_side_data(in->image, &row)[j]);
		fprintf(in->out, "\"}");
	}
	fprintf(in->out, "]}");
}

static int print_json_object(struct inspection *in, const struct co_image_object *object)
{
	int error = CO_OK;

	fprintf(in->out, "%s\n  {\"object\":%u,", in->first ? "" : ",", in->object);
	print_json_member(in, "type", type_name(in, object->type));
	fprintf(in->out, ",\"address\":\"0x%llx\",\"size\":%u,",
		(unsigned long long)object->address, object->size);
	print_json_member(in, "path", string_of(in, object->str_name));
	if (object->type == CO_NOWHERE) {
		fprintf(in->out, ",\"bytes\":");
		print_quoted(in, in->bytes, object->size);
	}
	fprintf(in->out, ",\"members\":[");
	in->first = true;
	error = co_layout_walk(&in->image->layout, object->type, object->size, print_json_place,
			       co_every_arm, in);
	in->first = false;
	print_json_sides(in);
	return error;
}

static void print_json_kernel(const struct inspection *in, const char *key, uint32_t release,
			      uint32_t arch, uint32_t build_id)
{
	fprintf(in->out, " \"%s\":{", key);
	print_json_member(in, "release", string_of(in, release));
	fputc(',', in->out);
	print_json_member(in, "arch", string_of(in, arch));
	fputc(',', in->out);
	print_json_member(in, "build_id", string_of(in, build_id));
	fprintf(in->out, "},\n");
}

static void print_json_head(const struct inspection *in)
{
	const struct co_image_identity *id = &in->image->identity;

	fprintf(in->out, "{\"image\":%d,\"side\":\"%s\",\n ", CO_IMAGE_VERSION,
		id->is_new ? "new" : "old");
	print_json_member(in, "converter", string_of(in, id->str_converter));
	fputc(',', in->out);
	print_json_member(in, "mapping_digest", string_of(in, id->str_mapping_digest));
	fputc(',', in->out);
	print_json_member(in, "layouts_digest", string_of(in, id->str_layouts_digest));
	fprintf(in->out, ",\n");
	print_json_kernel(in, "from", id->str_from_release, id->str_from_arch,
			  id->str_from_build_id);
	print_json_kernel(in, "to", id->str_to_release, id->str_to_arch, id->str_to_build_id);
	fputc(' ', in->out);
	print_json_member(in, "captured_from", string_of(in, id->str_kernel));
	fprintf(in->out, ",\n \"clocks\":{");
	for (uint32_t i = 0; i < CO_CLOCKS; i++) {
		struct co_image_clock row;

		co_image_clock(in->image, i, &row);
		fprintf(in->out, "%s\"%s\":", i ? "," : "", clock_keys[i]);
		if (row.known)
			fprintf(in->out, "%llu", (unsigned long long)row.value);
		else
			fprintf(in->out, "null");
	}
	fprintf(in->out, "},\n \"audit\":[");
	for (uint32_t i = 0; i < in->image->n_audit; i++) {
		struct co_image_audit row;

		co_image_audit(in->image, i, &row);
		fprintf(in->out, "%s{", i ? "," : "");
		print_json_member(in, "key", string_of(in, row.str_key));
		fputc(',', in->out);
		print_json_member(in, "value", string_of(in, row.str_value));
		fputc('}', in->out);
	}
	fprintf(in->out, "],\n \"objects\":[");
}

/* ---- both ------------------------------------------------------------------------------------ */

static bool type_exists(const struct inspection *in, const char *wanted)
{
	for (uint32_t i = 0; i < in->image->n_types; i++)
		if (!strcmp(type_name(in, i), wanted) ||
		    !strcmp(value_tag(type_name(in, i)), wanted))
			return true;
	return !strcmp(wanted, "bytes");
}

void inspect_image(const struct co_image *image, const struct run_options *options, FILE *out,
		   struct report *report)
{
	struct inspection in = {.image = image, .options = options, .out = out, .first = true};
	bool json = options->format == FORMAT_JSON;

	if (options->type && !type_exists(&in, options->type))
		report_fail(report, EXIT_UNUSABLE, "the image has no type '%s'", options->type);
	if (options->object != CO_NOWHERE && options->object >= image->n_objects)
		report_fail(report, EXIT_UNUSABLE, "the image has no object %u: it has %u",
			    options->object, image->n_objects);
	if (report_exit(report))
		return;
	if (json)
		print_json_head(&in);
	else
		print_text_head(&in);
	for (in.object = 0; in.object < image->n_objects; in.object++) {
		struct co_image_object object;
		int error;

		co_image_object(image, in.object, &object);
		if (!selected(&in, in.object, &object))
			continue;
		in.bytes = memory_zeroed(object.size, 1);
		memcpy(in.bytes, co_image_object_data(image, &object), object.extent);
		error = json ? print_json_object(&in, &object) : print_text_object(&in, &object);
		free(in.bytes);
		if (error)
			report_fail(report, EXIT_UNUSABLE, "object %u: %s", in.object,
				    co_strerror(error));
	}
	if (json)
		fprintf(out, "\n ]}\n");
}
