#include "crypto/keyring.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "crypto/crypto.h"

enum { VERSION_MAX = 1000000, VERSION_DIGITS_MAX = 7 };

struct keyring {
    uint8_t index_key[AEAD_KEY_SIZE];
    unsigned count; /* versions go up; the last one seals */
    unsigned versions[KEYRING_KEYS_MAX];
    uint8_t keys[KEYRING_KEYS_MAX][AEAD_KEY_SIZE];
};

static const char prefix[] = "s1.";

struct keyring *keyring_new(void)
{
    struct keyring *ring = calloc(1, sizeof(*ring));
    if (!ring)
        return NULL;
    random_bytes(ring->index_key, sizeof(ring->index_key));
    random_bytes(ring->keys[0], AEAD_KEY_SIZE);
    ring->versions[0] = 1;
    ring->count = 1;
    return ring;
}

void keyring_free(struct keyring *ring)
{
    if (!ring)
        return;
    bytes_wipe(ring, sizeof(*ring));
    free(ring);
}

bool keyring_rotate(struct keyring *ring, struct err *err)
{
    if (ring->count == KEYRING_KEYS_MAX)
        return err_set(err, ERR_INVALID, "keyring: %d keys are all that it holds",
                       KEYRING_KEYS_MAX);
    unsigned version = keyring_version(ring) + 1;
    random_bytes(ring->keys[ring->count], AEAD_KEY_SIZE);
    ring->versions[ring->count++] = version;
    return true;
}

unsigned keyring_version(const struct keyring *ring)
{
    assert(ring->count > 0);
    return ring->versions[ring->count - 1];
}

/* ---- as text ---- */

static void add_line(struct str *out, const char *name, const uint8_t key[static AEAD_KEY_SIZE])
{
    str_add(out, name);
    str_add_char(out, ' ');
    base64url_write(out, key, AEAD_KEY_SIZE);
    str_add_char(out, '\n');
}

void keyring_format(const struct keyring *ring, struct str *out)
{
    add_line(out, "index", ring->index_key);
    for (unsigned i = 0; i < ring->count; i++) {
        char version[16];
        snprintf(version, sizeof(version), "%u", ring->versions[i]);
        add_line(out, version, ring->keys[i]);
    }
}

static bool version_parse(const char *text, size_t length, unsigned *ret_version)
{
    char digits[VERSION_DIGITS_MAX + 1];
    uint64_t number;
    if (length == 0 || length > VERSION_DIGITS_MAX || text[0] < '1' || text[0] > '9')
        return false;
    memcpy(digits, text, length);
    digits[length] = '\0';
    if (!str_to_u64(digits, &number) || number > VERSION_MAX)
        return false;
    *ret_version = (unsigned)number;
    return true;
}

static bool key_parse(const char *text, size_t length, uint8_t ret_key[static AEAD_KEY_SIZE])
{
    AUTO(str_wipe) struct str key = STR_INIT(AEAD_KEY_SIZE);
    if (!base64url_read(text, length, &key) || key.length != AEAD_KEY_SIZE)
        return false;
    memcpy(ret_key, key.data, AEAD_KEY_SIZE);
    return true;
}

/* "NAME KEY" without the line's end. */
static bool line_parse(struct keyring *ring, const char *line, size_t length, bool *has_index)
{
    const char *blank = memchr(line, ' ', length);
    unsigned version;
    if (!blank)
        return false;
    size_t name_length = (size_t)(blank - line);
    const char *key = blank + 1;
    size_t key_length = length - name_length - 1;
    if (name_length == strlen("index") && memcmp(line, "index", name_length) == 0) {
        bool is_first = !*has_index;
        *has_index = true;
        return is_first && key_parse(key, key_length, ring->index_key);
    }
    if (ring->count == KEYRING_KEYS_MAX || !version_parse(line, name_length, &version))
        return false;
    if (ring->count > 0 && version <= keyring_version(ring))
        return false;
    ring->versions[ring->count] = version;
    return key_parse(key, key_length, ring->keys[ring->count++]);
}

