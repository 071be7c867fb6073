/*
 * Any bytes from a payment gateway. The first byte says which way they come:
 *   'h'  a webhook with its headers: timestamp, signature and body, a line each
 *   's'  the body of a webhook that is signed rightly
 *   'p'  an answer to an order: HTTP status, a blank, the body
 *   'n'  the news in an answer to an order, signed rightly
 * The connection is replaced below.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "chain/bytes.h"
#include "crypto/crypto.h"
#include "fetch/fetch.h"
#include "json/field.h"
#include "payment/payment.h"

enum { STATUS_DIGITS = 3, OUT_BYTES = 4 << 20, NOW_S = 1764288000, AGE_S = 300 };

#define SECRET "a secret of more than 32 characters"
#define TIMESTAMP "1764288000"
static const int64_t now_us = NOW_S * INT64_C(1000000);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- the connection ---- */

static long answer_status;
static struct span answer_body;

bool fetch_run(struct fetch *fetch, const struct fetch_request *request, long *ret_status,
               struct str *out, struct err *err)
{
    (void)fetch;
    (void)request;
    str_add_bytes(out, answer_body.bytes, answer_body.length);
    if (!str_ok(out))
        return err_set(err, ERR_PROTOCOL, "a long answer");
    *ret_status = answer_status;
    return true;
}

static void sign(const char *timestamp, struct span body, struct str *signature)
{
    AUTO(str_release) struct str text = STR_INIT(OUT_BYTES);
    uint8_t mac[SHA256_SIZE];
    str_add(&text, timestamp);
    str_add_char(&text, '.');
    str_add_bytes(&text, body.bytes, body.length);
    assert(str_ok(&text));
    hmac_sha256(SECRET, strlen(SECRET), str_data(&text), text.length, mac);
    str_add_hex(signature, mac, sizeof(mac));
}

/* ---- what callers rely on ---- */

static void is_name(const char *name)
{
    size_t length = strnlen(name, PAYMENT_ID_SIZE);
    assert(length > 0 && length < PAYMENT_ID_SIZE);
    for (size_t i = 0; i < length; i++)
        assert(name[i] > ' ' && name[i] <= '~');
}

#define ENDS(text) assert(memchr((text), '\0', sizeof(text)))

static void check(const struct payment_news *news)
{
    is_name(news->id);
    ENDS(news->reference);
    ENDS(news->payer);
    ENDS(news->reason);
    ENDS(news->payer_account);
    if (news->kind != PAYMENT_RECEIVED)
        is_name(news->subject);
    if (news->kind == PAYMENT_REVERSED)
        return;
    size_t length = strnlen(news->currency, sizeof(news->currency));
    assert(dec_is_positive(news->amount) && length > 0 && length < sizeof(news->currency));
    assert(strspn(news->currency, "abcdefghijklmnopqrstuvwxyz0123456789") == length);
}

static void try_signed(const struct payment_gateway *gateway, struct span body)
{
    AUTO(str_release) struct str signature = STR_INIT(OUT_BYTES);
    struct payment_news news;
    struct err err;
    sign(TIMESTAMP, body, &signature);
    struct payment_call call = {.timestamp = TIMESTAMP,
                                .signature = str_data(&signature),
                                .body = (const char *)body.bytes,
                                .length = body.length,
                                .now_us = now_us};
    if (payment_read(gateway, &call, &news, &err))
        check(&news);
    else
        assert(err.code == ERR_BODY_INVALID || err.code == ERR_BODY_TOO_LARGE);
}

static struct span line_take(struct span *bytes)
{
    const uint8_t *end = bytes->length > 0 ? memchr(bytes->bytes, '\n', bytes->length) : NULL;
    size_t length = end ? (size_t)(end - bytes->bytes) : bytes->length;
    struct span line = span_of(bytes->bytes, length);
    size_t taken = end ? length + 1 : length;
    *bytes = span_of(bytes->bytes + taken, bytes->length - taken);
    return line;
}

