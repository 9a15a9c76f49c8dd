/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that read a mapping share: tables of keys, words with their places, reasons. */
#ifndef CO_SCHEMA_MAPPING_READ_H
#define CO_SCHEMA_MAPPING_READ_H

#include "mapping.h"
#include "yaml.h"

/* A path or a type's name is never longer; it keeps a hostile file's messages bounded. */
#define MAPPING_WORD_MAX 1024

struct mapping_reader {
	struct mapping *mapping;
	struct arena *arena;
	struct diags *diags;
	const char *about; /* what is being read, for messages and todos: `struct x.y` */
};

/* One key of a block: its name, who reads the value, and where to. */
struct mapping_key {
	const char *name;
	void (*read)(struct mapping_reader *reader, const struct yaml_node *value, void *target);
	size_t offset; /* of the target in the block's structure */
};

/*
 * Reads the block NODE by KEYS into TARGET. Refuses what is no block, unknown keys (with the nearest
 * known one, or all of them) and says which block by WHAT. False then: what seems to be missing may be
 * what was misspelt.
 */
bool mapping_block(struct mapping_reader *reader, const struct yaml_node *node, const char *what,
		   const struct mapping_key *keys, size_t n_keys, void *target);

/* A plain TODO: notes the open decision and returns true. */
bool mapping_todo(struct mapping_reader *reader, const struct yaml_node *node);

/*
 * Readers of single values, for tables; TARGET is a struct words (a struct words_list for the lists). A
 * TODO is taken as it is and noted.
 */
void mapping_word(struct mapping_reader *reader, const struct yaml_node *value, void *target);
void mapping_reason(struct mapping_reader *reader, const struct yaml_node *value, void *target);
void mapping_label(struct mapping_reader *reader, const struct yaml_node *value, void *target);
void mapping_path(struct mapping_reader *reader, const struct yaml_node *value, void *target);
void mapping_paths(struct mapping_reader *reader, const struct yaml_node *value, void *target);
void mapping_symbol(struct mapping_reader *reader, const struct yaml_node *value, void *target);
void mapping_symbols(struct mapping_reader *reader, const struct yaml_node *value, void *target);
void mapping_function(struct mapping_reader *reader, const struct yaml_node *value, void *target);
void mapping_number(struct mapping_reader *reader, const struct yaml_node *value, void *target);
void mapping_count(struct mapping_reader *reader, const struct yaml_node *value, void *target);

/* Refuses words that stand twice in the key WHAT; sorts the N pointers. */
void mapping_words_once(struct mapping_reader *reader, const struct words **words, size_t n,
			const char *what);

/* A block of one key, a way or idiom word, whose value is the reason: {null: why}. */
void mapping_way_reason(struct mapping_reader *reader, const struct yaml_node *value,
			struct words *way, struct words *why, const char *example);

/* `{null: reason}` belongs here: an error at NODE says that the reason is missing. */
bool mapping_need_reason(struct mapping_reader *reader, struct place at, const char *what,
			 const struct words *why);

/* The member's value NODE into decisions of TYPE; its path is PREFIX, a dot and the key, or the key alone. */
void mapping_member(struct mapping_reader *reader, const struct yaml_node *node, const char *prefix,
		    struct type_decisions *type);

/* The value of `constants` into the struct decision at TARGET. */
void mapping_constants(struct mapping_reader *reader, const struct yaml_node *value, void *target);

/* Refuses members that are decided twice, in whatever spelling, or inside one that is decided as a whole. */
void mapping_members_once(struct mapping_reader *reader, const struct type_decisions *type);

/* True when PATH is member names joined by dots, each with any number of [digits]. */
bool is_member_path(const char *path);

#endif
