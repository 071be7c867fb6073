/* key.h: public keys of authenticators, in COSE form (RFC 9053), and the signatures by them. */
#ifndef WEBAUTHN_KEY_H
#define WEBAUTHN_KEY_H

#include "base/err.h"
#include "webauthn/cbor.h"

/* The algorithms that we offer, in the order of our preference: COSE's numbers. */
enum webauthn_algorithm {
    WEBAUTHN_ES256 = -7,  /* ECDSA on P-256 with SHA-256 */
    WEBAUTHN_EDDSA = -8,  /* Ed25519 */
    WEBAUTHN_RS256 = -257 /* RSA, PKCS #1 v1.5, SHA-256: older machines with Windows */
};

enum { WEBAUTHN_KEY_BYTES_MAX = 1024, WEBAUTHN_SIGNATURE_BYTES_MAX = 1024 };

/* Whether it is a whole key of one of our algorithms, on its curve and long enough. */
bool webauthn_key_check(struct cbor key, int64_t *ret_algorithm, struct err *err) MUST_CHECK;

/* Whether `signature` is one by `key` of the two parts after one another. */
bool webauthn_key_verify(struct cbor key, struct cbor first, struct cbor second,
                         struct cbor signature, struct err *err) MUST_CHECK;

/* The same with the key of a DER certificate, which is not judged otherwise. */
bool webauthn_certificate_verify(struct cbor certificate, int64_t algorithm, struct cbor first,
                                 struct cbor second, struct cbor signature, struct err *err)
    MUST_CHECK;

#endif
