/*
 * oauth_code.h: secrets that we hand out: codes, refresh tokens, handles of flows, client secrets. They
 * are 256 random bits behind a prefix that says what they are (so that one that leaked into a log can
 * be found); only their hash is stored. A hash without salt and work is right for them: nobody can
 * guess 256 bits.
 *
 * A user code of the device flow is typed by a person: eight letters without vowels (no words come out)
 * or look-alikes, read in any case and with any dashes or blanks.
 */
#ifndef AUTH_DOMAIN_OAUTH_CODE_H
#define AUTH_DOMAIN_OAUTH_CODE_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/crypto.h"

enum {
    OAUTH_SECRET_SIZE = 64, /* prefix, 43 characters, NUL */
    OAUTH_HASH_SIZE = SHA256_SIZE,
    OAUTH_ID_SIZE = 33,       /* 32 hexadecimal digits */
    USER_CODE_SIZE = 9,       /* "BDWPHQPK" */
    USER_CODE_SHOWN_SIZE = 10 /* "BDWP-HQPK" */
};

#define OAUTH_CODE_PREFIX "bac_"
#define OAUTH_REFRESH_PREFIX "brt_"
#define OAUTH_DEVICE_PREFIX "bdc_"
#define OAUTH_SECRET_PREFIX "bcs_"
#define OAUTH_REGISTRATION_PREFIX "brg_"
#define OAUTH_FLOW_PREFIX "bfl_"

void oauth_secret_make(const char *prefix, char ret_secret[static OAUTH_SECRET_SIZE]);
void oauth_hash(const char *secret, uint8_t ret_hash[static OAUTH_HASH_SIZE]);
void oauth_id_make(char ret_id[static OAUTH_ID_SIZE]);

/* The refresh token that follows `token`: whoever has the old one and the seed that is stored with it
 * gets the same new one, so a reply that was lost can be given again, and the table alone is of no
 * use. */
void refresh_successor(const char *token, const uint8_t seed[static OAUTH_HASH_SIZE],
                       char ret_secret[static OAUTH_SECRET_SIZE]);

void user_code_make(char ret_code[static USER_CODE_SIZE]);
/* False: can't be one of ours. */
bool user_code_parse(const char *text, char ret_code[static USER_CODE_SIZE]);
const char *user_code_shown(const char code[static USER_CODE_SIZE],
                            char ret_text[static USER_CODE_SHOWN_SIZE]);

#endif
