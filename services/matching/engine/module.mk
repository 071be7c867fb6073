DEPS := base contract
# The innermost loop of the platform: worth the larger code. Results don't depend on it
# (tests/determinism.sh compares -O0, -O3, clang and the sanitizers).
MODULE_CFLAGS := -O3
