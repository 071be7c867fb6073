/*
 * sealed.h: columns that hold sealed text (secret/secret.h). The context of each is the column and the
 * id of whom the row belongs to: a value that is copied into another row or column does not open.
 * NULL is NULL. Results are in the arena.
 */
#ifndef AUTH_STORE_SEALED_H
#define AUTH_STORE_SEALED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "secret/secret.h"

struct sealer {
    struct secret_store *secrets;
    struct arena *arena;
    enum secret_kind kind;
    uint64_t owner_id;
};

bool seal_text(const struct sealer *sealer, const char *column, const char *text,
               const char **ret_sealed, struct err *err) MUST_CHECK;
/* The column `number` of the current row. */
bool unseal_column(const struct sealer *sealer, const char *column, const struct db_result *rows,
                   unsigned number, const char **ret_text, struct err *err) MUST_CHECK;

#endif
