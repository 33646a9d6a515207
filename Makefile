# meshbench: everything is built under build/. `make help` lists the targets.
VERSION   := 0.1.0
PREFIX    ?= /usr/local
BUILD     ?= build
CC        ?= cc
CLANG     ?= clang
CFLAGS    ?= -O2 -g
JOBS      ?= $(shell nproc 2>/dev/null || echo 2)
PKGS      := yaml-0.1 libcrypto zlib sqlite3 libxml-2.0

# llhttp: a library where pkg-config knows one, else the sources that Debian's node-llhttp
# ships.
LLHTTP_PKG := $(shell pkg-config --exists libllhttp 2>/dev/null && echo libllhttp)
LLHTTP     ?= $(firstword $(patsubst %/api.c,%,$(wildcard /usr/share/llhttp/api.c \
                /usr/share/nodejs/llhttp/src/api.c /usr/share/nodejs/llhttp/api.c)))
LLHTTP_INCLUDE ?= $(firstword $(patsubst %/llhttp.h,%,$(wildcard \
                /usr/share/include/llhttp/llhttp.h $(LLHTTP)/llhttp.h $(LLHTTP)/../include/llhttp.h \
                /usr/include/llhttp/llhttp.h /usr/include/llhttp.h)))

WARN      := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
             -Wwrite-strings -Wformat=2 -Wvla -Wswitch-enum
WERROR    := $(if $(DEV),-Werror)
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) $(LLHTTP_PKG) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) $(LLHTTP_PKG) 2>/dev/null)
ifeq ($(LLHTTP_PKG),)
PKG_CFLAGS += $(addprefix -isystem ,$(LLHTTP_INCLUDE))
LLHTTP_OBJ := $(addprefix $(BUILD)/llhttp/,api.o http.o llhttp.o)
endif
CPPFLAGS_ALL = -Itools -D_GNU_SOURCE -DMB_VERSION='"$(VERSION)"' $(CPPFLAGS)
CFLAGS_ALL   = -std=c11 $(WARN) -pthread $(CFLAGS) $(SAN)
LIBS_ALL     = $(PKG_LIBS) -lm -pthread $(LDFLAGS) $(SAN)
COMPILE      = $(CC) $(CPPFLAGS_ALL) $(PKG_CFLAGS) $(CFLAGS_ALL) $(WERROR)

FLOORS    := base format stats cli model schema check load app net collect mesh vet exchange \
             store compare run report
