/* Challenges: good for their purpose, their holder and five minutes; no bit of them can be changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "auth/domain/challenge.h"

static const int64_t now_us = INT64_C(1800000000) * 1000000;
#define SECONDS(n) ((int64_t)(n)*1000000)

static bool is_good(enum challenge_purpose purpose, const char *holder, int64_t at_us,
                    const char *text)
{
    struct err err;
    bool good = challenge_check("key", purpose, holder, at_us, text, &err);
    assert_true(good || err.code == ERR_INVALID);
    return good;
}

static void challenge_check__made_for_this__good_for_its_time(void **state)
{
    char text[CHALLENGE_TEXT_SIZE], other[CHALLENGE_TEXT_SIZE];
    struct err err;
    (void)state;
    challenge_make("key", CHALLENGE_STEP_UP, "session", now_us, text);
    assert_true(is_good(CHALLENGE_STEP_UP, "session", now_us, text));
    assert_true(is_good(CHALLENGE_STEP_UP, "session", now_us + SECONDS(CHALLENGE_LIFE_S), text));
    assert_false(
        is_good(CHALLENGE_STEP_UP, "session", now_us + SECONDS(CHALLENGE_LIFE_S + 1), text));
    assert_false(
        is_good(CHALLENGE_STEP_UP, "session", now_us - SECONDS(CHALLENGE_LIFE_S + 1), text));
    assert_false(is_good(CHALLENGE_SIGN_IN, "session", now_us, text));
    assert_false(is_good(CHALLENGE_STEP_UP, "other", now_us, text));
    assert_false(is_good(CHALLENGE_STEP_UP, "", now_us, text));
    assert_false(challenge_check("other", CHALLENGE_STEP_UP, "session", now_us, text, &err));
    challenge_make("key", CHALLENGE_STEP_UP, "session", now_us, other);
    assert_string_not_equal(text, other);
}

static void challenge_check__any_change__refused(void **state)
{
    char text[CHALLENGE_TEXT_SIZE];
    (void)state;
    challenge_make("key", CHALLENGE_REGISTER, "session", now_us, text);
    for (size_t i = 0; i < strlen(text); i++) {
        char kept = text[i];
        text[i] = kept == 'A' ? 'B' : 'A';
        assert_false(is_good(CHALLENGE_REGISTER, "session", now_us, text));
        text[i] = kept;
    }
    assert_true(is_good(CHALLENGE_REGISTER, "session", now_us, text));
    assert_false(is_good(CHALLENGE_REGISTER, "session", now_us, ""));
    text[CHALLENGE_TEXT_SIZE - 2] = '\0';
    assert_false(is_good(CHALLENGE_REGISTER, "session", now_us, text));
}

static void challenge_id__of_a_text__hex_of_its_hash(void **state)
{
    char id[CHALLENGE_ID_SIZE];
    (void)state;
    challenge_id("abc", id);
    assert_string_equal(id, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(challenge_check__made_for_this__good_for_its_time),
        cmocka_unit_test(challenge_check__any_change__refused),
        cmocka_unit_test(challenge_id__of_a_text__hex_of_its_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
