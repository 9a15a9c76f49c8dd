/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libyaml's events, made into a tree. Every limit is checked before anything is allocated for it.
 */
#include "yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct reader {
	yaml_parser_t parser;
	yaml_event_t event;
	bool have; /* EVENT is owned */
	const char *file;
	const char *data;
	size_t n;
	struct arena *arena;
	struct diags *diags;
	size_t problems;
	struct {
		size_t at;   /* where LINE begins */
		size_t line; /* from 0, as libyaml counts */
		size_t text_line,
			length; /* the last one before it that is not blank, in characters */
	} lines;		/* moves on as block scalars end, so that the file is walked once */
};

static struct place mark_place(const struct reader *reader, const yaml_mark_t *mark)
{
	return (struct place){.file = reader->file,
			      .line = (uint32_t)mark->line + 1,
			      .col = (uint32_t)mark->column + 1};
}

/* Bytes that are no text have no mark: counts lines up to OFFSET. */
static struct place byte_place(const struct reader *reader, size_t offset)
{
	struct place at = {.file = reader->file, .line = 1, .col = 1};

	for (size_t i = 0; i < offset && i < reader->n; i++) {
		at.line += reader->data[i] == '\n';
		at.col = reader->data[i] == '\n' ? 1 : at.col + 1;
	}
	return at;
}

/* libyaml's words for a problem, with what it was reading ("while parsing a block mapping") as a
 * note. */
static bool malformed(struct reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;
	struct place at = mark_place(reader, &parser->problem_mark);

	reader->problems++;
	if (parser->error == YAML_READER_ERROR)
		return diag_error(reader->diags, byte_place(reader, parser->problem_offset),
				  "malformed YAML: %s",
				  parser->problem ? parser->problem : "unreadable");
	if (parser->error == YAML_MEMORY_ERROR)
		return diag_error(reader->diags, place_file(reader->file), "no memory left");
	diag_error(reader->diags, at, "malformed YAML: %s",
		   parser->problem ? parser->problem : "unreadable");
	if (parser->context)
		diag_note(reader->diags, mark_place(reader, &parser->context_mark),
			  "%s that begins here", parser->context);
	return false;
}

/* The next event, which stays owned by READER until the one after it. */
static bool next_event(struct reader *reader)
{
	if (reader->have)
		yaml_event_delete(&reader->event);
	reader->have = yaml_parser_parse(&reader->parser, &reader->event);
	return reader->have || malformed(reader);
}

/* Anchors and tags are refused and reading goes on, so that each of them is reported. */
static void refuse(struct reader *reader, const char *what)
{
	reader->problems++;
	diag_error(reader->diags, mark_place(reader, &reader->event.start_mark), "%s", what);
}

static void check_properties(struct reader *reader, const yaml_char_t *anchor,
			     const yaml_char_t *tag)
{
	if (anchor)
		refuse(reader, "anchors (&name) are not supported: write the value out");
	if (tag)
		refuse(reader, "tags (!name) are not supported: write the plain value");
}

static void set_end(struct yaml_node *node, const yaml_mark_t *mark)
{
	node->end_line = (uint32_t)mark->line + 1;
	node->end_col = (uint32_t)mark->column + 1;
}

static struct yaml_node *node_new(struct reader *reader, enum yaml_kind kind)
{
	struct yaml_node *node = ARENA_NEW(reader->arena, struct yaml_node);

	node->kind = kind;
	node->at = mark_place(reader, &reader->event.start_mark);
	set_end(node, &reader->event.end_mark);
	return node;
}

/* Moves on to LINE. */
static void walk_lines(struct reader *reader, size_t line)
{
	while (reader->lines.line < line && reader->lines.at < reader->n) {
		const char *start = reader->data + reader->lines.at;
		const char *end = memchr(start, '\n', reader->n - reader->lines.at);
		size_t n = end ? (size_t)(end - start) : reader->n - reader->lines.at, length = 0;
		bool blank = true;

		if (n && start[n - 1] == '\r')
			n--;
		for (size_t i = 0; i < n; i++) {
			length += ((unsigned char)start[i] & 0xc0) != 0x80;
			blank = blank && start[i] == ' ';
		}
		if (!blank) {
			reader->lines.text_line = reader->lines.line;
			reader->lines.length = length;
		}
		reader->lines.at = end ? (size_t)(end + 1 - reader->data) : reader->n;
		reader->lines.line++;
	}
}

