/*
 * What browsers and authenticators send. The first byte says which door is tried:
 *   'c'  CBOR; what is taken is walked, and each key of a map is found again
 *   'o'  an attestation object, under client data that fit; what is taken has a key of ours
 *   'd'  client data, with an attestation that is broken; never taken
 *   'k'  a COSE key
 *   'a'  authenticator data to sign in with; nobody but us has the key, so none may be taken
 */
#include <string.h>

#include "base/auto.h"
#include "crypto/crypto.h"
#include "webauthn/webauthn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const origins[] = {"https://example.com", NULL};
static const struct webauthn_party party = {.id = "example.com", .origins = origins};
static const char challenge[] = "Y2hhbGxlbmdlIG9mIDE2IGJ5dGVz";
static const char create_data[] = "{\"type\":\"webauthn.create\",\"challenge\":"
                                  "\"Y2hhbGxlbmdlIG9mIDE2IGJ5dGVz\",\"origin\":"
                                  "\"https://example.com\",\"crossOrigin\":false}";
static const char get_data[] = "{\"type\":\"webauthn.get\",\"challenge\":"
                               "\"Y2hhbGxlbmdlIG9mIDE2IGJ5dGVz\",\"origin\":"
                               "\"https://example.com\",\"crossOrigin\":false}";
/* {1: 1, 3: -8, -1: 6, -2: the public key of RFC 8032's first test} */
static const uint8_t key[] = {0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20, 0xd7,
                              0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3,
                              0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23,
                              0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};

static struct cbor text_of(const char *text)
{
    return (struct cbor){(const uint8_t *)text, strlen(text)};
}

/* Every item lies within the value; depth and number of items are bounded by cbor_check(). */
static struct cbor walk(struct cbor value)
{
    struct cbor_item item = cbor_item(value), found;
    struct cbor rest = item.content;
    bool is_map = item.kind == CBOR_MAP;
    assert(item.content.bytes + item.content.length <= value.bytes + value.length);
    if (item.kind == CBOR_BYTES || item.kind == CBOR_TEXT)
        return (struct cbor){item.content.bytes + item.content.length,
                             (size_t)(value.bytes + value.length - item.content.bytes) -
                                 item.content.length};
    if (item.kind != CBOR_ARRAY && !is_map)
        return rest;
    for (uint64_t i = 0; i < item.number; i++) {
        struct cbor_item name = cbor_item(rest);
        int64_t number;
        rest = walk(rest);
        if (is_map && cbor_to_i64(&name, &number)) {
            bool is_there = cbor_find_number(value, number, &found);
            assert(is_there && found.whole.bytes == rest.bytes);
        }
        if (is_map)
            rest = walk(rest);
    }
    return rest;
}

static void try_cbor(struct cbor value)
{
    size_t length;
    if (!cbor_check(value, &length))
        return;
    assert(length <= value.length);
    value.length = length;
    struct cbor rest = walk(value);
    assert(rest.length == 0);
}

static void try_register(struct cbor client_data, struct cbor object, bool may_be_good)
{
    static struct webauthn_credential credential;
    struct webauthn_registration registration = {
        .challenge = challenge, .client_data = client_data, .attestation_object = object};
    struct err err;
    int64_t algorithm;
    if (!webauthn_register(&party, &registration, &credential, &err)) {
        assert(err.code == ERR_INVALID);
        return;
    }
    assert(may_be_good);
    assert(credential.id_length > 0 && credential.id_length <= WEBAUTHN_ID_BYTES_MAX);
    struct cbor made = {credential.key, credential.key_length};
    bool is_key = webauthn_key_check(made, &algorithm, &err);
    assert(is_key && algorithm == credential.algorithm);
}

static void try_assert(struct cbor data)
{
    static struct webauthn_credential credential;
    struct webauthn_use use;
    struct err err;
    uint8_t signature[64] = {1};
    credential.key_length = sizeof(key);
    memcpy(credential.key, key, sizeof(key));
    struct webauthn_assertion assertion = {.challenge = challenge,
                                           .client_data = text_of(get_data),
                                           .authenticator_data = data,
                                           .signature = {signature, sizeof(signature)}};
    if (data.length > 64)
        assertion.signature = (struct cbor){data.bytes + data.length - 64, 64};
    bool is_good = webauthn_assert(&party, &assertion, &credential, &use, &err);
    assert(!is_good && err.code == ERR_INVALID);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct cbor rest = {data + 1, size - 1};
    struct err err;
    int64_t algorithm;
    size_t length;
    if (data[0] == 'c')
        try_cbor(rest);
    else if (data[0] == 'o')
        try_register(text_of(create_data), rest, true);
    else if (data[0] == 'd')
        try_register(rest, (struct cbor){key, sizeof(key)}, false);
    else if (data[0] == 'a')
        try_assert(rest);
    else if (data[0] == 'k' && cbor_check(rest, &length))
        (void)!webauthn_key_check(rest, &algorithm, &err);
    return 0;
}
