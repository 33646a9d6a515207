# meshbench: everything is built under build/. `make help` lists the targets.
VERSION   := 0.1.0
PREFIX    ?= /usr/local
BUILD     ?= build
CC        ?= cc
CFLAGS    ?= -O2 -g
PKGS      := yaml-0.1 jansson libcrypto zlib
LLHTTP    ?= /usr/share/llhttp
LLHTTP_INCLUDE ?= /usr/share/include/llhttp

WARN      := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
             -Wwrite-strings -Wformat=2 -Wvla -Wswitch-enum
ifdef DEV
WARN      += -Werror
endif
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS   = $(shell pkg-config --libs $(PKGS))
CPPFLAGS_ALL = -Itools -D_GNU_SOURCE -DMB_VERSION='"$(VERSION)"' $(CPPFLAGS)
CFLAGS_ALL   = -std=c11 $(WARN) -pthread $(CFLAGS) $(SAN)
LIBS_ALL     = $(PKG_LIBS) -lm -pthread $(SAN)

FLOORS    := base format stats cli model schema check load app net collect mesh vet exchange \
             store compare run report
LIB_SRC   := $(wildcard $(addsuffix /*.c,$(addprefix tools/,$(FLOORS))))
CMD_SRC   := $(wildcard tools/meshbench/*.c)
LIB_OBJ   := $(LIB_SRC:%.c=$(BUILD)/%.o)
CMD_OBJ   := $(CMD_SRC:%.c=$(BUILD)/%.o)
LLHTTP_OBJ := $(BUILD)/llhttp/api.o $(BUILD)/llhttp/http.o $(BUILD)/llhttp/llhttp.o
EMBEDDED  := $(sort $(wildcard schema/*.json spec/rules/*.md tools/mesh/adapters/*.yaml))
LIB       := $(BUILD)/libmeshbench.a
UNIT_SRC  := $(wildcard tests/unit/*/test_*.c)
UNIT_BIN  := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/unit/%)
# What tests share (the fake load driver and the like), linked into each of them.
UNIT_SHARED := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/unit/*.c))

.PHONY: all build unit clean
all: build
build: $(BUILD)/meshbench

$(BUILD)/meshbench: $(CMD_OBJ) $(LIB)
	$(CC) -o $@ $(CMD_OBJ) $(LIB) $(LIBS_ALL)

$(LIB): $(LIB_OBJ) $(LLHTTP_OBJ) $(BUILD)/gen/embed.o
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(PKG_CFLAGS) -isystem $(LLHTTP_INCLUDE) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# The files that the binary carries (base/embed.h); written again when their set changes.
$(BUILD)/gen/embed.list: FORCE
	@mkdir -p $(@D)
	@echo '$(EMBEDDED)' | cmp -s - $@ || echo '$(EMBEDDED)' >$@

$(BUILD)/gen/embed.c: tools/embed.sh $(BUILD)/gen/embed.list $(EMBEDDED)
	tools/embed.sh $(EMBEDDED) >$@

$(BUILD)/gen/embed.o: $(BUILD)/gen/embed.c
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -c -o $@ $<

.PHONY: FORCE
FORCE:

$(BUILD)/llhttp/%.o: $(LLHTTP)/%.c
	@mkdir -p $(@D)
	$(CC) -isystem $(LLHTTP_INCLUDE) -std=c11 -w $(CFLAGS) $(SAN) -c -o $@ $<

$(BUILD)/libunit.a: $(UNIT_SHARED)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libunit.a $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) -Itests/unit $(PKG_CFLAGS) $(CFLAGS_ALL) -MMD -MP -o $@ $< $(BUILD)/libunit.a $(LIB) -lcmocka $(LIBS_ALL)

unit: $(UNIT_BIN)
	@for t in $(UNIT_BIN); do ./$$t || exit 1; done

clean:
	rm -rf $(BUILD)

-include $(UNIT_SHARED:.o=.d) $(LIB_OBJ:.o=.d) $(CMD_OBJ:.o=.d) $(addsuffix .d,$(UNIT_BIN))
