#include "chain/base58.h"

#include <string.h>

#include "chain/hash.h"

enum { CHECKSUM_SIZE = 4, BYTES_MAX = BASE58_PAYLOAD_MAX + CHECKSUM_SIZE };

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

bool base58check_read(const char *text, uint8_t ret_payload[static BASE58_PAYLOAD_MAX],
                      size_t *ret_length)
{
    uint8_t bytes[BYTES_MAX] = {0}, digest[HASH256_SIZE]; /* the number, at the end of the array */
    size_t used = 0, zeros = 0, length = strnlen(text, BASE58_TEXT_SIZE);

    if (length >= BASE58_TEXT_SIZE)
        return false;
    while (text[zeros] == '1')
        zeros++;
    for (size_t i = zeros; i < length; i++) {
        const char *found = memchr(alphabet, text[i], sizeof(alphabet) - 1);
        if (!found)
            return false;
        unsigned carry = (unsigned)(found - alphabet);
        for (size_t j = 0; j < used || carry != 0; j++) {
            if (j == BYTES_MAX)
                return false;
            carry += 58u * bytes[BYTES_MAX - 1 - j];
            bytes[BYTES_MAX - 1 - j] = (uint8_t)carry;
            carry >>= 8;
            used = j >= used ? j + 1 : used;
        }
    }
    size_t total = zeros + used;
    if (total < CHECKSUM_SIZE || total > BYTES_MAX)
        return false;
    const uint8_t *start = bytes + BYTES_MAX - total;
    hash256(start, total - CHECKSUM_SIZE, digest);
    if (memcmp(digest, start + total - CHECKSUM_SIZE, CHECKSUM_SIZE) != 0)
        return false;
    memcpy(ret_payload, start, total - CHECKSUM_SIZE);
    *ret_length = total - CHECKSUM_SIZE;
    return true;
}

const char *base58check_write(const uint8_t *payload, size_t length,
                              char ret_text[static BASE58_TEXT_SIZE])
{
    uint8_t bytes[BYTES_MAX], digest[HASH256_SIZE];
    uint8_t digits[BASE58_TEXT_SIZE] = {0}; /* least significant first */
    size_t used = 0, zeros = 0, total = length + CHECKSUM_SIZE, at = 0;

    assert(length <= BASE58_PAYLOAD_MAX);
    memcpy(bytes, payload, length);
    hash256(payload, length, digest);
    memcpy(bytes + length, digest, CHECKSUM_SIZE);
    while (zeros < total && bytes[zeros] == 0)
        zeros++;
    for (size_t i = zeros; i < total; i++) {
        unsigned carry = bytes[i];
        for (size_t j = 0; j < used || carry != 0; j++) {
            assert(j < sizeof(digits));
            carry += (unsigned)digits[j] << 8;
            digits[j] = (uint8_t)(carry % 58);
            carry /= 58;
            used = j >= used ? j + 1 : used;
        }
    }
    assert(zeros + used < BASE58_TEXT_SIZE);
    while (at < zeros)
        ret_text[at++] = '1';
    while (used > 0)
        ret_text[at++] = alphabet[digits[--used]];
    ret_text[at] = '\0';
    return ret_text;
}
