# SPDX-License-Identifier: GPL-2.0-or-later
BUILD ?= build
CC ?= gcc
CFLAGS ?= -O2 -g
WARN := -std=gnu11 -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
VERSION := 0.1.0
CPPFLAGS += -D_GNU_SOURCE -DCARRYOVER_VERSION='"$(VERSION)"' -iquote schema -iquote gen -iquote runtime
LIBS_SCHEMA := -ldw -lelf -lyaml -llzma -lzstd -lpthread
LIBS_HOST := -ldl -lpthread

sources = $(filter-out %_test.c,$(wildcard $(1)))
objects = $(patsubst %.c,$(BUILD)/%.o,$(call sources,$(1)))

SCHEMA := $(call objects,schema/*.c) $(BUILD)/schema/idioms_yaml.o
GEN := $(filter-out $(BUILD)/gen/main.o,$(call objects,gen/*.c))
CORE := $(call objects,runtime/*.c)
HOST := $(filter-out $(BUILD)/runtime/host/main.o,$(call objects,runtime/host/*.c))
TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard schema/*_test.c gen/*_test.c runtime/*_test.c runtime/host/*_test.c))

all: $(BUILD)/carryover $(BUILD)/carryover-run

$(BUILD)/libschema.a: $(SCHEMA)
$(BUILD)/libgen.a: $(GEN)
$(BUILD)/libcarryover.a: $(CORE)
$(BUILD)/libhost.a: $(HOST)
$(BUILD)/%.a:
	rm -f $@ && ar rcs $@ $^

$(BUILD)/carryover: $(BUILD)/gen/main.o $(BUILD)/libgen.a $(BUILD)/libschema.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_SCHEMA)
$(BUILD)/carryover-run: $(BUILD)/runtime/host/main.o $(BUILD)/libhost.a $(BUILD)/libcarryover.a
	$(CC) $(LDFLAGS) -rdynamic -o $@ $^ $(LIBS_HOST)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) -fPIC -MMD -MP -c -o $@ $<

# Data that is built in: the bytes of a file as a C array.
$(BUILD)/schema/%_yaml.c: schema/%.yaml
	@mkdir -p $(@D)
	{ printf 'extern const unsigned char $*_yaml[];\nextern const unsigned int $*_yaml_size;\n'; \
	  printf 'const unsigned char $*_yaml[] = {\n'; od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g'; \
	  printf '};\nconst unsigned int $*_yaml_size = sizeof($*_yaml);\n'; } >$@
$(BUILD)/schema/%_yaml.o: $(BUILD)/schema/%_yaml.c
	$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) -fPIC -c -o $@ $<

# The table names the commands whose files are there.
$(BUILD)/gen/commands.o: $(wildcard gen/cmd_*.c)

$(BUILD)/schema/%_test: $(BUILD)/schema/%_test.o $(BUILD)/libschema.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_SCHEMA) -lcmocka
$(BUILD)/gen/%_test: $(BUILD)/gen/%_test.o $(BUILD)/libgen.a $(BUILD)/libschema.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_SCHEMA) -lcmocka
$(BUILD)/runtime/%_test: $(BUILD)/runtime/%_test.o $(BUILD)/libhost.a $(BUILD)/libcarryover.a
	$(CC) $(LDFLAGS) -rdynamic -o $@ $^ $(LIBS_HOST) -lcmocka

tests: $(TESTS)

clean:
	rm -rf $(BUILD)

.PHONY: all tests clean
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
