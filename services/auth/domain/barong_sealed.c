#include "auth/domain/barong_sealed.h"

#include <string.h>

#include "base/auto.h"
#include "base/clock.h"
#include "crypto/crypto.h"

enum { ITERATIONS = 65536, SALT_MIN = 5, UNIX_DAY_OF_JULIAN = 2440588 };

static const int64_t day_us = 86400LL * 1000000;

/* ---- Marshal ---- */

struct reader {
    const uint8_t *at, *end;
};

static bool take(struct reader *reader, const char *bytes, size_t length)
{
    if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, bytes, length) != 0)
        return false;
    reader->at += length;
    return true;
}

/* Not negative. One byte up to 122 (+ 5), or a count of bytes and so many, the lowest first. */
static bool take_number(struct reader *reader, uint64_t *ret_number)
{
    if (reader->at == reader->end)
        return false;
    uint8_t head = *reader->at++;
    *ret_number = 0;
    if (head == 0 || (head >= 6 && head <= 127)) {
        *ret_number = head == 0 ? 0 : head - 5U;
        return true;
    }
    if (head > 4 || reader->end - reader->at < head)
        return false;
    for (unsigned i = 0; i < head; i++)
        *ret_number |= (uint64_t)*reader->at++ << 8 * i;
    return true;
}

static bool take_text(struct reader *reader, struct str *out)
{
    uint64_t length;
    if (!take(reader, "\"", 1) || !take_number(reader, &length) ||
        length > (uint64_t)(reader->end - reader->at))
        return false;
    str_add_bytes(out, reader->at, (size_t)length);
    return str_ok(out);
}

/* [nth, jd, df, sf, of, sg]: the day is jd, of the Julian calendar of astronomers. */
static bool take_date(struct reader *reader, struct str *out)
{
    char text[CLOCK_ISO_SIZE];
    uint64_t julian;
    if (!take(reader, ":\tDate[\vi\0i", 11) || !take_number(reader, &julian) ||
        julian < UNIX_DAY_OF_JULIAN / 2 || julian > 2 * UNIX_DAY_OF_JULIAN)
        return false;
    clock_iso(((int64_t)julian - UNIX_DAY_OF_JULIAN) * day_us, text);
    str_add_bytes(out, text, strlen("2007-05-31"));
    return str_ok(out);
}

bool barong_unmarshal(const uint8_t *bytes, size_t length, struct str *out)
{
    struct reader reader = {bytes, bytes + length};
    if (!take(&reader, "\x04\x08", 2))
        return false;
    if (take(&reader, "U", 1))
        return take_date(&reader, out);
    (void)take(&reader, "I", 1); /* with its encoding behind it */
    return take_text(&reader, out);
}

/* ---- the seal ---- */

static const uint8_t *key_of(struct barong_keys *keys, const char *salt)
{
    for (size_t i = 0; i < keys->count; i++)
        if (strcmp(keys->weeks[i].salt, salt) == 0)
            return keys->weeks[i].key;
    size_t at = keys->count < BARONG_WEEKS_MAX ? keys->count++ : 0;
    memcpy(keys->weeks[at].salt, salt, strlen(salt) + 1);
    pbkdf2_sha1(keys->secret, salt, ITERATIONS, keys->weeks[at].key, AEAD_KEY_SIZE);
    return keys->weeks[at].key;
}

/* "data--iv--tag" as nonce, data and tag in one piece: what aead_open() takes. */
static bool join_parts(const char *text, struct str *piece)
{
    AUTO(str_release) struct str data = STR_INIT(BARONG_SEALED_MAX);
    AUTO(str_release) struct str nonce = STR_INIT(BARONG_SEALED_MAX);
    AUTO(str_release) struct str tag = STR_INIT(BARONG_SEALED_MAX);
    const char *first = strstr(text, "--"), *second = first ? strstr(first + 2, "--") : NULL;
    if (!second || !base64_read_any(text, (size_t)(first - text), &data) ||
        !base64_read_any(first + 2, (size_t)(second - first - 2), &nonce) ||
        !base64_read_any(second + 2, strlen(second + 2), &tag) || nonce.length != AEAD_NONCE_SIZE ||
        tag.length != AEAD_TAG_SIZE)
        return false;
    str_add_bytes(piece, str_data(&nonce), nonce.length);
    str_add_bytes(piece, str_data(&data), data.length);
    str_add_bytes(piece, str_data(&tag), tag.length);
    return str_ok(piece);
}

bool barong_unseal(struct barong_keys *keys, const char *sealed, struct str *out, struct err *err)
{
    AUTO(str_release) struct str piece = STR_INIT(BARONG_SEALED_MAX);
    AUTO(str_wipe) struct str clear = STR_INIT(BARONG_SEALED_MAX);
    char salt[BARONG_SALT_SIZE] = "";
    size_t digits = strspn(sealed, "0123456789");
    if (digits < SALT_MIN || digits >= sizeof(salt) || sealed[digits] != '.')
        return err_set(err, ERR_INVALID, "no column that Barong sealed");
    memcpy(salt, sealed, digits);
    if (!join_parts(sealed + digits + 1, &piece))
        return err_set(err, ERR_INVALID, "no column that Barong sealed");
    if (!aead_open(key_of(keys, salt), "", str_data(&piece), piece.length, &clear))
        return err_set(err, ERR_INVALID, "sealed with another SECRET_KEY_BASE");
    return barong_unmarshal((const uint8_t *)str_data(&clear), clear.length, out) ||
           err_set(err, ERR_INVALID, "neither a text nor a date of Ruby's");
}