LIB_SRC   := $(wildcard $(addsuffix /*.c,$(addprefix tools/,$(FLOORS))))
CMD_SRC   := $(wildcard tools/meshbench/*.c)
LIB_OBJ   := $(LIB_SRC:%.c=$(BUILD)/%.o)
CMD_OBJ   := $(CMD_SRC:%.c=$(BUILD)/%.o)
EMBEDDED  := $(sort $(wildcard schema/*.json spec/rules/*.md spec/suite/*.yaml \
               tools/mesh/adapters/*.yaml))
LIB       := $(BUILD)/libmeshbench.a
UNIT_SRC  := $(wildcard tests/unit/*/test_*.c)
UNIT_BIN  := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/unit/%)
# What tests share (the fake load driver, failing system calls), linked into each of them.
UNIT_SHARED := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/unit/*.c))
# System calls that tests can make fail (tests/unit/faults.h).
FAULT_CALLS := open read write fsync close rename fchmod ftruncate mkdir pipe2 fork
FAULT_WRAP  := $(FAULT_CALLS:%=-Wl,--wrap=%)

FUZZ_SRC    := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_REPLAY := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/replay_%)
FUZZ_BIN    := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)

.PHONY: all build deps demo unit cases style docs bless live bench check check-san check-slow \
        fuzz fuzz-replay pages install uninstall clean help FORCE
.DELETE_ON_ERROR:

all: build
build: $(BUILD)/meshbench ## build the tool (default target); DEV=1 turns warnings into errors

$(BUILD)/meshbench: $(CMD_OBJ) $(LIB)
	$(CC) -o $@ $(CMD_OBJ) $(LIB) $(LIBS_ALL)

$(LIB): $(LIB_OBJ) $(LLHTTP_OBJ) $(BUILD)/gen/embed.o
	@rm -f $@
	ar rcs $@ $^

# Written again when they change, so that objects of different flags never meet. -Werror
# changes no object.
$(BUILD)/gen/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(CPPFLAGS_ALL) $(PKG_CFLAGS) $(CFLAGS_ALL)' | cmp -s - $@ || \
	  echo '$(CC) $(CPPFLAGS_ALL) $(PKG_CFLAGS) $(CFLAGS_ALL)' >$@

# What the analyzers of tests/slow compile with.
.PHONY: flags
flags:
	$(info $(CPPFLAGS_ALL) -I$(BUILD)/gen $(PKG_CFLAGS))@:

# Before anything is compiled: one line that names what is missing.
$(BUILD)/gen/deps: tools/deps.sh
	@mkdir -p $(@D)
	@CC='$(CC)' LLHTTP='$(LLHTTP)' LLHTTP_INCLUDE='$(LLHTTP_INCLUDE)' tools/deps.sh --test
	@touch $@

$(BUILD)/%.o: %.c $(BUILD)/gen/flags | $(BUILD)/gen/deps
	@mkdir -p $(@D)
	$(COMPILE) -Itests/unit -MMD -MP -c -o $@ $<

# The files that the binary carries (base/embed.h); written again when their set changes.
$(BUILD)/gen/embed.list: FORCE
	@mkdir -p $(@D)
	@echo '$(EMBEDDED)' | cmp -s - $@ || echo '$(EMBEDDED)' >$@

$(BUILD)/gen/embed.c: tools/embed.sh $(BUILD)/gen/embed.list $(EMBEDDED)
	tools/embed.sh $(EMBEDDED) >$@

$(BUILD)/gen/embed.o: $(BUILD)/gen/embed.c $(BUILD)/gen/flags
	$(COMPILE) -c -o $@ $<

$(BUILD)/llhttp/%.o: $(LLHTTP)/%.c $(BUILD)/gen/flags | $(BUILD)/gen/deps
	@mkdir -p $(@D)
	$(CC) $(PKG_CFLAGS) -std=c11 -w $(CFLAGS) $(SAN) -c -o $@ $<

# The commit that is built, for base/version.h; written again when it changes.
$(BUILD)/gen/commit.h: FORCE
	@mkdir -p $(@D)
	@commit=$$(git describe --always --dirty --abbrev=12 --exclude='*' 2>/dev/null); \
	echo "#define MB_COMMIT \"$$commit\"" | cmp -s - $@ || echo "#define MB_COMMIT \"$$commit\"" >$@

$(BUILD)/tools/base/version.o: private CPPFLAGS_ALL += -I$(BUILD)/gen
$(BUILD)/tools/base/version.o: $(BUILD)/gen/commit.h

FORCE:

deps: ## install the packages that are missing to build, with apt
	tools/deps.sh

demo: ## from nothing to a comparison of real proxies in two minutes
	tools/demo.sh

# Tests -------------------------------------------------------------------------------

$(BUILD)/libunit.a: $(UNIT_SHARED)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libunit.a $(LIB) $(BUILD)/gen/flags
	@mkdir -p $(@D)
	$(COMPILE) -Itests/unit -MMD -MP -o $@ $< -Wl,--start-group $(BUILD)/libunit.a $(LIB) \
	  -Wl,--end-group $(FAULT_WRAP) -lcmocka $(LIBS_ALL)

unit: $(UNIT_BIN) ## unit tests
	@BUILD=$(BUILD) tests/run-unit.sh $(UNIT_BIN)

cases: $(BUILD)/meshbench ## command-line cases; CASES="validate show/one" picks some
	@BUILD=$(BUILD) tests/run-cases.sh -j $(JOBS) $(CASES)

bless: $(BUILD)/meshbench ## rewrite what the cases expect; review the diff
	@BUILD=$(BUILD) tests/run-cases.sh --bless $(CASES)

style: $(BUILD)/meshbench ## format, floors, lengths, banned calls, docs in step
	@BUILD=$(BUILD) tests/run-style.sh $(STYLE)

live: $(BUILD)/meshbench ## tests against real servers on 127.0.0.1
	@BUILD=$(BUILD) tests/run-live.sh

bench: $(BUILD)/meshbench ## measure the load generator against others, interleaved
	@BUILD=$(BUILD) tests/bench/run.sh

check: ## everything that a change must pass: build, unit, cases, style
	@tests/stages.sh $(BUILD)/check \
	  deps 'tools/deps.sh --for check' \
	  build '$(MAKE) -s -j$(JOBS) build $(UNIT_BIN)' \
	  unit '$(MAKE) -s unit' cases '$(MAKE) -s cases' style '$(MAKE) -s style'

SAN_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all
check-san: ## unit tests, cases and fuzz corpora under ASan and UBSan
	@tests/stages.sh $(BUILD)/check-san \
	  build '$(MAKE) -s -j$(JOBS) BUILD=$(BUILD)/san SAN="$(SAN_FLAGS)" CFLAGS="-O1 -g" build unit-build fuzz-build' \
	  unit '$(MAKE) -s BUILD=$(BUILD)/san SAN="$(SAN_FLAGS)" CFLAGS="-O1 -g" unit' \
	  cases '$(MAKE) -s BUILD=$(BUILD)/san SAN="$(SAN_FLAGS)" CFLAGS="-O1 -g" cases' \
	  fuzz '$(MAKE) -s BUILD=$(BUILD)/san SAN="$(SAN_FLAGS)" CFLAGS="-O1 -g" fuzz-replay'

check-slow: ## valgrind, -fanalyzer, clang-tidy, fuzz corpora: minutes
	@BUILD=$(BUILD) tests/stages.sh $(BUILD)/check-slow \
	  build '$(MAKE) -s -j$(JOBS) build unit-build fuzz-build' \
	  plants 'tests/slow/plants.sh' valgrind 'tests/slow/valgrind.sh' analyzer 'tests/slow/analyzer.sh' \
	  clang-tidy 'tests/slow/clang-tidy.sh' fuzz '$(MAKE) -s fuzz-replay'

.PHONY: unit-build fuzz-build
unit-build: $(UNIT_BIN)
fuzz-build: $(FUZZ_REPLAY)

# Fuzz entries replayed over their corpora by a main of our own, with any compiler.
$(BUILD)/fuzz/replay_%: tests/fuzz/%.c $(BUILD)/tests/fuzz/replay.o $(LIB)
	@mkdir -p $(@D)
	$(COMPILE) -MMD -MP -o $@ $< $(BUILD)/tests/fuzz/replay.o $(LIB) $(LIBS_ALL)

fuzz-replay: $(FUZZ_REPLAY) ## replay the kept fuzz corpora
	@tests/fuzz/replay.sh $(FUZZ_REPLAY)

# libFuzzer wants everything compiled by clang with its coverage: a build of its own.
FUZZ_SECONDS ?= 60
fuzz: ## fuzz each parser for FUZZ_SECONDS (60) with clang's libFuzzer
	@$(MAKE) -s -j$(JOBS) BUILD=$(BUILD)/fuzzing CC=$(CLANG) CFLAGS="-O1 -g" \
	  SAN="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all" fuzzers
	@tests/fuzz/run.sh $(FUZZ_SECONDS) $(BUILD)/fuzzing/fuzz $(FUZZERS)

.PHONY: fuzzers
fuzzers: $(FUZZ_BIN)
$(BUILD)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(LIB)
	@mkdir -p $(@D)
	$(COMPILE) -fsanitize=fuzzer -o $@ $< $(LIB) $(LIBS_ALL)

# Documentation and installation ------------------------------------------------------

docs: $(BUILD)/meshbench ## write docs/reference/commands.md from the command tables
	@mkdir -p docs/reference
	$(BUILD)/meshbench help --format markdown >docs/reference/commands.md

pages: $(BUILD)/meshbench
	@tools/pages.sh $(BUILD)/meshbench $(BUILD)/pages

share := $(DESTDIR)$(PREFIX)/share
install: build pages ## install below PREFIX (/usr/local), DESTDIR in front of it
	install -d $(DESTDIR)$(PREFIX)/bin $(share)/man/man1 $(share)/meshbench/schema \
	  $(share)/meshbench/adapters $(share)/bash-completion/completions \
	  $(share)/zsh/site-functions $(share)/fish/vendor_completions.d
	install -m 755 $(BUILD)/meshbench $(DESTDIR)$(PREFIX)/bin/meshbench
	install -m 644 $(BUILD)/pages/*.1 $(share)/man/man1
	install -m 644 $(BUILD)/pages/meshbench.bash $(share)/bash-completion/completions/meshbench
	install -m 644 $(BUILD)/pages/_meshbench $(share)/zsh/site-functions/_meshbench
	install -m 644 $(BUILD)/pages/meshbench.fish $(share)/fish/vendor_completions.d/meshbench.fish
	$(if $(wildcard schema/*.json),install -m 644 schema/*.json $(share)/meshbench/schema)
	$(if $(wildcard tools/mesh/adapters/*),cp -R tools/mesh/adapters/. $(share)/meshbench/adapters)
	$(if $(wildcard spec),cp -R spec $(share)/meshbench)
	install -m 644 LICENSE $(share)/meshbench

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/meshbench $(share)/man/man1/meshbench.1 \
	  $(share)/man/man1/meshbench-*.1 $(share)/bash-completion/completions/meshbench \
	  $(share)/zsh/site-functions/_meshbench $(share)/fish/vendor_completions.d/meshbench.fish
	rm -rf $(share)/meshbench

clean: ## remove build/
	rm -rf $(BUILD)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | sort | \
	  awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

-include $(LIB_OBJ:.o=.d) $(CMD_OBJ:.o=.d) $(UNIT_SHARED:.o=.d) $(addsuffix .d,$(UNIT_BIN)) \
  $(addsuffix .d,$(FUZZ_REPLAY)) $(BUILD)/tests/fuzz/replay.d
