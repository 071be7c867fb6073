/*
 * api_key.h: a key that signs requests, of a user or of a service account (reference barong.md §2.12).
 * The secret is not here: who signs or verifies asks for it by name (store/api_keys.h).
 */
#ifndef AUTH_DOMAIN_API_KEY_H
#define AUTH_DOMAIN_API_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "contract/scope.h"

enum {
    API_KEY_KID_SIZE = 17,    /* 16 hexadecimal digits */
    API_KEY_SECRET_SIZE = 33, /* 32 hexadecimal digits */
    API_KEY_WORD_SIZE = 33,   /* state */
    API_KEY_SCOPE_MAX = 1000,
    API_KEYS_MAX = 100 /* of one holder */
};

struct api_key {
    uint64_t id;
    uint64_t user_id, service_account_id; /* one of them is 0 */
    char kid[API_KEY_KID_SIZE];
    char algorithm[17];
    const char *scope;             /* "trade,read", in the arena; "": none */
    char state[API_KEY_WORD_SIZE]; /* "active", or it signs nothing */
    int64_t created_at, updated_at;
};

/*
 * What the words of a key's list open: those of contract/scope.h that need no person, and the names that
 * clients of Barong send (read, trade, sell). A key without words opens what its holder may. A word that
 * we don't know opens nothing: old keys may have such, new ones are refused.
 */
scope_set api_key_scopes(const char *list);

enum api_key_words { API_KEY_WORDS_GOOD, API_KEY_WORDS_MALFORMED, API_KEY_WORDS_UNKNOWN };
/* "trade, read" as "trade,read", if all of its words are known. MALFORMED: also too long, or commas
 * alone. "" is the empty list. */
enum api_key_words api_key_words_read(const char *text,
                                      char ret_list[static API_KEY_SCOPE_MAX + 1]);

#endif
