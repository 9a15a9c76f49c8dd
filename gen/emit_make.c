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

static const char *objects_of(const struct plan *plan)
{
	return plan->has_hooks ? "converter.o hooks.o" : "converter.o";
}

void emit_makefile(const struct plan *plan, struct text *out)
{
	text_puts(out, "# make: converter.so, for carryover-run.\n"
		       "# make KDIR=/path/to/kernel/build: the kernel's object, "
		       "carryover_converter.o.\n");
	text_puts(out, "ifneq ($(KDIR),)\n"
		       "all:\n"
		       "\t$(MAKE) -C $(KDIR) M=$(CURDIR) carryover_converter.o\n"
		       "clean:\n"
		       "\t$(MAKE) -C $(KDIR) M=$(CURDIR) clean\n"
		       "else\n"
		       "CFLAGS ?= -O2 -g\n"
		       "override CFLAGS += -std=gnu11 -Wall -Wextra -Werror -fPIC "
		       "-fvisibility=default\n\n"
		       "all: converter.so\n");
	text_add(out,
		 "converter.so: %s\n"
		 "\t$(CC) $(LDFLAGS) -shared -o $@ $^\n",
		 objects_of(plan));
	text_puts(out, "%.o: %.c carryover.h layout.h\n"
		       "\t$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<\n"
		       "clean:\n"
		       "\trm -f converter.so *.o\n"
		       "endif\n"
		       ".PHONY: all clean\n");
}

void emit_kbuild(const struct plan *plan, struct text *out)
{
	text_puts(out, "obj-m := carryover_converter.o\n");
	text_add(out, "carryover_converter-y := %s\n", objects_of(plan));
}
