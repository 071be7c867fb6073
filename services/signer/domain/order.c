#include "signer/domain/order.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct mark order_place(const struct order *order, const struct payment *payment)
{
    const char *const texts[] = {order->chain->client, order->chain->network, order->contract,
                                 payment->to, NULL};
    return mark_of(texts);
}

struct mark order_tx(const struct policy_chain *chain, const char *tx)
{
    const char *const texts[] = {chain->client, chain->network, tx, NULL};
    return mark_of(texts);
}

struct mark order_binding(const struct policy_chain *chain, const char *tx, const char *values)
{
    const char *const texts[] = {chain->client, chain->network, tx, values, NULL};
    return mark_of(texts);
}

struct mark order_input(const struct policy_chain *chain, const char *input)
{
    const char *const texts[] = {chain->client, chain->network, input, NULL};
    return mark_of(texts);
}

struct mark payout_mark(const char *payout_id)
{
    return mark_of_bytes(payout_id, strlen(payout_id));
}

bool payout_id_is_valid(const char *id)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:";
    size_t length = strspn(id, allowed);
    return length > 0 && length <= PAYOUT_ID_MAX && id[length] == '\0';
}

bool refuse(struct err *err, const char *key, const char *format, ...)
{
    char what[sizeof(err->what)];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    return err_set_key(err, ERR_FORBIDDEN, key, "%s", what);
}
