/* /admin/withdraws/:id/explain: where a withdrawal stands, and why. */
#include "accounting/actions/withdraw_explain.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_outgoing.h"
#include "accounting/http/routes_admin.h"

struct path_form {
    struct param_i64 id;
};
static const struct param path_params[] = {
    ROW_ID_IN_PATH(offsetof(struct path_form, id), "admin.withdraw.non_integer_id"), PARAM_END};

static void explain(struct http_request *request)
{
    const struct path_form *form = http_params(request);
    uint64_t id = form->id.value > 0 ? (uint64_t)form->id.value : 0;
    struct outgoing outgoing;
    struct err err;
    if (!request_outgoing(request, "admin", &outgoing))
        return;
    if (withdraw_explain(&outgoing, id, http_reply_builder(request), &err))
        http_reply_built(request, 200);
    else
        http_reply_err(request, &err);
}

const struct http_route admin_withdraw_explain_routes[] = {
    {.method = "GET",
     .path = "/api/v2/admin/withdraws/:id/explain",
     .mode = HTTP_WORKER,
     .handler = explain,
     .params = path_params,
     .params_size = sizeof(struct path_form),
     .access = ACCESS_ADMIN,
     .action = "read",
     .subject = "Withdraw",
     .class_name = "admin.withdraw",
     .tag = "admin",
     .doc = "Where a withdrawal stands and why: its steps, limits, approvals, and its payment."},
    {.method = NULL}};