bool keyring_parse(const char *text, size_t length, struct keyring **ret_ring, struct err *err)
{
    AUTO_FREE(keyring_free) struct keyring *ring = calloc(1, sizeof(*ring));
    bool has_index = false;
    if (!ring)
        return err_set(err, ERR_INTERNAL, "keyring: no memory");
    for (size_t at = 0, number = 1; at < length; number++) {
        const char *line = text + at, *end = memchr(line, '\n', length - at);
        size_t line_length = end ? (size_t)(end - line) : length - at;
        if (line_length > 0 && !line_parse(ring, line, line_length, &has_index))
            return err_set(err, ERR_CONFIG, "keyring: line %zu is no key, or not in order", number);
        at += line_length + 1;
    }
    if (!has_index || ring->count == 0)
        return err_set(err, ERR_CONFIG, "keyring: no %s key", has_index ? "numbered" : "index");
    *ret_ring = TAKE(ring);
    return true;
}

/* ---- sealing ---- */

bool keyring_seal(const struct keyring *ring, const char *context, const void *bytes, size_t length,
                  struct str *out, struct err *err)
{
    AUTO(str_release) struct str sealed = STR_INIT(AEAD_BYTES_MAX + AEAD_OVERHEAD);
    if (!aead_seal(ring->keys[ring->count - 1], context, bytes, length, &sealed))
        return err_set(err, ERR_INTERNAL, "%s: %zu bytes are too long to seal", context, length);
    str_add_format(out, "%s%u.", prefix, keyring_version(ring));
    base64url_write(out, sealed.data, sealed.length);
    if (!str_ok(out))
        return err_set(err, ERR_INTERNAL, "%s: sealed, %zu bytes are too long", context, length);
    return true;
}

/* Finds the version and where its base64 begins. */
static bool head_parse(const char *sealed, size_t length, unsigned *ret_version, size_t *ret_at)
{
    size_t start = strlen(prefix);
    if (length <= start || memcmp(sealed, prefix, start) != 0)
        return false;
    const char *dot = memchr(sealed + start, '.', length - start);
    if (!dot || !version_parse(sealed + start, (size_t)(dot - sealed) - start, ret_version))
        return false;
    *ret_at = (size_t)(dot - sealed) + 1;
    return true;
}

bool keyring_unseal(const struct keyring *ring, const char *context, const char *sealed,
                    size_t length, struct str *out, struct err *err)
{
    AUTO(str_release) struct str bytes = STR_INIT(AEAD_BYTES_MAX + AEAD_OVERHEAD);
    unsigned version, found = 0;
    size_t at;
    if (!head_parse(sealed, length, &version, &at) ||
        !base64url_read(sealed + at, length - at, &bytes))
        return err_set(err, ERR_INTERNAL, "%s: no sealed text", context);
    while (found < ring->count && ring->versions[found] != version)
        found++;
    if (found == ring->count)
        return err_set(err, ERR_NOT_FOUND, "%s: no key of version %u", context, version);
    if (!aead_open(ring->keys[found], context, bytes.data, bytes.length, out))
        return err_set(err, ERR_INTERNAL, "%s: not sealed with version %u of our keys, for this",
                       context, version);
    return true;
}

bool keyring_is_current(const struct keyring *ring, const char *sealed, size_t length)
{
    unsigned version;
    size_t at;
    return head_parse(sealed, length, &version, &at) && version == keyring_version(ring);
}

void keyring_index(const struct keyring *ring, const char *context, const void *bytes,
                   size_t length, char ret_index[static KEYRING_INDEX_SIZE])
{
    uint8_t column_key[SHA256_SIZE], mac[SHA256_SIZE];
    hmac_sha256(ring->index_key, sizeof(ring->index_key), context, strlen(context), column_key);
    hmac_sha256(column_key, sizeof(column_key), bytes, length, mac);
    bytes_wipe(column_key, sizeof(column_key));
    for (size_t i = 0; i < SHA256_SIZE; i++)
        snprintf(ret_index + 2 * i, 3, "%02x", mac[i]);
}
