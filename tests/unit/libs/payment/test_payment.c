/* Webhooks of a payment gateway: who signed them, when, and what they may say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/crypto.h"
#include "payment/payment.h"

#define SECRET "a secret of more than 32 characters"
#define BODY                                                                                       \
    "{\"id\":\"e1\",\"type\":\"payment.received\",\"amount\":\"12.50\",\"currency\":\"EUR\","      \
    "\"reference\":\"RF18 5390\",\"payer\":\"A\",\"payer_account\":\"DE1\"}"

enum { NOW_S = 1764288000, AGE_S = 300, HEX_SIZE = 65 };

static struct payment_gateway *opened(void)
{
    const struct payment_settings settings = {
        .kind = "local", .secret = SECRET, .age_s_max = AGE_S};
    struct payment_gateway *gateway = NULL;
    struct err err;
    assert_true(payment_open(&settings, &gateway, &err));
    return gateway;
}

static void sign(const char *secret, const char *timestamp, const char *body,
                 char ret_hex[static HEX_SIZE])
{
    uint8_t mac[SHA256_SIZE];
    char text[1024];
    int length = snprintf(text, sizeof(text), "%s.%s", timestamp, body);
    hmac_sha256(secret, strlen(secret), text, (size_t)length, mac);
    for (size_t i = 0; i < sizeof(mac); i++)
        snprintf(ret_hex + 2 * i, 3, "%02x", mac[i]);
}

static bool reads(const char *timestamp, const char *signature, const char *body,
                  struct payment_news *ret_news, struct err *err)
{
    struct payment_gateway *gateway = opened();
    const struct payment_call call = {.timestamp = timestamp,
                                      .signature = signature,
                                      .body = body,
                                      .length = strlen(body),
                                      .now_us = (int64_t)NOW_S * 1000000};
    bool ok = payment_read(gateway, &call, ret_news, err);
    payment_close(gateway);
    return ok;
}

static bool reads_signed(const char *body, struct payment_news *ret_news, struct err *err)
{
    char hex[HEX_SIZE];
    sign(SECRET, "1764288000", body, hex);
    return reads("1764288000", hex, body, ret_news, err);
}

static void payment_read__signed__is_read(void **state)
{
    struct payment_news news;
    struct err err;
    char amount[DEC_TEXT_SIZE];
    (void)state;
    assert_true(reads_signed(BODY, &news, &err));
    assert_int_equal(news.kind, PAYMENT_RECEIVED);
    assert_string_equal(news.id, "e1");
    assert_string_equal(news.currency, "eur");
    assert_string_equal(dec_text(news.amount, amount), "12.5");
    assert_string_equal(news.reference, "RF18 5390");
    assert_string_equal(news.payer_account, "DE1");
    assert_true(reads_signed("{\"id\":\"e2\",\"type\":\"payment.reversed\",\"payment\":\"e1\"}",
                             &news, &err));
    assert_int_equal(news.kind, PAYMENT_REVERSED);
    assert_string_equal(news.subject, "e1");
    assert_true(reads_signed("{\"id\":\"e4\",\"type\":\"payout.failed\",\"payout\":\"TID1\","
                             "\"amount\":\"10.00\",\"currency\":\"EUR\",\"reason\":\"closed\"}",
                             &news, &err));
    assert_int_equal(news.kind, PAYOUT_FAILED);
    assert_string_equal(news.subject, "TID1");
    assert_string_equal(news.currency, "eur");
    assert_string_equal(dec_text(news.amount, amount), "10.0");
    assert_string_equal(news.reason, "closed");
}

static void payment_read__forged__is_refused(void **state)
{
    struct payment_news news;
    struct err err;
    char hex[HEX_SIZE];
    (void)state;
    sign("another secret of more than 32 characters", "1764288000", BODY, hex);
    assert_false(reads("1764288000", hex, BODY, &news, &err));
    assert_int_equal(err.code, ERR_UNAUTHENTICATED);
    sign(SECRET, "1764288000", BODY, hex);
    /* The time is signed too, and so is each byte of the body. */
    assert_false(reads("1764288001", hex, BODY, &news, &err));
    assert_false(reads("1764288000", hex, BODY " ", &news, &err));
    for (size_t i = 0; i < HEX_SIZE - 1; i++) {
        char wrong[HEX_SIZE];
        memcpy(wrong, hex, sizeof(wrong));
        wrong[i] = wrong[i] == '0' ? '1' : '0';
        assert_false(reads("1764288000", wrong, BODY, &news, &err));
    }
    hex[10] = '\0';
    assert_false(reads("1764288000", hex, BODY, &news, &err));
    assert_false(reads("1764288000", "", BODY, &news, &err));
    assert_false(reads("1764288000", NULL, BODY, &news, &err));
    assert_false(reads(NULL, hex, BODY, &news, &err));
    assert_int_equal(err.code, ERR_UNAUTHENTICATED);
}

