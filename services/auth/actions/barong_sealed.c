/* The sealed tables of a Barong dump: opened with Barong's keys, sealed again with ours. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "auth/actions/barong_rows.h"
#include "auth/state/config.h"
#include "auth/store/api_keys.h"
#include "auth/store/documents.h"
#include "auth/store/phones.h"
#include "auth/store/profiles.h"
#include "base/auto.h"
#include "crypto/crypto.h"

static bool leave_out(struct import *import)
{
    import->counts.left_out++;
    return true;
}

static bool opens_columns(const struct import *import)
{
    return import->keys.secret[0] != '\0' && secret_store_is_ready(import->call->app->secrets);
}

/* The clear text in the arena; *ret_text NULL: the column is. */
static bool unseal(struct import *import, const struct dump_row *row, const char *column,
                   const char **ret_text, struct err *err)
{
    AUTO(str_wipe) struct str clear = STR_INIT(BARONG_SEALED_MAX);
    const char *sealed = dump_text(row, column);
    *ret_text = NULL;
    if (!sealed)
        return true;
    if (!barong_unseal(&import->keys, sealed, &clear, err))
        return err_wrap(err, "%s.%s", row->table, column);
    *ret_text = arena_strdup(import->call->arena, str_data(&clear));
    return *ret_text || err_set(err, ERR_BUSY, "no memory for a row");
}

bool barong_take_profile(struct import *import, const struct dump_row *row, uint64_t user_id,
                         struct err *err)
{
    struct call *call = import->call;
    uint64_t state = dump_number(row, "state");
    int64_t now_us = dump_time(import, row, "created_at");
    struct profile profile = {.user_id = user_id,
                              .author = dump_text(row, "author"),
                              .applicant_id = dump_text(row, "applicant_id"),
                              .postcode = dump_text(row, "postcode"),
                              .city = dump_text(row, "city"),
                              .country = dump_text(row, "country"),
                              .metadata = dump_text(row, "metadata")};
    static const enum profile_state states[] = {[0] = PROFILE_DRAFTED,
                                                [1] = PROFILE_SUBMITTED,
                                                [3] = PROFILE_VERIFIED,
                                                [4] = PROFILE_REJECTED};
    if (!opens_columns(import))
        return leave_out(import);
    if (state >= ARRAY_LEN(states) || state == 2)
        return dump_refuse(row, err, "state");
    profile.state = states[state];
    if (!unseal(import, row, "first_name_encrypted", &profile.first_name, err) ||
        !unseal(import, row, "last_name_encrypted", &profile.last_name, err) ||
        !unseal(import, row, "dob_encrypted", &profile.dob, err) ||
        !unseal(import, row, "address_encrypted", &profile.address, err))
        return false;
    import->counts.profiles++;
    return profiles_insert(call->db, call->app->secrets, call->arena, &profile, now_us, err);
}

bool barong_take_phone(struct import *import, const struct dump_row *row, uint64_t user_id,
                       struct err *err)
{
    struct call *call = import->call;
    struct phone phone = {.user_id = user_id};
    struct phone_number number;
    const char *clear;
    if (!opens_columns(import))
        return leave_out(import);
    if (!unseal(import, row, "number_encrypted", &clear, err))
        return false;
    if (!clear || !phone_parse(clear, &number))
        return dump_refuse(row, err, "no telephone number");
    memcpy(phone.number, number.digits, sizeof(phone.number));
    memcpy(phone.country, number.country, sizeof(phone.country));
    if (dump_text(row, "validated_at"))
        phone.validated_at = dump_time(import, row, "validated_at");
    import->counts.phones++;
    return phones_insert(call->db, call->app->secrets, call->arena, &phone,
                         dump_time(import, row, "created_at"), err);
}

/* ---- documents ---- */

/* Barong's file is uploads/document/upload/ID/NAME of its bucket. Ours has no name of a client: the
 * operator copies it (deploy/docs/operations-auth.md). False: a kind of file that is not shown here. */
static bool upload_key(const struct dump_row *row, char ret_key[static DOCUMENT_UPLOAD_SIZE])
{
    static const struct {
        const char *extension;
        enum upload_kind kind;
    } kinds[] = {
        {"jpg", UPLOAD_JPEG}, {"jpeg", UPLOAD_JPEG}, {"png", UPLOAD_PNG}, {"pdf", UPLOAD_PDF}};
    const char *name = dump_text(row, "upload");
    const char *dot = name ? strrchr(name, '.') : NULL;
    for (size_t i = 0; dot && i < ARRAY_LEN(kinds); i++)
        if (strcasecmp(dot + 1, kinds[i].extension) == 0) {
            snprintf(ret_key, DOCUMENT_UPLOAD_SIZE, "documents/barong/%llu.%s",
                     (unsigned long long)dump_number(row, "id"), upload_extension(kinds[i].kind));
            return true;
        }
    return false;
}

