/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The compressed kernel of a bootable x86 image: Linux Documentation/arch/x86/boot.rst says where
 * its header (`HdrS`) keeps the place of the payload, an ELF file.
 */
#ifndef CO_SCHEMA_VMLINUZ_H
#define CO_SCHEMA_VMLINUZ_H

#include "diag.h"

/* True when DATA has the boot sector's signature and the setup header's magic number. */
bool vmlinuz_recognise(const void *data, size_t n);

/*
 * Unpacks the payload of the image of N bytes at DATA, called NAME in messages, as decompress()
 * does. Besides its errors DIAG_EVIDENCE: the image is truncated, older than boot protocol 2.08
 * (which has no payload fields), or compressed in a form that is not supported.
 */
bool vmlinuz_unpack(const char *name, const unsigned char *data, size_t n, size_t limit, char **out,
		    size_t *out_n, struct diags *diags);

#endif
