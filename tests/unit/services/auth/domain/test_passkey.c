/* Passkeys as JSON: what we ask is what browsers take; of what they answer nothing but the form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "auth/domain/passkey.h"
#include "base/auto.h"
#include "json/read.h"

DEFINE_AUTO(cJSON, cJSON_Delete);

static int arena_begin(void **state)
{
    *state = arena_new(1 << 20);
    return *state ? 0 : -1;
}

static int arena_end(void **state)
{
    arena_free(*state);
    return 0;
}

static void passkey_creation_write__a_user__options_of_the_standard(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(8192);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    static const uint8_t handle[PASSKEY_HANDLE_SIZE] = {1, 2, 3};
    static const struct cbor known[] = {{handle, 2}, {handle, 3}};
    struct err err;
    (void)state;
    passkey_creation_write(&out, &(struct passkey_creation){.party_id = "example.com",
                                                            .party_name = "A \"B\"",
                                                            .challenge = "abc",
                                                            .handle = handle,
                                                            .user_name = "a@example.com",
                                                            .exclude = known,
                                                            .exclude_count = 2});
    assert_true(json_read(str_data(&out), out.length, &root, &err));
    assert_string_equal(json_member_text(json_member(root, "rp"), "name"), "A \"B\"");
    assert_int_equal(strlen(json_member_text(json_member(root, "user"), "id")), 43);
    assert_string_equal(json_member_text(root, "attestation"), "none");
    const cJSON *exclude = json_member(root, "excludeCredentials");
    assert_int_equal(cJSON_GetArraySize(exclude), 2);
    assert_string_equal(json_member_text(cJSON_GetArrayItem(exclude, 1), "id"), "AQID");
    assert_int_equal(cJSON_GetArraySize(json_member(root, "pubKeyCredParams")), 3);
}

static void passkey_request_write__nobody_named__any_passkey(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(8192);
    (void)state;
    passkey_request_write(&out, &(struct passkey_request){.party_id = "x", .challenge = "abc"});
    assert_string_equal(str_data(&out),
                        "{\"challenge\":\"abc\",\"timeout\":300000,\"rpId\":\"x\","
                        "\"allowCredentials\":[],\"userVerification\":\"required\"}");
}

/* {"challenge":"q83v"} */
#define CLIENT_DATA "eyJjaGFsbGVuZ2UiOiJxODN2In0"

static void passkey_registration_read__an_answer__its_bytes(void **state)
{
    static const char json[] =
        "{\"id\":\"AQI\",\"rawId\":\"AQI\",\"type\":\"public-key\",\"clientExtensionResults\":{},"
        "\"response\":{\"clientDataJSON\":\"" CLIENT_DATA "\",\"attestationObject\":\"AQIDBA\","
        "\"transports\":[\"internal\",\"evil\",7,\"hybrid\",\"internal\"]}}";
    struct passkey_answer answer;
    struct err err;
    assert_true(passkey_registration_read(*state, json, &answer, &err));
    assert_int_equal(answer.id.length, 2);
    assert_int_equal(answer.attestation_object.length, 4);
    assert_string_equal(answer.challenge, "q83v");
    assert_string_equal(answer.transports, "internal hybrid");
    assert_false(passkey_assertion_read(*state, json, &answer, &err));
}

static void passkey_assertion_read__with_and_without_a_handle__read(void **state)
{
#define ASSERTION(tail)                                                                            \
    "{\"id\":\"AQI\",\"type\":\"public-key\",\"response\":{\"clientDataJSON\":\"" CLIENT_DATA      \
    "\",\"authenticatorData\":\"AQ\",\"signature\":\"AQID\"" tail "}}"
    struct passkey_answer answer;
    struct err err;
    assert_true(passkey_assertion_read(*state, ASSERTION(""), &answer, &err));
    assert_int_equal(answer.handle.length, 0);
    assert_true(passkey_assertion_read(*state, ASSERTION(",\"userHandle\":null"), &answer, &err));
    assert_int_equal(answer.handle.length, 0);
    assert_true(
        passkey_assertion_read(*state, ASSERTION(",\"userHandle\":\"AQIDBA\""), &answer, &err));
    assert_int_equal(answer.handle.length, 4);
}

static void passkey_answers__broken__refused(void **state)
{
    static const char *const texts[] = {
        "",
        "{}",
        "[]",
        "null",
        "{\"type\":\"public-key\"}",
        "{\"id\":\"AQI\",\"type\":\"password\",\"response\":{}}",
        "{\"id\":\"AQI\",\"type\":\"public-key\",\"response\":[]}",
        "{\"id\":\"\",\"type\":\"public-key\",\"response\":{\"clientDataJSON\":\"" CLIENT_DATA
        "\",\"attestationObject\":\"AQ\"}}",
        "{\"id\":\"AQ==\",\"type\":\"public-key\",\"response\":{\"clientDataJSON\":\"" CLIENT_DATA
        "\",\"attestationObject\":\"AQ\"}}",
        "{\"id\":\"AQ\",\"type\":\"public-key\",\"response\":{\"clientDataJSON\":\"AQID"
        "\",\"attestationObject\":\"AQ\"}}",
        "{\"id\":\"AQ\",\"type\":\"public-key\",\"response\":{\"clientDataJSON\":7,"
        "\"attestationObject\":\"AQ\"}}",
        /* {} as client data: no challenge */
        "{\"id\":\"AQ\",\"type\":\"public-key\",\"response\":{\"clientDataJSON\":\"e30\","
        "\"attestationObject\":\"AQ\"}}",
    };
    struct passkey_answer answer;
    struct err err;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        assert_false(passkey_registration_read(*state, texts[i], &answer, &err));
        assert_int_equal(err.code, ERR_INVALID);
        assert_false(passkey_assertion_read(*state, texts[i], &answer, &err));
        assert_int_equal(err.code, ERR_INVALID);
    }
}

static void passkey_name_read__trimmed_and_bounded(void **state)
{
    char name[PASSKEY_NAME_MAX + 1], text[PASSKEY_NAME_MAX + 2];
    (void)state;
    assert_true(passkey_name_read("  my phone \t", name));
    assert_string_equal(name, "my phone");
    assert_false(passkey_name_read("", name));
    assert_false(passkey_name_read("  ", name));
    assert_false(passkey_name_read("a\nb", name));
    assert_false(passkey_name_read("\xff", name));
    memset(text, 'a', sizeof(text));
    text[PASSKEY_NAME_MAX + 1] = '\0';
    assert_false(passkey_name_read(text, name));
    text[PASSKEY_NAME_MAX] = '\0';
    assert_true(passkey_name_read(text, name));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_begin, arena_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(passkey_creation_write__a_user__options_of_the_standard),
        TEST(passkey_request_write__nobody_named__any_passkey),
        TEST(passkey_registration_read__an_answer__its_bytes),
        TEST(passkey_assertion_read__with_and_without_a_handle__read),
        TEST(passkey_answers__broken__refused),
        TEST(passkey_name_read__trimmed_and_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
