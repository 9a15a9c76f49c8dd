// SPDX-License-Identifier: GPL-2.0-or-later
/* Where the objects of a core lie, for people and for programs. */
#include "newcore.h"
#include "inspect.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *type_name(const struct newcore *core, uint32_t type)
{
	struct co_layout_type t = {.name = "bytes"};

	if (type != CO_NOWHERE)
		core->image->layout.type(&core->image->layout, type, &t);
	return t.name;
}

static const char *string_of(const struct newcore *core, uint32_t offset)
{
	return co_image_string(core->image, offset);
}

/* ---- text ------------------------------------------------------------------------------------ */

static void print_text_object(const struct newcore *core, uint32_t index, FILE *out)
{
	struct co_image_object row;
	const char *type, *symbol = core->objects[index].symbol;
	char name[64];

	co_image_object(core->image, index, &row);
	type = type_name(core, row.type);
	snprintf(name, sizeof(name), "%.48s#%" PRIu32, value_tag(type), index);
	fprintf(out, "%-24s 0x%016" PRIx64 "  %-24s %s", name, core->objects[index].address, type,
		string_of(core, row.str_name));
	fprintf(out, "%s%s\n", symbol ? ", at the symbol " : "", symbol ? symbol : "");
}

static void print_text_null(const struct newcore *core, uint32_t relocation, FILE *out)
{
	struct co_image_relocation row;
	struct co_image_object object;
	const char *module;
	char plain[CO_PATH_MAX];

	co_image_relocation(core->image, relocation, &row);
	co_image_object(core->image, row.object, &object);
	module = string_of(core, row.str_module);
	fprintf(out, "%s#%" PRIu32 ".%s is null: nobody knows where %s has %s%s%s\n",
		value_tag(type_name(core, object.type)), row.object,
		co_path_plain(string_of(core, row.str_path), plain), core->converter->to.release,
		module, module[0] ? ":" : "", string_of(core, row.str_target));
}

static void list_text(const struct newcore *core, FILE *out)
{
	fprintf(out, "\n%-24s %-19s %-24s %s\n", "object", "address", "type", "reached as");
	for (uint32_t i = 0; i < core->image->n_objects; i++)
		print_text_object(core, i, out);
	for (size_t i = 0; i < core->n_nulls; i++)
		print_text_null(core, core->nulls[i], out);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void print_member(FILE *out, const char *key, const char *s, const char *end)
{
	char *text = value_escape(s, strlen(s));

	fprintf(out, "\"%s\":\"%s\"%s", key, text, end);
	free(text);
}

static void print_json_object(const struct newcore *core, uint32_t index, FILE *out)
{
	struct co_image_object row;

	co_image_object(core->image, index, &row);
	fprintf(out, "%s\n  {\"object\":%" PRIu32 ",", index ? "," : "", index);
	print_member(out, "type", type_name(core, row.type), ",");
	fprintf(out, "\"address\":\"0x%" PRIx64 "\",\"size\":%" PRIu32 ",",
		core->objects[index].address, row.size);
	print_member(out, "path", string_of(core, row.str_name), "");
	if (core->objects[index].symbol) {
		fputc(',', out);
		print_member(out, "symbol", core->objects[index].symbol, "");
	}
	fputc('}', out);
}

static void print_json_null(const struct newcore *core, size_t index, FILE *out)
{
	struct co_image_relocation row;
	char plain[CO_PATH_MAX];

	co_image_relocation(core->image, core->nulls[index], &row);
	fprintf(out, "%s\n  {\"object\":%" PRIu32 ",", index ? "," : "", row.object);
	print_member(out, "path", co_path_plain(string_of(core, row.str_path), plain), ",");
	print_member(out, "module", string_of(core, row.str_module), ",");
	print_member(out, "symbol", string_of(core, row.str_target), "}");
}

static void list_json(const struct newcore *core, FILE *out)
{
	const struct co_side_kernel *to = &core->converter->to;

	fprintf(out, "{\"core\":1,\n ");
	print_member(out, "release", to->release, ",");
	print_member(out, "arch", to->arch, ",");
	print_member(out, "build_id", to->build_id, ",\n \"objects\":[");
	for (uint32_t i = 0; i < core->image->n_objects; i++)
		print_json_object(core, i, out);
	fprintf(out, "],\n \"unknown_symbols\":[");
	for (size_t i = 0; i < core->n_nulls; i++)
		print_json_null(core, i, out);
	fprintf(out, "]}\n");
}

void newcore_list(const struct newcore *core, enum format format, FILE *out)
{
	if (format == FORMAT_JSON)
		list_json(core, out);
	else
		list_text(core, out);
}