/* Whatever is taken was signed by who has the secret, and is no older than it may be. */
static void try_headers(const struct payment_gateway *gateway, struct span bytes)
{
    AUTO(str_release)
    struct str timestamp = STR_INIT(OUT_BYTES), signature = STR_INIT(OUT_BYTES),
               wanted = STR_INIT(OUT_BYTES);
    struct payment_news news;
    struct err err;
    struct span line = line_take(&bytes);
    str_add_bytes(&timestamp, line.bytes, line.length);
    line = line_take(&bytes);
    str_add_bytes(&signature, line.bytes, line.length);
    const struct payment_call call = {.timestamp = str_data(&timestamp),
                                      .signature = str_data(&signature),
                                      .body = (const char *)bytes.bytes,
                                      .length = bytes.length,
                                      .now_us = now_us};
    if (!payment_read(gateway, &call, &news, &err))
        return;
    check(&news);
    sign(str_data(&timestamp), bytes, &wanted);
    assert(strcasecmp(str_data(&wanted), str_data(&signature)) == 0);
    uint64_t seconds;
    bool is_number = str_to_u64(str_data(&timestamp), &seconds);
    assert(is_number && seconds + AGE_S >= NOW_S && seconds <= NOW_S + AGE_S);
}

/* ---- answers to an order ---- */

static void try_order(const struct payment_gateway *gateway)
{
    struct payment_order order = {.id = "TID1",
                                  .currency = "eur",
                                  .name = "A. Name",
                                  .account = "DE1",
                                  .amount = dec_from_i64(10),
                                  .now_us = now_us};
    for (int is_taken = 0; is_taken < 2; is_taken++) {
        struct payment_news news;
        struct err err;
        order.is_taken = is_taken;
        enum payment_answer answer = payment_pay(gateway, NULL, &order, &news, &err);
        assert(answer != PAYMENT_UNHEARD || (is_taken && answer_status == 404));
        assert(answer != PAYMENT_UNKNOWN || err.what[0]);
        if (answer != PAYMENT_ENDED)
            continue;
        check(&news);
        assert(strcmp(news.subject, order.id) == 0 && dec_cmp(news.amount, order.amount) == 0);
    }
}

static void try_answer(const struct payment_gateway *gateway, struct span bytes)
{
    if (bytes.length <= STATUS_DIGITS)
        return;
    answer_status = 0;
    for (size_t i = 0; i < STATUS_DIGITS; i++)
        answer_status = answer_status * 10 + (unsigned)(bytes.bytes[i] - '0') % 10;
    answer_body = span_of(bytes.bytes + STATUS_DIGITS + 1, bytes.length - STATUS_DIGITS - 1);
    try_order(gateway);
}

static void try_news(const struct payment_gateway *gateway, struct span news)
{
    AUTO(str_release) struct str text = STR_INIT(OUT_BYTES), body = STR_INIT(OUT_BYTES);
    str_add_bytes(&text, news.bytes, news.length);
    str_add(&body, "{\"state\":\"ended\",\"timestamp\":\"" TIMESTAMP "\",\"signature\":\"");
    sign(TIMESTAMP, span_of(news.bytes, strlen(str_data(&text))), &body);
    str_add(&body, "\",\"news\":");
    json_write_string(&body, str_data(&text));
    str_add_char(&body, '}');
    assert(str_ok(&body));
    answer_status = 200;
    answer_body = span_of_str(&body);
    try_order(gateway);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct payment_settings settings = {
        .kind = "local", .secret = SECRET, .url = "http://127.0.0.1:1", .age_s_max = AGE_S};
    struct payment_gateway *gateway;
    struct err err;
    if (size == 0)
        return 0;
    if (!payment_open(&settings, &gateway, &err))
        abort();
    struct span bytes = span_of(data + 1, size - 1);
    if (data[0] == 'h')
        try_headers(gateway, bytes);
    else if (data[0] == 's')
        try_signed(gateway, bytes);
    else if (data[0] == 'p')
        try_answer(gateway, bytes);
    else if (data[0] == 'n')
        try_news(gateway, bytes);
    payment_close(gateway);
    return 0;
}
