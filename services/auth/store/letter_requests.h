/* letter_requests.h: mails that were asked for by an address alone (migration 0060 says why). */
#ifndef AUTH_STORE_LETTER_REQUESTS_H
#define AUTH_STORE_LETTER_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/visitor.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

struct letter_request {
    uint64_t id;
    bool is_reset; /* else a confirmation */
    const char *email;
    struct visitor visitor;
};

bool letter_requests_add(struct db *db, const struct letter_request *request, int64_t now_us,
                         struct err *err) MUST_CHECK;
/* The first ones, in the arena. */
bool letter_requests_read(struct db *db, struct arena *arena, size_t rows_max,
                          struct letter_request **ret_rows, size_t *ret_count, struct err *err)
    MUST_CHECK;
/* In the transaction of what it asked for. ret_was_there: false: another process did it. */
bool letter_requests_take(struct db *db, uint64_t id, bool *ret_was_there, struct err *err)
    MUST_CHECK;

#endif
