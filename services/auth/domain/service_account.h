/* service_account.h: the account of a program (reference barong.md §2.13). */
#ifndef AUTH_DOMAIN_SERVICE_ACCOUNT_H
#define AUTH_DOMAIN_SERVICE_ACCOUNT_H

#include <stdint.h>

#include "auth/domain/user.h"

struct service_account {
    uint64_t id;
    uint64_t owner_id; /* 0: nobody's */
    char uid[USER_UID_SIZE], email[USER_EMAIL_SIZE];
    char role[USER_WORD_SIZE], state[USER_WORD_SIZE];
    int32_t level;
    int64_t created_at, updated_at;
};

#endif
