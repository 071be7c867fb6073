# Bourse. `make help` lists the targets; tools/mk/ has the rules.
#
# Every folder with a module.mk is a module: DEPS names the modules that it may include, LIBS what it
# links. A module sees the headers of that closure and no others (tools/mk/modules.mk), so the layer
# rule of ARCHITECTURE.md is kept by the compiler.

BUILD ?= build
.DEFAULT_GOAL := all
SHELL := /bin/bash

include tools/mk/flags.mk
include tools/mk/modules.mk
include tools/mk/tests.mk
include tools/mk/stack.mk
include tools/mk/checks.mk
include tools/mk/chaos.mk
include tools/mk/bench.mk

.PHONY: all clean help
all: services ## Build every service
clean: ## Remove what was built
	rm -rf $(BUILD)

help: ## This list
	@echo "Usage: make TARGET [VARIABLE=value]"; echo
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) \
	  | sort | awk -F'\t' '{printf "  %-12s %s\n", $$1, $$2}'
