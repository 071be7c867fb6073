/*
 * key_path.h: where a key stands below its master (BIP-32): "m/84'/2'/0'/0/17". Pure; any thread.
 */
#ifndef CHAIN_KEY_PATH_H
#define CHAIN_KEY_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"

#define KEY_HARDENED 0x80000000u

enum { KEY_PATH_STEPS_MAX = 10, KEY_PATH_TEXT_SIZE = 4 + KEY_PATH_STEPS_MAX * 12 };

struct key_path {
    uint32_t steps[KEY_PATH_STEPS_MAX]; /* with KEY_HARDENED where it is hardened */
    size_t count;
};

/* "m", and steps of digits without zeros in front; ' or h marks a hardened one. */
bool key_path_parse(const char *text, struct key_path *ret_path) MUST_CHECK;
const char *key_path_text(const struct key_path *path, char buffer[static KEY_PATH_TEXT_SIZE]);

/* One step further; false: too deep. */
bool key_path_add(struct key_path *path, uint32_t step) MUST_CHECK;
bool key_path_equal(const struct key_path *a, const struct key_path *b);

#endif
