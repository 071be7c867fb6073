# Compilers and flags. VARIANT picks the build: release (default), debug, asan (with UBSan), tsan,
# coverage. Each variant has its own folder below $(BUILD), so they can be built side by side.

CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
VARIANT ?= release
OPT ?= -O2

warnings := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Walloca \
  -Wcast-qual -Wformat=2 -Wundef -Wswitch-enum -Wdouble-promotion -Wno-missing-field-initializers -Werror
base_flags := -std=gnu17 -D_GNU_SOURCE -g -fPIE -pthread -MMD -MP $(warnings) -include libs/base/banned.h
hardening := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fno-strict-aliasing \
  -fcf-protection=full
# The sanitizers stand in for functions of libraries (crypt_r), which nobody seems to need then.
sparing := -Wl,--as-needed
link_flags := -pie -pthread -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack $(if $(filter asan tsan,$(VARIANT)),,$(sparing))

flags_release := $(OPT) $(hardening)
# Without optimisation GCC does not know the ranges of numbers that it knows otherwise.
flags_debug := -O0 -Wno-format-truncation
flags_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# The calls of the sanitizer hide from GCC what is set on every way.
flags_tsan := -O1 -fsanitize=thread -fno-omit-frame-pointer -Wno-maybe-uninitialized
flags_coverage := -O0 --coverage -Wno-format-truncation

ifndef flags_$(VARIANT)
$(error VARIANT is release, debug, asan, tsan or coverage, not "$(VARIANT)")
endif
OUT := $(BUILD)/$(VARIANT)
CFLAGS := $(base_flags) $(flags_$(VARIANT)) $(EXTRA_CFLAGS)
LDFLAGS := $(link_flags) $(filter -fsanitize=% --coverage,$(flags_$(VARIANT))) $(EXTRA_LDFLAGS)

# Where Debian puts what has no usual place.
include_mariadb := -isystem /usr/include/mariadb

# `make V=1` shows whole command lines.
ifeq ($(V),1)
Q :=
say := @true
else
Q := @
say := @printf '  %-4s %s\n'
endif
