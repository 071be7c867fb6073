/*
 * payment_local.c: the gateway of the house: what an operator's own bridge to a bank speaks.
 *
 *     X-Payment-Timestamp: 1764288000                  seconds
 *     X-Payment-Signature: 64 hexadecimal digits       HMAC-SHA256(secret, timestamp "." body)
 *
 *     {"id":"e1","type":"payment.received","amount":"12.50","currency":"eur",
 *      "reference":"RF18...","payer":"A. Name","payer_account":"DE..."}
 *     {"id":"e2","type":"payment.reversed","payment":"e1"}
 *     {"id":"e3","type":"payout.paid","payout":"TID...","amount":"10.00","currency":"eur"}
 *     {"id":"e4","type":"payout.failed","payout":"TID...","amount":"10.00","currency":"eur",
 *      "reason":"account closed"}
 *
 * An order to pay is a POST to URL/payouts with the same two headers, and its id as Idempotency-Key as well:
 *
 *     {"id":"TID...","amount":"10","currency":"eur","name":"A. Name","account":"DE..."}
 *
 * What became of it is asked by GET URL/payouts/ID, signed over the id. Both answer 200 with {"state":"taken"}, or
 * with the news of its end, the same as in the webhook, and signed like it:
 *
 *     {"state":"ended","timestamp":"1764288000","signature":"...","news":"{\"id\":\"e3\",...}"}
 *
 * or 404 for the GET of an order that it never had. Anything else says nothing, and is asked again.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "crypto/crypto.h"
#include "fetch/fetch.h"
#include "json/field.h"
#include "json/read.h"
#include "payment/payment.h"

enum {
    HEX_LENGTH = 2 * SHA256_SIZE,
    HEX_SIZE = HEX_LENGTH + 1,
    TIMESTAMP_DIGITS_MAX = 12,
    URL_SIZE = 512,
    ANSWER_BYTES_MAX = 64 * 1024,
    CALL_MS = 10000
};

static const int64_t second_us = 1000000;

DEFINE_AUTO(cJSON, cJSON_Delete);

/* ---- the signature ---- */

static bool timestamp_read(const char *text, int64_t *ret_seconds)
{
    size_t length = strlen(text);
    int64_t seconds = 0;
    if (length == 0 || length > TIMESTAMP_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        seconds = seconds * 10 + (text[i] - '0');
    }
    *ret_seconds = seconds;
    return true;
}

static bool signature_make(const struct payment_settings *settings, const char *timestamp,
                           const char *body, size_t length, char ret_hex[static HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    AUTO(str_release) struct str text = STR_INIT(PAYMENT_BODY_BYTES_MAX + 64);
    uint8_t mac[SHA256_SIZE];
    str_add(&text, timestamp);
    str_add_char(&text, '.');
    str_add_bytes(&text, body, length);
    if (!str_ok(&text))
        return false;
    hmac_sha256(settings->secret, strlen(settings->secret), str_data(&text), text.length, mac);
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        ret_hex[2 * i] = digits[mac[i] >> 4];
        ret_hex[2 * i + 1] = digits[mac[i] & 15];
    }
    ret_hex[HEX_LENGTH] = '\0';
    return true;
}

static bool signature_fits(const struct payment_settings *settings, const struct payment_call *call)
{
    char wanted[HEX_SIZE], given[HEX_LENGTH];
    if (strlen(call->signature) != HEX_LENGTH ||
        !signature_make(settings, call->timestamp, call->body, call->length, wanted))
        return false;
    for (size_t i = 0; i < HEX_LENGTH; i++)
        given[i] = (char)tolower((unsigned char)call->signature[i]);
    return bytes_equal(wanted, given, HEX_LENGTH);
}

static bool is_from_it(const struct payment_settings *settings, const struct payment_call *call,
                       struct err *err)
{
    int64_t seconds;
    if (!call->timestamp || !call->signature)
        return err_set(err, ERR_UNAUTHENTICATED, "the webhook is not signed");
    if (!timestamp_read(call->timestamp, &seconds))
        return err_set(err, ERR_UNAUTHENTICATED, "the webhook's timestamp is no number of seconds");
    if (!signature_fits(settings, call))
        return err_set(err, ERR_UNAUTHENTICATED, "the webhook's signature is wrong");
    int64_t age = call->now_us / second_us - seconds;
    if (age > settings->age_s_max || age < -(int64_t)settings->age_s_max)
        return err_set(err, ERR_UNAUTHENTICATED, "the webhook is %ld s old", (long)age);
    return true;
}

