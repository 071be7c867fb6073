# Checks beside the tests: style, analysis, sanitizers, fuzzing, coverage, printed documents.

.PHONY: lint fmt asan tsan fuzz fuzz-regression coverage docs
lint: ## Style and static analysis; ONLY="format words" for some, ALL=1 to analyse every file
	@tools/lint $(ONLY)
fmt: ## Format the C sources (clang-format 14)
	@git ls-files -co --exclude-standard '*.[ch]' | xargs -r clang-format-14 -i

# Each variant has its own folder, so these don't disturb the release build.
asan: ## Unit tests and fuzz corpora under AddressSanitizer and UBSan
	@$(MAKE) VARIANT=asan unit fuzz-regression
tsan: ## Unit tests under ThreadSanitizer
	@TSAN_OPTIONS=suppressions=$(CURDIR)/tools/lint.d/tsan $(MAKE) VARIANT=tsan unit

coverage: ## Line coverage of the unit tests: a table, and HTML in $(BUILD)/coverage/html
	@find $(BUILD)/coverage -name '*.gcda' -delete 2>/dev/null || true
	@$(MAKE) VARIANT=coverage unit
	@mkdir -p $(BUILD)/coverage/html
	@gcovr --root . --object-directory $(BUILD)/coverage --filter 'libs/' --filter 'services/' \
	  --exclude-unreachable-branches --html-details $(BUILD)/coverage/html/index.html --txt

docs: services ## Write what the programs print of themselves to deploy/: OpenAPI, settings, metrics
	@tools/docs $(OUT)/bin deploy

# ---- fuzzing: tests/fuzz/fuzz_NAME.c with its corpus in tests/fuzz/corpus/NAME ----

fuzz_names := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
SECONDS ?= 30
T ?= $(fuzz_names)
fuzz_out := $(BUILD)/fuzz/asan/tests/fuzz

# clang's libFuzzer brings its own main. What it finds is kept in $(BUILD)/fuzz/found/NAME, and
# becomes a regression by being copied into the corpus.
fuzz: ## Fuzz under clang; T=json for one target, SECONDS=30 for each
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz VARIANT=asan CC=clang \
	  EXTRA_CFLAGS=-fsanitize=fuzzer-no-link EXTRA_LDFLAGS=-fsanitize=fuzzer \
	  $(patsubst %,$(fuzz_out)/fuzz_%,$(T))
	@failed=; for name in $(T); do \
	  echo "fuzz $$name, $(SECONDS) s"; \
	  mkdir -p $(BUILD)/fuzz/found/$$name; \
	  $(fuzz_out)/fuzz_$$name -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=2048 \
	    -print_final_stats=1 -verbosity=0 -artifact_prefix=$(BUILD)/fuzz/crash-$$name- \
	    $(BUILD)/fuzz/found/$$name $(wildcard tests/fuzz/corpus)/$$name \
	    || failed="$$failed $$name"; \
	done; [[ ! $$failed ]] || { echo "failed:$$failed; see $(BUILD)/fuzz/crash-*"; exit 1; }

# The corpora alone, without a fuzzer, with any compiler: a part of `make test`.
fuzz_programs := $(patsubst %,$(OUT)/fuzz/fuzz_%,$(fuzz_names))
$(OUT)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c tests/fuzz/standalone.c $(OUT)/include/all/.made \
  $(foreach m,$(modules),$(call archive,$(m)))
	@mkdir -p $(@D)
	$(say) TEST $<
	$(Q)$(CC) $(filter-out -MMD -MP,$(CFLAGS)) $(include_mariadb) -I $(OUT)/include/all $(LDFLAGS) \
	  -o $@ $< tests/fuzz/standalone.c -Wl,--start-group $(foreach m,$(modules),$(call archive,$(m))) \
	  -Wl,--end-group $(all_libs)

fuzz-regression: $(fuzz_programs) ## Run every fuzz target over its corpus
	@for name in $(fuzz_names); do \
	  $(OUT)/fuzz/fuzz_$$name tests/fuzz/corpus/$$name || exit 1; \
	done
