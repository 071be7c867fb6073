# Test programs in C. Every tests/unit/**/test_*.c is one program (cmocka); it may include any module.

unit_sources := $(shell find tests/unit -name 'test_*.c' 2>/dev/null | sort)
unit_programs := $(patsubst tests/%.c,$(OUT)/tests/%,$(unit_sources))

$(OUT)/include/all/.made: $(module_files) tools/mk/tests.mk
	@rm -rf $(@D) && mkdir -p $(@D)
	@for dir in $(wildcard libs/* services/*); do ln -sfn $(CURDIR)/$$dir $(@D)/$$(basename $$dir); done
	@ln -sfn $(CURDIR)/tests $(@D)/tests
	@touch $@

# $(1): source below tests/, without .c; everything of ours is on the link line, as archives.
test_link = $(CC) $(CFLAGS) $(include_mariadb) -I $(OUT)/include/all $(LDFLAGS) -o $@ $< $(wildcard $(<:.c=_support.c)) \
  -Wl,--start-group $(foreach m,$(modules),$(call archive,$(m))) -Wl,--end-group $(all_libs)

$(OUT)/tests/%: tests/%.c $(OUT)/include/all/.made $(foreach m,$(modules),$(call archive,$(m)))
	@mkdir -p $(@D)
	$(say) TEST $<
	$(Q)$(test_link) -lcmocka
-include $(patsubst %,%.d,$(unit_programs))

.PHONY: unit
unit: $(unit_programs) ## Run the unit tests
	@failed=0; for program in $(unit_programs); do $$program || failed=1; done; exit $$failed

# ---- everything ----

integration_sources := $(shell find tests/integration -name '*.c' ! -name '*_support.c' 2>/dev/null | sort)
integration_programs := $(patsubst tests/%.c,$(OUT)/tests/%,$(integration_sources))
-include $(patsubst %,%.d,$(integration_programs))

.PHONY: test test-packages test-programs
# Without them (no network, not root) what can be tested is tested; the rest is named as skipped.
test-packages:
	@tools/install-packages --test || echo "test: packages are missing; parts that need them are skipped"
test-programs: test-packages
	@$(MAKE) --no-print-directory services $(unit_programs) $(integration_programs)
test: test-programs ## Run everything that this machine can test; PARTS="unit chaos" for some
	@tests/run $(OUT) $(PARTS)
