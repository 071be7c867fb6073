/* SafeTx digests, beside the published ones; packed signatures and the call that carries them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/auto.h"
#include "chain/hash.h"
#include "hdkey/hdkey.h"
#include "signer/domain/safe.h"

enum { TEXT_BYTES_MAX = 4096 };

static struct evm_address address(const char *text)
{
    struct evm_address made;
    assert_true(evm_address_read(text, &made));
    return made;
}

static const char transfer[] =
    "a9059cbb000000000000000000000000f057afeec22e220f47ad4220871364e9e828b2e9"
    "00000000000000000000000000000000000000000001a784379d99db42000000";

/* A transfer of a token by a Safe on Base, with the digest that its owners signed. */
static struct safe_tx known_tx(uint8_t data[static 68])
{
    assert_true(hex_read_exact(transfer, data, 68));
    return (struct safe_tx){.chain_id = 8453,
                            .safe = address("0xcBa28b38103307Ec8dA98377ffF9816C164f9AFa"),
                            .nonce = 11,
                            .to = address("0xBAa5CC21fd487B8Fcc2F632f3F4E8D37262a0842"),
                            .data = span_of(data, 68)};
}

static void safe_tx_digest__known_transaction__known_digest(void **state)
{
    uint8_t data[68], digest[32];
    char text[67];
    (void)state;
    struct safe_tx tx = known_tx(data);
    safe_tx_digest(&tx, digest);
    assert_string_equal(evm_hash_text(digest, text),
                        "0x1bf99e3cf2d2272960c8a02ca4163459ad240de7995bec237a886b84968a077c");
}

static void safe_tx_digest__any_field__changes_it(void **state)
{
    uint8_t data[68], first[32], other[32];
    (void)state;
    const struct safe_tx tx = known_tx(data);
    struct safe_tx changed[6];
    for (size_t i = 0; i < ARRAY_LEN(changed); i++)
        changed[i] = tx;
    changed[0].chain_id = 1;
    changed[1].nonce = 12;
    changed[2].safe.bytes[0] ^= 1;
    changed[3].to.bytes[19] ^= 1;
    changed[4].value = u256_from_u64(1);
    changed[5].data.length = 67;
    safe_tx_digest(&tx, first);
    for (size_t i = 0; i < ARRAY_LEN(changed); i++) {
        safe_tx_digest(&changed[i], other);
        assert_memory_not_equal(first, other, sizeof(first));
    }
}

/* Signatures of `count` keys below one seed. */
static void sign(const struct safe_tx *tx, size_t count, struct safe_signature *ret_list)
{
    AUTO_FREE(hdkey_context_free) struct hdkey_context *context = hdkey_context_new();
    AUTO(hdkey_wipe) struct hdkey master, key;
    struct evm_signature signature;
    uint8_t digest[32];
    struct xpub public;
    assert_true(hdkey_master("0123456789abcdef", 16, &master));
    safe_tx_digest(tx, digest);
    for (size_t i = 0; i < count; i++) {
        assert_true(hdkey_child(context, &master, (uint32_t)i, &key));
        assert_true(hdkey_sign_evm(context, &key, digest, &signature));
        safe_signature_write(&signature, ret_list[i].bytes);
        hdkey_public(context, &key, &public);
        assert_true(evm_address_of_key(public.key, &ret_list[i].owner));
    }
}

static void safe_signature_owner__its_own_transaction__is_the_owner(void **state)
{
    struct safe_signature list[3];
    struct evm_address owner;
    uint8_t data[68];
    (void)state;
    struct safe_tx tx = known_tx(data);
    sign(&tx, ARRAY_LEN(list), list);
    for (size_t i = 0; i < ARRAY_LEN(list); i++) {
        assert_in_range(list[i].bytes[64], 27, 28);
        assert_true(safe_signature_owner(&tx, list[i].bytes, &owner));
        assert_true(evm_address_equal(owner, list[i].owner));
        tx.nonce++;
        assert_false(safe_signature_owner(&tx, list[i].bytes, &owner) &&
                     evm_address_equal(owner, list[i].owner));
        tx.nonce--;
    }
    list[0].bytes[64] = 1; /* a contract's, which is no key's */
    assert_false(safe_signature_owner(&tx, list[0].bytes, &owner));
}

static void safe_signatures_pack__any_order__sorted_by_owner_once(void **state)
{
    AUTO(str_release)
    struct str packed = STR_INIT(TEXT_BYTES_MAX), again = STR_INIT(TEXT_BYTES_MAX);
    struct safe_signature list[4], mixed[5];
    struct evm_address before = {{0}}, owner;
    uint8_t data[68];
    (void)state;
    struct safe_tx tx = known_tx(data);
    sign(&tx, ARRAY_LEN(list), list);
    const size_t order[] = {2, 0, 3, 1, 2};
    for (size_t i = 0; i < ARRAY_LEN(order); i++)
        mixed[i] = list[order[i]];
    safe_signatures_pack(list, ARRAY_LEN(list), &packed);
    safe_signatures_pack(mixed, ARRAY_LEN(mixed), &again);
    assert_int_equal(packed.length, 4 * SAFE_SIGNATURE_SIZE);
    assert_int_equal(again.length, packed.length);
    assert_memory_equal(again.data, packed.data, packed.length);
    for (size_t at = 0; at < packed.length; at += SAFE_SIGNATURE_SIZE) {
        assert_true(safe_signature_owner(&tx, (const uint8_t *)packed.data + at, &owner));
        assert_true(memcmp(before.bytes, owner.bytes, EVM_ADDRESS_SIZE) < 0);
        before = owner;
    }
}

static void safe_call_write__is_exec_transaction(void **state)
{
    AUTO(str_release) struct str call = STR_INIT(TEXT_BYTES_MAX);
    static const uint8_t selector[] = {0x6a, 0x76, 0x12, 0x02}, signatures[130] = {1};
    uint8_t data[68];
    (void)state;
    struct safe_tx tx = known_tx(data);
    safe_call_write(&tx, span_of(signatures, sizeof(signatures)), &call);
    assert_memory_equal(call.data, selector, sizeof(selector));
    assert_int_equal(call.length, 4 + 32 * (10 + 1 + 3 + 1 + 5));
    const char *words = call.data + 4;
    assert_int_equal((uint8_t)words[2 * 32 + 30], 320 >> 8); /* where data begins */
    assert_int_equal((uint8_t)words[2 * 32 + 31], 320 & 255);
    assert_memory_equal(words + 11 * 32, data, sizeof(data));
    assert_int_equal((uint8_t)words[14 * 32 + 31], 130); /* length of the signatures */
    assert_memory_equal(words + 15 * 32, signatures, sizeof(signatures));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(safe_tx_digest__known_transaction__known_digest),
        cmocka_unit_test(safe_tx_digest__any_field__changes_it),
        cmocka_unit_test(safe_signature_owner__its_own_transaction__is_the_owner),
        cmocka_unit_test(safe_signatures_pack__any_order__sorted_by_owner_once),
        cmocka_unit_test(safe_call_write__is_exec_transaction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
