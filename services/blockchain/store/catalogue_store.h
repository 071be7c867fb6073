/*
 * catalogue_store.h: the document that accounting told last. It has the passwords of nodes and the tokens of
 * custodians, so it is sealed, by a key that is made of our service key: who has that key may ask accounting for
 * the document anyway. With another service key it is as if nothing had been told.
 */
#ifndef BLOCKCHAIN_STORE_CATALOGUE_STORE_H
#define BLOCKCHAIN_STORE_CATALOGUE_STORE_H

#include <stdbool.h>

#include "base/str.h"
#include "db/db.h"

/* Appends it; nothing: there is none. `service_key`: the PEM text of it. */
bool catalogue_load(struct db *db, const char *service_key, struct str *out, struct err *err)
    MUST_CHECK;
bool catalogue_save(struct db *db, const char *service_key, const struct str *body, int64_t now_us,
                    struct err *err) MUST_CHECK;

#endif
