#include "chain/hash.h"

#include <string.h>

#include "crypto/crypto.h"

void hash256(const void *bytes, size_t length, uint8_t ret_digest[static HASH256_SIZE])
{
    uint8_t once[SHA256_SIZE];
    sha256(bytes, length, once);
    sha256(once, sizeof(once), ret_digest);
}

void hash160(const void *bytes, size_t length, uint8_t ret_digest[static HASH160_SIZE])
{
    uint8_t once[SHA256_SIZE];
    sha256(bytes, length, once);
    ripemd160(once, sizeof(once), ret_digest);
}

/* ---- Keccak-f[1600], rate 136 bytes ---- */

enum { LANES = 25, ROUNDS = 24, RATE = 136 };

static const uint64_t round_constants[ROUNDS] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

/* Rotations by lane x + 5y. */
static const unsigned rotations[LANES] = {0,  1,  62, 28, 27, 36, 44, 6,  55, 20, 3,  10, 43,
                                          25, 39, 41, 45, 15, 21, 8,  18, 2,  61, 56, 14};

static uint64_t rotate(uint64_t lane, unsigned by)
{
    return by == 0 ? lane : lane << by | lane >> (64 - by);
}

static void permute(uint64_t state[static LANES])
{
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t column[5], moved[LANES];
        for (int x = 0; x < 5; x++)
            column[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
        for (int x = 0; x < 5; x++) {
            uint64_t parity = column[(x + 4) % 5] ^ rotate(column[(x + 1) % 5], 1);
            for (int y = 0; y < 5; y++)
                /* Lane (x, y) goes to (y, 2x + 3y). */
                moved[y + 5 * ((2 * x + 3 * y) % 5)] =
                    rotate(state[x + 5 * y] ^ parity, rotations[x + 5 * y]);
        }
        for (int y = 0; y < LANES; y += 5)
            for (int x = 0; x < 5; x++)
                state[y + x] = moved[y + x] ^ (~moved[y + (x + 1) % 5] & moved[y + (x + 2) % 5]);
        state[0] ^= round_constants[round];
    }
}

static void absorb(uint64_t state[static LANES], const uint8_t block[static RATE])
{
    for (size_t i = 0; i < RATE; i++)
        state[i / 8] ^= (uint64_t)block[i] << (8 * (i % 8));
    permute(state);
}

void keccak256(const void *bytes, size_t length, uint8_t ret_digest[static HASH256_SIZE])
{
    uint64_t state[LANES] = {0};
    uint8_t last[RATE] = {0};
    const uint8_t *next = bytes;

    for (; length >= RATE; length -= RATE, next += RATE)
        absorb(state, next);
    if (length > 0)
        memcpy(last, next, length);
    last[length] ^= 0x01;
    last[RATE - 1] ^= 0x80;
    absorb(state, last);
    for (size_t i = 0; i < HASH256_SIZE; i++)
        ret_digest[i] = (uint8_t)(state[i / 8] >> (8 * (i % 8)));
}
