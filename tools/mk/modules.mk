# Modules: folders with a module.mk. The name of a module is its path without libs/ or services/:
# base, http, accounting/domain. Its headers are included by that name: #include "base/err.h".
#
# $(OUT)/include/<module>/ holds symbolic links to exactly the modules of its closure, and is the
# only -I of that module: an include that breaks the layers is "No such file".

module_files := $(sort $(wildcard libs/*/module.mk services/*/module.mk services/*/*/module.mk))
module_name = $(patsubst services/%,%,$(patsubst libs/%,%,$(patsubst %/module.mk,%,$(1))))
modules := $(foreach file,$(module_files),$(call module_name,$(file)))

define read_module
DEPS :=
LIBS :=
MODULE_CFLAGS :=
include $(1)
deps_$(call module_name,$(1)) := $$(DEPS)
libs_$(call module_name,$(1)) := $$(LIBS)
cflags_$(call module_name,$(1)) := $$(MODULE_CFLAGS)
dir_$(call module_name,$(1)) := $(patsubst %/module.mk,%,$(1))
endef
$(foreach file,$(module_files),$(eval $(call read_module,$(file))))

# The closure of the dependencies of a module, itself included. Four unions are deep enough for our
# layers; the check below says so if they ever are not.
with_deps = $(sort $(1) $(foreach module,$(1),$(deps_$(module))))
closure = $(call with_deps,$(call with_deps,$(call with_deps,$(call with_deps,$(call with_deps,$(1))))))
$(foreach m,$(modules),$(if $(filter-out $(call closure,$(m)),$(call with_deps,$(call closure,$(m)))), \
  $(error module $(m): dependencies deeper than tools/mk/modules.mk follows)))
$(foreach m,$(modules),$(foreach d,$(deps_$(m)),$(if $(filter $(d),$(modules)),, \
  $(error module $(m) depends on $(d), which does not exist))))

# A service folder itself (accounting) holds the rooms (accounting/http): its sources are its own
# files only, and main.c is kept out of the archive so that tests can link the rest.
sources = $(filter-out %/main.c,$(wildcard $(dir_$(1))/*.c))
objects = $(patsubst %.c,$(OUT)/obj/%.o,$(call sources,$(1)))
archive = $(OUT)/lib/lib$(subst /,_,$(1)).a

define module_rules
$(OUT)/include/$(subst /,_,$(1))/.made: $(module_files) tools/mk/modules.mk
	@rm -rf $$(@D) && mkdir -p $$(@D)
	@$$(foreach m,$$(filter-out $$(top_of_rooms) $(1)/%,$$(call closure,$(1))),mkdir -p $$(@D)/$$(dir $$(m)) && \
	  ln -sfn $$(CURDIR)/$$(dir_$$(m)) $$(@D)/$$(m) &&) true
	@$$(if $$(filter $(1),$$(top_of_rooms)),ln -sfn $$(CURDIR)/$$(dir_$(1)) $$(@D)/$(1),true)
	@touch $$@
$(patsubst %.c,$(OUT)/obj/%.o,$(wildcard $(dir_$(1))/*.c)): $(OUT)/obj/%.o: %.c $(OUT)/include/$(subst /,_,$(1))/.made
	@mkdir -p $$(@D)
	$$(say) CC $$<
	$$(Q)$$(CC) $$(CFLAGS) $(cflags_$(1)) -I $(OUT)/include/$(subst /,_,$(1)) -c $$< -o $$@
$(call archive,$(1)): $(call objects,$(1))
	@mkdir -p $$(@D)
	@rm -f $$@ && ar rcs $$@ $$^
-include $(patsubst %.c,$(OUT)/obj/%.d,$(wildcard $(dir_$(1))/*.c))
endef
# Services that have rooms: their own folder is linked whole, for main.c, routes.c, consumers.c.
top_of_rooms := $(sort $(foreach m,$(modules),$(if $(findstring /,$(m)),$(firstword $(subst /, ,$(m))))))
$(foreach m,$(modules),$(eval $(call module_rules,$(m))))

# ---- programs: a service is a module with a main.c ----

programs := $(patsubst services/%/main.c,%,$(wildcard services/*/main.c))
all_libs := $(sort $(foreach m,$(modules),$(libs_$(m))))

# The archives and libraries of a list of modules, for a link line.
link_of = -Wl,--start-group $(foreach m,$(call closure,$(1)),$(call archive,$(m))) -Wl,--end-group \
  $(sort $(foreach m,$(call closure,$(1)),$(libs_$(m))))

define program_rules
$(OUT)/bin/bourse-$(1): $(OUT)/obj/services/$(1)/main.o $(foreach m,$(call closure,$(1)),$(call archive,$(m)))
	@mkdir -p $$(@D)
	$$(say) LINK $$(@F)
	$$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$< $$(call link_of,$(1))
endef
$(foreach p,$(programs),$(eval $(call program_rules,$(p))))

.PHONY: services libs
libs: $(foreach m,$(modules),$(call archive,$(m)))
services: libs $(patsubst %,$(OUT)/bin/bourse-%,$(programs))
