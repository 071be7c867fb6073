/* For which site passkeys are: from DOMAIN, or as it is said; what browsers would refuse is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "auth/state/passkey_party.h"

static bool opens(const char *domain, const char *id, const char *origins,
                  struct passkey_party **party)
{
    const struct auth_config config = {
        .domain = domain, .webauthn_rp_id = id, .webauthn_origins = origins};
    struct err err;
    bool done = passkey_party_open(&config, party, &err);
    assert_true(done || err.code == ERR_CONFIG);
    return done;
}

static void passkey_party_open__domain_alone__its_host_and_itself(void **state)
{
    struct passkey_party *party;
    (void)state;
    assert_true(opens("https://www.example.com:8443/", "", "", &party));
    const struct webauthn_party *made = passkey_party_get(party);
    assert_string_equal(made->id, "www.example.com");
    assert_string_equal(made->origins[0], "https://www.example.com:8443");
    assert_null(made->origins[1]);
    passkey_party_free(party);
}

static void passkey_party_open__id_and_origins__as_said(void **state)
{
    struct passkey_party *party;
    (void)state;
    assert_true(opens("https://x.example.com", "example.com",
                      "https://example.com,https://app.example.com", &party));
    const struct webauthn_party *made = passkey_party_get(party);
    assert_string_equal(made->id, "example.com");
    assert_string_equal(made->origins[1], "https://app.example.com");
    assert_null(made->origins[2]);
    passkey_party_free(party);
    /* The local stack: a name for passkeys, and an address on which there are none. */
    assert_true(opens("http://127.0.0.1:8080", "localhost",
                      "http://localhost:8080,http://127.0.0.1:8080", &party));
    passkey_party_free(party);
}

static void passkey_party_open__what_browsers_refuse__refused(void **state)
{
    struct passkey_party *party;
    (void)state;
    assert_false(opens("example.com", "", "", &party));
    assert_false(opens("ftp://example.com", "", "", &party));
    assert_false(opens("https://", "", "", &party));
    assert_false(opens("https://example.com/app", "", "", &party));
    assert_false(opens("https://user@example.com", "", "", &party));
    assert_false(opens("https://example.com", "ample.com", "", &party));
    assert_false(opens("https://example.com", "www.example.com", "", &party));
    assert_false(opens("https://example.com", "", "https://example.com,https://evil.com", &party));
    assert_false(opens("", "", "", &party));
    passkey_party_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passkey_party_open__domain_alone__its_host_and_itself),
        cmocka_unit_test(passkey_party_open__id_and_origins__as_said),
        cmocka_unit_test(passkey_party_open__what_browsers_refuse__refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
