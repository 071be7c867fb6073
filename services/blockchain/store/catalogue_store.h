/* catalogue_store.h: the document that accounting told last. */
#ifndef BLOCKCHAIN_STORE_CATALOGUE_STORE_H
#define BLOCKCHAIN_STORE_CATALOGUE_STORE_H

#include <stdbool.h>

#include "base/str.h"
#include "db/db.h"

/* Appends it; nothing: there is none. */
bool catalogue_load(struct db *db, struct str *out, struct err *err) MUST_CHECK;
bool catalogue_save(struct db *db, const struct str *body, int64_t now_us, struct err *err)
    MUST_CHECK;

#endif
