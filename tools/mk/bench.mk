# Benchmarks. bench_NAME is made of the sources that are listed here, and may use every module.

bench_out := $(OUT)/bench
bench_engine := $(wildcard tests/bench/engine/*.c)
bench_load := $(patsubst %,tests/bench/%.c,load requests histogram trade_watch)
bench_prototype := tests/bench/prototype.c tests/bench/prototype_peers.c
bench_bus := tests/bench/bus.c
bench_stages := tests/bench/stages.c
bench_trivial := tests/bench/trivial.c
bench_chain := tests/bench/chain.c tests/bench/chain_evm.c
bench_names := engine load prototype bus stages trivial chain
bench_libs := -lrabbitmq -lmariadb -lmicrohttpd -lcjson

# The header of the connector names calls that we refuse (libs/db/connector.h).
$(bench_out)/bench_prototype: private bench_flags := -DBASE_BANNED_H

define bench_rules
$(bench_out)/bench_$(1): $(bench_$(1)) $(wildcard tests/bench/*.h tests/bench/engine/*.h) \
  $(OUT)/include/all/.made $(foreach m,$(modules),$(call archive,$(m)))
	@mkdir -p $$(@D)
	$$(say) LINK $$(@F)
	$$(Q)$$(CC) $$(filter-out -MMD -MP,$$(CFLAGS)) $$(bench_flags) $$(include_mariadb) \
	  -I $(OUT)/include/all $$(LDFLAGS) -o $$@ $(bench_$(1)) \
	  -Wl,--start-group $(foreach m,$(modules),$(call archive,$(m))) -Wl,--end-group \
	  $(sort $(all_libs) $(bench_libs))
endef
$(foreach name,$(bench_names),$(eval $(call bench_rules,$(name))))

.PHONY: bench bench-programs
bench-programs: $(patsubst %,$(bench_out)/bench_%,$(bench_names))
bench: services bench-programs ## Measure this machine (6 minutes): engine, bus, end to end, memory
	@BUILD=$(abspath $(BUILD)) tools/bench $(BENCH)
