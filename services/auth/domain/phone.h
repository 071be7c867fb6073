/* phone.h: a telephone number of a user, and the code that proves it (reference barong.md §2.5). */
#ifndef AUTH_DOMAIN_PHONE_H
#define AUTH_DOMAIN_PHONE_H

#include <stdbool.h>
#include <stdint.h>

#include "phone/phone.h"

enum {
    PHONE_CODE_DIGITS = 5,
    PHONE_CODE_TRIES_MAX = 5, /* guesses at one code */
    PHONE_CODE_LIFETIME_S = 10 * 60
};

struct phone {
    uint64_t id, user_id;
    char country[PHONE_COUNTRY_SIZE];
    char number[PHONE_DIGITS_MAX + 1]; /* international digits, clear */
    int64_t validated_at;              /* 0: not yet */
    int64_t created_at, updated_at;
};

#endif
