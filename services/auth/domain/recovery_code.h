/*
 * recovery_code.h: codes on paper for the day on which the phone is gone. 24 characters of five
 * random bits, in groups: "7K3Q-9ZTM-...". People type them, so case, blanks and dashes don't count,
 * and letters that look like digits are those digits. Pure but for the drawing.
 */
#ifndef AUTH_DOMAIN_RECOVERY_CODE_H
#define AUTH_DOMAIN_RECOVERY_CODE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    RECOVERY_CHARS = 24,
    RECOVERY_GROUP = 4,
    RECOVERY_TEXT_SIZE = RECOVERY_CHARS + RECOVERY_CHARS / RECOVERY_GROUP,
    RECOVERY_CODES = 10,
    RECOVERY_HASH_SIZE = 32,
    RECOVERY_TYPED_MAX = 64
};

void recovery_code_draw(char ret_text[static RECOVERY_TEXT_SIZE]);

/* What somebody typed, as the 24 characters; false: it is no recovery code. */
bool recovery_code_parse(const char *typed, char ret_code[static RECOVERY_CHARS + 1]);

/* What is kept of a parsed code. */
void recovery_code_hash(uint64_t user_id, const char *code,
                        uint8_t ret_hash[static RECOVERY_HASH_SIZE]);

#endif
