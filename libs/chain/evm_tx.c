#include "chain/evm_tx.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <string.h>

#include "base/auto.h"
#include "chain/hash.h"
#include "chain/rlp.h"

enum { TYPE_FEE_MARKET = 2, LEGACY_V_BASE = 35 };

static const uint8_t half_order[32] = {
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0};

/* ---- writing ---- */

static void add_destination(const struct evm_tx *tx, struct str *items)
{
    struct span to = tx->is_creation ? SPAN_NONE : span_of(tx->to.bytes, EVM_ADDRESS_SIZE);
    rlp_add_bytes(items, to);
    rlp_add_u256(items, tx->value);
    rlp_add_bytes(items, tx->data);
}

static void add_signature(const struct evm_signature *signature, struct str *items)
{
    rlp_add_u256(items, u256_from_bytes(signature->r, sizeof(signature->r)));
    rlp_add_u256(items, u256_from_bytes(signature->s, sizeof(signature->s)));
}

/* Without a signature it is what is signed. */
static void write_fee_market(const struct evm_tx *tx, const struct evm_signature *signature,
                             struct str *out)
{
    AUTO(str_release) struct str items = STR_INIT(EVM_TX_BYTES_MAX);
    rlp_add_u64(&items, tx->chain_id);
    rlp_add_u64(&items, tx->nonce);
    rlp_add_u256(&items, tx->max_priority_fee);
    rlp_add_u256(&items, tx->max_fee);
    rlp_add_u64(&items, tx->gas);
    add_destination(tx, &items);
    rlp_add_list(&items, SPAN_NONE); /* no access list */
    if (signature) {
        rlp_add_u64(&items, signature->parity);
        add_signature(signature, &items);
    }
    assert(str_ok(&items));
    bytes_add_u8(out, TYPE_FEE_MARKET);
    rlp_add_list(out, span_of_str(&items));
}

static void write_legacy(const struct evm_tx *tx, const struct evm_signature *signature,
                         struct str *out)
{
    AUTO(str_release) struct str items = STR_INIT(EVM_TX_BYTES_MAX);
    struct u256 v = u256_from_u64(tx->chain_id);
    rlp_add_u64(&items, tx->nonce);
    rlp_add_u256(&items, tx->max_fee);
    rlp_add_u64(&items, tx->gas);
    add_destination(tx, &items);
    if (signature) {
        bool fits = u256_mul_u64(v, 2, &v) &&
                    u256_add(v, u256_from_u64((uint64_t)LEGACY_V_BASE + signature->parity), &v);
        assert(fits);
        rlp_add_u256(&items, v);
        add_signature(signature, &items);
    } else {
        rlp_add_u256(&items, v);
        rlp_add_u64(&items, 0);
        rlp_add_u64(&items, 0);
    }
    assert(str_ok(&items));
    rlp_add_list(out, span_of_str(&items));
}

static void write_any(const struct evm_tx *tx, const struct evm_signature *signature,
                      struct str *out)
{
    assert(tx->chain_id != 0);
    if (tx->kind == EVM_TX_LEGACY)
        write_legacy(tx, signature, out);
    else
        write_fee_market(tx, signature, out);
}

void evm_tx_digest(const struct evm_tx *tx, uint8_t ret_digest[static EVM_TX_HASH_SIZE])
{
    AUTO(str_release) struct str bytes = STR_INIT(EVM_TX_BYTES_MAX);
    write_any(tx, NULL, &bytes);
    assert(str_ok(&bytes));
    keccak256(str_data(&bytes), bytes.length, ret_digest);
}

void evm_tx_write(const struct evm_tx *tx, const struct evm_signature *signature, struct str *out)
{
    assert(signature->parity <= 1);
    write_any(tx, signature, out);
}

void evm_tx_hash(struct span raw, uint8_t ret_hash[static EVM_TX_HASH_SIZE])
{
    keccak256(raw.bytes, raw.length, ret_hash);
}

const char *evm_hash_text(const uint8_t hash[static 32], char buffer[static 67])
{
    buffer[0] = '0';
    buffer[1] = 'x';
    hex_write(hash, 32, buffer + 2);
    return buffer;
}

/* ---- reading ---- */

static bool read_destination(struct span *rest, struct evm_tx *tx)
{
    struct rlp_item to, data;
    if (!rlp_read(rest, &to) || to.is_list ||
        (to.content.length != 0 && to.content.length != EVM_ADDRESS_SIZE))
        return false;
    tx->is_creation = to.content.length == 0;
    if (!tx->is_creation)
        memcpy(tx->to.bytes, to.content.bytes, EVM_ADDRESS_SIZE);
    if (!rlp_read_u256(rest, &tx->value) || !rlp_read(rest, &data) || data.is_list)
        return false;
    tx->data = data.content;
    return true;
}

