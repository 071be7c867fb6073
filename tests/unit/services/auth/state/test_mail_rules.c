/* The mailer's configuration: the one that is shipped, signatures, choice of the letter, and mistakes
 * with their lines. Runs in the root of the tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/domain/letter.h"
#include "auth/state/mail_rules.h"
#include "tests/unit/libs/token/maker.h"

#define LETTERS "services/auth/templates/mail"
#define NOW_US ((int64_t)1800000000 * 1000000)

enum { FILE_BYTES_MAX = 256 * 1024 };

struct world {
    struct maker_key barong, peatio, former;
    char path[64];
    struct mail_rules *rules;
};

static void read_file(const char *path, struct str *out)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *room = str_reserve(out, FILE_BYTES_MAX / 2);
    assert_non_null(room);
    out->length += fread(room, 1, FILE_BYTES_MAX / 2 - 1, file);
    out->data[out->length] = '\0';
    fclose(file);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
}

static void add_replaced(struct str *out, const char *text, const char *word, const char *by)
{
    const char *at = strstr(text, word);
    assert_non_null(at);
    str_add_bytes(out, text, (size_t)(at - text));
    str_add(out, by);
    str_add(out, at + strlen(word));
}

/* What is shipped, with our keys in it; barong has a former one. */
static void write_shipped(struct world *w)
{
    AUTO(str_release) struct str text = STR_INIT(FILE_BYTES_MAX);
    AUTO(str_release) struct str half = STR_INIT(FILE_BYTES_MAX);
    AUTO(str_release) struct str whole = STR_INIT(FILE_BYTES_MAX);
    AUTO(str_release) struct str key = STR_INIT(FILE_BYTES_MAX);
    read_file("deploy/config/mailer.yml.template", &text);
    base64url_write(&key, w->barong.public_pem, strlen(w->barong.public_pem));
    str_add(&key, "\n    former: [\"");
    base64url_write(&key, w->former.public_pem, strlen(w->former.public_pem));
    str_add(&key, "\"]");
    add_replaced(&half, str_data(&text), "${BARONG_PUBLIC_KEY}", str_data(&key));
    str_clear(&key);
    base64url_write(&key, w->peatio.public_pem, strlen(w->peatio.public_pem));
    add_replaced(&whole, str_data(&half), "${PEATIO_PUBLIC_KEY}", str_data(&key));
    write_file(w->path, str_data(&whole));
}

static int world_new(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    struct err err;
    assert_non_null(w);
    w->barong = maker_key_new("RSA", 2048);
    w->former = maker_key_new("RSA", 2048);
    w->peatio = maker_key_new("P-256", 0);
    snprintf(w->path, sizeof(w->path), "/tmp/bourse-mailer-XXXXXX");
    int file = mkstemp(w->path);
    assert_true(file >= 0);
    close(file);
    write_shipped(w);
    if (!mail_rules_open(w->path, LETTERS, &w->rules, &err))
        fail_msg("%s", err.what);
    *state = w;
    return 0;
}

static int world_free(void **state)
{
    struct world *w = *state;
    mail_rules_free(w->rules);
    unlink(w->path);
    maker_key_free(&w->barong);
    maker_key_free(&w->former);
    maker_key_free(&w->peatio);
    free(w);
    return 0;
}

/* ---- signatures ---- */

struct verdict {
    bool ok;
    const char *signer;
    struct err err;
};

static struct verdict verify(struct world *w, const char *key_name, const char *algorithm,
                             const struct maker_key *key, const char *claims)
{
    AUTO(str_release) struct str document = STR_INIT(FILE_BYTES_MAX);
    AUTO(str_release) struct str json = STR_INIT(FILE_BYTES_MAX);
    struct token_signer *signer = NULL;
    struct verdict verdict = {.signer = NULL};
    struct err err;
    assert_true(token_signer_new(algorithm, key_name, key->private_pem, &signer, &err));
    assert_true(token_sign_general(signer, claims, &document, &err));
    token_signer_free(signer);
    verdict.ok = mail_rules_verify(w->rules, NOW_US, str_data(&document), document.length,
                                   &verdict.signer, &json, &verdict.err);
    return verdict;
}

