/*
 * passkey.h: passkeys as the API speaks of them: the JSON that a browser's
 * PublicKeyCredential.parseCreationOptionsFromJSON(), parseRequestOptionsFromJSON() take and toJSON()
 * gives (Web Authentication, level 3, 5.1.8 and following). Pure.
 */
#ifndef AUTH_DOMAIN_PASSKEY_H
#define AUTH_DOMAIN_PASSKEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "webauthn/webauthn.h"

enum {
    PASSKEYS_MAX = 20, /* of one user */
    PASSKEY_NAME_MAX = 64,
    PASSKEY_TRANSPORTS_SIZE = 65,
    PASSKEY_HANDLE_SIZE = 32, /* bytes that name the user to his authenticators */
    PASSKEY_JSON_BYTES_MAX = 64 * 1024
};

/* ---- what we ask ---- */

struct passkey_creation {
    const char *party_id, *party_name, *challenge;
    const uint8_t *handle;
    const char *user_name;      /* shown by the authenticator: the e-mail address */
    const struct cbor *exclude; /* ids of the passkeys that the user has */
    size_t exclude_count;
};
void passkey_creation_write(struct str *out, const struct passkey_creation *creation);

/* `allow`: ids of passkeys; none: whichever of ours the authenticator has. */
struct passkey_request {
    const char *party_id, *challenge;
    const struct cbor *allow;
    size_t allow_count;
};
void passkey_request_write(struct str *out, const struct passkey_request *request);

/* ---- what the browser answers ---- */

/* The bytes are in the arena. */
struct passkey_answer {
    struct cbor id;
    struct cbor client_data;
    char challenge[256]; /* the one in the client data; not checked yet */
    /* Of a registration. */
    struct cbor attestation_object;
    char transports[PASSKEY_TRANSPORTS_SIZE];
    /* Of an assertion. */
    struct cbor authenticator_data, signature;
    struct cbor handle; /* length 0: none */
};

/* ERR_INVALID, with the reason in the story. */
bool passkey_registration_read(struct arena *arena, const char *json,
                               struct passkey_answer *ret_answer, struct err *err) MUST_CHECK;
bool passkey_assertion_read(struct arena *arena, const char *json,
                            struct passkey_answer *ret_answer, struct err *err) MUST_CHECK;

/* Trimmed, without control characters, 1..PASSKEY_NAME_MAX bytes of UTF-8; false: it is not. */
bool passkey_name_read(const char *text, char ret_name[static PASSKEY_NAME_MAX + 1]);

#endif
