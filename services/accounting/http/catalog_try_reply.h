/* catalog_try_reply.h: the answer of a dry run (actions/catalog_try.h), of administrators and of the management API. */
#ifndef ACCOUNTING_HTTP_CATALOG_TRY_REPLY_H
#define ACCOUNTING_HTTP_CATALOG_TRY_REPLY_H

#include "accounting/actions/catalog_try.h"
#include "http/http.h"

/* `err` NULL: no rule of ours is broken, and `saved` is what would be saved, in the words of `fields`. 200. */
void trial_reply(struct http_request *request, struct trial *trial, const struct err *err,
                 const struct json_field *fields, const void *saved);

/* Changes can't be tried: who asks for that must not find them made. True: the reply (422
 * admin.catalog.dry_run_of_change) is made. */
bool dry_run_refused(struct http_request *request, struct param_bool asked);

#define ROW_NO_DRY_RUN(at_, type_code_)                                                            \
    {                                                                                              \
        .name = "dry_run", .kind = PARAM_BOOL, .offset = (at_), .type_code = (type_code_),         \
        .doc = "Only for what is new: true is refused."                                            \
    }
#define ROW_DRY_RUN(at_, type_code_)                                                               \
    {                                                                                              \
        .name = "dry_run", .kind = PARAM_BOOL, .offset = (at_), .type_code = (type_code_),         \
        .doc =                                                                                     \
            "true: nothing is saved; the answer (200) says what would be, every mistake that is "  \
            "found, and what the nodes say: {dry_run, ok, mistakes, notes, saved, node}."          \
    }

#endif
