#include "accounting/http/management_support.h"

#include "json/field.h"

bool management_member(struct http_request *request, struct db *db, const char *uid,
                       struct member *ret_member, struct err *err)
{
    *ret_member = (struct member){.id = 0};
    return !uid || !*uid ||
           member_get_by_uid(request_app(request)->members, db, uid, ret_member, err);
}

void management_reply_param(struct http_request *request, const char *sentence)
{
    http_reply_codes(request, &sentence, 1);
}

void management_reply_unbooked(struct http_request *request, const struct err *err)
{
    struct err insufficient;
    if (err->code != ERR_FUNDS_INSUFFICIENT) {
        reply_refusal(request, err);
        return;
    }
    err_set(&insufficient, ERR_INVALID, "Account balance is insufficient (%s)", err->what);
    reply_refusal(request, &insufficient);
}

uint64_t management_limit(const struct paging *paging)
{
    uint64_t limit = (uint64_t)paging->limit.value;
    return limit < PAGE_LIMIT_MAX ? limit : PAGE_LIMIT_MAX;
}
