#include "webauthn/webauthn.h"

#include <string.h>

#include "base/auto.h"
#include "crypto/crypto.h"
#include "json/read.h"

enum {
    FLAG_USER_PRESENT = 1,
    FLAG_USER_VERIFIED = 4,
    FLAG_BACKUP_ELIGIBLE = 8,
    FLAG_BACKED_UP = 16,
    FLAG_CREDENTIAL = 64,
    FLAG_EXTENSIONS = 128,
    HEAD_BYTES = SHA256_SIZE + 1 + 4, /* hash of our id, flags, counter */
    CERTIFICATES_MAX = 8
};

DEFINE_AUTO(cJSON, cJSON_Delete);

struct authenticator_data {
    unsigned flags;
    uint32_t sign_count;
    const uint8_t *aaguid;
    struct cbor id, key;
};

/* ---- what the browser says ---- */

static bool has_origin(const struct webauthn_party *party, const char *origin)
{
    for (const char *const *one = party->origins; *one; one++)
        if (strcmp(*one, origin) == 0)
            return true;
    return false;
}

static bool client_data_check(const struct webauthn_party *party, const char *type,
                              const char *challenge, struct cbor json, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    if (json.length > WEBAUTHN_CLIENT_DATA_BYTES_MAX ||
        !json_read((const char *)json.bytes, json.length, &root, err))
        return err_set(err, ERR_INVALID, "webauthn: the client data are no JSON");
    const char *said_type = json_member_text(root, "type");
    const char *said_challenge = json_member_text(root, "challenge");
    const char *origin = json_member_text(root, "origin");
    if (!said_type || strcmp(said_type, type) != 0)
        return err_set(err, ERR_INVALID, "webauthn: type %.40s, not %s", said_type ? said_type : "",
                       type);
    size_t length = strlen(challenge);
    if (!said_challenge || strlen(said_challenge) != length ||
        !bytes_equal(said_challenge, challenge, length))
        return err_set(err, ERR_INVALID, "webauthn: another challenge");
    if (!origin || !has_origin(party, origin))
        return err_set(err, ERR_INVALID, "webauthn: origin %.80s is not ours",
                       origin ? origin : "");
    /* In a frame of another site: we never ask there. */
    const cJSON *cross = json_member(root, "crossOrigin");
    if (cross && !cJSON_IsFalse(cross))
        return err_set(err, ERR_INVALID, "webauthn: asked from another site");
    return true;
}

/* ---- what the authenticator says ---- */

/* AAGUID, length and bytes of the id, the key. */
static bool credential_read(struct cbor *rest, struct authenticator_data *data, struct err *err)
{
    size_t key_length;
    if (rest->length < WEBAUTHN_AAGUID_SIZE + 2)
        return err_set(err, ERR_INVALID, "webauthn: a credential that is cut short");
    data->aaguid = rest->bytes;
    size_t id_length =
        (size_t)rest->bytes[WEBAUTHN_AAGUID_SIZE] << 8 | rest->bytes[WEBAUTHN_AAGUID_SIZE + 1];
    rest->bytes += WEBAUTHN_AAGUID_SIZE + 2;
    rest->length -= WEBAUTHN_AAGUID_SIZE + 2;
    if (id_length == 0 || id_length > WEBAUTHN_ID_BYTES_MAX || id_length > rest->length)
        return err_set(err, ERR_INVALID, "webauthn: an id of %zu bytes", id_length);
    data->id = (struct cbor){rest->bytes, id_length};
    rest->bytes += id_length;
    rest->length -= id_length;
    if (!cbor_check(*rest, &key_length) || key_length > WEBAUTHN_KEY_BYTES_MAX)
        return err_set(err, ERR_INVALID, "webauthn: the key is no CBOR of ours");
    data->key = (struct cbor){rest->bytes, key_length};
    rest->bytes += key_length;
    rest->length -= key_length;
    return true;
}

