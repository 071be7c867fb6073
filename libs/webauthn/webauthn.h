/*
 * webauthn.h: passkeys (W3C Web Authentication, level 3): what a relying party checks, and nothing
 * else. No I/O and no state: challenges, credentials and their counters are the caller's to keep.
 *
 * Register: make a challenge, let the browser create a credential, webauthn_register() judges its
 * answer, keep the credential. Sign in or step up: a new challenge, webauthn_assert() judges, keep
 * the counter.
 *
 * Asked and checked: our id and origins, exactly; the user was there and was verified (so that a
 * passkey is two factors); an algorithm of ours; the counter. A challenge is good once, which the
 * caller sees to. Attestations are read ("none", "packed") but nobody is trusted for them: we ask
 * for none.
 *
 * All bytes come from outside. Failures are ERR_INVALID, with the reason in the story only.
 */
#ifndef WEBAUTHN_WEBAUTHN_H
#define WEBAUTHN_WEBAUTHN_H

#include "webauthn/cbor.h"
#include "webauthn/key.h"

enum {
    WEBAUTHN_ID_BYTES_MAX = 1023, /* the standard's own bound */
    WEBAUTHN_AAGUID_SIZE = 16,
    WEBAUTHN_CLIENT_DATA_BYTES_MAX = 4096,
    WEBAUTHN_OBJECT_BYTES_MAX = 32 * 1024,
    WEBAUTHN_CHALLENGE_TEXT_MAX = 256
};

struct webauthn_party {
    const char *id;             /* domain of the site, or a suffix of it */
    const char *const *origins; /* "https://example.com", ends with NULL */
};

/* What one credential is; what the caller keeps of it. */
struct webauthn_credential {
    uint8_t id[WEBAUTHN_ID_BYTES_MAX];
    size_t id_length;
    uint8_t key[WEBAUTHN_KEY_BYTES_MAX]; /* COSE */
    size_t key_length;
    int64_t algorithm;
    uint32_t sign_count;
    uint8_t aaguid[WEBAUTHN_AAGUID_SIZE]; /* the model, if it is said */
    bool may_be_backed_up, is_backed_up;  /* may be on several devices */
};

/* `challenge` is the base64url text that was sent. */
struct webauthn_registration {
    const char *challenge;
    struct cbor client_data; /* JSON, as the browser made it */
    struct cbor attestation_object;
};

bool webauthn_register(const struct webauthn_party *party,
                       const struct webauthn_registration *registration,
                       struct webauthn_credential *ret_credential, struct err *err) MUST_CHECK;

struct webauthn_assertion {
    const char *challenge;
    struct cbor client_data, authenticator_data, signature;
};

struct webauthn_use {
    uint32_t sign_count;
    bool is_backed_up;
    /* The counter did not move: the signature is true, but there may be two of this authenticator.
     * Always false for those that don't count. */
    bool has_count_regressed;
};

bool webauthn_assert(const struct webauthn_party *party, const struct webauthn_assertion *assertion,
                     const struct webauthn_credential *credential, struct webauthn_use *ret_use,
                     struct err *err) MUST_CHECK;

#endif
