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
