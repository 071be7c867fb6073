#include "accounting/domain/signed_approval.h"

#include <string.h>
#include <strings.h>

#include "base/auto.h"
#include "crypto/crypto.h"
#include "json/field.h"
#include "json/read.h"

DEFINE_AUTO(cJSON, cJSON_Delete);

static const int64_t second_us = 1000000;
static const int64_t seconds_max = INT64_C(1) << 40; /* so that it fits as microseconds */

void payment_said_write(const struct payment_said *said, struct str *out)
{
    str_add(out, "{\"payout_id\":");
    json_write_string(out, said->payout_id);
    str_add(out, ",\"chain\":");
    json_write_string(out, said->chain);
    str_add(out, ",\"contract\":");
    json_write_string(out, said->contract);
    str_add(out, ",\"to\":");
    json_write_string(out, said->to);
    str_add(out, ",\"units\":");
    json_write_string(out, said->units);
    str_add_char(out, '}');
}

static bool bad_form(struct err *err, const char *member)
{
    return err_set_key(err, ERR_INVALID, "admin.withdraw.invalid_approval",
                       "signed.%s: a JWS in general JSON form with one signature is needed",
                       member);
}

static bool read_part(const char *text, const char *member, cJSON **ret_root, struct err *err)
{
    AUTO(str_release) struct str json = STR_INIT(SIGNED_APPROVAL_CHARS_MAX);
    struct err why;
    if (!text || !base64url_read(text, strlen(text), &json) ||
        !json_read(str_data(&json), json.length, ret_root, &why) || !cJSON_IsObject(*ret_root))
        return bad_form(err, member);
    return true;
}

static bool is_base64url(const char *text)
{
    AUTO(str_release) struct str bytes = STR_INIT(SIGNED_APPROVAL_CHARS_MAX);
    return text && text[0] && base64url_read(text, strlen(text), &bytes);
}

/* Whose it says to be. */
static bool signature_read(const cJSON *root, char *ret_name, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *header = NULL;
    const cJSON *list = json_member(root, "signatures");
    const cJSON *one = cJSON_IsArray(list) ? list->child : NULL;
    const char *name = json_member_text(json_member(one, "header"), "kid");
    if (!one || one->next || !is_base64url(json_member_text(one, "signature")))
        return bad_form(err, "signatures");
    if (!read_part(json_member_text(one, "protected"), "signatures.protected", &header, err))
        return false;
    if (!json_member_text(header, "alg"))
        return bad_form(err, "signatures.protected.alg");
    if (!name || name[0] == '\0' || strlen(name) > SIGNED_APPROVAL_NAME_MAX)
        return bad_form(err, "signatures.header.kid");
    memcpy(ret_name, name, strlen(name) + 1);
    return true;
}

/* Hexadecimal digits are the same in either case; others are compared as they are. */
static bool is_same(const char *a, const char *b)
{
    bool is_hex = strncasecmp(a, "0x", 2) == 0;
    return is_hex ? strcasecmp(a, b) == 0 : strcmp(a, b) == 0;
}

static bool says(const cJSON *claims, const struct payment_said *said, struct err *err)
{
    const struct {
        const char *name, *wanted;
    } members[] = {{"payout_id", said->payout_id},
                   {"chain", said->chain},
                   {"contract", said->contract},
                   {"to", said->to},
                   {"units", said->units}};
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        const char *text = json_member_text(claims, members[i].name);
        if (!text)
            return bad_form(err, members[i].name);
        if (!is_same(text, members[i].wanted))
            return err_set_key(err, ERR_INVALID, "admin.withdraw.approval_differs",
                               "signed.%s: %.60s was signed, %.60s is paid", members[i].name, text,
                               members[i].wanted);
    }
    return true;
}

bool signed_approval_check(const char *document, const struct payment_said *said, int64_t now_us,
                           char ret_name[static SIGNED_APPROVAL_NAME_MAX + 1],
                           int64_t *ret_expires_us, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    AUTO_FREE(cJSON_Delete) cJSON *claims = NULL;
    int64_t issued_s, expires_s;
    struct err why;
    if (strlen(document) > SIGNED_APPROVAL_CHARS_MAX ||
        !json_read(document, strlen(document), &root, &why) || !cJSON_IsObject(root))
        return bad_form(err, "payload");
    if (!read_part(json_member_text(root, "payload"), "payload", &claims, err) ||
        !signature_read(root, ret_name, err) || !says(claims, said, err))
        return false;
    if (!json_member_i64(claims, "exp", &expires_s) || expires_s < 0 || expires_s > seconds_max)
        return bad_form(err, "exp");
    if (!json_member_i64(claims, "iat", &issued_s))
        return bad_form(err, "iat");
    if (!json_member_text(claims, "jti"))
        return bad_form(err, "jti");
    if (expires_s * second_us <= now_us)
        return err_set_key(err, ERR_INVALID, "admin.withdraw.approval_expired",
                           "signed.exp: the approval counts no more");
    *ret_expires_us = expires_s * second_us;
    return true;
}