static bool flags_check(unsigned flags, struct err *err)
{
    if (!(flags & FLAG_USER_PRESENT) || !(flags & FLAG_USER_VERIFIED))
        return err_set(err, ERR_INVALID, "webauthn: the user was not %s",
                       flags & FLAG_USER_PRESENT ? "verified" : "there");
    if ((flags & FLAG_BACKED_UP) && !(flags & FLAG_BACKUP_ELIGIBLE))
        return err_set(err, ERR_INVALID, "webauthn: backed up, but can't be");
    return true;
}

static bool authenticator_data_read(const struct webauthn_party *party, struct cbor bytes,
                                    struct authenticator_data *ret_data, struct err *err)
{
    struct authenticator_data data = {0};
    uint8_t party_hash[SHA256_SIZE];
    if (bytes.length < HEAD_BYTES)
        return err_set(err, ERR_INVALID, "webauthn: authenticator data of %zu bytes", bytes.length);
    sha256(party->id, strlen(party->id), party_hash);
    if (!bytes_equal(party_hash, bytes.bytes, SHA256_SIZE))
        return err_set(err, ERR_INVALID, "webauthn: signed for another site");
    const uint8_t *at = bytes.bytes + SHA256_SIZE;
    data.flags = at[0];
    data.sign_count =
        (uint32_t)at[1] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 8 | (uint32_t)at[4];
    if (!flags_check(data.flags, err))
        return false;
    struct cbor rest = {bytes.bytes + HEAD_BYTES, bytes.length - HEAD_BYTES};
    if ((data.flags & FLAG_CREDENTIAL) && !credential_read(&rest, &data, err))
        return false;
    if (data.flags & FLAG_EXTENSIONS) {
        size_t length;
        if (!cbor_check(rest, &length) || cbor_item(rest).kind != CBOR_MAP)
            return err_set(err, ERR_INVALID, "webauthn: the extensions are no map");
        rest.length -= length;
    }
    if (rest.length != 0)
        return err_set(err, ERR_INVALID, "webauthn: %zu bytes too many", rest.length);
    *ret_data = data;
    return true;
}

/* ---- attestation ---- */

/* [certificate, ...]: the first one signed. The others are looked at for their kind only. */
static bool certificate_first(const struct cbor_item *list, struct cbor *ret_first)
{
    struct cbor rest = list->content;
    if (list->kind != CBOR_ARRAY || list->number == 0 || list->number > CERTIFICATES_MAX)
        return false;
    for (uint64_t i = 0; i < list->number; i++) {
        struct cbor_item item = cbor_item(rest);
        if (item.kind != CBOR_BYTES)
            return false;
        if (i == 0)
            *ret_first = item.content;
        rest.length -= (size_t)(item.content.bytes + item.content.length - rest.bytes);
        rest.bytes = item.content.bytes + item.content.length;
    }
    return true;
}

static bool packed_check(struct cbor statement, struct cbor data, struct cbor client_hash,
                         struct cbor key, int64_t key_algorithm, struct err *err)
{
    struct cbor_item item;
    struct cbor certificate;
    int64_t algorithm;
    if (!cbor_find_text(statement, "alg", &item) || !cbor_to_i64(&item, &algorithm) ||
        !cbor_find_text(statement, "sig", &item) || item.kind != CBOR_BYTES)
        return err_set(err, ERR_INVALID, "webauthn: a packed attestation without signature");
    struct cbor signature = item.content;
    if (!cbor_find_text(statement, "x5c", &item)) {
        if (algorithm != key_algorithm)
            return err_set(err, ERR_INVALID, "webauthn: attested by another algorithm");
        return webauthn_key_verify(key, data, client_hash, signature, err);
    }
    if (!certificate_first(&item, &certificate))
        return err_set(err, ERR_INVALID, "webauthn: the list of certificates is broken");
    return webauthn_certificate_verify(certificate, algorithm, data, client_hash, signature, err);
}

