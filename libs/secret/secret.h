/*
 * secret.h: where secrets live, and what is sealed with them. Two stores behind one interface:
 *
 *     file   an encrypted file, and beside it or elsewhere a file with its key; both are made on the
 *            first start. Processes on one machine may share it.
 *     vault  HashiCorp Vault or OpenBao over HTTP: the KV engine, version 2, and the transit engine.
 *
 * Secrets have names ("keyring", "smtp") and are text. What the database holds encrypted is sealed:
 *
 *     SECRET_COLUMN      personal data. Sealed here, with a keyring that the store keeps and that is
 *                        read once: a list of a hundred profiles doesn't ask anybody.
 *     SECRET_CREDENTIAL  seeds of one-time codes, secrets of API keys. With Vault the transit engine
 *                        seals them, so that a stolen database and a memory image of ours open
 *                        nothing. Without Vault the same as SECRET_COLUMN.
 *
 * The sealed text says how it was made, so both kinds unseal with one call, and a change of the
 * store needs no rewrite. The context says what it is and whose ("phones.number/ID1122334455").
 *
 * When the store does not answer: ERR_PEER_UNAVAILABLE, never a guess; columns still open, because
 * the keyring is in memory. A store that does not answer at the start is opened all the same, and
 * secret_upkeep() reads the keyring when it does: until then nothing is sealed or opened
 * (secret_store_is_ready). One store serves all threads of a process.
 *
 * Vault's token comes from the settings, from a file that an agent keeps fresh, or from an AppRole
 * login. secret_upkeep(), called every few seconds by one thread, renews it at half of its life and
 * says whether the store answers.
 */
#ifndef SECRET_SECRET_H
#define SECRET_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "crypto/keyring.h"

enum {
    SECRET_NAME_MAX = 64, /* a-z, 0-9, - and _ */
    SECRET_BYTES_MAX = 16 * 1024,
    SECRET_SEALED_MAX = 64 * 1024, /* of one sealed text */
    SECRET_STORE_BYTES_MAX = 1 << 20
};

struct secret_settings {
    const char *kind;     /* "file" or "vault" */
    const char *file;     /* file: path of the encrypted file */
    const char *key_file; /* file: path of its key */
    const char *vault_url;
    const char *vault_token, *vault_token_file; /* one of them, or the AppRole; the others NULL */
    const char *vault_role_id, *vault_secret_id_file; /* AppRole */
    const char *vault_app; /* prefix of our names: KV path APP/NAME, transit key APP_credentials */
    const char *vault_kv;  /* mount of the KV engine; NULL: "secret" */
    const char *vault_transit; /* mount of the transit engine; NULL: "transit"; "": none */
};

struct secret_store;

/* Opens the store and reads or makes the keyring, if it answers. The settings are copied. */
bool secret_store_open(const struct secret_settings *settings, const struct clock *clock,
                       struct secret_store **ret_store, struct err *err) MUST_CHECK;
void secret_store_close(struct secret_store *store); /* NULL is fine; wipes */
DEFINE_AUTO(struct secret_store, secret_store_close);

/* ---- named secrets ---- */

/* Appends to `out`; ERR_NOT_FOUND. */
bool secret_read(struct secret_store *store, const char *name, struct str *out, struct err *err)
    MUST_CHECK;
bool secret_write(struct secret_store *store, const char *name, const char *text, struct err *err)
    MUST_CHECK;
/* Writes unless there is one; appends the one that is there then. Of two processes that start at the
 * same time, both get the same. */
bool secret_read_or_make(struct secret_store *store, const char *name, const char *text,
                         struct str *out, struct err *err) MUST_CHECK;

/* ---- sealed text ---- */

enum secret_kind { SECRET_COLUMN, SECRET_CREDENTIAL };

bool secret_seal(struct secret_store *store, enum secret_kind kind, const char *context,
                 const void *bytes, size_t length, struct str *out, struct err *err) MUST_CHECK;
bool secret_unseal(struct secret_store *store, const char *context, const char *sealed,
                   size_t length, struct str *out, struct err *err) MUST_CHECK;
/* What another application sealed by the transit engine with its key, without a context.
 * secret_opens_foreign(): whether there is such an engine. */
bool secret_opens_foreign(const struct secret_store *store);
bool secret_unseal_foreign(struct secret_store *store, const char *key, const char *sealed,
                           struct str *out, struct err *err) MUST_CHECK;
/* The keyed hash by which a sealed column is searched; `context` is the column alone. */
bool secret_index(struct secret_store *store, const char *context, const void *bytes, size_t length,
                  char ret_index[static KEYRING_INDEX_SIZE], struct err *err) MUST_CHECK;
/* A new newest key for columns. Other processes take it when they meet it. */
bool secret_rotate(struct secret_store *store, unsigned *ret_version, struct err *err) MUST_CHECK;
bool secret_is_current(struct secret_store *store, const char *sealed, size_t length);

/* ---- health ---- */

/* Renews Vault's token when it is time, reads the keyring if that is still to be done, and asks
 * whether the store answers. */
bool secret_upkeep(struct secret_store *store, struct err *err) MUST_CHECK;
/* Whether there is a keyring: once there is, it stays. */
bool secret_store_is_ready(struct secret_store *store);

#endif
