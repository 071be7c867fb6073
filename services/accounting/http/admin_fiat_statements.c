/*
 * POST /admin/fiat_statements: a bank's statement (camt.053) as a file of a form, and what became of each of
 * its entries. The edge takes a megabyte; larger ones go by --import-statement.
 */
#include "accounting/actions/statement_import.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/context.h"
#include "accounting/http/routes_admin.h"
#include "base/auto.h"

struct statement_form {
    struct param_files statement;
};

static const struct param statement_params[] = {
    {.name = "statement",
     .kind = PARAM_FILES,
     .offset = offsetof(struct statement_form, statement),
     .flags = PARAM_REQUIRED,
     .doc = "The file, as multipart/form-data."},
    PARAM_END};

static void import(struct http_request *request)
{
    AUTO(str_release) struct str report = STR_INIT(STATEMENT_REPORT_BYTES_MAX);
    const struct statement_form *form = http_params(request);
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (form->statement.count != 1) {
        reply_code(request, "admin.fiat_statement.one_file");
        return;
    }
    const struct statement_file file = {.text = form->statement.items[0]->bytes,
                                        .length = form->statement.items[0]->length,
                                        .maker_id = request_member(request)->id};
    if (statement_import(request_app(request), db, &file, &report, &err))
        http_reply_text(request, 201, str_data(&report), report.length);
    else
        http_reply_err(request, &err);
}

const struct http_route admin_fiat_statement_routes[] = {
    {.method = "POST",
     .path = "/api/v2/admin/fiat_statements",
     .mode = HTTP_WORKER,
     .handler = import,
     .params = statement_params,
     .params_size = sizeof(struct statement_form),
     .access = ACCESS_ADMIN,
     .class_name = "admin.fiat_statement",
     .action = "create",
     .subject = "FiatPayment",
     .tag = "admin",
     .doc = "Import a bank's statement (ISO 20022 camt.053); a second time changes nothing. Who "
            "imports it does not approve its payments."},
    {.method = NULL}};