#define CLAIMS                                                                                     \
    "{\"iss\":\"barong\",\"jti\":\"1\",\"iat\":1799999000,\"exp\":1799999060,\"event\":{}}"

static void mail_rules_verify__known_keys__present_and_former(void **state)
{
    struct world *w = *state;
    struct verdict verdict = verify(w, "barong", "RS256", &w->barong, CLAIMS);
    assert_true(verdict.ok); /* expired a quarter of an hour ago: who reads it judges */
    assert_string_equal(verdict.signer, "barong");
    assert_true(verify(w, "barong", "RS256", &w->former, CLAIMS).ok);
    verdict = verify(w, "peatio", "ES256", &w->peatio, CLAIMS);
    assert_true(verdict.ok);
    assert_string_equal(verdict.signer, "peatio");
}

static void mail_rules_verify__anything_else__is_refused(void **state)
{
    struct world *w = *state;
    const struct {
        const char *name, *algorithm;
        const struct maker_key *key;
        const char *claims;
    } table[] = {
        {"barong", "ES256", &w->peatio, CLAIMS}, /* another's key under his name */
        {"peatio", "RS256", &w->barong, CLAIMS},
        {"stranger", "RS256", &w->barong, CLAIMS}, /* a name that nobody has */
        {"barong", "RS512", &w->barong, CLAIMS},   /* another algorithm */
        {"barong", "RS256", &w->barong, "{\"iss\":\"barong\",\"iat\":1,\"exp\":1800000060}"},
        {"barong", "RS256", &w->barong, "{\"jti\":\"1\",\"iat\":1799999000}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct verdict verdict =
            verify(w, table[i].name, table[i].algorithm, table[i].key, table[i].claims);
        if (verdict.ok)
            fail_msg("row %zu was believed", i);
        assert_int_equal(verdict.err.code, ERR_UNAUTHENTICATED);
    }
    AUTO(str_release) struct str json = STR_INIT(FILE_BYTES_MAX);
    const char *signer;
    struct err err;
    assert_false(mail_rules_verify(w->rules, NOW_US, "{}", 2, &signer, &json, &err));
    assert_false(mail_rules_verify(w->rules, NOW_US, "", 0, &signer, &json, &err));
}

/* ---- which letter ---- */

static const char *letter_of(struct world *w, const char *signer, const char *text)
{
    cJSON *event = NULL;
    struct err err;
    assert_true(json_read(text, strlen(text), &event, &err));
    const struct mail_event *found = mail_rules_find(w->rules, signer, event);
    cJSON_Delete(event);
    return found ? found->letter : "none";
}

#define EVENT(name, record, changes)                                                               \
    "{\"name\":\"" name "\",\"record\":{" record "},\"changes\":{" changes "}}"

static void mail_rules_find__shipped_table__as_the_reference_says(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *signer, *event, *letter;
    } table[] = {
        {"barong", EVENT("system.user.email.confirmation.token", "", ""), "email_confirmation"},
        {"barong", EVENT("system.user.password.reset.token", "", ""), "password_reset"},
        {"barong", EVENT("system.user.password.change", "", ""), "password_changed"},
        {"barong", EVENT("system.session.create", "", ""), "session_create"},
        /* another's name for it, and the wrong exchange */
        {"peatio", EVENT("system.session.create", "", ""), "none"},
        {"barong", EVENT("model.label.updated", "\"key\":\"otp\",\"value\":\"enabled\"", ""),
         "security_changed"},
        {"barong", EVENT("system.user.passkey.created", "", ""), "security_changed"},
        {"barong", EVENT("model.session.create", "", ""), "none"},
        {"barong", EVENT("system.session.create.more", "", ""), "none"},
        {"barong", EVENT("model.user.updated", "", ""), "none"},
        {"barong", EVENT("model.label.created", "\"key\":\"phone\",\"value\":\"verified\"", ""),
         "label_verified"},
        {"barong", EVENT("model.label.updated", "\"key\":\"document\",\"value\":\"rejected\"", ""),
         "label_rejected"},
        {"barong", EVENT("model.label.updated", "\"key\":\"document\",\"value\":\"pending\"", ""),
         "none"},
        {"barong", EVENT("model.label.created", "\"key\":\"email\",\"value\":\"verified\"", ""),
         "none"},
        {"peatio",
         EVENT("model.deposit.updated", "\"state\":\"accepted\"", "\"state\":\"submitted\""),
         "deposit_accepted"},
        {"peatio", EVENT("model.deposit.updated", "\"state\":\"accepted\"", ""), "none"},
        {"peatio",
         EVENT("model.deposit.updated", "\"state\":\"rejected\"", "\"state\":\"submitted\""),
         "deposit_refused"},
        {"peatio",
         EVENT("model.deposit.created", "\"state\":\"submitted\",\"blockchain_txid\":\"aa\"", ""),
         "deposit_seen"},
        {"peatio", EVENT("model.deposit.created", "\"state\":\"submitted\"", ""), "none"},
        {"peatio",
         EVENT("model.deposit.updated", "\"state\":\"collected\"", "\"state\":\"accepted\""),
         "none"},
        {"peatio", EVENT("model.deposit.reverted", "\"state\":\"collected\"", ""),
         "deposit_reverted"},
        {"peatio", EVENT("model.deposit.returned", "\"state\":\"collected\"", ""),
         "deposit_returned"},
        {"peatio", EVENT("model.withdraw.created", "\"state\":\"prepared\"", ""), "none"},
        {"peatio",
         EVENT("model.withdraw.updated", "\"state\":\"accepted\"", "\"state\":\"prepared\""),
         "withdraw_requested"},
        {"peatio",
         EVENT("model.withdraw.updated", "\"state\":\"processing\"", "\"state\":\"accepted\""),
         "none"},
        {"peatio",
         EVENT("model.withdraw.updated", "\"state\":\"confirming\"", "\"state\":\"processing\""),
         "withdraw_sent"},
        {"peatio",
         EVENT("model.withdraw.updated", "\"state\":\"skipped\"", "\"state\":\"processing\""),
         "withdraw_delayed"},
        /* upstream missed this one */
        {"peatio",
         EVENT("model.withdraw.updated", "\"state\":\"succeed\"", "\"state\":\"confirming\""),
         "withdraw_succeed"},
        {"peatio",
         EVENT("model.withdraw.updated", "\"state\":\"rejected\"", "\"state\":\"accepted\""),
         "withdraw_refused"},
        {"peatio",
         EVENT("model.withdraw.updated", "\"state\":\"succeed\"", "\"blockchain_txid\":null"),
         "none"},
        {"peatio", EVENT("model.beneficiary.created", "\"state\":\"pending\"", ""),
         "new_beneficiary"},
        {"peatio", EVENT("model.beneficiary.updated", "\"state\":\"pending\"", "\"pin\":1"),
         "new_beneficiary"},
        {"peatio",
         EVENT("model.beneficiary.updated", "\"state\":\"active\"", "\"state\":\"pending\""),
         "beneficiary_active"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        const char *letter = letter_of(w, table[i].signer, table[i].event);
        if (strcmp(letter, table[i].letter) != 0)
            fail_msg("%s: %s, not %s", table[i].event, letter, table[i].letter);
    }
    assert_string_equal(letter_of(w, "barong", "{}"), "none");
}

/* ---- texts ---- */

/* Every letter in every language can be filled from what its event has. */
static void mail_rules_fill__every_letter_in_every_language__has_both_forms(void **state)
{
    struct world *w = *state;
    static const char text[] =
        "{\"app_name\":\"Bourse\",\"domain\":\"http://bourse.test\",\"lang\":\"en\","
        "\"user\":{\"uid\":\"ID1\",\"email\":\"alice@bourse.test\",\"level\":2,\"state\":"
        "\"active\"},"
        "\"record\":{\"token\":\"a.b.c\",\"user_ip\":\"192.0.2.1\",\"user_agent\":\"<script>\","
        "\"key\":\"phone\",\"value\":\"rejected\",\"description\":\"blurred\",\"amount\":\"1.5\","
        "\"currency\":\"btc\",\"tid\":\"TID1\",\"blockchain_txid\":\"aabb\","
        "\"state\":\"failed\",\"pin\":123456,"
        "\"name\":\"my cold wallet\",\"due_at\":\"2027-01-01T00:00:00Z\"}}";
    size_t count, languages = 4;
    const struct mail_event *events = mail_rules_events(w->rules, &count);
    assert_true(count > 10);
    for (size_t i = 0; i < count * languages; i++) {
        AUTO(mail_form_release) struct mail_form form;
        cJSON *values = NULL;
        struct err err;
        mail_form_init(&form);
        assert_true(json_read(text, strlen(text), &values, &err));
        if (!mail_rules_fill(w->rules, &events[i / languages], i % languages, values, &form, &err))
            fail_msg("%s: %s", events[i / languages].name, err.what);
        cJSON_Delete(values);
        assert_true(form.subject.length > 5 && form.text.length > 100);
        assert_non_null(strstr(str_data(&form.html), "</html>"));
        assert_null(strstr(str_data(&form.html), "<script>"));
        assert_null(strstr(str_data(&form.text), "{{"));
        assert_null(strstr(str_data(&form.html), "{{"));
    }
}

static void fill_security(struct world *w, const char *text, size_t language,
                          struct mail_form *form)
{
    cJSON *event = NULL, *values = NULL;
    struct err err;
    mail_form_init(form);
    assert_true(json_read(text, strlen(text), &event, &err));
    const struct mail_event *row = mail_rules_find(w->rules, "barong", event);
    assert_non_null(row);
    cJSON_AddStringToObject(event, "event_name", json_member_text(event, "name"));
    values = event;
    cJSON_AddStringToObject(values, "app_name", "Bourse");
    cJSON_AddStringToObject(values, "domain", "http://bourse.test");
    cJSON_AddStringToObject(values, "lang", "en");
    cJSON *user = cJSON_AddObjectToObject(values, "user");
    cJSON_AddStringToObject(user, "email", "alice@bourse.test");
    assert_true(mail_rules_fill(w->rules, row, language, values, form, &err));
    cJSON_Delete(event);
}

/* One letter for all of them says what happened, in each language. */
static void mail_rules_fill__change_of_security__is_named(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *event, *says, *says_in_german;
    } table[] = {
        {EVENT("model.label.created", "\"key\":\"otp\",\"value\":\"enabled\"", ""),
         "Two-factor sign-in was switched on", "eingeschaltet"},
        {EVENT("system.user.recovery_codes.used", "\"left\":\"9\"", ""), "A recovery code was used",
         "Notfallcode"},
        {EVENT("system.user.passkey.deleted", "", ""), "A passkey was removed", "Passkey"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        AUTO(mail_form_release) struct mail_form english;
        AUTO(mail_form_release) struct mail_form german;
        fill_security(w, table[i].event, 0, &english);
        fill_security(w, table[i].event, 1, &german);
        assert_non_null(strstr(str_data(&english.text), table[i].says));
        assert_non_null(strstr(str_data(&german.text), table[i].says_in_german));
    }
}

static void mail_rules_language__unknown_ones__are_the_default(void **state)
{
    struct world *w = *state;
    assert_int_equal(mail_rules_language(w->rules, "RU"), 3);
    assert_int_equal(mail_rules_language(w->rules, "de"), 1);
    assert_int_equal(mail_rules_language(w->rules, "tlh"), 0);
    assert_int_equal(mail_rules_language(w->rules, NULL), 0);
    assert_string_equal(mail_rules_language_code(w->rules, 3), "ru");
}

/* ---- an operator's own ---- */

#define HEAD                                                                                       \
    "languages: [{code: EN, name: English}, {code: DE, name: Deutsch}]\n"                          \
    "exchanges: {x: {name: barong.events.system, signer: barong}}\n"                               \
    "events:\n"

static void open_text(struct world *w, const char *rest, struct mail_rules **ret_rules,
                      bool *ret_ok, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(FILE_BYTES_MAX);
    str_add(&text, "keychain: {barong: {algorithm: RS256, value: \"");
    base64url_write(&text, w->barong.public_pem, strlen(w->barong.public_pem));
    str_add(&text, "\"}}\n");
    str_add(&text, rest);
    write_file(w->path, str_data(&text));
    *ret_ok = mail_rules_open(w->path, LETTERS, ret_rules, err);
}

static void mail_rules_fill__template_of_the_operator__comes_before_the_letter(void **state)
{
    struct world *w = *state;
    struct mail_rules *rules = NULL;
    struct err err;
    bool ok;
    open_text(w,
              HEAD
              "  - {name: Login, key: session.create, exchange: x, letter: session_create,\n"
              "     templates: {EN: {subject: 'Hi {{user.uid}}', template: '<p>{{name}}</p>'}}}\n",
              &rules, &ok, &err);
    if (!ok)
        fail_msg("%s", err.what);
    size_t count;
    AUTO(mail_form_release) struct mail_form form;
    cJSON *values = NULL;
    static const char text[] = "{\"user\":{\"uid\":\"ID1\"},\"name\":\"<b>\"}";
    mail_form_init(&form);
    assert_true(json_read(text, strlen(text), &values, &err));
    assert_true(mail_rules_fill(rules, mail_rules_events(rules, &count), 0, values, &form, &err));
    assert_string_equal(str_data(&form.subject), "Hi ID1");
    assert_string_equal(str_data(&form.html), "<p>&lt;b&gt;</p>");
    assert_int_equal(form.text.length, 0);
    cJSON_Delete(values);
    mail_rules_free(rules);
}

static void mail_rules_open__mistakes__are_named_with_their_line(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *rest, *says;
    } table[] = {
        {"", "no languages"},
        {"languages: [{name: English}]\n", "code of letters"},
        {"languages: [{code: EN}, {code: tlh}]\n", "tlh.yml"},
        {"languages: [{code: EN}]\nexchanges: {x: {name: a}}\n", "name and a signer"},
        {"languages: [{code: EN}]\nexchanges: {x: {name: a, signer: eve}}\n", "no eve"},
        {HEAD "  - {name: A, key: b}\n", ":5: an event has"},
        {HEAD "  - {name: A, key: b, exchange: x, letter: nothing}\n", "no letter nothing"},
        {HEAD "  - {name: A, key: b, exchange: x}\n", "needs a letter"},
        {HEAD "  - {name: A, key: b, exchange: x, letter: session_create, per_hour: 0}\n",
         "above 0"},
        {HEAD "  - {name: A, key: b, exchange: x, letter: session_create, expression: 'a = b'}\n",
         "is a map"},
        {HEAD "  - {name: A, key: b, exchange: x, letter: session_create, expression: {a: b}}\n",
         "begins with and"},
        {HEAD "  - {name: A, key: b, exchange: x, letter: session_create,\n"
              "     expression: {and: {or: {and: {or: {and: {a: b}}}}}}}\n",
         "deeper than"},
        {HEAD "  - {name: A, key: b, exchange: x, templates: {TLH: {subject: a, template: b}}}\n",
         "none of the languages"},
        {HEAD "  - {name: A, key: b, exchange: x, templates: {EN: {subject: a}}}\n",
         "needs subject and template"},
        {HEAD "  - {name: A, key: b, exchange: x, templates: {EN: {subject: a, template: '{{'}}}\n",
         "template"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct mail_rules *rules = NULL;
        struct err err = {.code = ERR_NONE};
        bool ok;
        open_text(w, table[i].rest, &rules, &ok, &err);
        if (ok)
            fail_msg("was taken: %s", table[i].rest);
        assert_int_equal(err.code, ERR_CONFIG);
        if (!strstr(err.what, table[i].says))
            fail_msg("\"%s\" does not say \"%s\"", err.what, table[i].says);
    }
}

int main(void)
{
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, world_new, world_free)
    const struct CMUnitTest tests[] = {
        WITH_WORLD(mail_rules_verify__known_keys__present_and_former),
        WITH_WORLD(mail_rules_verify__anything_else__is_refused),
        WITH_WORLD(mail_rules_find__shipped_table__as_the_reference_says),
        WITH_WORLD(mail_rules_fill__every_letter_in_every_language__has_both_forms),
        WITH_WORLD(mail_rules_fill__change_of_security__is_named),
        WITH_WORLD(mail_rules_language__unknown_ones__are_the_default),
        WITH_WORLD(mail_rules_fill__template_of_the_operator__comes_before_the_letter),
        WITH_WORLD(mail_rules_open__mistakes__are_named_with_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
