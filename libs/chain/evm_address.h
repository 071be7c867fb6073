/*
 * evm_address.h: addresses of the Ethereum-like chains, 20 bytes, written with the checksum of EIP-55
 * in the case of their letters. All lower and all upper case carry no checksum and are taken; a mixed
 * text with the wrong case is refused. Pure; any thread.
 */
#ifndef CHAIN_EVM_ADDRESS_H
#define CHAIN_EVM_ADDRESS_H

#include <stdint.h>

#include "base/err.h"

enum { EVM_ADDRESS_SIZE = 20, EVM_ADDRESS_TEXT_SIZE = 43 };

struct evm_address {
    uint8_t bytes[EVM_ADDRESS_SIZE];
};

bool evm_address_parse(const char *text, struct evm_address *ret_address, struct err *err)
    MUST_CHECK;
/* What nodes say: either case, never a checksum to hold against it. */
bool evm_address_read(const char *text, struct evm_address *ret_address) MUST_CHECK;
/* Checksummed, canonical. Returns `buffer`. */
const char *evm_address_text(struct evm_address address, char buffer[static EVM_ADDRESS_TEXT_SIZE]);

bool evm_address_is_zero(struct evm_address address);
bool evm_address_equal(struct evm_address a, struct evm_address b);

/* Of a public key: 64 bytes, without the 0x04 in front. */
struct evm_address evm_address_of_point(const uint8_t point[static 64]);
/* Of a compressed key. False: it is no point of the curve. */
bool evm_address_of_key(const uint8_t key[static 33], struct evm_address *ret_address) MUST_CHECK;

#endif
