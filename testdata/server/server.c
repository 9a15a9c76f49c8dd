// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One version of the server: records in chunks, clients with a line protocol, and the participants
 * that carry both. Compiled with VERSION 1 and 2. Freezing is returning from serve(): one thread
 * runs it all. With REFUSES the next version does not start.
 */
#include "server.h"
#include "state.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 4096u /* records */
#define CLIENTS_MAX 64u

struct chunk {
	struct record *records;
	uint64_t n;
};

static struct chunk *chunks;
static uint64_t n_chunks, chunks_room, n_records;
static struct client clients[CLIENTS_MAX];
static uint32_t n_clients, next_id = 1,
			   asking; /* the number of the client that asked for an upgrade */

/* ---- records --------------------------------------------------------------------------------- */

static int add_chunk(struct record *records, uint64_t n)
{
	if (n_chunks == chunks_room) {
		chunks_room = chunks_room ? chunks_room * 2 : 1024;
		chunks = realloc(chunks, chunks_room * sizeof(*chunks));
		if (!chunks)
			return -1;
	}
	chunks[n_chunks++] = (struct chunk){records, n};
	n_records += n;
	return 0;
}

static int server_fill(uint64_t n)
{
	for (uint64_t at = 0; at < n; at += CHUNK) {
		uint64_t count = n - at < CHUNK ? n - at : CHUNK;
		struct record *records = aligned_alloc(64, CHUNK * sizeof(*records));

		if (!records || add_chunk(records, count))
			return -1;
		for (uint64_t i = 0; i < count; i++) {
			struct record *r = &records[i];

			memset(r, 0, sizeof(*r));
			r->key = at + i;
			r->mode = (uint16_t)(at + i);
			r->owner = r->key ^ 0x5555;
			snprintf(r->name, sizeof(r->name), "record %llu",
				 (unsigned long long)r->key);
			memset(r->payload, (int)r->key, sizeof(r->payload));
		}
	}
	return 0;
}

static struct record *find(uint64_t key)
{
	return key < n_records ? &chunks[key / CHUNK].records[key % CHUNK] : NULL;
}

static uint64_t server_size(void)
{
	return n_records * sizeof(struct record);
}

static void server_copy(void *to)
{
	for (uint64_t i = 0; i < n_chunks; i++) {
		uint64_t size = chunks[i].n * sizeof(struct record);

		memcpy(to, chunks[i].records, size);
		to = (char *)to + size;
	}
}

/* Of everything that the two versions share, as numbers of one width. */
static uint64_t sum_all(void)
{
	uint64_t sum = 0;

	for (uint64_t c = 0; c < n_chunks; c++)
		for (uint64_t i = 0; i < chunks[c].n; i++) {
			const struct record *r = &chunks[c].records[i];
			uint64_t one =
				r->key + 3 * r->hits + 5 * r->mode + 7 * r->owner + 11 * r->kind;

			for (size_t k = 0; k < sizeof(r->name); k++)
				one = one * 31 + (unsigned char)r->name[k];
			for (size_t k = 0; k < sizeof(r->payload); k++)
				one = one * 31 + r->payload[k];
			sum = sum * 1000003 + one;
		}
	return sum;
}

/* ---- clients --------------------------------------------------------------------------------- */

static void reply(struct client *client, const char *text)
{
	size_t n = strlen(text);

	client->served++;
	if (send(client->fd, text, n, MSG_NOSIGNAL) != (ssize_t)n)
		client->used = 0;
}

static void server_answer(const char *text)
{
	for (uint32_t i = 0; i < n_clients; i++)
		if (clients[i].id == asking)
			reply(&clients[i], text);
}

static enum served answer_line(struct client *client, const char *line)
{
	unsigned long long key;
	struct record *r;
	char text[128];

	if (sscanf(line, "hit %llu", &key) == 1 && (r = find(key))) {
		r->hits++;
		snprintf(text, sizeof(text), "%s %llu %u\n", r->name, (unsigned long long)r->hits,
			 (unsigned int)r->mode);
	} else if (!strcmp(line, "sum")) {
		snprintf(text, sizeof(text), "%llu %016llx\n", (unsigned long long)n_records,
			 (unsigned long long)sum_all());
	} else if (!strcmp(line, "who")) {
		snprintf(text, sizeof(text), "version %d client %u served %llu\n", VERSION,
			 client->id, (unsigned long long)client->served);
	} else if (!strcmp(line, "upgrade")) {
		asking = client->id;
		return SERVED_UPGRADE;
	} else if (!strcmp(line, "quit")) {
		return SERVED_QUIT;
	} else {
		snprintf(text, sizeof(text), "?\n");
	}
	reply(client, text);
	return SERVED_FAILED;
}

/* Every whole line that CLIENT has sent; SERVED_FAILED: nothing else to do. */
static enum served answer_lines(struct client *client)
{
	char *end;

	while ((end = memchr(client->input, '\n', client->used))) {
		char line[sizeof(client->input)];
		size_t n = (size_t)(end - client->input);
		enum served what;

		memcpy(line, client->input, n);
		line[n] = '\0';
		client->used -= (uint32_t)n + 1;
		memmove(client->input, end + 1, client->used);
		what = answer_line(client, line);
		if (what != SERVED_FAILED)
			return what;
	}
	return SERVED_FAILED;
}

static void drop(uint32_t i)
{
	close(clients[i].fd);
	clients[i] = clients[--n_clients];
}

