/* What authz remembers: freshness, sliding ends and which of them the table must know, forgetting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "auth/state/gate.h"

enum { SECOND = 1000000 };

static void put_session(struct gate *gate, uint8_t first, const char *uid)
{
    struct gate_session session = {.session = {.expires_at = 100LL * SECOND},
                                   .written_at = 100LL * SECOND};
    uint8_t id[SESSION_ID_SIZE] = {first};
    memcpy(session.uid, uid, strlen(uid) + 1);
    cache_put(gate->sessions, id, &session, cache_stamp(gate->sessions, id));
}

static bool get_session(struct gate *gate, uint8_t first, struct gate_session *ret_session)
{
    uint8_t id[SESSION_ID_SIZE] = {first};
    return cache_get(gate->sessions, id, ret_session);
}

static void gate_is_fresh__for_seconds_after_a_look(void **state)
{
    struct gate *gate = gate_new();
    (void)state;
    assert_false(gate_is_fresh(gate, 0));
    assert_true(gate_must_look(gate));
    gate->looked_us = 10 * SECOND;
    assert_true(gate_is_fresh(gate, 14 * SECOND));
    assert_false(gate_is_fresh(gate, 15 * SECOND));
    assert_false(gate_must_look(gate));
    gate->changed_us = 11 * SECOND;
    assert_true(gate_must_look(gate));
    gate_free(gate);
    gate_free(NULL);
}

static void gate_session_use__is_written_by_steps(void **state)
{
    struct gate *gate = gate_new();
    struct gate_session session;
    struct gate_use uses[4];
    uint8_t id[SESSION_ID_SIZE] = {1};
    (void)state;
    put_session(gate, 1, "ID1");
    gate_session_use(gate, id, 105LL * SECOND); /* less than a step: only here */
    assert_true(get_session(gate, 1, &session));
    assert_int_equal(session.session.expires_at, 105LL * SECOND);
    assert_int_equal(gate_uses_take(gate, uses, 4), 0);
    gate_session_use(gate, id, 120LL * SECOND);
    gate_session_use(gate, id, 121LL * SECOND);
    gate_session_use(gate, id, 90LL * SECOND); /* never back */
    assert_int_equal(gate_uses_take(gate, uses, 4), 1);
    assert_int_equal(uses[0].expires_at, 120LL * SECOND);
    assert_memory_equal(uses[0].id, id, sizeof(id));
    assert_true(get_session(gate, 1, &session));
    assert_int_equal(session.session.expires_at, 121LL * SECOND);
    id[0] = 9;
    gate_session_use(gate, id, 500LL * SECOND); /* nobody's */
    assert_int_equal(gate_uses_take(gate, uses, 4), 0);
    gate_free(gate);
}

static void gate_session_use__more_than_fit__is_bounded(void **state)
{
    static struct gate_use uses[GATE_USES_MAX];
    struct gate *gate = gate_new();
    uint8_t id[SESSION_ID_SIZE] = {1};
    (void)state;
    put_session(gate, 1, "ID1");
    for (int64_t i = 1; i <= GATE_USES_MAX + 10; i++)
        gate_session_use(gate, id, 100LL * SECOND + i * GATE_WRITE_STEP_US);
    assert_int_equal(gate_uses_take(gate, uses, GATE_USES_MAX), GATE_USES_MAX);
    assert_int_equal(gate_uses_take(gate, uses, GATE_USES_MAX), 0);
    gate_free(gate);
}

static void gate_forget__names_what_goes(void **state)
{
    struct gate *gate = gate_new();
    struct gate_session session;
    uint8_t id[SESSION_ID_SIZE] = {1};
    (void)state;
    for (uint8_t i = 1; i <= 4; i++)
        put_session(gate, i, i <= 2 ? "ID1" : i == 3 ? "ID11" : "ID2");
    gate_forget_session(gate, id);
    assert_false(get_session(gate, 1, &session));
    assert_true(get_session(gate, 2, &session));
    gate_forget_sessions_of(gate, "ID1");
    assert_false(get_session(gate, 2, &session));
    assert_true(get_session(gate, 3, &session) && get_session(gate, 4, &session));
    gate_forget_sessions_of(gate, "a uid that is much longer than a uid can ever be");
    gate_forget_all(gate);
    assert_false(get_session(gate, 3, &session));
    gate_free(gate);
}

static void gate_tables__old_ones__live_as_long_as_they_are_held(void **state)
{
    struct gate *gate = gate_new();
    struct err err;
    static const struct permission row = {
        .role = "r", .path = "p", .action = ACTION_IS_ACCEPT, .verb = VERB_IS_ALL};
    (void)state;
    assert_null(gate_tables_take(gate));
    assert_true(
        gate_tables_set(gate, permission_set_new(&row, 1), restriction_set_new(NULL, 0), &err));
    struct gate_tables *held = gate_tables_take(gate);
    assert_true(
        gate_tables_set(gate, permission_set_new(NULL, 0), restriction_set_new(NULL, 0), &err));
    assert_true(permission_ask(held->permissions, "r", VERB_IS_GET, "path").accepted);
    gate_tables_give_back(held);
    held = gate_tables_take(gate);
    assert_false(permission_ask(held->permissions, "r", VERB_IS_GET, "path").accepted);
    gate_tables_give_back(held);
    gate_tables_give_back(NULL);
    assert_false(gate_tables_set(gate, NULL, restriction_set_new(NULL, 0), &err));
    gate_free(gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gate_is_fresh__for_seconds_after_a_look),
        cmocka_unit_test(gate_session_use__is_written_by_steps),
        cmocka_unit_test(gate_session_use__more_than_fit__is_bounded),
        cmocka_unit_test(gate_forget__names_what_goes),
        cmocka_unit_test(gate_tables__old_ones__live_as_long_as_they_are_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
