/* documents.h: the table of uploaded documents: clear here, the number sealed there. */
#ifndef AUTH_STORE_DOCUMENTS_H
#define AUTH_STORE_DOCUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/document.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "secret/secret.h"

/* In the order of creation; identificator NULL: all. */
bool documents_of_user(struct db *db, struct secret_store *secrets, struct arena *arena,
                       uint64_t user_id, const char *identificator, struct document **ret_documents,
                       size_t *ret_count, struct err *err) MUST_CHECK;
bool documents_count(struct db *db, uint64_t user_id, uint64_t *ret_count, struct err *err)
    MUST_CHECK;
/* Sets id and times. */
bool documents_insert(struct db *db, struct secret_store *secrets, struct arena *arena,
                      struct document *document, int64_t now_us, struct err *err) MUST_CHECK;
bool documents_set_metadata(struct db *db, uint64_t id, const char *metadata, int64_t now_us,
                            struct err *err) MUST_CHECK;

#endif
