/*
 * hash.h: the digests that chains use, beyond those of libs/crypto. Pure; any thread.
 */
#ifndef CHAIN_HASH_H
#define CHAIN_HASH_H

#include <stddef.h>
#include <stdint.h>

enum { HASH256_SIZE = 32, HASH160_SIZE = 20 };

/* The Keccak of Ethereum: SHA-3 before NIST changed its padding. */
void keccak256(const void *bytes, size_t length, uint8_t ret_digest[static HASH256_SIZE]);

/* SHA-256 twice: transaction ids, checksums, signature hashes of Bitcoin. */
void hash256(const void *bytes, size_t length, uint8_t ret_digest[static HASH256_SIZE]);

/* RIPEMD-160 of SHA-256: key and script hashes. */
void hash160(const void *bytes, size_t length, uint8_t ret_digest[static HASH160_SIZE]);

#endif
