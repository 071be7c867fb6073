#include "chain/bech32.h"

#include <string.h>

enum { CHECKSUM_GROUPS = 6 };

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
static const uint32_t constants[] = {[BECH32_CLASSIC] = 1, [BECH32_M] = 0x2bc830a3};

static uint32_t polymod_add(uint32_t sum, unsigned group)
{
    static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                         0x2a1462b3};
    uint32_t top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ group;
    for (size_t i = 0; i < ARRAY_LEN(generator); i++)
        if (top >> i & 1)
            sum ^= generator[i];
    return sum;
}

static uint32_t polymod_prefix(const char *prefix, size_t length)
{
    uint32_t sum = 1;
    for (size_t i = 0; i < length; i++)
        sum = polymod_add(sum, (unsigned char)prefix[i] >> 5);
    sum = polymod_add(sum, 0);
    for (size_t i = 0; i < length; i++)
        sum = polymod_add(sum, (unsigned char)prefix[i] & 31);
    return sum;
}

/* Copies in lower case. */
static bool fold_case(const char *text, size_t length, char *ret_folded, struct err *err)
{
    bool has_lower = false, has_upper = false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c < 33 || c > 126)
            return err_set(err, ERR_INVALID, "a character that no address has");
        has_lower |= c >= 'a' && c <= 'z';
        has_upper |= c >= 'A' && c <= 'Z';
        ret_folded[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    ret_folded[length] = '\0';
    if (has_lower && has_upper)
        return err_set(err, ERR_INVALID, "upper and lower case are mixed");
    return true;
}

bool bech32_read(const char *text, char ret_prefix[static BECH32_PREFIX_SIZE],
                 uint8_t ret_groups[static BECH32_TEXT_MAX], size_t *ret_count,
                 enum bech32_variant *ret_variant, struct err *err)
{
    char folded[BECH32_TEXT_SIZE];
    size_t length = strnlen(text, BECH32_TEXT_SIZE);

    if (length > BECH32_TEXT_MAX)
        return err_set(err, ERR_INVALID, "longer than %d characters", BECH32_TEXT_MAX);
    if (!fold_case(text, length, folded, err))
        return false;
    const char *separator = strrchr(folded, '1');
    if (!separator || separator == folded)
        return err_set(err, ERR_INVALID, "no prefix in front of a '1'");
    size_t prefix_length = (size_t)(separator - folded), count = length - prefix_length - 1;
    if (count < CHECKSUM_GROUPS || prefix_length >= BECH32_PREFIX_SIZE)
        return err_set(err, ERR_INVALID, "too short for its checksum");
    uint32_t sum = polymod_prefix(folded, prefix_length);
    uint8_t groups[BECH32_TEXT_MAX];
    for (size_t i = 0; i < count; i++) {
        const char *found = memchr(alphabet, separator[1 + i], sizeof(alphabet) - 1);
        if (!found)
            return err_set(err, ERR_INVALID, "'%c' is not a character of bech32", separator[1 + i]);
        groups[i] = (uint8_t)(found - alphabet);
        sum = polymod_add(sum, groups[i]);
    }
    if (sum != constants[BECH32_CLASSIC] && sum != constants[BECH32_M])
        return err_set(err, ERR_INVALID, "the checksum is wrong");
    memcpy(ret_prefix, folded, prefix_length);
    ret_prefix[prefix_length] = '\0';
    memcpy(ret_groups, groups, count - CHECKSUM_GROUPS);
    *ret_count = count - CHECKSUM_GROUPS;
    *ret_variant = sum == constants[BECH32_M] ? BECH32_M : BECH32_CLASSIC;
    return true;
}