/* A block scalar's end mark stands where the next text begins: the last line of its own is meant. */
static void end_block_scalar(struct reader *reader, struct yaml_node *node, const char *value,
			     size_t n)
{
	const yaml_mark_t *mark = &reader->event.end_mark;
	size_t kept = 0;

	if (mark->column || mark->line <= reader->event.start_mark.line)
		return;
	while (kept < n && value[n - kept - 1] == '\n')
		kept++;
	walk_lines(reader, mark->line);
	node->end_line = (uint32_t)reader->lines.text_line + 1;
	node->end_col = (uint32_t)reader->lines.length + 1;
	if (kept > 1) { /* blank lines that are part of it */
		node->end_line = (uint32_t)mark->line;
		node->end_col = 1;
	}
}

static struct yaml_node *read_node(struct reader *reader, unsigned int depth);

static struct yaml_node *read_scalar(struct reader *reader)
{
	struct yaml_node *node = node_new(reader, YAML_SCALAR);
	const char *value = (const char *)reader->event.data.scalar.value;
	size_t n = reader->event.data.scalar.length;

	check_properties(reader, reader->event.data.scalar.anchor, reader->event.data.scalar.tag);
	node->quoted = reader->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	if (reader->event.data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
	    reader->event.data.scalar.style == YAML_FOLDED_SCALAR_STYLE)
		end_block_scalar(reader, node, value, n);
	if (memchr(value, '\0', n))
		refuse(reader, "a NUL character in a value");
	node->text = arena_strndup(reader->arena, value, n);
	return node;
}

/* A block collection's end mark stands at the next token, blanks and comments later: the last
 * item's end is meant. */
static void close_collection(struct reader *reader, struct yaml_node *node,
			     const struct yaml_node *last)
{
	if (node->flow || !last) {
		set_end(node, &reader->event.end_mark);
	} else {
		node->end_line = last->end_line;
		node->end_col = last->end_col;
	}
}

static struct yaml_node *read_sequence(struct reader *reader, unsigned int depth)
{
	struct yaml_node *node = node_new(reader, YAML_SEQUENCE), *last = NULL;

	check_properties(reader, reader->event.data.sequence_start.anchor,
			 reader->event.data.sequence_start.tag);
	node->flow = reader->event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
	while (next_event(reader)) {
		struct yaml_node *item;

		if (reader->event.type == YAML_SEQUENCE_END_EVENT) {
			close_collection(reader, node, last);
			return node;
		}
		item = read_node(reader, depth);
		if (!item)
			return NULL;
		*(last ? &last->next : &node->first) = item;
		last = item;
		node->n++;
	}
	return NULL;
}

static int compare_keys(const void *a, const void *b)
{
	const struct yaml_node *x = *(struct yaml_node *const *)a,
			       *y = *(struct yaml_node *const *)b;
	int order = strcmp(x->key->text, y->key->text);

	if (order)
		return order;
	if (x->key->at.line != y->key->at.line)
		return x->key->at.line < y->key->at.line ? -1 : 1;
	return x->key->at.col < y->key->at.col ? -1 : x->key->at.col > y->key->at.col;
}

/* Sorted, so that a hostile file with a million keys costs no quadratic time. */
static void check_duplicates(struct reader *reader, const struct yaml_node *mapping)
{
	struct arena scratch;
	struct yaml_node **sorted;
	size_t n = 0, first = 0;

	arena_init(&scratch);
	sorted = ARENA_NEW_ARRAY(&scratch, mapping->n ? mapping->n : 1, struct yaml_node *);
	for (struct yaml_node *value = mapping->first; value; value = value->next)
		sorted[n++] = value;
	qsort(sorted, n, sizeof(*sorted), compare_keys);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(sorted[first]->key->text, sorted[i]->key->text) != 0) {
			first = i;
			continue;
		}
		reader->problems++;
		diag_error(reader->diags, sorted[i]->key->at, "duplicate key `%s`",
			   sorted[i]->key->text);
		diag_note(reader->diags, sorted[first]->key->at, "first written here");
	}
	arena_deinit(&scratch);
}

