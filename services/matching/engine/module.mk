DEPS := base contract
# The innermost loop of the platform: worth the larger code. Its results don't depend on this
# (tests/determinism.sh compares -O0, -O3, clang and the sanitizers).
MODULE_CFLAGS := $(if $(filter release,$(VARIANT)),-O3 -fstrict-aliasing)