static bool read_signature(struct span *rest, struct evm_signature *signature)
{
    struct u256 r, s;
    if (!rlp_read_u256(rest, &r) || !rlp_read_u256(rest, &s))
        return false;
    u256_to_bytes(r, signature->r);
    u256_to_bytes(s, signature->s);
    return true;
}

static bool read_fee_market(struct span rest, struct evm_tx *tx, struct evm_signature *signature)
{
    struct rlp_item access_list;
    uint64_t parity;
    if (!rlp_read_u64(&rest, &tx->chain_id) || !rlp_read_u64(&rest, &tx->nonce) ||
        !rlp_read_u256(&rest, &tx->max_priority_fee) || !rlp_read_u256(&rest, &tx->max_fee) ||
        !rlp_read_u64(&rest, &tx->gas) || !read_destination(&rest, tx))
        return false;
    if (!rlp_read(&rest, &access_list) || !access_list.is_list || access_list.content.length != 0)
        return false;
    if (!rlp_read_u64(&rest, &parity) || parity > 1 || !read_signature(&rest, signature))
        return false;
    signature->parity = (uint8_t)parity;
    return rest.length == 0;
}

static bool read_legacy(struct span rest, struct evm_tx *tx, struct evm_signature *signature)
{
    uint64_t v;
    if (!rlp_read_u64(&rest, &tx->nonce) || !rlp_read_u256(&rest, &tx->max_fee) ||
        !rlp_read_u64(&rest, &tx->gas) || !read_destination(&rest, tx))
        return false;
    if (!rlp_read_u64(&rest, &v) || v < LEGACY_V_BASE || !read_signature(&rest, signature))
        return false;
    tx->max_priority_fee = tx->max_fee;
    tx->chain_id = (v - LEGACY_V_BASE) / 2;
    signature->parity = (uint8_t)((v - LEGACY_V_BASE) % 2);
    return rest.length == 0;
}

bool evm_tx_parse(struct span raw, struct evm_tx *ret_tx, struct evm_signature *ret_signature,
                  struct err *err)
{
    struct evm_tx tx;
    struct evm_signature signature;
    struct rlp_item list;

    memset(&tx, 0, sizeof(tx));
    memset(&signature, 0, sizeof(signature));
    if (raw.length == 0 || raw.length > EVM_TX_BYTES_MAX)
        return err_set(err, ERR_INVALID, "transaction: empty or above %d bytes", EVM_TX_BYTES_MAX);
    bool is_typed = raw.bytes[0] < 0x80;
    if (is_typed && raw.bytes[0] != TYPE_FEE_MARKET)
        return err_set(err, ERR_INVALID, "transaction: type %u is not ours", raw.bytes[0]);
    tx.kind = is_typed ? EVM_TX_FEE_MARKET : EVM_TX_LEGACY;
    struct span rest = is_typed ? span_of(raw.bytes + 1, raw.length - 1) : raw;
    if (!rlp_read(&rest, &list) || !list.is_list || rest.length != 0)
        return err_set(err, ERR_INVALID, "transaction: no list, or bytes behind its end");
    if (!(is_typed ? read_fee_market(list.content, &tx, &signature)
                   : read_legacy(list.content, &tx, &signature)))
        return err_set(err, ERR_INVALID, "transaction: a field is missing or malformed");
    if (tx.chain_id == 0)
        return err_set(err, ERR_INVALID, "transaction: is bound to no chain");
    *ret_tx = tx;
    *ret_signature = signature;
    return true;
}

bool evm_digest_signer(const uint8_t digest[static EVM_TX_HASH_SIZE],
                       const struct evm_signature *signature, struct evm_address *ret_signer)
{
    const secp256k1_context *context = secp256k1_context_static;
    secp256k1_ecdsa_recoverable_signature recoverable;
    secp256k1_pubkey point;
    uint8_t compact[64], key[65];
    size_t length = sizeof(key);

    if (signature->parity > 1 || memcmp(signature->s, half_order, sizeof(half_order)) > 0)
        return false;
    memcpy(compact, signature->r, 32);
    memcpy(compact + 32, signature->s, 32);
    if (!secp256k1_ecdsa_recoverable_signature_parse_compact(context, &recoverable, compact,
                                                             signature->parity) ||
        !secp256k1_ecdsa_recover(context, &point, &recoverable, digest))
        return false;
    secp256k1_ec_pubkey_serialize(context, key, &length, &point, SECP256K1_EC_UNCOMPRESSED);
    *ret_signer = evm_address_of_point(key + 1);
    return true;
}

bool evm_tx_sender(const struct evm_tx *tx, const struct evm_signature *signature,
                   struct evm_address *ret_sender)
{
    uint8_t digest[EVM_TX_HASH_SIZE];
    evm_tx_digest(tx, digest);
    return evm_digest_signer(digest, signature, ret_sender);
}

bool evm_tx_cost_max(const struct evm_tx *tx, struct u256 *ret_cost)
{
    struct u256 fee;
    return u256_mul_u64(tx->max_fee, tx->gas, &fee) && u256_add(fee, tx->value, ret_cost);
}
