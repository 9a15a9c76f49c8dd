/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A server that is one shared object for each version, and the little that its versions know of
 * each other: how they are started, and who they are for an upgrade.
 */
#ifndef SERVER_H
#define SERVER_H

#include "../../runtime/host/inprocess.h"

enum served {
	SERVED_QUIT,	/* a client asked for the end */
	SERVED_UPGRADE, /* a client asked for the next version, and waits for an answer */
	SERVED_FAILED,
};

/* What a version exports as `server`. */
struct server {
	/* Makes N records, in a server that is started anew. */
	int (*fill)(uint64_t n);
	/* Serves LISTENER and all connections until somebody asks for something else. */
	enum served (*serve)(int listener);
	/* Answers the client that asked for the upgrade: the new version, or the old one that goes
	 * on. */
	void (*answer)(const char *text);
	/* Bytes of all records, and copying them to TO: what an upgrade is measured against. */
	uint64_t (*size)(void);
	void (*copy)(void *to);
};

#endif
