/* management_operations.h: an operation of the ledger as the management API shows it. */
#ifndef ACCOUNTING_HTTP_MANAGEMENT_OPERATIONS_H
#define ACCOUNTING_HTTP_MANAGEMENT_OPERATIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "accounting/domain/ledger.h"
#include "accounting/http/management_support.h"
#include "json/field.h"

struct management_operation_view {
    int32_t code;
    const char *currency;
    struct dec credit, debit;
    bool has_credit, has_debit;
    const char *uid; /* NULL: no member */
    const char *reference_type;
    int64_t created_at;
};
extern const struct json_field management_operation_fields[];

/* Views of operations, with the uids of their members; in the arena of the request. */
bool management_operation_views(struct http_request *request, struct db *db,
                                const struct operation *operations, size_t count,
                                struct management_operation_view **ret_views, struct err *err)
    MUST_CHECK;

#endif
