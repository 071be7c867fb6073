/*
 * Base32, base64 and what is sealed. The first byte says which:
 *   '3'  base32; what is taken must come out again when it is written
 *   '6'  base64url, the same
 *   'k'  the text of a keyring; the same, and it seals and opens
 *   's'  a sealed text; nobody but us has the key, so none may open
 */
#include <string.h>
#include <strings.h>

#include "base/auto.h"
#include "crypto/crypto.h"
#include "crypto/keyring.h"

enum { BYTES_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_base32(const char *text, size_t length)
{
    AUTO(str_release) struct str bytes = STR_INIT(BYTES_MAX), again = STR_INIT(BYTES_MAX);
    if (!base32_read(text, length, &bytes))
        return;
    base32_write(&again, str_data(&bytes), bytes.length);
    assert(again.length <= length && length - again.length < 8);
    assert(strncasecmp(str_data(&again), text, again.length) == 0);
    for (size_t i = again.length; i < length; i++)
        assert(text[i] == '=');
}

static void try_base64(const char *text, size_t length)
{
    AUTO(str_release) struct str bytes = STR_INIT(BYTES_MAX), again = STR_INIT(BYTES_MAX);
    if (!base64url_read(text, length, &bytes))
        return;
    base64url_write(&again, str_data(&bytes), bytes.length);
    assert(again.length == length && memcmp(str_data(&again), text, length) == 0);
    str_clear(&again);
    base64_write(&again, str_data(&bytes), bytes.length);
    AUTO(str_release) struct str back = STR_INIT(BYTES_MAX);
    bool is_read = base64_read_any(str_data(&again), again.length, &back);
    assert(is_read && back.length == bytes.length);
}

static void try_keyring(const char *text, size_t length)
{
    AUTO_FREE(keyring_free) struct keyring *ring = NULL, *again = NULL;
    AUTO(str_release) struct str written = STR_INIT(KEYRING_TEXT_MAX);
    AUTO(str_release) struct str sealed = STR_INIT(1024), open = STR_INIT(1024);
    struct err err;
    if (!keyring_parse(text, length, &ring, &err)) {
        assert(err.code == ERR_CONFIG);
        return;
    }
    keyring_format(ring, &written);
    bool done = str_ok(&written) && keyring_parse(written.data, written.length, &again, &err) &&
                keyring_seal(ring, "c", "x", 1, &sealed, &err) &&
                keyring_unseal(again, "c", sealed.data, sealed.length, &open, &err);
    assert(done && strcmp(open.data, "x") == 0);
}

static void try_sealed(const char *text, size_t length)
{
    static struct keyring *ring; /* for the whole run */
    AUTO(str_release) struct str open = STR_INIT(BYTES_MAX);
    struct err err;
    if (!ring)
        ring = keyring_new();
    bool is_open = keyring_unseal(ring, "c", text, length, &open, &err);
    assert(!is_open && open.length == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const char *text = (const char *)data + 1;
    if (data[0] == '3')
        try_base32(text, size - 1);
    else if (data[0] == '6')
        try_base64(text, size - 1);
    else if (data[0] == 'k')
        try_keyring(text, size - 1);
    else if (data[0] == 's')
        try_sealed(text, size - 1);
    return 0;
}
