#include "auth/domain/passkey.h"

#include <string.h>

#include "base/auto.h"
#include "base/utf8.h"
#include "crypto/crypto.h"
#include "json/field.h"
#include "json/read.h"

enum { TIMEOUT_MS = 300000, TRANSPORTS_MAX = 8 };

DEFINE_AUTO(cJSON, cJSON_Delete);

/* ---- what we ask ---- */

static void add_ids(struct str *out, const struct cbor *ids, size_t count)
{
    str_add_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        str_add(out, i > 0 ? ",{\"type\":\"public-key\",\"id\":\""
                           : "{\"type\":\"public-key\",\"id\":\"");
        base64url_write(out, ids[i].bytes, ids[i].length);
        str_add(out, "\"}");
    }
    str_add_char(out, ']');
}

void passkey_creation_write(struct str *out, const struct passkey_creation *creation)
{
    static const int algorithms[] = {WEBAUTHN_ES256, WEBAUTHN_EDDSA, WEBAUTHN_RS256};
    str_add(out, "{\"rp\":{\"id\":");
    json_write_string(out, creation->party_id);
    str_add(out, ",\"name\":");
    json_write_string(out, creation->party_name);
    str_add(out, "},\"user\":{\"id\":\"");
    base64url_write(out, creation->handle, PASSKEY_HANDLE_SIZE);
    str_add(out, "\",\"name\":");
    json_write_string(out, creation->user_name);
    str_add(out, ",\"displayName\":");
    json_write_string(out, creation->user_name);
    str_add(out, "},\"challenge\":");
    json_write_string(out, creation->challenge);
    str_add(out, ",\"pubKeyCredParams\":[");
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++)
        str_add_format(out, "%s{\"type\":\"public-key\",\"alg\":%d}", i > 0 ? "," : "",
                       algorithms[i]);
    str_add_format(out, "],\"timeout\":%d,\"excludeCredentials\":", TIMEOUT_MS);
    add_ids(out, creation->exclude, creation->exclude_count);
    str_add(out, ",\"authenticatorSelection\":{\"residentKey\":\"required\","
                 "\"requireResidentKey\":true,\"userVerification\":\"required\"},"
                 "\"attestation\":\"none\"}");
}

void passkey_request_write(struct str *out, const struct passkey_request *request)
{
    str_add(out, "{\"challenge\":");
    json_write_string(out, request->challenge);
    str_add_format(out, ",\"timeout\":%d,\"rpId\":", TIMEOUT_MS);
    json_write_string(out, request->party_id);
    str_add(out, ",\"allowCredentials\":");
    add_ids(out, request->allow, request->allow_count);
    str_add(out, ",\"userVerification\":\"required\"}");
}

/* ---- what the browser answers ---- */

/* Reads base64url into the arena. Absent: length 0 unless `is_required`. */
static bool bytes_read(struct arena *arena, const cJSON *object, const char *name, bool is_required,
                       struct cbor *ret_bytes, struct err *err)
{
    const char *text = json_member_text(object, name);
    AUTO(str_release) struct str decoded = STR_INIT(WEBAUTHN_OBJECT_BYTES_MAX);
    if (!text && !is_required) {
        *ret_bytes = (struct cbor){.length = 0};
        return true;
    }
    if (!text || !base64url_read(text, strlen(text), &decoded) || decoded.length == 0)
        return err_set(err, ERR_INVALID, "passkey: %s is no base64url", name);
    uint8_t *bytes = arena_alloc(arena, decoded.length);
    if (!bytes)
        return err_set(err, ERR_BUSY, "no memory for a passkey");
    memcpy(bytes, decoded.data, decoded.length);
    *ret_bytes = (struct cbor){bytes, decoded.length};
    return true;
}

/* The challenge is looked at first, so it is read before the rest is judged. */
static bool challenge_read(struct passkey_answer *answer, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    if (answer->client_data.length > WEBAUTHN_CLIENT_DATA_BYTES_MAX ||
        !json_read((const char *)answer->client_data.bytes, answer->client_data.length, &root, err))
        return err_set(err, ERR_INVALID, "passkey: the client data are no JSON");
    const char *challenge = json_member_text(root, "challenge");
    if (!challenge || strlen(challenge) >= sizeof(answer->challenge))
        return err_set(err, ERR_INVALID, "passkey: no challenge");
    memcpy(answer->challenge, challenge, strlen(challenge) + 1);
    return true;
}

/* Words that we don't know are left out: they are hints for the browser. */
static void transports_read(const cJSON *response, char ret_text[static PASSKEY_TRANSPORTS_SIZE])
{
    static const char *const known[] = {"usb", "nfc", "ble", "smart-card", "hybrid", "internal"};
    const cJSON *item;
    size_t length = 0, count = 0;
    ret_text[0] = '\0';
    cJSON_ArrayForEach(item, json_member(response, "transports"))
    {
        if (!cJSON_IsString(item) || ++count > TRANSPORTS_MAX)
            continue;
        for (size_t i = 0; i < ARRAY_LEN(known); i++) {
            if (strcmp(item->valuestring, known[i]) != 0 || strstr(ret_text, known[i]))
                continue;
            length += (size_t)snprintf(ret_text + length, PASSKEY_TRANSPORTS_SIZE - length, "%s%s",
                                       length > 0 ? " " : "", known[i]);
            assert(length < PASSKEY_TRANSPORTS_SIZE);
        }
    }
}

static bool answer_begin(struct arena *arena, const char *json, cJSON **ret_root,
                         const cJSON **ret_response, struct passkey_answer *answer, struct err *err)
{
    if (strlen(json) > PASSKEY_JSON_BYTES_MAX || !json_read(json, strlen(json), ret_root, err))
        return err_set(err, ERR_INVALID, "passkey: the credential is no JSON");
    const char *type = json_member_text(*ret_root, "type");
    const cJSON *response = json_member(*ret_root, "response");
    if (!type || strcmp(type, "public-key") != 0 || !cJSON_IsObject(response))
        return err_set(err, ERR_INVALID, "passkey: no public-key credential");
    *ret_response = response;
    return bytes_read(arena, *ret_root, "id", true, &answer->id, err) &&
           bytes_read(arena, response, "clientDataJSON", true, &answer->client_data, err) &&
           challenge_read(answer, err);
}

bool passkey_registration_read(struct arena *arena, const char *json,
                               struct passkey_answer *ret_answer, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct passkey_answer answer = {.transports = ""};
    const cJSON *response;
    if (!answer_begin(arena, json, &root, &response, &answer, err) ||
        !bytes_read(arena, response, "attestationObject", true, &answer.attestation_object, err))
        return false;
    transports_read(response, answer.transports);
    *ret_answer = answer;
    return true;
}

bool passkey_assertion_read(struct arena *arena, const char *json,
                            struct passkey_answer *ret_answer, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct passkey_answer answer = {.transports = ""};
    const cJSON *response;
    if (!answer_begin(arena, json, &root, &response, &answer, err) ||
        !bytes_read(arena, response, "authenticatorData", true, &answer.authenticator_data, err) ||
        !bytes_read(arena, response, "signature", true, &answer.signature, err) ||
        !bytes_read(arena, response, "userHandle", false, &answer.handle, err))
        return false;
    *ret_answer = answer;
    return true;
}

bool passkey_name_read(const char *text, char ret_name[static PASSKEY_NAME_MAX + 1])
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    if (length == 0 || length > PASSKEY_NAME_MAX || !utf8_is_valid(text, length))
        return false;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return false;
    memcpy(ret_name, text, length);
    ret_name[length] = '\0';
    return true;
}