/* {"fmt": text, "attStmt": map, "authData": bytes} */
static bool attestation_read(struct cbor object, struct cbor_item *ret_format,
                             struct cbor *ret_statement, struct cbor *ret_data, struct err *err)
{
    struct cbor_item statement, data;
    size_t length;
    if (object.length > WEBAUTHN_OBJECT_BYTES_MAX || !cbor_check(object, &length) ||
        length != object.length)
        return err_set(err, ERR_INVALID, "webauthn: the attestation is no CBOR of ours");
    if (!cbor_find_text(object, "fmt", ret_format) || ret_format->kind != CBOR_TEXT ||
        !cbor_find_text(object, "attStmt", &statement) || statement.kind != CBOR_MAP ||
        !cbor_find_text(object, "authData", &data) || data.kind != CBOR_BYTES)
        return err_set(err, ERR_INVALID, "webauthn: the attestation misses a part");
    *ret_data = data.content;
    *ret_statement = statement.whole;
    return true;
}

bool webauthn_register(const struct webauthn_party *party,
                       const struct webauthn_registration *registration,
                       struct webauthn_credential *ret_credential, struct err *err)
{
    struct authenticator_data data;
    struct cbor_item format;
    struct cbor statement, bytes;
    uint8_t client_hash[SHA256_SIZE];
    int64_t algorithm;
    if (!client_data_check(party, "webauthn.create", registration->challenge,
                           registration->client_data, err) ||
        !attestation_read(registration->attestation_object, &format, &statement, &bytes, err) ||
        !authenticator_data_read(party, bytes, &data, err))
        return false;
    if (!data.aaguid)
        return err_set(err, ERR_INVALID, "webauthn: no credential in the answer");
    if (!webauthn_key_check(data.key, &algorithm, err))
        return false;
    sha256(registration->client_data.bytes, registration->client_data.length, client_hash);
    struct cbor hash = {client_hash, sizeof(client_hash)};
    if (cbor_is_text(&format, "packed")) {
        if (!packed_check(statement, bytes, hash, data.key, algorithm, err))
            return false;
    } else if (!cbor_is_text(&format, "none") || cbor_item(statement).number != 0) {
        return err_set(err, ERR_INVALID,
                       "webauthn: an attestation of a kind that we did not ask for");
    }
    struct webauthn_credential *credential = ret_credential;
    *credential =
        (struct webauthn_credential){.id_length = data.id.length,
                                     .key_length = data.key.length,
                                     .algorithm = algorithm,
                                     .sign_count = data.sign_count,
                                     .may_be_backed_up = (data.flags & FLAG_BACKUP_ELIGIBLE) != 0,
                                     .is_backed_up = (data.flags & FLAG_BACKED_UP) != 0};
    memcpy(credential->id, data.id.bytes, data.id.length);
    memcpy(credential->key, data.key.bytes, data.key.length);
    memcpy(credential->aaguid, data.aaguid, WEBAUTHN_AAGUID_SIZE);
    return true;
}

bool webauthn_assert(const struct webauthn_party *party, const struct webauthn_assertion *assertion,
                     const struct webauthn_credential *credential, struct webauthn_use *ret_use,
                     struct err *err)
{
    struct authenticator_data data;
    uint8_t client_hash[SHA256_SIZE];
    struct cbor key = {credential->key, credential->key_length};
    size_t length;
    if (!client_data_check(party, "webauthn.get", assertion->challenge, assertion->client_data,
                           err) ||
        !authenticator_data_read(party, assertion->authenticator_data, &data, err))
        return false;
    if (!cbor_check(key, &length) || length != key.length)
        return err_set(err, ERR_INTERNAL, "webauthn: a stored key is damaged");
    sha256(assertion->client_data.bytes, assertion->client_data.length, client_hash);
    struct cbor hash = {client_hash, sizeof(client_hash)};
    if (!webauthn_key_verify(key, assertion->authenticator_data, hash, assertion->signature, err))
        return false;
    /* That it may be on several devices is settled when it is made. */
    if (((data.flags & FLAG_BACKUP_ELIGIBLE) != 0) != credential->may_be_backed_up)
        return err_set(err, ERR_INVALID, "webauthn: another kind of credential than the one kept");
    bool counts = data.sign_count != 0 || credential->sign_count != 0;
    *ret_use = (struct webauthn_use){.sign_count = data.sign_count,
                                     .is_backed_up = (data.flags & FLAG_BACKED_UP) != 0,
                                     .has_count_regressed =
                                         counts && data.sign_count <= credential->sign_count};
    return true;
}
