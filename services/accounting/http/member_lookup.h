/* member_lookup.h: the members that the rows of a page speak of, found together. */
#ifndef ACCOUNTING_HTTP_MEMBER_LOOKUP_H
#define ACCOUNTING_HTTP_MEMBER_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/member.h"
#include "accounting/store/members.h"
#include "http/http.h"

struct member_lookup {
    struct member *members; /* by id; in the arena of the request */
    size_t count;
};

/* Sorts `ids`, which may hold 0 and repeat; one query at most, for those not in memory. */
bool member_lookup_load(struct http_request *request, struct db *db, uint64_t *ids, size_t count,
                        struct member_lookup *ret_lookup, struct err *err) MUST_CHECK;
const struct member *member_lookup_get(const struct member_lookup *lookup,
                                       uint64_t id); /* or NULL */

/* From the filter `uid` of a list. ERR_INVALID with admin.user.doesnt_exist. */
bool member_by_uid_or_code(struct http_request *request, struct db *db, const char *uid,
                           struct member *ret_member, struct err *err) MUST_CHECK;

#endif
