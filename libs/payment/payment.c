#include "payment/payment.h"

#include <stdlib.h>
#include <string.h>

enum { SECRET_CHARS_MIN = 32 };

struct payment_gateway {
    const struct payment_kind *kind;
    struct payment_settings settings;
};

static const struct payment_kind *const kinds[] = {&payment_local};

static const struct payment_kind *kind_of(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

bool payment_open(const struct payment_settings *settings, struct payment_gateway **ret_gateway,
                  struct err *err)
{
    const struct payment_kind *kind = kind_of(settings->kind);
    if (!kind)
        return err_set(err, ERR_CONFIG, "no payment gateway is called %s", settings->kind);
    /* A short secret can be guessed off-line from one webhook. */
    if (strlen(settings->secret) < SECRET_CHARS_MIN)
        return err_set(err, ERR_CONFIG, "the webhook secret has less than %d characters",
                       (int)SECRET_CHARS_MIN);
    struct payment_gateway *gateway = calloc(1, sizeof(*gateway));
    if (!gateway)
        return err_set(err, ERR_INTERNAL, "no memory");
    gateway->kind = kind;
    gateway->settings = *settings;
    *ret_gateway = gateway;
    return true;
}

void payment_close(struct payment_gateway *gateway)
{
    free(gateway);
}

const char *payment_name(const struct payment_gateway *gateway)
{
    return gateway->kind->name;
}

bool payment_read(const struct payment_gateway *gateway, const struct payment_call *call,
                  struct payment_news *ret_news, struct err *err)
{
    if (call->length > PAYMENT_BODY_BYTES_MAX)
        return err_set(err, ERR_BODY_TOO_LARGE, "a webhook of %zu bytes", call->length);
    return gateway->kind->read(&gateway->settings, call, ret_news, err);
}

bool payment_pays(const struct payment_gateway *gateway)
{
    return gateway->settings.url && *gateway->settings.url;
}

/* Signed, and still about another payment: a gateway that mixes orders up is not believed. */
static bool is_about(const struct payment_news *news, const struct payment_order *order)
{
    return (news->kind == PAYOUT_PAID || news->kind == PAYOUT_FAILED) &&
           strcmp(news->subject, order->id) == 0 && strcmp(news->currency, order->currency) == 0 &&
           dec_cmp(news->amount, order->amount) == 0;
}

enum payment_answer payment_pay(const struct payment_gateway *gateway, struct fetch *fetch,
                                const struct payment_order *order, struct payment_news *ret_news,
                                struct err *ret_why)
{
    struct payment_news news;
    enum payment_answer answer =
        gateway->kind->pay(&gateway->settings, fetch, order, &news, ret_why);
    if (answer != PAYMENT_ENDED)
        return answer;
    if (!is_about(&news, order)) {
        err_set(ret_why, ERR_PROTOCOL, "the answer is about another payment");
        return PAYMENT_UNKNOWN;
    }
    *ret_news = news;
    return PAYMENT_ENDED;
}
