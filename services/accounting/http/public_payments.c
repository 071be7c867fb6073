/*
 * POST /public/payments/:gateway: the payment gateway tells of money that came by bank. No session: its
 * signature says who it is (libs/payment). The answer to what was told before is the same as the first.
 */
#include <string.h>

#include "accounting/actions/fiat_payment.h"
#include "accounting/actions/fiat_payout.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/context.h"
#include "accounting/http/routes_public.h"
#include "accounting/state/metrics.h"
#include "log/log.h"
#include "payment/payment.h"

struct payment_path {
    const char *gateway;
};

static const struct param path_params[] = {{.name = "gateway",
                                            .kind = PARAM_TEXT,
                                            .offset = offsetof(struct payment_path, gateway),
                                            .flags = PARAM_REQUIRED | PARAM_IN_PATH,
                                            .doc = "Name of the payment gateway: local."},
                                           PARAM_END};

static bool read_news(struct http_request *request, struct payment_news *ret_news, struct err *err)
{
    const struct payment_path *path = http_params(request);
    struct accounting *app = request_app(request);
    struct payment_call call = {.timestamp = http_header(request, "X-Payment-Timestamp"),
                                .signature = http_header(request, "X-Payment-Signature"),
                                .now_us = clock_now_us(app->clock)};
    if (!app->payments || strcmp(payment_name(app->payments), path->gateway) != 0)
        return err_set(err, ERR_NOT_FOUND, "no such payment gateway");
    const char *body = http_body(request, &call.length);
    call.body = body ? body : "";
    if (payment_read(app->payments, &call, ret_news, err))
        return true;
    if (err->code == ERR_UNAUTHENTICATED) {
        err->key = "public.payment.invalid_signature";
        metric_add(app->metrics, METRIC_FIAT_FORGED, 1);
        log_warning("payment webhook refused", LOG_STR("reason", err->what));
    }
    return false;
}

/* What a gateway tells of a payout as failed that was told as paid is for people to look at. */
static bool hear_payout(struct accounting *app, const struct change *change,
                        const struct payment_news *news, struct err *err)
{
    const struct outgoing outgoing = {.app = app,
                                      .db = change->db,
                                      .arena = change->arena,
                                      .now_us = change->now_us,
                                      .actor = payment_name(app->payments)};
    return fiat_payout_hear_gateway(&outgoing, news, err);
}

static bool carry_out(struct accounting *app, const struct change *change,
                      const struct payment_news *news, struct err *err)
{
    const char *source = payment_name(app->payments);
    struct fiat_payment payment;
    bool known;
    switch (news->kind) {
    case PAYMENT_RECEIVED:
        break;
    case PAYMENT_REVERSED:
        /* Told before its payment: 404, and the gateway tells it again. */
        return fiat_payment_reverse(app, change,
                                    &(struct fiat_reversal){source, news->subject, {0}}, &payment,
                                    &known, err);
    case PAYOUT_PAID:
    case PAYOUT_FAILED:
        return hear_payout(app, change, news, err);
    }
    const struct fiat_incoming incoming = {
        .source = source,
        .event_id = news->id,
        .currency_id = news->currency,
        .reference = news->reference,
        .payer = news->payer,
        .payer_account = news->payer_account,
        .amount = news->amount,
    };
    if (!fiat_payment_take(app, change, &incoming, &payment, &known, err))
        return false;
    if (!known)
        log_info("payment by bank", LOG_U64("payment", payment.id),
                 LOG_STR("state", fiat_payment_state_word(payment.state)),
                 LOG_STR("reason", payment.reason ? payment.reason : ""));
    return true;
}

static void webhook(struct http_request *request)
{
    struct payment_news news;
    struct change change;
    struct err err;
    if (!read_news(request, &news, &err)) {
        http_reply_err(request, &err);
        return;
    }
    if (!request_change(request, &change))
        return;
    if (!carry_out(request_app(request), &change, &news, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct str *out = http_reply_builder(request);
    str_add(out, "{\"received\":");
    json_write_string(out, news.id);
    str_add_char(out, '}');
    http_reply_built(request, 200);
}

const struct http_route public_payment_routes[] = {
    {.method = "POST",
     .path = "/api/v2/public/payments/:gateway",
     .mode = HTTP_WORKER,
     .handler = webhook,
     .params = path_params,
     .params_size = sizeof(struct payment_path),
     .status = 200,
     .body_bytes_max = PAYMENT_BODY_BYTES_MAX,
     .access = ACCESS_PUBLIC,
     .class_name = "public.payment",
     .tag = "public",
     .doc = "News of the payment gateway, signed by it: a payment that came, or was taken back; a "
            "payout that is paid, or failed."},
    {.method = NULL}};
