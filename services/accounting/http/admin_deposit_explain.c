/* /admin/deposits/explain: what became of a transaction that should have been a deposit. */
#include "accounting/actions/deposit_explain.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_outgoing.h"
#include "accounting/http/routes_admin.h"

struct explain_form {
    const char *txid, *blockchain_key;
};
#define AT(member) offsetof(struct explain_form, member)
static const struct param explain_params[] = {
    {.name = "txid",
     .kind = PARAM_TEXT,
     .offset = AT(txid),
     .flags = PARAM_REQUIRED,
     .doc = "Id of the transaction."},
    ROW_CHECKED(ADMIN, "beneficiary", "blockchain_key", AT(blockchain_key), check_blockchain_key,
                "blockchain_key_doesnt_exist",
                "Only on this chain; else on those of its deposits, or on all that are active."),
    PARAM_END};
#undef AT

static void explain(struct http_request *request)
{
    const struct explain_form *form = http_params(request);
    struct outgoing outgoing;
    struct err err;
    if (!request_outgoing(request, "admin", &outgoing))
        return;
    if (deposit_explain(&outgoing, form->txid, form->blockchain_key, http_reply_builder(request),
                        &err))
        http_reply_built(request, 200);
    else
        http_reply_err(request, &err);
}

const struct http_route admin_deposit_explain_routes[] = {
    {.method = "GET",
     .path = "/api/v2/admin/deposits/explain",
     .mode = HTTP_WORKER,
     .handler = explain,
     .params = explain_params,
     .params_size = sizeof(struct explain_form),
     .access = ACCESS_ADMIN,
     .action = "read",
     .subject = "Deposit",
     .class_name = "admin.deposit",
     .tag = "admin",
     .doc =
         "What became of a transaction: its deposits, what holds them, and what the chains say."},
    {.method = NULL}};
