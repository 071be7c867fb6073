/* Expressions of the mailer: the tables of and, or and not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "auth/domain/mail_condition.h"
#include "base/check.h"

static cJSON *event_of(const char *text)
{
    cJSON *event = NULL;
    struct err err;
    if (!json_read(text, strlen(text), &event, &err))
        fail_msg("%s", err.what);
    return event;
}

#define EQUAL(at, ...)                                                                             \
    {                                                                                              \
        .kind = MAIL_EQUAL, .path = (at), .values = (const char *const[]){__VA_ARGS__},            \
        .values_count = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)          \
    }

/* Two members, equal or not: what each operator says. */
static void mail_condition__tables_of_and_or_not__as_the_reference_says(void **state)
{
    static const struct {
        const char *event;
        bool all, any, not_all;
    } table[] = {
        {"{\"record\":{\"key\":\"phone\",\"value\":\"verified\"}}", true, true, false},
        {"{\"record\":{\"key\":\"phone\",\"value\":\"pending\"}}", false, true, true},
        {"{\"record\":{\"key\":\"email\",\"value\":\"verified\"}}", false, true, true},
        {"{\"record\":{\"key\":\"email\",\"value\":\"pending\"}}", false, false, true},
        {"{\"record\":{}}", false, false, true},
        {"{}", false, false, true},
    };
    const struct mail_condition items[] = {EQUAL("record.key", "phone"),
                                           EQUAL("record.value", "verified")};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        cJSON *event = event_of(table[i].event);
        struct mail_condition condition = {.kind = MAIL_ALL, .items = items, .items_count = 2};
        assert_int_equal(mail_condition_holds(&condition, event), table[i].all);
        condition.kind = MAIL_ANY;
        assert_int_equal(mail_condition_holds(&condition, event), table[i].any);
        condition.kind = MAIL_NOT_ALL;
        assert_int_equal(mail_condition_holds(&condition, event), table[i].not_all);
        cJSON_Delete(event);
    }
}

static void mail_condition__without_items__all_holds_the_others_do_not(void **state)
{
    cJSON *event = event_of("{}");
    (void)state;
    assert_true(mail_condition_holds(&(struct mail_condition){.kind = MAIL_ALL}, event));
    assert_false(mail_condition_holds(&(struct mail_condition){.kind = MAIL_ANY}, event));
    assert_false(mail_condition_holds(&(struct mail_condition){.kind = MAIL_NOT_ALL}, event));
    cJSON_Delete(event);
}

static void mail_condition__list_of_values__means_one_of_them(void **state)
{
    const struct mail_condition condition = EQUAL("record.key", "phone", "profile", "document");
    static const struct {
        const char *event;
        bool holds;
    } table[] = {
        {"{\"record\":{\"key\":\"profile\"}}", true},
        {"{\"record\":{\"key\":\"Profile\"}}", false},
        {"{\"record\":{\"key\":[\"phone\"]}}", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        cJSON *event = event_of(table[i].event);
        assert_int_equal(mail_condition_holds(&condition, event), table[i].holds);
        cJSON_Delete(event);
    }
}

static void mail_condition__values_of_other_kinds__are_compared_as_text(void **state)
{
    cJSON *event =
        event_of("{\"record\":{\"otp\":true,\"level\":2,\"gone\":null,\"state\":\"x\"}}");
    const struct {
        struct mail_condition condition;
        bool holds;
    } table[] = {
        {EQUAL("record.otp", "true"), true},   {EQUAL("record.otp", "false"), false},
        {EQUAL("record.level", "2"), true},    {EQUAL("record.level", "2.0"), false},
        {EQUAL("record.gone", NULL), true},    {EQUAL("record.absent", NULL), true},
        {EQUAL("record.state", NULL), false},  {EQUAL("record", "x"), false},
        {EQUAL("record.state.x", "x"), false}, {EQUAL("", "x"), false},
        {EQUAL("record..state", "x"), false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (mail_condition_holds(&table[i].condition, event) != table[i].holds)
            fail_msg("row %zu", i);
    cJSON_Delete(event);
}

static void mail_condition__operators_below_operators__nest(void **state)
{
    cJSON *event =
        event_of("{\"record\":{\"state\":\"succeed\"},\"changes\":{\"state\":\"confirming\"}}");
    const struct mail_condition before[] = {EQUAL("changes.state", "submitted"),
                                            EQUAL("changes.state", "confirming")};
    const struct mail_condition items[] = {
        EQUAL("record.state", "succeed"),
        {.kind = MAIL_ANY, .items = before, .items_count = 2},
    };
    const struct mail_condition condition = {.kind = MAIL_ALL, .items = items, .items_count = 2};
    (void)state;
    assert_true(mail_condition_holds(&condition, event));
    cJSON_Delete(event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_condition__tables_of_and_or_not__as_the_reference_says),
        cmocka_unit_test(mail_condition__without_items__all_holds_the_others_do_not),
        cmocka_unit_test(mail_condition__list_of_values__means_one_of_them),
        cmocka_unit_test(mail_condition__values_of_other_kinds__are_compared_as_text),
        cmocka_unit_test(mail_condition__operators_below_operators__nest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
