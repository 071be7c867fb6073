/*
 * signing_keys.h: the rotation of the keys of our tokens (state/signing.h). A new key is published
 * JWT_KEY_PUBLISH_TIME before it signs, so that everybody has learned it by then; the one before is
 * published JWT_KEY_RETIRE_TIME longer, so that its last tokens still verify.
 *
 * The configured key (JWT_PRIVATE_KEY_FILE) signs until the first of the table does, and is retired like
 * any other; then it is for what mails carry alone. Who replaces its files retires the former key
 * everywhere and at once, without a restart.
 */
#ifndef AUTH_ACTIONS_SIGNING_KEYS_H
#define AUTH_ACTIONS_SIGNING_KEYS_H

#include <stdbool.h>

#include "auth/actions/auth.h"
#include "base/err.h"

/* What the files of the configured key say now; signing_keys_refresh() then takes it for sessions too.
 * ERR_CONFIG: the halves are no pair (one of them may be on its way); the key before stays. */
bool signing_keys_take_own(struct auth *app, const char *private_pem, const char *public_pem,
                           struct err *err) MUST_CHECK;

/* Brings app->signing up to what our own key, table and clock say. Cheap when nothing changed. */
bool signing_keys_refresh(struct auth *app, struct db *db, struct err *err) MUST_CHECK;

/* Makes a new key; gives its name. Needs config, clock, secrets. */
bool signing_keys_rotate(struct auth *app, struct db *db, char ret_kid[static 64], struct err *err)
    MUST_CHECK;

#endif
