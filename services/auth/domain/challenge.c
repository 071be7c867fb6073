#include "auth/domain/challenge.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/random.h"
#include "crypto/crypto.h"

enum {
    PURPOSE_AT = 0,
    TIME_AT = 1,
    RANDOM_AT = 9,
    MAC_AT = 25,
    MAC_SIZE = 16,
    SECOND_US = 1000000
};

_Static_assert(MAC_AT + MAC_SIZE == CHALLENGE_BYTES, "the MAC is the end");

static void mac_of(const char *key, const char *holder, const uint8_t *bytes,
                   uint8_t ret_mac[static SHA256_SIZE])
{
    uint8_t holder_key[SHA256_SIZE];
    hmac_sha256(key, strlen(key), holder, strlen(holder), holder_key);
    hmac_sha256(holder_key, sizeof(holder_key), bytes, MAC_AT, ret_mac);
    bytes_wipe(holder_key, sizeof(holder_key));
}

void challenge_make(const char *key, enum challenge_purpose purpose, const char *holder,
                    int64_t now_us, char ret_text[static CHALLENGE_TEXT_SIZE])
{
    uint8_t bytes[CHALLENGE_BYTES], mac[SHA256_SIZE];
    AUTO(str_release) struct str text = STR_INIT(CHALLENGE_TEXT_SIZE);
    uint64_t time_s = (uint64_t)(now_us / SECOND_US);
    bytes[PURPOSE_AT] = (uint8_t)purpose;
    for (unsigned i = 0; i < 8; i++)
        bytes[TIME_AT + i] = (uint8_t)(time_s >> (56 - 8 * i));
    random_bytes(bytes + RANDOM_AT, MAC_AT - RANDOM_AT);
    mac_of(key, holder, bytes, mac);
    memcpy(bytes + MAC_AT, mac, MAC_SIZE);
    base64url_write(&text, bytes, sizeof(bytes));
    assert(text.length == CHALLENGE_TEXT_SIZE - 1);
    memcpy(ret_text, text.data, CHALLENGE_TEXT_SIZE);
}

bool challenge_check(const char *key, enum challenge_purpose purpose, const char *holder,
                     int64_t now_us, const char *text, struct err *err)
{
    AUTO(str_release) struct str decoded = STR_INIT(CHALLENGE_BYTES);
    uint8_t mac[SHA256_SIZE];
    if (strlen(text) != CHALLENGE_TEXT_SIZE - 1 || !base64url_read(text, strlen(text), &decoded) ||
        decoded.length != CHALLENGE_BYTES)
        return err_set(err, ERR_INVALID, "no challenge of ours");
    const uint8_t *bytes = (const uint8_t *)decoded.data;
    mac_of(key, holder, bytes, mac);
    if (!bytes_equal(mac, bytes + MAC_AT, MAC_SIZE))
        return err_set(err, ERR_INVALID, "no challenge of ours for this holder");
    if (bytes[PURPOSE_AT] != (uint8_t)purpose)
        return err_set(err, ERR_INVALID, "a challenge for something else");
    uint64_t time_s = 0;
    for (unsigned i = 0; i < 8; i++)
        time_s = time_s << 8 | bytes[TIME_AT + i];
    int64_t age_s = now_us / SECOND_US - (int64_t)time_s;
    /* Processes' clocks may differ a little: one from the near future is fine. */
    if (age_s > CHALLENGE_LIFE_S || age_s < -CHALLENGE_LIFE_S)
        return err_set(err, ERR_INVALID, "a challenge that is %lld seconds old", (long long)age_s);
    return true;
}

void challenge_id(const char *text, char ret_id[static CHALLENGE_ID_SIZE])
{
    uint8_t hash[SHA256_SIZE];
    sha256(text, strlen(text), hash);
    for (size_t i = 0; i < SHA256_SIZE; i++)
        snprintf(ret_id + 2 * i, 3, "%02x", hash[i]);
}
