/* Events as the world gets them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "auth/domain/event_claims.h"
#include "base/auto.h"
#include "json/read.h"

static const struct event event = {.id = 7,
                                   .name = "model.user.updated",
                                   .record = "{\"uid\":\"ID1\"}",
                                   .changes = "{\"level\":0}",
                                   .created_at = 1800000000000000};

static void event_claims__whole_event__is_as_the_reference_says(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(4096);
    cJSON *claims = NULL;
    struct err err;
    (void)state;
    event_claims_write(&out, &event, 1800000100000000);
    assert_true(json_read(str_data(&out), out.length, &claims, &err));
    const char *jti = json_member_text(claims, "jti");
    assert_non_null(jti);
    assert_int_equal(strlen(jti), 36);
    assert_int_equal(jti[14], '4');
    cJSON_Delete(claims);
    assert_non_null(strstr(str_data(&out),
                           "\"iat\":1800000100,\"exp\":1800003700,\"event\":{\"record\":"
                           "{\"uid\":\"ID1\"},\"changes\":{\"level\":0},\"name\":"
                           "\"model.user.updated\"}}"));
    assert_int_equal(strncmp(str_data(&out), "{\"iss\":\"barong\",\"jti\":\"", 23), 0);
}

static void event_claims__told_again__has_the_same_jti(void **state)
{
    AUTO(str_release) struct str first = STR_INIT(4096);
    AUTO(str_release) struct str second = STR_INIT(4096);
    AUTO(str_release) struct str other = STR_INIT(4096);
    struct event next = event;
    (void)state;
    event_claims_write(&first, &event, 1800000100000000);
    event_claims_write(&second, &event, 1800009100000000);
    next.id++;
    event_claims_write(&other, &next, 1800000100000000);
    assert_int_equal(strncmp(str_data(&first), str_data(&second), 60), 0);
    assert_int_not_equal(strncmp(str_data(&first), str_data(&other), 60), 0);
}

static void event_address__names__are_split_at_the_first_dot(void **state)
{
    static const char *const bad[] = {
        "", "system", "system.", ".x", "market.x", "systemx.y", "a.very.long.category"};
    char category[EVENT_CATEGORY_SIZE];
    const char *key;
    struct err err;
    (void)state;
    assert_true(event_address("system.user.email.confirmation.token", category, &key, &err));
    assert_string_equal(category, "system");
    assert_string_equal(key, "user.email.confirmation.token");
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(event_address(bad[i], category, &key, &err));
        assert_int_equal(err.code, ERR_PROTOCOL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(event_claims__whole_event__is_as_the_reference_says),
        cmocka_unit_test(event_claims__told_again__has_the_same_jti),
        cmocka_unit_test(event_address__names__are_split_at_the_first_dot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