/* Groups of 5 bits to bytes: at most 4 bits are left over, and they are zero. */
static bool join_groups(const uint8_t *groups, size_t count, struct segwit *segwit)
{
    unsigned bits = 0, waiting = 0;
    segwit->program_length = 0;
    for (size_t i = 0; i < count; i++) {
        bits = bits << 5 | groups[i];
        waiting += 5;
        if (waiting < 8)
            continue;
        waiting -= 8;
        if (segwit->program_length == WITNESS_PROGRAM_MAX)
            return false;
        segwit->program[segwit->program_length++] = (uint8_t)(bits >> waiting);
        bits &= (1u << waiting) - 1;
    }
    return waiting < 5 && bits == 0;
}

bool segwit_read(const char *text, struct segwit *ret_segwit, struct err *err)
{
    struct segwit segwit;
    uint8_t groups[BECH32_TEXT_MAX];
    enum bech32_variant variant;
    size_t count;

    memset(&segwit, 0, sizeof(segwit));
    if (!bech32_read(text, segwit.prefix, groups, &count, &variant, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_INVALID, "there is no witness version");
    segwit.version = groups[0];
    if (segwit.version > 16)
        return err_set(err, ERR_INVALID, "witness version %u does not exist", segwit.version);
    if (segwit.version == 0 && variant != BECH32_CLASSIC)
        return err_set(err, ERR_INVALID, "bech32m is used where bech32 is due");
    if (segwit.version != 0 && variant != BECH32_M)
        return err_set(err, ERR_INVALID, "bech32 is used where bech32m is due");
    if (!join_groups(groups + 1, count - 1, &segwit))
        return err_set(err, ERR_INVALID, "the padding of the witness program is wrong");
    if (segwit.program_length < 2)
        return err_set(err, ERR_INVALID, "the witness program is too short");
    if (segwit.version == 0 && segwit.program_length != 20 && segwit.program_length != 32)
        return err_set(err, ERR_INVALID, "a witness program of version 0 has 20 or 32 bytes");
    *ret_segwit = segwit;
    return true;
}

static size_t split_groups(const struct segwit *segwit, uint8_t groups[static BECH32_TEXT_MAX])
{
    unsigned bits = 0, waiting = 0;
    size_t count = 0;
    groups[count++] = (uint8_t)segwit->version;
    for (size_t i = 0; i < segwit->program_length; i++) {
        bits = bits << 8 | segwit->program[i];
        for (waiting += 8; waiting >= 5; waiting -= 5)
            groups[count++] = (uint8_t)(bits >> (waiting - 5) & 31);
        bits &= (1u << waiting) - 1;
    }
    if (waiting > 0)
        groups[count++] = (uint8_t)(bits << (5 - waiting) & 31);
    return count;
}

const char *segwit_write(const struct segwit *segwit, char ret_text[static BECH32_TEXT_SIZE])
{
    uint8_t groups[BECH32_TEXT_MAX];
    size_t prefix_length = strlen(segwit->prefix), at = prefix_length;

    assert(segwit->version <= 16);
    assert(segwit->program_length >= 2);
    assert(segwit->program_length <= WITNESS_PROGRAM_MAX);
    size_t count = split_groups(segwit, groups);
    assert(prefix_length + 1 + count + CHECKSUM_GROUPS <= BECH32_TEXT_MAX);

    uint32_t sum = polymod_prefix(segwit->prefix, prefix_length);
    memcpy(ret_text, segwit->prefix, prefix_length);
    ret_text[at++] = '1';
    for (size_t i = 0; i < count; i++) {
        sum = polymod_add(sum, groups[i]);
        ret_text[at++] = alphabet[groups[i]];
    }
    for (int i = 0; i < CHECKSUM_GROUPS; i++)
        sum = polymod_add(sum, 0);
    sum ^= constants[segwit->version == 0 ? BECH32_CLASSIC : BECH32_M];
    for (int i = 0; i < CHECKSUM_GROUPS; i++)
        ret_text[at++] = alphabet[sum >> (5 * (CHECKSUM_GROUPS - 1 - i)) & 31];
    ret_text[at] = '\0';
    return ret_text;
}
