/*
 * evm_file.h: the file in which a transaction of an Ethereum-like chain travels to a key without network:
 * the fields of POST /internal/sign/evm as one JSON object. The gateway writes it, the off-line signer reads
 * it, both show it in the same words.
 *
 *     {"name": "cold-7", "client": "geth", "chain_id": "31337", "account": 0, "index": 0, "from": "0x...",
 *      "nonce": 4, "to": "0x...", "value": "0", "data": "0x...", "gas": 60000, "max_fee": "...",
 *      "max_priority_fee": "...", "for": "withdraw-3",
 *      "payment": {"contract": "0x...", "to": "0x...", "units": "25500000", "currency": "usdt", "decimals": 6}}
 *
 * What is said twice has to agree: `payment` is what the bytes pay, or the file is refused. `name`, `from`,
 * `payment` and `for` may be missing from a file that was written by hand. Pure; any thread.
 */
#ifndef COLDFILE_EVM_FILE_H
#define COLDFILE_EVM_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "chain/evm_tx.h"

enum {
    EVM_FILE_WORD_SIZE = 65, /* names, ids of payouts */
    EVM_FILE_CLIENT_SIZE = 33,
    EVM_FILE_BYTES_MAX = 384 * 1024
};

struct evm_payment {
    struct evm_address contract; /* zero: the native coin */
    struct evm_address to;
    struct u256 units;
};

struct evm_file {
    char client[EVM_FILE_CLIENT_SIZE];
    char name[EVM_FILE_WORD_SIZE], payout_id[EVM_FILE_WORD_SIZE]; /* "": none */
    uint32_t account, index;                                      /* of the seed that signs */
    bool has_from, has_payment;
    struct evm_address from;
    struct evm_tx tx;
    struct evm_payment payment;
    char currency[EVM_FILE_WORD_SIZE]; /* "": not said */
    uint32_t decimals;
};

/* What a transaction pays, by its bytes: the native coin without data, or exactly transfer(address,uint256).
 * False: it does something else. */
bool evm_payment_of(const struct evm_tx *tx, struct evm_payment *ret_payment) MUST_CHECK;

void evm_file_write(const struct evm_file *file, struct str *out);

/* `data` gets the bytes that `tx` points to. ERR_INVALID: names the member. */
bool evm_file_read(const char *text, size_t length, struct str *data, struct evm_file *ret_file,
                   struct err *err) MUST_CHECK;

/* Appends for people what leaves, to whom, at which fee, and for what. */
bool evm_file_show(const struct evm_file *file, struct evm_address from, struct str *shown,
                   struct err *err) MUST_CHECK;

#endif
