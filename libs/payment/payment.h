/*
 * payment.h: a payment gateway outside: who tells of money that came and went by bank or card, behind
 * one interface. A new one is a file with a `struct payment_kind` and a row in payment.c.
 *
 * What a gateway tells is believed when its signature is right, and only within `age_s_max` seconds of
 * the time that is signed with it; what comes twice has the same `id`, which the caller keeps for
 * ever. Reordered news is the caller's business too: each names what it is about.
 *
 *     struct payment_news news;
 *     if (!payment_read(gateway, &call, &news, err)) return false;
 *
 * ERR_UNAUTHENTICATED: forged, or too old; ERR_BODY_INVALID: signed, and not what we speak. Stories
 * hold nothing of the body. A gateway is immutable once open: any thread.
 */
#ifndef PAYMENT_PAYMENT_H
#define PAYMENT_PAYMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "decimal/dec.h"

enum {
    PAYMENT_BODY_BYTES_MAX = 16 * 1024,
    PAYMENT_ID_SIZE = 129,
    PAYMENT_CURRENCY_SIZE = 11,
    PAYMENT_TEXT_SIZE = 141, /* what a bank transfer has room for */
    PAYMENT_ACCOUNT_SIZE = 65
};

enum payment_news_kind {
    PAYMENT_RECEIVED, /* id, amount, currency, reference, payer */
    PAYMENT_REVERSED, /* id, subject: the id of the payment that was taken back */
    PAYOUT_PAID,  /* id, subject: the name under which the payout was asked for; amount, currency */
    PAYOUT_FAILED /* the same, and why; the money never left, or is back */
};

struct payment_news {
    enum payment_news_kind kind;
    char id[PAYMENT_ID_SIZE], subject[PAYMENT_ID_SIZE];
    char currency[PAYMENT_CURRENCY_SIZE];
    struct dec amount;
    char reference[PAYMENT_TEXT_SIZE], payer[PAYMENT_TEXT_SIZE], reason[PAYMENT_TEXT_SIZE];
    char payer_account[PAYMENT_ACCOUNT_SIZE];
};

/* A webhook as it came. */
struct payment_call {
    const char *timestamp, *signature; /* NULL: the header is not there */
    const char *body;
    size_t length;
    int64_t now_us;
};

/* What a gateway is asked to pay. Its id is the payment's name: asking again pays once. */
struct payment_order {
    const char *id;                        /* visible ASCII, fit for a path */
    const char *currency, *name, *account; /* of the receiver */
    struct dec amount;
    bool is_taken; /* it has the order: only ask what became of it */
    int64_t now_us;
};

enum payment_answer {
    PAYMENT_UNKNOWN, /* it may pay: ask again, by the same name */
    PAYMENT_TAKEN,   /* it will pay, or say why not */
    PAYMENT_UNHEARD, /* it does not know what it had taken: ask for it again */
    PAYMENT_ENDED    /* it says what became of it, signed as in a webhook */
};

struct payment_settings {
    const char *kind;   /* "local" */
    const char *secret; /* signs webhooks, and what we ask */
    const char *url;    /* where it takes orders; NULL or "": it takes none */
    uint32_t age_s_max;
};

struct payment_gateway;
struct fetch;

struct payment_kind {
    const char *name;
    bool (*read)(const struct payment_settings *settings, const struct payment_call *call,
                 struct payment_news *ret_news, struct err *err);
    enum payment_answer (*pay)(const struct payment_settings *settings, struct fetch *fetch,
                               const struct payment_order *order, struct payment_news *ret_news,
                               struct err *ret_why);
};
extern const struct payment_kind payment_local;

/* Copies nothing: the texts must outlive it. ERR_CONFIG: no such kind, or a secret of less than 32
 * characters. */
bool payment_open(const struct payment_settings *settings, struct payment_gateway **ret_gateway,
                  struct err *err) MUST_CHECK;
void payment_close(struct payment_gateway *gateway); /* NULL is fine */
const char *payment_name(const struct payment_gateway *gateway);

bool payment_read(const struct payment_gateway *gateway, const struct payment_call *call,
                  struct payment_news *ret_news, struct err *err) MUST_CHECK;

bool payment_pays(const struct payment_gateway *gateway);
/* ret_news: of PAYMENT_ENDED, PAYOUT_PAID or PAYOUT_FAILED of this order. ret_why: of PAYMENT_UNKNOWN. */
enum payment_answer payment_pay(const struct payment_gateway *gateway, struct fetch *fetch,
                                const struct payment_order *order, struct payment_news *ret_news,
                                struct err *ret_why) MUST_CHECK;

#endif