/* ---- the body ---- */

static const struct {
    const char *type;
    enum payment_news_kind kind;
    const char *subject; /* the member that names what it is about */
} types[] = {
    {"payment.received", PAYMENT_RECEIVED, NULL},
    {"payment.reversed", PAYMENT_REVERSED, "payment"},
    {"payout.paid", PAYOUT_PAID, "payout"},
    {"payout.failed", PAYOUT_FAILED, "payout"},
};

static bool text_of(const cJSON *root, const char *key, bool is_needed, char *ret_text, size_t size,
                    struct err *err)
{
    const cJSON *member = json_member(root, key);
    const char *text = json_member_text(root, key);
    ret_text[0] = '\0';
    if (!member && !is_needed)
        return true;
    if (!text || (is_needed && !*text))
        return err_set(err, ERR_BODY_INVALID, "%s is missing or no text", key);
    size_t length = strlen(text);
    if (length >= size)
        return err_set(err, ERR_BODY_INVALID, "%s has more than %zu bytes", key, size - 1);
    memcpy(ret_text, text, length + 1);
    return true;
}

/* Names: what a log, a path and an index can carry. */
static bool name_of(const cJSON *root, const char *key, char ret_name[static PAYMENT_ID_SIZE],
                    struct err *err)
{
    if (!text_of(root, key, true, ret_name, PAYMENT_ID_SIZE, err))
        return false;
    for (const char *c = ret_name; *c; c++)
        if (*c <= ' ' || *c > '~')
            return err_set(err, ERR_BODY_INVALID, "%s has a character that is no visible ASCII",
                           key);
    return true;
}

static bool amount_read(const cJSON *root, struct payment_news *news, struct err *err)
{
    const char *amount = json_member_text(root, "amount");
    if (!amount || !dec_parse(amount, &news->amount) || !dec_is_positive(news->amount))
        return err_set(err, ERR_BODY_INVALID, "amount is no positive decimal text");
    if (!text_of(root, "currency", true, news->currency, sizeof(news->currency), err))
        return false;
    for (char *c = news->currency; *c; c++) {
        *c = (char)tolower((unsigned char)*c);
        if (!isalnum((unsigned char)*c))
            return err_set(err, ERR_BODY_INVALID, "currency is no code");
    }
    return true;
}

static bool received_read(const cJSON *root, struct payment_news *news, struct err *err)
{
    return amount_read(root, news, err) &&
           text_of(root, "reference", false, news->reference, sizeof(news->reference), err) &&
           text_of(root, "payer", false, news->payer, sizeof(news->payer), err) &&
           text_of(root, "payer_account", false, news->payer_account, sizeof(news->payer_account),
                   err);
}

static bool body_read(const struct payment_call *call, struct payment_news *news, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    if (!json_read(call->body, call->length, &root, err))
        return false;
    const char *type = json_member_text(root, "type");
    for (size_t i = 0; type && i < ARRAY_LEN(types); i++) {
        if (strcmp(types[i].type, type) != 0)
            continue;
        news->kind = types[i].kind;
        if (!name_of(root, "id", news->id, err))
            return false;
        if (!types[i].subject)
            return received_read(root, news, err);
        return name_of(root, types[i].subject, news->subject, err) &&
               (news->kind == PAYMENT_REVERSED || amount_read(root, news, err)) &&
               text_of(root, "reason", false, news->reason, sizeof(news->reason), err);
    }
    return err_set(err, ERR_BODY_INVALID, "type is none of ours");
}

static bool local_read(const struct payment_settings *settings, const struct payment_call *call,
                       struct payment_news *ret_news, struct err *err)
{
    struct payment_news news = {.kind = PAYMENT_RECEIVED};
    if (!is_from_it(settings, call, err) || !body_read(call, &news, err))
        return false;
    *ret_news = news;
    return true;
}

/* ---- asking for a payment ---- */

