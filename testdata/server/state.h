/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of the server, as each of its versions has it. */
#include <stdint.h>

#if VERSION == 1
struct record {
	uint64_t key;
	uint32_t hits;
	uint16_t mode, kind;
	uint64_t touched;
	char name[40];
	uint64_t owner;
	uint8_t payload[56];
};

struct client {
	int32_t fd;
	uint32_t id;
	uint64_t served;
	uint32_t used; /* bytes of `input` */
	char input[228];
};
#else
struct record {
	uint64_t key;
	uint64_t hits; /* was 32 bits wide */
	uint64_t touched;
	uint32_t mode; /* was 16 */
	uint16_t kind, shard;
	uint64_t owner;
	char name[40];
	uint8_t payload[56];
	uint64_t created;
};

struct client {
	uint32_t id;
	int32_t fd;
	uint64_t served;
	uint64_t upgrades;
	uint32_t used;
	char input[228];
};
#endif
