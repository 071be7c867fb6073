#include "signer/domain/safe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "chain/erc20.h"
#include "chain/hash.h"

enum { SAFE_CALL_WORDS = 10, V_FIRST = 27, DIGEST_INPUT_MAX = 16 * ABI_WORD_SIZE };

/* keccak256 of the types, as the contract has them. */
static const char domain_type[] = "EIP712Domain(uint256 chainId,address verifyingContract)";
static const char tx_type[] =
    "SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas,"
    "uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)";
static const char call_name[] = "execTransaction(address,uint256,bytes,uint8,uint256,uint256,"
                                "uint256,address,address,bytes)";

static void add_word(struct str *out, const uint8_t word[static ABI_WORD_SIZE])
{
    str_add_bytes(out, word, ABI_WORD_SIZE);
}

static void add_number(struct str *out, struct u256 number)
{
    uint8_t word[ABI_WORD_SIZE];
    u256_to_bytes(number, word);
    add_word(out, word);
}

static void add_u64(struct str *out, uint64_t number)
{
    add_number(out, u256_from_u64(number));
}

static void add_address(struct str *out, struct evm_address address)
{
    uint8_t word[ABI_WORD_SIZE];
    abi_address_write(address, word);
    add_word(out, word);
}

static void add_hash(struct str *out, const void *bytes, size_t length)
{
    uint8_t digest[HASH256_SIZE];
    keccak256(bytes, length, digest);
    add_word(out, digest);
}

static void add_zeros(struct str *out, unsigned words)
{
    for (unsigned i = 0; i < words; i++)
        add_u64(out, 0);
}

/* operation (a call), safeTxGas, baseGas, gasPrice, gasToken, refundReceiver */
enum { ZERO_FIELDS = 6 };

void safe_input_text(const struct safe_tx *tx, char ret_text[static SAFE_INPUT_SIZE])
{
    char safe[EVM_ADDRESS_TEXT_SIZE];
    evm_address_text(tx->safe, safe);
    snprintf(ret_text, SAFE_INPUT_SIZE, "safe:%.42s:%llu", safe, (unsigned long long)tx->nonce);
}

void safe_tx_digest(const struct safe_tx *tx, uint8_t ret_digest[static 32])
{
    AUTO(str_release)
    struct str domain = STR_INIT(DIGEST_INPUT_MAX), fields = STR_INIT(DIGEST_INPUT_MAX),
               whole = STR_INIT(DIGEST_INPUT_MAX);
    add_hash(&domain, domain_type, sizeof(domain_type) - 1);
    add_u64(&domain, tx->chain_id);
    add_address(&domain, tx->safe);
    add_hash(&fields, tx_type, sizeof(tx_type) - 1);
    add_address(&fields, tx->to);
    add_number(&fields, tx->value);
    add_hash(&fields, tx->data.bytes ? (const void *)tx->data.bytes : "", tx->data.length);
    add_zeros(&fields, ZERO_FIELDS);
    add_u64(&fields, tx->nonce);
    str_add_bytes(&whole, "\x19\x01", 2);
    add_hash(&whole, domain.data, domain.length);
    add_hash(&whole, fields.data, fields.length);
    assert(str_ok(&domain) && str_ok(&fields) && str_ok(&whole));
    keccak256(whole.data, whole.length, ret_digest);
}

void safe_signature_write(const struct evm_signature *signature,
                          uint8_t ret_bytes[static SAFE_SIGNATURE_SIZE])
{
    memcpy(ret_bytes, signature->r, 32);
    memcpy(ret_bytes + 32, signature->s, 32);
    ret_bytes[64] = (uint8_t)(V_FIRST + signature->parity);
}

bool safe_signature_owner(const struct safe_tx *tx, const uint8_t bytes[static SAFE_SIGNATURE_SIZE],
                          struct evm_address *ret_owner)
{
    struct evm_signature signature = {.parity = (uint8_t)(bytes[64] - V_FIRST)};
    uint8_t digest[32];
    if (bytes[64] != V_FIRST && bytes[64] != V_FIRST + 1)
        return false;
    memcpy(signature.r, bytes, 32);
    memcpy(signature.s, bytes + 32, 32);
    safe_tx_digest(tx, digest);
    return evm_digest_signer(digest, &signature, ret_owner);
}

static int by_owner(const void *a, const void *b)
{
    const struct safe_signature *one = a, *other = b;
    return memcmp(one->owner.bytes, other->owner.bytes, EVM_ADDRESS_SIZE);
}

void safe_signatures_pack(struct safe_signature *list, size_t count, struct str *out)
{
    qsort(list, count, sizeof(*list), by_owner);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !evm_address_equal(list[i - 1].owner, list[i].owner))
            str_add_bytes(out, list[i].bytes, SAFE_SIGNATURE_SIZE);
}

static size_t padded(size_t length)
{
    return (length + ABI_WORD_SIZE - 1) / ABI_WORD_SIZE * ABI_WORD_SIZE;
}

static void add_bytes(struct str *out, struct span bytes)
{
    static const uint8_t zeros[ABI_WORD_SIZE];
    add_u64(out, bytes.length);
    bytes_add_span(out, bytes);
    str_add_bytes(out, zeros, padded(bytes.length) - bytes.length);
}

void safe_call_write(const struct safe_tx *tx, struct span signatures, struct str *out)
{
    uint8_t selector[HASH256_SIZE];
    size_t data_at = SAFE_CALL_WORDS * ABI_WORD_SIZE;
    keccak256(call_name, sizeof(call_name) - 1, selector);
    str_add_bytes(out, selector, ABI_SELECTOR_SIZE);
    add_address(out, tx->to);
    add_number(out, tx->value);
    add_u64(out, data_at);
    add_zeros(out, ZERO_FIELDS);
    add_u64(out, data_at + ABI_WORD_SIZE + padded(tx->data.length));
    add_bytes(out, tx->data);
    add_bytes(out, signatures);
}
