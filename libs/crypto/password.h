/*
 * password.h: password hashes: argon2id by libsodium, and bcrypt of imported accounts, which is only
 * verified.
 *
 * A hash takes PASSWORD_MEMORY_BYTES and a good part of a tenth of a second, so that guessing is
 * dear; for the same reason only so many run at once, and only so many wait for their turn: a flood
 * of sign-ins costs bounded memory and gets ERR_TOO_MANY at once.
 *
 *     if (!password_verify(gate, password, digest, &is_right, &is_old, err)) return false;
 *     if (is_right && is_old) ... password_hash(gate, password, fresh, err)
 *
 * To spend the same time for somebody who does not exist, verify against password_nobody().
 *
 * While there are bcrypt hashes (password_gate_set_bcrypt()), each verification computes one hash of
 * either kind, so that the time does not tell whose account was imported and never used since.
 *
 * Any thread.
 */
#ifndef CRYPTO_PASSWORD_H
#define CRYPTO_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    PASSWORD_MEMORY_BYTES = 47104 * 1024,
    PASSWORD_PASSES = 1,
    PASSWORD_HASH_SIZE = 128, /* the text of one, with its end */
    PASSWORD_BYTES_MAX = 1024 /* a longer one is refused before it costs anything */
};

struct password_gate;

/* `running_max` hashes at once (at most that many times PASSWORD_MEMORY_BYTES), `waiting_max` more
 * wait for them. ERR_INTERNAL. */
bool password_gate_new(size_t running_max, size_t waiting_max, struct password_gate **ret_gate,
                       struct err *err) MUST_CHECK;
void password_gate_free(struct password_gate *gate); /* NULL is fine; nobody may be in it */

/* ERR_TOO_MANY, ERR_INVALID (too long), ERR_INTERNAL (no memory). */
bool password_hash(struct password_gate *gate, const char *password,
                   char ret_hash[static PASSWORD_HASH_SIZE], struct err *err) MUST_CHECK;

/* ret_is_right: whether it is the password of this hash; a hash that we don't know is nobody's.
 * ret_is_old: the hash is no argon2id of today's cost. Errors as above, but a password that is too
 * long is simply wrong. */
bool password_verify(struct password_gate *gate, const char *password, const char *hash,
                     bool *ret_is_right, bool *ret_is_old, struct err *err) MUST_CHECK;

/* The cost of the bcrypt hashes that there are; 0: there are none (any more). One that is verified is
 * noticed by itself. */
void password_gate_set_bcrypt(struct password_gate *gate, unsigned cost);
/* Of a digest; 0: it is no bcrypt. */
unsigned password_bcrypt_cost(const char *hash);

struct password_counts {
    uint64_t argon2id, bcrypt;
};
/* Hashes that were computed so far. */
struct password_counts password_gate_counts(struct password_gate *gate);

/* A hash of today's cost that no password has. */
const char *password_nobody(const struct password_gate *gate);

/* "$argon2id$..." or "$2a$...", "$2b$...", "$2y$...": what password_verify() understands. */
bool password_hash_is_known(const char *hash);

#endif