static void payment_read__age__to_the_second(void **state)
{
    static const struct {
        int offset;
        bool ok;
    } cases[] = {{-AGE_S, true}, {-AGE_S - 1, false}, {AGE_S, true}, {AGE_S + 1, false}};
    struct payment_news news;
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char timestamp[32], hex[HEX_SIZE];
        snprintf(timestamp, sizeof(timestamp), "%d", NOW_S + cases[i].offset);
        sign(SECRET, timestamp, BODY, hex);
        assert_int_equal(reads(timestamp, hex, BODY, &news, &err), cases[i].ok);
        if (!cases[i].ok)
            assert_int_equal(err.code, ERR_UNAUTHENTICATED);
    }
}

static void payment_read__timestamp_that_is_no_number__is_refused(void **state)
{
    static const char *const wrong[] = {"", "-1", "1764288000 ", "0x10", "1764288000000000"};
    struct payment_news news;
    struct err err;
    char hex[HEX_SIZE];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        sign(SECRET, wrong[i], BODY, hex);
        assert_false(reads(wrong[i], hex, BODY, &news, &err));
        assert_int_equal(err.code, ERR_UNAUTHENTICATED);
    }
}

static void payment_read__signed_nonsense__is_refused(void **state)
{
    static const char *const bodies[] = {
        "",
        "{",
        "[]",
        "{}",
        "{\"id\":\"e\",\"type\":\"payment.lost\"}",
        "{\"id\":\"e\",\"type\":\"payment.received\",\"amount\":12.5,\"currency\":\"eur\"}",
        "{\"id\":\"e\",\"type\":\"payment.received\",\"amount\":\"0\",\"currency\":\"eur\"}",
        "{\"id\":\"e\",\"type\":\"payment.received\",\"amount\":\"-1\",\"currency\":\"eur\"}",
        "{\"id\":\"e\",\"type\":\"payment.received\",\"amount\":\"1e3\",\"currency\":\"eur\"}",
        "{\"id\":\"e\",\"type\":\"payment.received\",\"amount\":\"1\",\"currency\":\"eu/r\"}",
        "{\"id\":\"e\",\"type\":\"payment.received\",\"amount\":\"1\",\"currency\":\"\"}",
        "{\"id\":\"e\",\"type\":\"payment.received\",\"amount\":\"1\",\"currency\":\"eur\","
        "\"payer\":1}",
        "{\"id\":\"\",\"type\":\"payment.received\",\"amount\":\"1\",\"currency\":\"eur\"}",
        "{\"id\":\"e e\",\"type\":\"payment.received\",\"amount\":\"1\",\"currency\":\"eur\"}",
        "{\"id\":\"e\",\"type\":\"payment.reversed\"}",
        "{\"id\":\"e\",\"type\":\"payout.paid\",\"payout\":\"T\"}",
        "{\"id\":\"e\",\"type\":\"payout.paid\",\"payout\":\"T\",\"amount\":\"1\"}",
    };
    struct payment_news news;
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        assert_false(reads_signed(bodies[i], &news, &err));
        assert_int_equal(err.code, ERR_BODY_INVALID);
    }
}

static void payment_open__short_secret_or_other_kind__is_refused(void **state)
{
    struct payment_gateway *gateway;
    struct err err;
    (void)state;
    assert_false(payment_open(&(struct payment_settings){.kind = "local", .secret = "short"},
                              &gateway, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_false(payment_open(&(struct payment_settings){.kind = "other", .secret = SECRET},
                              &gateway, &err));
    assert_int_equal(err.code, ERR_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payment_read__signed__is_read),
        cmocka_unit_test(payment_read__forged__is_refused),
        cmocka_unit_test(payment_read__age__to_the_second),
        cmocka_unit_test(payment_read__timestamp_that_is_no_number__is_refused),
        cmocka_unit_test(payment_read__signed_nonsense__is_refused),
        cmocka_unit_test(payment_open__short_secret_or_other_kind__is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
