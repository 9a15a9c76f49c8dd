# SPDX-License-Identifier: GPL-2.0-or-later
# make, make check, make demo: everything that is built goes to build/. Only make and git are assumed
# to be there: the rest is installed when it is missing (make deps), unless DEPS=no says otherwise.
#
#   SAN=1      with AddressSanitizer and UndefinedBehaviorSanitizer (in a BUILD of its own: build/san)
#   WERROR=1   warnings are errors
#   CC=clang   another compiler
#   V=1        show the commands
#   FUZZ=1     for libFuzzer, which make fuzz asks for (in a BUILD of its own: build/fuzz)

VERSION := 0.1.0
ifeq ($(origin CC),default)
CC := gcc
endif
BUILD ?= build$(if $(SAN),/san)
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
CFLAGS ?= -O2 -g
RESULTS ?= $(BUILD)/results.tap
RUN := testdata/run

WARN := -std=gnu11 -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
WARN += $(if $(WERROR),-Werror)
SANITIZE := $(if $(SAN)$(FUZZ),-fsanitize=address -fsanitize=undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
SANITIZE += $(if $(FUZZ),-fsanitize=fuzzer-no-link)
CPPFLAGS += -D_GNU_SOURCE -DCARRYOVER_VERSION='"$(VERSION)"' -iquote schema -iquote gen -iquote runtime
FREESTANDING := -ffreestanding -fno-stack-protector
# libclang: where llvm-config says, else the newest that has the header. Loaded by the name that a
# program linked with it would load, but only when there is code to read.
LLVM = $(eval LLVM := $$(shell for at in `llvm-config --prefix 2>/dev/null` `ls -d /usr/lib/llvm-* 2>/dev/null | \
	sort -rV` /usr; do ! [ -f $$$$at/include/clang-c/Index.h ] || { echo $$$$at; break; }; done))$(LLVM)
LIBCLANG = $(shell objdump -p $(firstword $(wildcard $(LLVM)/lib/libclang.so $(LLVM)/lib64/libclang.so)) | \
	sed -n 's/^ *SONAME *//p')
# LeakSanitizer cannot walk the thread-local storage of a large library that is loaded later: it ends with
# a signal of its own. There libclang is loaded at the start.
LIBS_SCHEMA = -lelf -lyaml -llzma -lzstd -lz -llz4 -lpthread -ldl \
	$(if $(SAN),-Xlinker --no-as-needed -L$(LLVM)/lib -lclang)
LIBS_HOST := -lsodium -ldl -lpthread

# Starts a recipe: says what it makes, or shows its commands.
say = $(if $(V),,@$(if $(findstring s,$(firstword -$(MAKEFLAGS))),,echo '  $(1)	$@' &&))
Q := $(if $(V),,@)

sources = $(filter-out %_test.c,$(wildcard $(1)))
objects = $(patsubst %.c,$(BUILD)/%.o,$(call sources,$(1)))

SCHEMA := $(call objects,schema/*.c) $(BUILD)/schema/idioms_yaml.o $(BUILD)/schema/rules_yaml.o
GEN := $(filter-out $(BUILD)/gen/main.o,$(call objects,gen/*.c)) $(BUILD)/gen/report_html_css.o $(BUILD)/gen/report_html_js.o
CORE := $(call objects,runtime/*.c)
HOST := $(filter-out $(BUILD)/runtime/host/main.o,$(call objects,runtime/host/*.c))
TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard schema/*_test.c gen/*_test.c runtime/*_test.c runtime/host/*_test.c))
TOOLS := $(BUILD)/carryover $(BUILD)/carryover-run
# Scripts that need more than this tree: each has a target of its own.
APART := kernels capture switch fuzz-long package
# What does not run the tools needs no second run with sanitizers.
APART += $(if $(SAN),deps layers runner install faults)
SCRIPTS := $(filter-out $(APART:%=$(RUN)/%.test),$(wildcard $(RUN)/*.test))
FUZZ_SECONDS ?= 60
FUZZ_TARGETS = $(if $(TARGET),$(TARGET),$(FUZZERS))
FUZZERS := $(notdir $(wildcard testdata/fuzz/corpus/*))
BENCH := $(patsubst testdata/bench/%.c,$(BUILD)/bench/%,$(wildcard testdata/bench/*.c))

all: $(TOOLS)

# ---- what must be installed: one stamp a tier, asked for once -----------------------------------

TIERS ?= build test
deps:
	@$(RUN)/deps $(TIERS)
$(BUILD)/deps-%: $(RUN)/deps
	@mkdir -p $(@D)
	@$(if $(filter no,$(DEPS)),,$(RUN)/deps $*)
	@touch $@

# ---- libraries and tools ------------------------------------------------------------------------

$(BUILD)/libschema.a: $(SCHEMA)
$(BUILD)/libgen.a: $(GEN)
$(BUILD)/libcarryover.a: $(CORE)
$(BUILD)/libhost.a: $(HOST)
$(BUILD)/%.a:
	$(call say,AR) rm -f $@ && ar rcs $@ $^

$(BUILD)/carryover: $(BUILD)/gen/main.o $(BUILD)/libgen.a $(BUILD)/libschema.a
	$(call say,LD) $(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS_SCHEMA)
$(BUILD)/carryover-run: $(BUILD)/runtime/host/main.o $(BUILD)/libhost.a $(BUILD)/libcarryover.a
	$(call say,LD) $(CC) $(SANITIZE) $(LDFLAGS) -rdynamic -o $@ $^ $(LIBS_HOST)

$(CORE): WARN += $(FREESTANDING)
$(BUILD)/%.o: %.c | $(BUILD)/deps-build
	@mkdir -p $(@D)
	$(call say,CC) $(CC) $(CPPFLAGS) $(CFLAGS) $(SANITIZE) $(WARN) -fPIC -MMD -MP -c -o $@ $<

$(patsubst %.c,$(BUILD)/%.o,$(wildcard schema/source*.c)): CPPFLAGS += -isystem $(LLVM)/include -DCO_LIBCLANG='"$(LIBCLANG)"'

# Data that is built in: the bytes of a file as a C array.
$(BUILD)/schema/%_yaml.c: schema/%.yaml
	@mkdir -p $(@D)
	$(Q){ printf 'extern const unsigned char $*_yaml[];\nextern const unsigned int $*_yaml_size;\n'; \
	  printf 'const unsigned char $*_yaml[] = {\n'; od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g'; \
	  printf '};\nconst unsigned int $*_yaml_size = sizeof($*_yaml);\n'; } >$@
$(BUILD)/gen/report_html_%.c: gen/report_html.%
	@mkdir -p $(@D)
	$(Q){ printf 'extern const unsigned char report_html_$*[];\nextern const unsigned int report_html_$*_size;\n'; \
	  printf 'const unsigned char report_html_$*[] = {\n'; od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g'; \
	  printf '};\nconst unsigned int report_html_$*_size = sizeof(report_html_$*);\n'; } >$@
$(BUILD)/gen/report_html_css.o $(BUILD)/gen/report_html_js.o: %.o: %.c | $(BUILD)/deps-build
	$(call say,CC) $(CC) $(CPPFLAGS) $(CFLAGS) $(SANITIZE) $(WARN) -fPIC -c -o $@ $<
$(BUILD)/schema/%_yaml.o: $(BUILD)/schema/%_yaml.c | $(BUILD)/deps-build
	$(call say,CC) $(CC) $(CPPFLAGS) $(CFLAGS) $(SANITIZE) $(WARN) -fPIC -c -o $@ $<

# ---- tests --------------------------------------------------------------------------------------

$(TESTS:%=%.o): | $(BUILD)/deps-test
$(BUILD)/schema/%_test: $(BUILD)/schema/%_test.o $(BUILD)/libschema.a
	$(call say,LD) $(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS_SCHEMA) -lcmocka
$(BUILD)/gen/%_test: $(BUILD)/gen/%_test.o $(BUILD)/libgen.a $(BUILD)/libschema.a
	$(call say,LD) $(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS_SCHEMA) -lcmocka
$(BUILD)/runtime/%_test: $(BUILD)/runtime/%_test.o $(BUILD)/libhost.a $(BUILD)/libcarryover.a
	$(call say,LD) $(CC) $(SANITIZE) $(LDFLAGS) -rdynamic -o $@ $^ $(LIBS_HOST) -lcmocka

CIRCLE := $(BUILD)/circle-compare $(BUILD)/circle-equal $(BUILD)/circle-agree
$(BUILD)/circle-%: testdata/circle/%.c $(BUILD)/libgen.a $(BUILD)/libschema.a
	$(call say,LD) $(CC) $(CPPFLAGS) $(CFLAGS) -iquote . $(SANITIZE) $(WARN) $(LDFLAGS) -o $@ $^ $(LIBS_SCHEMA)

# A converter that is loaded calls the core: all of it must be there.
$(BUILD)/prove: $(wildcard testdata/prove/*.[ch]) $(BUILD)/libgen.a $(BUILD)/libschema.a $(BUILD)/libcarryover.a
	$(call say,LD) $(CC) $(CPPFLAGS) $(CFLAGS) $(SANITIZE) $(WARN) $(LDFLAGS) -rdynamic -o $@ $(filter %.c,$^) \
		$(BUILD)/libgen.a $(BUILD)/libschema.a -Wl,--whole-archive $(BUILD)/libcarryover.a \
		-Wl,--no-whole-archive $(LIBS_SCHEMA) -ldl

# What loads versions of a server, and the converter between them.
$(BUILD)/server: testdata/server/launch.c testdata/server/server.h $(BUILD)/libhost.a $(BUILD)/libcarryover.a
	$(call say,LD) $(CC) $(CPPFLAGS) $(CFLAGS) $(SANITIZE) $(WARN) $(LDFLAGS) -rdynamic -o $@ $< $(BUILD)/libhost.a \
		-Wl,--whole-archive $(BUILD)/libcarryover.a -Wl,--no-whole-archive $(LIBS_HOST)

# A fuzz target with a main() of its own, which gives it the inputs that are kept; with FUZZ=1 with libFuzzer's.
$(FUZZERS:%=$(BUILD)/fuzz-%): $(BUILD)/fuzz-%: testdata/fuzz/%.c $(wildcard testdata/fuzz/*.h) testdata/fuzz/driver.c \
		$(BUILD)/libgen.a $(BUILD)/libschema.a $(BUILD)/libhost.a $(BUILD)/libcarryover.a
	$(call say,LD) $(CC) $(CPPFLAGS) $(CFLAGS) $(SANITIZE) $(if $(FUZZ),-fsanitize=fuzzer) $(WARN) $(LDFLAGS) -o $@ \
		$(filter-out $(if $(FUZZ),%/driver.c) %.h,$^) $(LIBS_SCHEMA) $(LIBS_HOST)

tests: $(TESTS) $(CIRCLE) $(BUILD)/prove $(BUILD)/server $(FUZZERS:%=$(BUILD)/fuzz-%)

runner = BUILD='$(abspath $(BUILD))' CC='$(CC)' SAN='$(SAN)' $(RUN)/runner '$(RESULTS)'

check: all tests
	@$(runner) $(TESTS) $(SCRIPTS)
check-unit: tests
	@$(runner) $(TESTS)
check-layers: all
	@$(runner) $(RUN)/layers.test
check-kernels: all $(CIRCLE) $(BUILD)/deps-test $(BUILD)/deps-kernels
	@LIMIT=2400 FROM='$(FROM)' TO='$(TO)' $(runner) $(RUN)/kernels.test
check-capture: all $(BUILD)/deps-test $(BUILD)/deps-kernels $(BUILD)/deps-switch
	@LIMIT=1200 $(runner) $(RUN)/capture.test
# In a browser; its pictures are left in $(BUILD)/html.
check-html: all $(BUILD)/deps-test $(BUILD)/deps-browser
	@LIMIT=900 PICTURES=1 $(runner) $(RUN)/html.test

check-switch: all $(BUILD)/deps-test $(BUILD)/deps-kernels $(BUILD)/deps-switch
	@LIMIT=1800 $(runner) $(RUN)/switch.test

# The Debian packages, from nothing, and what lintian says of them.
check-package: $(BUILD)/deps-test $(BUILD)/deps-package
	@LIMIT=1200 $(runner) $(RUN)/package.test

# N pairs of files of 12 structs each, from seed SEED on; one of PARTS structs of two pairs of kernels.
prove: all $(BUILD)/prove $(BUILD)/deps-test
	@BUILD='$(abspath $(BUILD))' CC='$(CC)' $(RUN)/prove $(or $(SEED),1) $(or $(N),200) 60 $(or $(PARTS),1)

# FUZZ_SECONDS for each target, or for TARGET alone.
fuzz: $(BUILD)/deps-build $(BUILD)/deps-fuzz
	@$(MAKE) --no-print-directory FUZZ=1 CC=clang BUILD=$(BUILD)/fuzz fuzz-run
fuzz-run: $(FUZZERS:%=$(BUILD)/fuzz-%)
	@LIMIT=$$((($(FUZZ_SECONDS) + 300) * $(words $(FUZZ_TARGETS)))) FUZZ_SECONDS='$(FUZZ_SECONDS)' \
		FUZZ_TARGETS='$(FUZZ_TARGETS)' $(runner) $(RUN)/fuzz-long.test

demo: all
	@BUILD='$(abspath $(BUILD))' $(RUN)/demo

# A converter that is loaded calls the core: all of it must be there.
$(BUILD)/bench/%: testdata/bench/%.c $(BUILD)/libcarryover.a | $(BUILD)/deps-build
	@mkdir -p $(@D)
	$(call say,LD) $(CC) $(CPPFLAGS) -O2 $(WARN) -rdynamic -o $@ $< -Wl,--whole-archive $(BUILD)/libcarryover.a \
		-Wl,--no-whole-archive -ldw -ldl -lpthread
bench: all $(BENCH) $(if $(filter convert,$(WHAT)),,$(BUILD)/deps-kernels)
	@BUILD='$(abspath $(BUILD))' FROM='$(FROM)' TO='$(TO)' WHAT='$(WHAT)' $(RUN)/bench

# ---- the manual: pages and completion, from the tables of the programs -------------------------

PAGES := $(TOOLS:$(BUILD)/%=$(BUILD)/man/%.1)
COMPLETIONS := $(foreach shell,bash zsh fish,$(TOOLS:$(BUILD)/%=$(BUILD)/completion/%.$(shell)))
man: $(PAGES) $(COMPLETIONS)
$(BUILD)/man/carryover-run.1: docs/faults.txt
$(BUILD)/man/%.1: docs/%.1.in $(BUILD)/% docs/make-page
	@mkdir -p $(@D)
	$(call say,MAN) docs/make-page $(BUILD)/$* $(VERSION) $< $(filter %.txt,$^) >$@
$(BUILD)/completion/%.bash: $(BUILD)/% docs/make-completion
	@mkdir -p $(@D)
	$(call say,COMP) docs/make-completion bash $< >$@
$(BUILD)/completion/%.zsh: $(BUILD)/% docs/make-completion
	@mkdir -p $(@D)
	$(call say,COMP) docs/make-completion zsh $< >$@
$(BUILD)/completion/%.fish: $(BUILD)/% docs/make-completion
	@mkdir -p $(@D)
	$(call say,COMP) docs/make-completion fish $< >$@

# ---- installing ---------------------------------------------------------------------------------

DEST = $(DESTDIR)$(PREFIX)
LIB = $(DESTDIR)$(LIBDIR)
SHARE = $(DEST)/share
ZSH = $(DESTDIR)$(ZSHDIR)
SCHEMAS := $(wildcard schema/*.schema.json runtime/host/*.schema.json)
# What the modules of a kernel are built from.
MODULES := $(filter-out %_test.c %_test.h,$(wildcard runtime/*.[ch] runtime/kernel/* runtime/kernel/participants/*.[ch]))
MODULES := $(filter-out runtime/kernel/participants,$(MODULES))
CONVERTERS := $(wildcard converters/*/*)
install: all man
	install -d $(DEST)/bin $(DEST)/include $(LIB)/pkgconfig $(SHARE)/carryover $(SHARE)/man/man1
	install -d $(SHARE)/bash-completion/completions $(ZSH) $(SHARE)/fish/vendor_completions.d
	install -m 755 $(TOOLS) $(DEST)/bin
	install -m 644 runtime/carryover.h $(DEST)/include
	install -m 644 $(BUILD)/libcarryover.a $(LIB)
	sed -e 's|@prefix@|$(PREFIX)|' -e 's|@libdir@|$(LIBDIR)|' -e 's|@version@|$(VERSION)|' carryover.pc.in \
		> $(LIB)/pkgconfig/carryover.pc
	install -m 644 $(SCHEMAS) $(SHARE)/carryover
	install -m 644 $(PAGES) $(SHARE)/man/man1
	for tool in $(notdir $(TOOLS)); do \
		install -m 644 $(BUILD)/completion/$$tool.bash $(SHARE)/bash-completion/completions/$$tool && \
		install -m 644 $(BUILD)/completion/$$tool.zsh $(ZSH)/_$$tool && \
		install -m 644 $(BUILD)/completion/$$tool.fish $(SHARE)/fish/vendor_completions.d || exit; done
	for file in $(MODULES) $(CONVERTERS); do \
		install -D -m 644 $$file $(SHARE)/carryover/$$file || exit; done
	chmod 755 $(SHARE)/carryover/runtime/kernel/build
uninstall:
	rm -f $(addprefix $(DEST)/bin/,$(notdir $(TOOLS))) $(DEST)/include/carryover.h
	rm -f $(LIB)/libcarryover.a $(LIB)/pkgconfig/carryover.pc
	rm -f $(addprefix $(SHARE)/carryover/,$(notdir $(SCHEMAS))) $(PAGES:$(BUILD)/man/%=$(SHARE)/man/man1/%)
	rm -f $(foreach tool,$(notdir $(TOOLS)),$(SHARE)/bash-completion/completions/$(tool) $(ZSH)/_$(tool) \
		$(SHARE)/fish/vendor_completions.d/$(tool).fish)
	rm -f $(addprefix $(SHARE)/carryover/,$(MODULES) $(CONVERTERS))
	-find $(SHARE)/carryover -depth -type d -empty -delete 2>/dev/null

clean:
	rm -rf $(BUILD)

.PHONY: all tests deps check check-unit check-layers check-kernels check-capture check-switch check-package check-html prove demo bench
.PHONY: fuzz fuzz-run
.PHONY: man install uninstall clean
.SECONDARY:
.DELETE_ON_ERROR:
-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d)
