/* member.h: a member as the tokens and the members table know it. Plain data: copy freely. */
#ifndef ACCOUNTING_DOMAIN_MEMBER_H
#define ACCOUNTING_DOMAIN_MEMBER_H

#include <stdbool.h>
#include <stdint.h>

enum { MEMBER_UID_SIZE = 33, MEMBER_EMAIL_SIZE = 256, MEMBER_WORD_SIZE = 33 };

struct member {
    uint64_t id;
    char uid[MEMBER_UID_SIZE];
    char email[MEMBER_EMAIL_SIZE];
    char username[MEMBER_EMAIL_SIZE]; /* "": none */
    int32_t level;
    char role[MEMBER_WORD_SIZE], group[MEMBER_WORD_SIZE], state[MEMBER_WORD_SIZE];
    int64_t created_at, updated_at;
};

#endif
