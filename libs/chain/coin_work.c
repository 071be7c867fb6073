#include "chain/coin_work.h"

#include <inttypes.h>
#include <string.h>

#include "chain/bytes.h"
#include "chain/hash.h"
#include "crypto/crypto.h"

enum {
    BITS_OFFSET = 72,
    BITS_MANTISSA = 0x7fffff,
    BITS_SIGN = 0x800000,
    RETARGET_BLOCKS = 2016,
    RETARGET_FACTOR = 4
};

bool coin_target(uint32_t bits, struct u256 *ret_target)
{
    uint8_t bytes[U256_SIZE] = {0};
    uint32_t size = bits >> 24, mantissa = bits & BITS_MANTISSA;
    if ((bits & BITS_SIGN) != 0 || mantissa == 0 || size > U256_SIZE)
        return false;
    /* The mantissa is the three highest bytes of a number of `size` bytes. */
    for (uint32_t i = 0; i < 3; i++)
        if (size > i)
            bytes[U256_SIZE - size + i] = (uint8_t)(mantissa >> (8 * (2 - i)));
    struct u256 target = u256_from_bytes(bytes, sizeof(bytes));
    if (u256_is_zero(target))
        return false;
    *ret_target = target;
    return true;
}

uint32_t coin_header_bits(const uint8_t header[static COIN_HEADER_SIZE])
{
    struct reader reader = reader_of(header + BITS_OFFSET, COIN_HEADER_SIZE - BITS_OFFSET);
    return reader_u32(&reader);
}

static void work_hash(enum coin_work work, const uint8_t *header, uint8_t *ret_digest)
{
    if (work == COIN_WORK_SCRYPT)
        scrypt_work(header, COIN_HEADER_SIZE, ret_digest);
    else
        hash256(header, COIN_HEADER_SIZE, ret_digest);
}

bool coin_work_check(const struct coin_params *params,
                     const uint8_t header[static COIN_HEADER_SIZE], struct err *err)
{
    uint8_t digest[HASH256_SIZE], number[U256_SIZE];
    uint32_t bits = coin_header_bits(header);
    struct u256 target, limit;
    bool has_limit = coin_target(params->bits_limit, &limit);
    assert(has_limit);
    if (!coin_target(bits, &target) || u256_cmp(target, limit) > 0)
        return err_set(err, ERR_PROTOCOL, "bits %08" PRIx32 " are none of %s", bits, params->title);
    if (params->work == COIN_WORK_X11)
        return true;
    work_hash(params->work, header, digest);
    for (size_t i = 0; i < sizeof(number); i++) /* hashes are numbers with their last byte first */
        number[i] = digest[sizeof(digest) - 1 - i];
    return u256_cmp(u256_from_bytes(number, sizeof(number)), target) <= 0 ||
           err_set(err, ERR_PROTOCOL, "its header has not the work that its bits %08" PRIx32 " say",
                   bits);
}

bool coin_bits_follow(const struct coin_params *params, uint64_t height, uint32_t bits_before,
                      uint32_t bits, struct err *err)
{
    struct u256 before, after;
    if (strcmp(params->network, "main") != 0 || params->work == COIN_WORK_X11)
        return true;
    bool is_turn = height % RETARGET_BLOCKS == 0;
    bool fits = coin_target(bits_before, &before) && coin_target(bits, &after) &&
                u256_mul_u64(before, RETARGET_FACTOR, &before);
    if (fits && (is_turn ? u256_cmp(after, before) <= 0 : bits == bits_before))
        return true;
    return err_set(err, ERR_PROTOCOL,
                   "its work falls from bits %08" PRIx32 " to %08" PRIx32 " at %" PRIu64,
                   bits_before, bits, height);
}
