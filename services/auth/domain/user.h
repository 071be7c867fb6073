/* user.h: a user as the table has it. Plain data: copy freely, but for `data`. */
#ifndef AUTH_DOMAIN_USER_H
#define AUTH_DOMAIN_USER_H

#include <stdbool.h>
#include <stdint.h>

enum {
    USER_UID_SIZE = 33,
    USER_EMAIL_SIZE = 256,
    USER_NAME_SIZE = 13, /* of username */
    USER_WORD_SIZE = 33  /* role, state */
};

struct user {
    uint64_t id;
    char uid[USER_UID_SIZE];
    char email[USER_EMAIL_SIZE];
    char username[USER_NAME_SIZE]; /* "": none */
    char role[USER_WORD_SIZE], state[USER_WORD_SIZE];
    int32_t level;
    bool otp;
    uint64_t referral_id;             /* 0: none */
    char referral_uid[USER_UID_SIZE]; /* "": none */
    int64_t created_at, updated_at;
    const char *data; /* JSON text in the arena that it was read into; NULL: none, or not read */
};

/* Whose sessions and keys are served: states active and pending. */
bool user_may_enter(const struct user *user);

#endif
