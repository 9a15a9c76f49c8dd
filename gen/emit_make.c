// SPDX-License-Identifier: GPL-2.0-or-later
/* What builds a generated directory: a Makefile for user space, a Kbuild file for the kernel, the
 * header. */
#include "emit.h"

/* The header is part of the program, so that an installed one needs no other file. */
__asm__(".pushsection .rodata\n"
	"emit_runtime_header_start:\n"
	".incbin \"runtime/carryover.h\"\n"
	"emit_runtime_header_end:\n"
	".popsection\n");
extern const char header_start[] __asm__("emit_runtime_header_start");
extern const char header_end[] __asm__("emit_runtime_header_end");

const char *emit_runtime_header(size_t *n)
{
	*n = (size_t)(header_end - header_start);
	return header_start;
}

static const char *release_of(const struct plan *plan, enum side side)
{
	const struct words *words =
		side == OLD ? &plan->mapping->from_release : &plan->mapping->to_release;

	return words->text ? words->text : "";
}

/* The kernel that KDIR belongs to decides which side's assertions hold; a strange one has none, and
 * is told. */
static void emit_kernel_rules(const struct plan *plan, struct text *out)
{
	text_add(out,
		 "release = $(shell grep -qrswF -- '$(1)' $(KDIR)/include/generated && echo $(2))\n"
		 "SIDE ?= $(or $(call release,%s,OLD),$(call release,%s,NEW),NONE)\n",
		 release_of(plan, OLD), release_of(plan, NEW));
	text_add(out,
		 "ifeq ($(SIDE),NONE)\n"
		 "$(warning the headers in $(KDIR) are neither of %s nor of %s: layouts are not "
		 "checked against them)\n"
		 "endif\n",
		 release_of(plan, OLD), release_of(plan, NEW));
	text_puts(out, "all:\n"
		       "\t$(MAKE) -C $(KDIR) M=$(CURDIR) CO_SIDE=$(SIDE) carryover_converter.o\n"
		       "clean:\n"
		       "\t$(MAKE) -C $(KDIR) M=$(CURDIR) clean\n");
}

void emit_makefile(const struct plan *plan, struct text *out)
{
	text_puts(out, "# make: converter.so, for carryover-run.\n"
		       "# make KDIR=/path/to/kernel/build: the kernel's object, "
		       "carryover_converter.o.\n"
		       "ifneq ($(KDIR),)\n");
	emit_kernel_rules(plan, out);
	text_puts(out,
		  "else\n"
		  "CFLAGS ?= -O2 -g\n"
		  "# gcc would expand copies of a few hundred bytes to slow string instructions.\n"
		  "COPIES := $(shell $(CC) -mstringop-strategy=libcall -E -x c /dev/null "
		  ">/dev/null 2>&1 && echo -mstringop-strategy=libcall)\n"
		  "STRICT := -std=gnu11 -Wall -Wextra -Werror -fPIC $(COPIES)\n"
		  "all: converter.so\n");
	text_add(out,
		 "converter.so: converter.pic.o%s\n"
		 "\t$(CC) $(LDFLAGS) -shared -o $@ $^\n",
		 plan->has_hooks ? " hooks.pic.o" : "");
	text_puts(out, "%.pic.o: %.c carryover.h layout.h\n"
		       "\t$(CC) $(CPPFLAGS) $(CFLAGS) $(STRICT) -c -o $@ $<\n"
		       "clean:\n"
		       "\trm -f converter.so *.pic.o\n"
		       "endif\n"
		       ".PHONY: all clean\n");
}

void emit_kbuild(const struct plan *plan, struct text *out)
{
	text_puts(out, "obj-m := carryover_converter.o\n");
	text_add(out, "carryover_converter-y := converter.o assert.o%s\n",
		 plan->has_hooks ? " hooks.o" : "");
	text_puts(out, "CFLAGS_assert.o := -DCO_SIDE_$(CO_SIDE)\n");
}
