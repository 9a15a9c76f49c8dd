/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A Debian package: an ar archive with a tar archive in it, of which the kernel and its modules are
 * taken. Everything in it is hostile.
 */
#ifndef CO_SCHEMA_PACKAGE_H
#define CO_SCHEMA_PACKAGE_H

#include "diag.h"

struct packed_file {
	char *path; /* in the package: boot/vmlinuz-6.1.0-54-amd64; of the package's arena */
	char *data; /* from malloc(); the caller's */
	size_t n;
};

struct package {
	struct {
		struct packed_file *at;
		size_t n, room;
	} files; /* kernels, then modules, each by path */
	struct arena arena;
};

/* True when DATA begins as a Debian package does. */
bool package_recognise(const void *data, size_t n);

/*
 * Takes the kernels (vmlinux*, vmlinuz*) and modules (*.ko, also compressed) out of the package of N
 * bytes at DATA, called NAME in messages; all together at most LIMIT bytes. False with a diagnostic:
 * DIAG_EVIDENCE when it is cut off or has neither, DIAG_ERROR when it is corrupt or too large.
 * package_deinit() frees what was not taken over (DATA set to NULL), also after a failure.
 */
bool package_open(const char *name, const unsigned char *data, size_t n, size_t limit,
		  struct package *package, struct diags *diags);
void package_deinit(struct package *package);

/* True for the name of a kernel module: *.ko, .ko.xz, .ko.zst, .ko.gz. */
bool is_module_name(const char *path);

#endif