static struct yaml_node *read_mapping(struct reader *reader, unsigned int depth)
{
	struct yaml_node *node = node_new(reader, YAML_MAPPING), *last = NULL;

	check_properties(reader, reader->event.data.mapping_start.anchor,
			 reader->event.data.mapping_start.tag);
	node->flow = reader->event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
	while (next_event(reader)) {
		struct yaml_node *key, *value;

		if (reader->event.type == YAML_MAPPING_END_EVENT) {
			close_collection(reader, node, last);
			check_duplicates(reader, node);
			return node;
		}
		if (reader->event.type != YAML_SCALAR_EVENT &&
		    reader->event.type != YAML_ALIAS_EVENT) {
			refuse(reader, "a key must be a word");
			return NULL;
		}
		key = read_node(reader, depth);
		if (!key || !next_event(reader))
			return NULL;
		value = read_node(reader, depth);
		if (!value)
			return NULL;
		value->key = key;
		*(last ? &last->next : &node->first) = value;
		last = value;
		node->n++;
	}
	return NULL;
}

/* The node whose first event is at hand. */
static struct yaml_node *read_node(struct reader *reader, unsigned int depth)
{
	struct yaml_node *node;

	if (depth >= YAML_DEPTH_MAX) {
		reader->problems++;
		diag_error(reader->diags, mark_place(reader, &reader->event.start_mark),
			   "nested deeper than %d levels", YAML_DEPTH_MAX);
		return NULL;
	}
	switch (reader->event.type) {
	case YAML_SCALAR_EVENT:
		return read_scalar(reader);
	case YAML_SEQUENCE_START_EVENT:
		return read_sequence(reader, depth + 1);
	case YAML_MAPPING_START_EVENT:
		return read_mapping(reader, depth + 1);
	case YAML_ALIAS_EVENT:
		refuse(reader, "aliases (*name) are not supported: write the value out");
		node = node_new(reader, YAML_SCALAR);
		node->text = "";
		return node;
	default:
		refuse(reader, "malformed YAML: a value was expected");
		return NULL;
	}
}

static struct yaml_node *read_document(struct reader *reader)
{
	struct yaml_node *tree;

	if (!next_event(reader) || !next_event(reader))
		return NULL;
	if (reader->event.type == YAML_STREAM_END_EVENT) {
		refuse(reader, "the file is empty");
		return NULL;
	}
	if (!next_event(reader))
		return NULL;
	tree = read_node(reader, 0);
	if (!tree || !next_event(reader) || !next_event(reader))
		return NULL;
	if (reader->event.type != YAML_STREAM_END_EVENT)
		refuse(reader, "a second document: a file holds one");
	return reader->problems ? NULL : tree;
}

struct yaml_node *yaml_parse(const char *file, const char *data, size_t n, struct arena *arena,
			     struct diags *diags)
{
	struct reader reader = {.file = file, .data = data, .n = n, .arena = arena, .diags = diags};
	struct yaml_node *tree;

	if (n > YAML_BYTES_MAX) {
		diag_error(diags, place_file(file), "%zu bytes: larger than %u", n, YAML_BYTES_MAX);
		return NULL;
	}
	if (!yaml_parser_initialize(&reader.parser)) {
		diag_error(diags, place_file(file), "no memory left");
		return NULL;
	}
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)data, n);
	tree = read_document(&reader);
	if (reader.have)
		yaml_event_delete(&reader.event);
	yaml_parser_delete(&reader.parser);
	return tree;
}

struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key)
{
	if (!mapping || mapping->kind != YAML_MAPPING)
		return NULL;
	for (struct yaml_node *value = mapping->first; value; value = value->next)
		if (strcmp(value->key->text, key) == 0)
			return value;
	return NULL;
}
