// SPDX-License-Identifier: GPL-2.0-or-later
/* Where a value of an image comes from: the member's row, which every image has beside its objects.
 */
#include "inspect.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

/* By enum co_way. */
static const char *const way_words[] = {
	[CO_WAY_COPY] = "copied as it was",
	[CO_WAY_WIDEN] = "copied into a wider member",
	[CO_WAY_INIT] = "a constant of the mapping",
	[CO_WAY_EXPR] = "computed by an expression of the mapping",
	[CO_WAY_HOOK] = "made by a hook",
	[CO_WAY_NESTED] = "converted member by member",
	[CO_WAY_RESTORE] = "made in the new system, from side values",
	[CO_WAY_DROP] = "given up",
	[CO_WAY_REST] = "outside the view: zero",
	[CO_WAY_PAD] = "padding",
	[CO_WAY_FOLLOW] = "a pointer whose object crosses, too",
	[CO_WAY_ARRAY] = "a pointer to an array that crosses, too",
	[CO_WAY_STRING] = "a pointer to a string that crosses, too",
	[CO_WAY_SYMBOL] = "a pointer to a symbol, found again by its name",
	[CO_WAY_OPAQUE] = "a number that nobody looks into",
	[CO_WAY_NULL] = "a pointer that does not cross",
	[CO_WAY_LIST] = "a list that is linked again",
};

static const char *way_word(uint8_t way)
{
	size_t n = sizeof(way_words) / sizeof(way_words[0]);

	return way < n && way_words[way] ? way_words[way] : "another way";
}

/* The rest of TEXT behind object NUMBER as inspect names it, "cred#3", or NULL. */
static const char *after_number(const struct co_image *image, const char *text, uint32_t *number)
{
	const char *hash = strchr(text, '#');
	struct co_image_object object;
	struct co_layout_type type = {.name = "bytes"};
	unsigned long long n;
	char *end;

	if (!hash || hash[1] < '0' || hash[1] > '9')
		return NULL;
	n = strtoull(hash + 1, &end, 10);
	if (n >= image->n_objects || (*end && *end != '.'))
		return NULL;
	co_image_object(image, (uint32_t)n, &object);
	if (object.type != CO_NOWHERE)
		image->layout.type(&image->layout, object.type, &type);
	if (strlen(value_tag(type.name)) != (size_t)(hash - text) ||
	    memcmp(value_tag(type.name), text, (size_t)(hash - text)) != 0)
		return NULL;
	*number = (uint32_t)n;
	return end;
}

/* The same by the longest name that TEXT begins with: names have dots and brackets of their own. */
static const char *after_name(const struct co_image *image, const char *text, uint32_t *number)
{
	const char *rest = NULL;
	size_t longest = 0;

	for (uint32_t i = 0; i < image->n_objects; i++) {
		struct co_image_object object;
		const char *name;
		size_t n;

		co_image_object(image, i, &object);
		name = co_image_string(image, object.str_name);
		n = strlen(name);
		if (n <= longest || strncmp(name, text, n) != 0 ||
		    (text[n] && text[n] != '.' && text[n] != '['))
			continue;
		longest = n;
		*number = i;
		rest = text + n;
	}
	return rest;
}

static const char *participant_of(const struct co_image *image, uint32_t object)
{
	for (uint32_t i = 0; i < image->n_participants; i++) {
		struct co_image_participant row;

		co_image_participant(image, i, &row);
		if (object - row.first_object < row.n_objects && object >= row.first_object)
			return co_image_string(image, row.str_name);
	}
	return NULL;
}

static void print_object(const struct co_image *image, uint32_t number, FILE *out)
{
	struct co_image_object object;
	struct co_layout_type type = {.name = "bytes"};
	const char *participant = participant_of(image, number);

	co_image_object(image, number, &object);
	if (object.type != CO_NOWHERE)
		image->layout.type(&image->layout, object.type, &type);
	fprintf(out, "object %u, %s: %s of %u bytes, in the old system at 0x%llx\n", number,
		co_image_string(image, object.str_name), type.name, object.size,
		(unsigned long long)object.address);
	if (participant)
		fprintf(out, "captured and restored by %s\n", participant);
	fprintf(out, "converted by %s (mapping %s)\n",
		co_image_string(image, image->identity.str_converter),
		co_image_string(image, image->identity.str_mapping_digest));
}

static void print_value(const struct co_image *image, uint32_t number, const struct co_place *place,
			const char *path, FILE *out)
{
	struct co_image_object object;
	struct value value;
	uint8_t *bytes;

	co_image_object(image, number, &object);
	bytes = memory_zeroed(object.size, 1);
	memcpy(bytes, co_image_object_data(image, &object), object.extent);
	if (place->member.kind == CO_RECORD) {
		fprintf(out, "%s: %s\n", path, place->member.ctype);
	} else if (!value_present(image, &place->member)) {
		fprintf(out, "%s: not here\n", path);
	} else {
		for (uint32_t i = 0; i < value_count(place) && i < 8; i++) {
			value = value_read(image, number, bytes, place, i);
			fprintf(out, "%s%s%s", i ? ", " : path, i ? "" : " = ", value.text);
			free(value.text);
		}
		fprintf(out, "%s\n", value_count(place) > 8 ? ", ..." : "");
	}
	free(bytes);
}

static void explain(const struct co_image *image, uint32_t number, const char *path, FILE *out,
		    struct report *report)
{
	struct co_image_object object;
	struct co_layout_type type;
	struct co_place place;

	co_image_object(image, number, &object);
	if (object.type == CO_NOWHERE ||
	    co_layout_find(&image->layout, object.type, object.size, path, &place) != CO_OK) {
		report_fail(report, EXIT_UNUSABLE, "%s: %s has no member '%s'",
			    co_image_string(image, object.str_name),
			    object.type == CO_NOWHERE ? "plain bytes" : "its type", path);
		return;
	}
	if (place.type != CO_NOWHERE) {
		image->layout.type(&image->layout, place.type, &type);
		print_value(image, number, &place, path, out);
		fprintf(out, "%s %s of %s, at byte %llu of the object\n", place.member.ctype,
			place.member.path, type.name, (unsigned long long)place.bit / 8);
		fprintf(out, "%s: %s\n", way_word(place.member.way), place.member.why);
	}
	print_object(image, number, out);
}

void command_why(const struct run_options *options, FILE *out, struct report *report)
{
	struct co_image *image = memory_zeroed(1, sizeof(*image));
	struct file file;
	uint32_t number = 0;
	const char *rest;

	if (!run_open_image(options->operand, &file, image, report)) {
		rest = after_number(image, options->place, &number);
		if (!rest)
			rest = after_name(image, options->place, &number);
		if (rest)
			explain(image, number, *rest == '.' ? rest + 1 : rest, out, report);
		else
			report_fail(
				report, EXIT_UNUSABLE,
				"%s: no object of this name: inspect prints them, by name and as "
				"TYPE#NUMBER",
				options->place);
		file_close(&file);
	}
	free(image);
}