static bool date_read(const struct dump_row *row, const char *column,
                      char ret_date[static DATE_SIZE])
{
    const char *text = dump_text(row, column);
    return !text || date_parse(text, ret_date);
}

static bool is_category(const char *text)
{
    return !text || strcmp(text, "front_side") == 0 || strcmp(text, "back_side") == 0 ||
           strcmp(text, "selfie") == 0;
}

bool barong_take_document(struct import *import, const struct dump_row *row, uint64_t user_id,
                          struct err *err)
{
    struct call *call = import->call;
    struct document document = {.user_id = user_id,
                                .doc_type = dump_text(row, "doc_type"),
                                .doc_category = dump_text(row, "doc_category"),
                                .identificator = dump_text(row, "identificator"),
                                .metadata = dump_text(row, "metadata")};
    char together[DOCUMENT_UPLOAD_SIZE];
    if (!opens_columns(import) || !upload_key(row, document.upload))
        return leave_out(import);
    if (!document.doc_type || !is_category(document.doc_category))
        return dump_refuse(row, err, "doc_type or doc_category");
    if (!date_read(row, "doc_expire", document.doc_expire) ||
        !date_read(row, "doc_issue", document.doc_issue))
        return dump_refuse(row, err, "doc_expire or doc_issue is no day");
    if (!unseal(import, row, "doc_number_encrypted", &document.doc_number, err))
        return false;
    if (!document.identificator || document.identificator[0] == '\0') {
        snprintf(together, sizeof(together), "barong-%llu",
                 (unsigned long long)dump_number(row, "id"));
        document.identificator = together;
    }
    import->counts.documents++;
    return documents_insert(call->db, call->app->secrets, call->arena, &document,
                            dump_time(import, row, "created_at"), err);
}

/* ---- API keys ---- */

static bool is_hex(const char *text, size_t length)
{
    return text && strlen(text) == length && strspn(text, "0123456789abcdef") == length;
}

/* Barong keeps the list as YAML ("---\n- trade\n- read\n"); ours has commas. */
static const char *scope_of(struct arena *arena, const char *yaml)
{
    char *scope = arena_alloc(arena, API_KEY_SCOPE_MAX + 1);
    size_t length = 0;
    while (scope && yaml && *yaml) {
        size_t word = strcspn(yaml, "\n, ");
        bool is_word = word > 0 && isalnum((unsigned char)*yaml);
        if (is_word && length + word + 1 > API_KEY_SCOPE_MAX)
            return NULL;
        if (is_word && length > 0)
            scope[length++] = ',';
        if (is_word)
            memcpy(scope + length, yaml, word);
        length += is_word ? word : 0;
        yaml += word + (yaml[word] != '\0');
    }
    return scope;
}

bool barong_take_api_key(struct import *import, const struct dump_row *row,
                         struct key_holder holder, struct err *err)
{
    AUTO(str_wipe) struct str secret = STR_INIT(API_KEY_SECRET_SIZE);
    struct call *call = import->call;
    struct secret_store *secrets = call->app->secrets;
    const char *sealed = dump_text(row, "secret_encrypted");
    struct api_key key = {.user_id = holder.user_id,
                          .service_account_id = holder.service_account_id,
                          .algorithm = "HS256"};
    char name[128];
    if (!secret_opens_foreign(secrets))
        return leave_out(import);
    const char *algorithm = dump_text(row, "algorithm"), *kid = dump_text(row, "kid");
    if (!is_hex(kid, API_KEY_KID_SIZE - 1) || !algorithm || strcmp(algorithm, "HS256") != 0 ||
        !dump_copy(key.state, sizeof(key.state), dump_text(row, "state")) || !sealed)
        return dump_refuse(row, err, "kid, algorithm, state or secret");
    memcpy(key.kid, kid, sizeof(key.kid));
    snprintf(name, sizeof(name), "%.100s_apikeys_secret", call->app->config->barong_vault_app_name);
    if (!secret_unseal_foreign(secrets, name, sealed, &secret, err))
        return err_wrap(err, "apikeys.secret_encrypted");
    if (!is_hex(str_data(&secret), API_KEY_SECRET_SIZE - 1))
        return dump_refuse(row, err, "its secret is not one of Barong's");
    key.scope = scope_of(call->arena, dump_text(row, "scope"));
    if (!key.scope)
        return dump_refuse(row, err, "scope is too long");
    import->counts.api_keys++;
    import->counts.dead_keys += api_key_scopes(key.scope) == 0;
    return api_keys_insert(call->db, secrets, call->arena, &key, str_data(&secret),
                           dump_time(import, row, "created_at"), err);
}
