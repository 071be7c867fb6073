/*
 * signing_keys.h: the rotation of the keys of our tokens (state/signing.h). A new key is published
 * JWT_KEY_PUBLISH_TIME before it signs, so that everybody has learned it by then; the one before is
 * published JWT_KEY_RETIRE_TIME longer, so that its last tokens still verify.
 *
 * The configured key (JWT_PRIVATE_KEY_FILE) signs until the first of the table does, and leaves the
 * published ones like any other. It goes on to verify, here alone, tokens that name no key: those in
 * mails. Who wants it gone replaces the file.
 */
#ifndef AUTH_ACTIONS_SIGNING_KEYS_H
#define AUTH_ACTIONS_SIGNING_KEYS_H

#include <stdbool.h>

#include "auth/actions/auth.h"
#include "base/err.h"

/* Brings app->signing up to what table and clock say. Cheap when nothing changed. */
bool signing_keys_refresh(struct auth *app, struct db *db, struct err *err) MUST_CHECK;

/* Makes a new key; gives its name. Needs config, clock, secrets. */
bool signing_keys_rotate(struct auth *app, struct db *db, char ret_kid[static 64], struct err *err)
    MUST_CHECK;

#endif
