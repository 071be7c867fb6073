/*
 * POST /admin/fiat_reports: what a bank says of a released batch (pain.002) as a file of a form, and what became of each
 * line. The edge takes a megabyte; larger ones go by --import-report.
 */
#include "accounting/actions/fiat_report.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_outgoing.h"
#include "accounting/http/routes_admin.h"
#include "base/auto.h"

struct report_form {
    struct param_files report;
};

static const struct param report_params[] = {{.name = "report",
                                              .kind = PARAM_FILES,
                                              .offset = offsetof(struct report_form, report),
                                              .flags = PARAM_REQUIRED,
                                              .doc = "The file, as multipart/form-data."},
                                             PARAM_END};

static void import(struct http_request *request)
{
    AUTO(str_release) struct str outcome = STR_INIT(FIAT_REPORT_OUTCOME_BYTES_MAX);
    const struct report_form *form = http_params(request);
    struct outgoing outgoing;
    struct err err;
    if (!request_outgoing(request, request_operator(request), &outgoing))
        return;
    if (form->report.count != 1) {
        reply_code(request, "admin.fiat_report.one_file");
        return;
    }
    const struct fiat_report_file file = {.text = form->report.items[0]->bytes,
                                          .length = form->report.items[0]->length,
                                          .maker_id = request_member(request)->id};
    if (fiat_report_import(&outgoing, &file, &outcome, &err))
        http_reply_text(request, 201, str_data(&outcome), outcome.length);
    else
        http_reply_err(request, &err);
}

const struct http_route admin_fiat_report_routes[] = {
    {.method = "POST",
     .path = "/api/v2/admin/fiat_reports",
     .mode = HTTP_WORKER,
     .handler = import,
     .params = report_params,
     .params_size = sizeof(struct report_form),
     .access = ACCESS_ADMIN,
     .class_name = "admin.fiat_report",
     .action = "update",
     .subject = "FiatBatch",
     .tag = "admin",
     .doc =
         "Import what a bank says of a released batch (ISO 20022 pain.002): what it rejects fails "
         "and is refunded, everything else is shown. A second time changes nothing."},
    {.method = NULL}};