static bool order_write(const struct payment_order *order, struct str *out)
{
    str_add(out, "{\"id\":");
    json_write_string(out, order->id);
    str_add(out, ",\"amount\":");
    json_write_dec(out, order->amount);
    str_add(out, ",\"currency\":");
    json_write_string(out, order->currency);
    str_add(out, ",\"name\":");
    json_write_string(out, order->name);
    str_add(out, ",\"account\":");
    json_write_string(out, order->account);
    str_add_char(out, '}');
    return str_ok(out);
}

/* POST: the order; GET: only its name is signed. */
static bool ask(const struct payment_settings *settings, struct fetch *fetch,
                const struct payment_order *order, long *ret_status, struct str *answer,
                struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(PAYMENT_BODY_BYTES_MAX);
    char timestamp[32], signature[HEX_SIZE], url[URL_SIZE];
    snprintf(timestamp, sizeof(timestamp), "%ld", (long)(order->now_us / second_us));
    int length = snprintf(url, sizeof(url), "%s/payouts%s%s", settings->url,
                          order->is_taken ? "/" : "", order->is_taken ? order->id : "");
    if (length < 0 || (size_t)length >= sizeof(url))
        return err_set(err, ERR_CONFIG, "the URL of the payment gateway is too long");
    if (order->is_taken)
        str_add(&body, order->id);
    else if (!order_write(order, &body))
        return err_set(err, ERR_BUSY, "no memory for an order");
    if (!str_ok(&body) ||
        !signature_make(settings, timestamp, str_data(&body), body.length, signature))
        return err_set(err, ERR_BUSY, "no memory for an order");
    const struct fetch_header headers[] = {{"Idempotency-Key", order->id},
                                           {"X-Payment-Timestamp", timestamp},
                                           {"X-Payment-Signature", signature}};
    struct fetch_request request = {
        .url = url, .headers = headers, .headers_count = ARRAY_LEN(headers), .timeout_ms = CALL_MS};
    if (!order->is_taken) {
        request.method = "POST";
        request.content_type = "application/json";
        request.body = str_data(&body);
        request.body_length = body.length;
    }
    return fetch_run(fetch, &request, ret_status, answer, err);
}

/* The end of a payment is believed when it is signed, whichever way it comes. */
static enum payment_answer answer_read(const struct payment_settings *settings,
                                       const struct payment_order *order, const struct str *answer,
                                       struct payment_news *ret_news, struct err *ret_why)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    if (!json_read(str_data(answer), answer->length, &root, ret_why))
        return PAYMENT_UNKNOWN;
    const char *state = json_member_text(root, "state");
    if (state && strcmp(state, "taken") == 0)
        return PAYMENT_TAKEN;
    const char *news = json_member_text(root, "news");
    const struct payment_call call = {.timestamp = json_member_text(root, "timestamp"),
                                      .signature = json_member_text(root, "signature"),
                                      .body = news ? news : "",
                                      .length = news ? strlen(news) : 0,
                                      .now_us = order->now_us};
    if (!state || strcmp(state, "ended") != 0 || call.length > PAYMENT_BODY_BYTES_MAX) {
        err_set(ret_why, ERR_PROTOCOL, "the payment gateway's answer has no state");
        return PAYMENT_UNKNOWN;
    }
    return local_read(settings, &call, ret_news, ret_why) ? PAYMENT_ENDED : PAYMENT_UNKNOWN;
}

static enum payment_answer local_pay(const struct payment_settings *settings, struct fetch *fetch,
                                     const struct payment_order *order,
                                     struct payment_news *ret_news, struct err *ret_why)
{
    AUTO(str_release) struct str answer = STR_INIT(ANSWER_BYTES_MAX);
    long status;
    if (!ask(settings, fetch, order, &status, &answer, ret_why))
        return PAYMENT_UNKNOWN;
    if (status == 200)
        return answer_read(settings, order, &answer, ret_news, ret_why);
    if (status == 404 && order->is_taken)
        return PAYMENT_UNHEARD;
    err_set(ret_why, ERR_PEER_UNAVAILABLE, "the payment gateway answered %ld", status);
    return PAYMENT_UNKNOWN;
}

const struct payment_kind payment_local = {.name = "local", .read = local_read, .pay = local_pay};