/* Reads from client I; false: it is gone. */
static bool read_client(uint32_t i)
{
	struct client *client = &clients[i];
	ssize_t n = read(client->fd, client->input + client->used,
			 sizeof(client->input) - client->used);

	if (n > 0)
		client->used += (uint32_t)n;
	return n > 0 || (n < 0 && errno == EINTR);
}

static void accept_client(int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd >= 0 && n_clients == CLIENTS_MAX)
		close(fd);
	else if (fd >= 0)
		clients[n_clients++] = (struct client){.fd = fd, .id = next_id++};
}

static enum served server_serve(int listener)
{
	for (;;) {
		struct pollfd fds[CLIENTS_MAX + 1] = {{.fd = listener, .events = POLLIN}};
		uint32_t n = n_clients;

		for (uint32_t i = 0; i < n; i++)
			fds[i + 1] = (struct pollfd){.fd = clients[i].fd, .events = POLLIN};
		if (poll(fds, n + 1, 10000) <= 0)
			return SERVED_FAILED;
		for (uint32_t i = n; i--;) {
			enum served what = SERVED_FAILED;

			if (!fds[i + 1].revents)
				continue;
			if (!read_client(i))
				drop(i);
			else
				what = answer_lines(&clients[i]);
			if (what != SERVED_FAILED)
				return what;
		}
		if (fds[0].revents)
			accept_client(listener);
	}
}

/* ---- participants ---------------------------------------------------------------------------- */

static int records_prepare(struct co_call *call, struct co_room *room)
{
	(void)call;
	if (room)
		*room = (struct co_room){.objects = n_chunks,
					 .bytes = n_records * sizeof(struct record),
					 .largest = n_records < CHUNK
							    ? n_records * sizeof(struct record)
							    : CHUNK * sizeof(struct record),
					 .exact = true};
	return 0;
}

static int records_each(struct co_call *call,
			int (*each)(struct co_call *, const struct co_emission *))
{
	uint32_t type = co_type_of(call, "struct record");
	int error = 0;

	for (uint64_t i = 0; i < n_chunks && !error; i++)
		error = each(call,
			     &(struct co_emission){.type = type,
						   .flags = CO_EMIT_BORROW,
						   .bytes = chunks[i].records,
						   .size = chunks[i].n * sizeof(struct record)});
	return error;
}

static int records_capture(struct co_call *call)
{
	return records_each(call, co_emit);
}

static int records_restore(struct co_call *call, const struct co_arrival *object)
{
	struct record *records = (struct record *)(uintptr_t)object->bytes;

	/* The memory is this version's own from now on: the old one never looks at it again. */
	if (!object->lasting)
		return co_veto(call, "records that do not stay where they are");
	if (add_chunk(records, object->size / sizeof(struct record)))
		return co_no_memory(call);
	co_arrived_at(call, (uint64_t)(uintptr_t)records);
	return 0;
}

static int records_audit(struct co_call *call, const struct co_tally *tally)
{
	if (n_chunks != tally->in_image)
		return co_veto_value(call, "chunks that are not there", tally->in_image - n_chunks);
	return 0;
}

static int clients_prepare(struct co_call *call, struct co_room *room)
{
#ifdef REFUSES
	if (call->role == CO_ROLE_NEW)
		return co_veto(call, "this version does not start");
#endif
	(void)call;
	if (room)
		*room = (struct co_room){.objects = n_clients,
					 .bytes = n_clients * sizeof(struct client),
					 .copied = n_clients * sizeof(struct client),
					 .sides = n_clients,
					 .side_bytes = n_clients,
					 .exact = true};
	return 0;
}

static int clients_capture(struct co_call *call)
{
	uint32_t type = co_type_of(call, "struct client");
	int error = 0;

	for (uint32_t i = 0; i < n_clients && !error; i++) {
		uint8_t asks = clients[i].id == asking;

		error = co_emit(call, &(struct co_emission){.type = type,
							    .bytes = &clients[i],
							    .size = sizeof(clients[i])});
		if (!error)
			error = co_emit_side(call, "asks", &asks, sizeof(asks));
	}
	return error;
}

static int clients_restore(struct co_call *call, const struct co_arrival *object)
{
	struct client *client = &clients[n_clients];
	uint8_t asks;

	if (n_clients == CLIENTS_MAX)
		return co_veto(call, "too many clients");
	if (co_arrival_side(call, object, "asks", &asks, sizeof(asks)))
		return co_veto(call, "a client without its side value");
	*client = *(const struct client *)object->bytes;
	if (asks)
		asking = client->id;
	if (client->id >= next_id)
		next_id = client->id + 1;
	n_clients++;
	return 0;
}

static const struct co_carried record_types[] = {{"struct record", sizeof(struct record), NULL}};
static const struct co_carried client_types[] = {{"struct client", sizeof(struct client), NULL}};

static const struct co_participant records = {
	.name = "records",
	.types = record_types,
	.n_types = 1,
	.prepare = records_prepare,
	.capture = records_capture,
	.restore = records_restore,
	.audit = records_audit,
};

static const struct co_participant clients_ = {
	.name = "clients",
	.types = client_types,
	.n_types = 1,
	.prepare = clients_prepare,
	.capture = clients_capture,
	.restore = clients_restore,
};

static const struct co_participant *const participants[] = {&records, &clients_};

extern const struct inprocess_program carryover_program;
const struct inprocess_program carryover_program = {
	.api = CO_API,
	.release = "",
	.participants = participants,
	.n_participants = 2,
};

extern const struct server server;
const struct server server = {server_fill, server_serve, server_answer, server_size, server_copy};
