#include "accounting/http/catalog_try_reply.h"

#include "accounting/http/admin_support.h"
#include "base/auto.h"

enum { SAVED_BYTES_MAX = 256 * 1024 };

void trial_reply(struct http_request *request, struct trial *trial, const struct err *err,
                 const struct json_field *fields, const void *saved)
{
    AUTO(str_release) struct str text = STR_INIT(SAVED_BYTES_MAX);
    if (err && !trial_rule(trial, err)) {
        reply_refusal(request, err);
        return;
    }
    if (!err)
        json_write_object(&text, fields, saved);
    trial_write(trial, err ? NULL : str_data(&text), http_reply_builder(request));
    http_reply_built(request, 200);
}

bool dry_run_refused(struct http_request *request, struct param_bool asked)
{
    struct err err;
    if (!asked.value)
        return false;
    err_set_key(&err, ERR_INVALID, "admin.catalog.dry_run_of_change", "changes can't be tried");
    http_reply_err(request, &err);
    return true;
}
