/*
 * What nodes of Ethereum's kind answer: read right, or refused as a whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/str.h"
#include "blockchain/evm/answers.h"

#define OURS "0x1111111111111111111111111111111111111111"
#define OTHER "0x2222222222222222222222222222222222222222"
#define TOKEN "0x3333333333333333333333333333333333333333"
#define HASH_A "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define TOPIC_OURS "0x0000000000000000000000001111111111111111111111111111111111111111"
#define TOPIC_OTHER "0x0000000000000000000000002222222222222222222222222222222222222222"
#define TRANSFER "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
#define WORD_5 "0x0000000000000000000000000000000000000000000000000000000000000005"
#define WORD_MAX "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static bool is_ours(void *user, const struct evm_address *address)
{
    (void)user;
    for (size_t i = 0; i < sizeof(address->bytes); i++)
        if (address->bytes[i] != 0x11)
            return false;
    return true;
}

static const struct evm_watch watch = {is_ours, NULL};

static struct evm_hash hash_of(const char *text)
{
    struct evm_hash hash;
    assert_true(evm_read_hash((struct json_slice){text, strlen(text)}, &hash));
    return hash;
}

static uint64_t small(struct u256 number)
{
    uint64_t small_number;
    assert_true(u256_to_u64(number, &small_number));
    return small_number;
}

/* ---- single values ---- */

static void quantities__other_forms__are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",     "0x",   "1f",   "0X1",      "0xg",
                                      "-0x1", " 0x1", "0x1 ", "\\u0030x1"};
    static const char word[] =
        "0x1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    struct u256 number;
    uint64_t narrow;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (evm_read_quantity((struct json_slice){bad[i], strlen(bad[i])}, &number))
            fail_msg("taken: %s", bad[i]);
    assert_false(evm_read_quantity((struct json_slice){word, strlen(word)}, &number));
    assert_true(evm_read_u64((struct json_slice){"0xffffffffffffffff", 18}, &narrow));
    assert_false(evm_read_u64((struct json_slice){"0x10000000000000000", 19}, &narrow));
}

/* ---- blocks ---- */

static bool read_block(const char *text, struct evm_block *ret_block, struct err *err)
{
    struct json_pull pull;
    json_pull_init(&pull, text, strlen(text));
    return evm_read_block(&pull, &watch, ret_block, err);
}

#define TX(hash, from, to, value)                                                                  \
    "{\"hash\":\"" hash "\",\"from\":\"" from "\",\"to\":" to ",\"value\":\"" value                \
    "\",\"nonce\":\"0x7\",\"input\":\"0x\"}"
#define BLOCK(transactions)                                                                        \
    "{\"number\":\"0x10\",\"hash\":\"" HASH_A "\",\"parentHash\":\"" HASH_B                        \
    "\",\"timestamp\":\"0x6b09fc2f\","                                                             \
    "\"baseFeePerGas\":\"0x7\",\"gasUsed\":\"0x5208\",\"uncles\":[],\"transactions\":"             \
    "[" transactions "]}"

static void block__payments__only_those_of_ours(void **state)
{
    (void)state;
    AUTO(evm_block_release) struct evm_block block = {0};
    struct err err;
    assert_true(
        read_block(BLOCK(TX(HASH_A, OTHER, "\"" OTHER "\"", "0x5") "," TX(
                       HASH_B, OTHER, "\"" OURS "\"", "0x6") "," TX(HASH_A, OURS, "null", "0x0")),
                   &block, &err));
    assert_int_equal(block.number, 16);
    assert_int_equal(block.transactions, 3);
    assert_int_equal(block.payments_count, 2);
    assert_true(block.payments[0].is_to_us && !block.payments[0].is_from_us);
    assert_int_equal(small(block.payments[0].value), 6);
    assert_int_equal(block.payments[0].position, 1);
    assert_true(block.payments[1].is_from_us && block.payments[1].is_creation);
    assert_int_equal(block.payments[1].nonce, 7);
}

static void block__ids_only__are_counted(void **state)
{
    (void)state;
    AUTO(evm_block_release) struct evm_block block = {0};
    struct err err;
    assert_true(read_block(BLOCK("\"" HASH_A "\",\"" HASH_B "\""), &block, &err));
    assert_int_equal(block.transactions, 2);
}

static void block__null_or_broken__is_an_error(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "{}",
        "[]",
        "\"\"",
        "<html>",
        "{\"number\":\"0x1\"",
        BLOCK("{}"),
        BLOCK(TX("0xaa", OTHER, "null", "0x0")),
        BLOCK(TX(HASH_A, OTHER, "\"0x12\"", "0x0")),
        BLOCK(TX(HASH_A, OTHER, "null", "five")),
        "{\"number\":16,\"hash\":\"" HASH_A "\"}",
    };
    struct evm_block block;
    struct err err;
    assert_false(read_block("null", &block, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        if (read_block(broken[i], &block, &err))
            fail_msg("taken: %s", broken[i]);
        assert_int_equal(err.code, ERR_PROTOCOL);
    }
}

/* ---- logs ---- */

#define LOG(block, topics, data)                                                                   \
    "{\"address\":\"" TOKEN "\",\"topics\":[" topics "],\"data\":\"" data                          \
    "\",\"blockHash\":\"" block "\","                                                              \
    "\"transactionHash\":\"" HASH_B "\",\"logIndex\":\"0x4\",\"removed\":false}"
#define TOPICS(from, to) "\"" TRANSFER "\",\"" from "\",\"" to "\""

static bool read_logs(const char *text, struct evm_logs *ret_logs, struct err *err)
{
    struct json_pull pull;
    struct evm_hash block = hash_of(HASH_A);
    json_pull_init(&pull, text, strlen(text));
    return evm_read_logs(&pull, &block, &watch, ret_logs, err);
}

static void logs__transfers_to_and_from_ours__are_kept(void **state)
{
    (void)state;
    AUTO(evm_logs_release) struct evm_logs logs = {0};
    struct err err;
    assert_true(read_logs(
        "[" LOG(HASH_A, TOPICS(TOPIC_OTHER, TOPIC_OURS), WORD_5) "," LOG(
            HASH_A, TOPICS(TOPIC_OURS, TOPIC_OTHER),
            WORD_5) "," LOG(HASH_A, TOPICS(TOPIC_OTHER, TOPIC_OTHER),
                            WORD_5) "," LOG(HASH_A, TOPICS(TOPIC_OTHER, TOPIC_OURS), WORD_MAX) "]",
        &logs, &err));
    assert_int_equal(logs.count, 3);
    assert_int_equal(small(logs.rows[0].value), 5);
    assert_int_equal(logs.rows[0].index, 4);
    assert_true(is_ours(NULL, &logs.rows[1].from) && !is_ours(NULL, &logs.rows[1].to));
    assert_int_equal(u256_cmp(logs.rows[2].value, U256_MAX), 0);
    assert_int_equal(logs.odd, 0);
}

/* W-04: what is no ERC-20 transfer is no deposit, and does not stop the others. */
static void logs__odd_topics_and_data__are_left_out(void **state)
{
    (void)state;
    static const char *const odd[] = {
        LOG(HASH_A, "", WORD_5),
        LOG(HASH_A, "\"" TRANSFER "\"", WORD_5),
        LOG(HASH_A, "\"" TRANSFER "\",\"" TOPIC_OTHER "\"", WORD_5),
        LOG(HASH_A, TOPICS(TOPIC_OTHER, TOPIC_OURS) ",\"" WORD_5 "\"", "0x"), /* an NFT */
        LOG(HASH_A, TOPICS(TOPIC_OTHER, TOPIC_OURS), "0x"),                   /* short */
        LOG(HASH_A, TOPICS(TOPIC_OTHER, TOPIC_OURS), "0x05"),                 /* short */
        LOG(HASH_A, TOPICS(TOPIC_OTHER, TOPIC_OURS), WORD_5 "00"),            /* long */
        LOG(HASH_A, "\"" WORD_5 "\",\"" TOPIC_OTHER "\",\"" TOPIC_OURS "\"",
            WORD_5), /* another event */
        LOG(HASH_A, "\"" TRANSFER "\",\"" TOPIC_OTHER "\",\"" WORD_MAX "\"",
            WORD_5),                                                              /* no address */
        LOG(HASH_A, "\"" TRANSFER "\",\"" TOPIC_OTHER "\",\"" OURS "\"", WORD_5), /* short topic */
    };
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        AUTO(str_release) struct str text = STR_INIT(8192);
        AUTO(evm_logs_release) struct evm_logs logs = {0};
        struct err err;
        str_add_format(&text, "[%s,%s]", odd[i],
                       LOG(HASH_A, TOPICS(TOPIC_OTHER, TOPIC_OURS), WORD_5));
        assert_true(read_logs(text.data, &logs, &err));
        assert_int_equal(logs.count, 1);
        assert_int_equal(logs.odd, 1);
    }
}

static void logs__of_another_block__are_refused(void **state)
{
    (void)state;
    struct evm_logs logs;
    struct err err;
    assert_false(
        read_logs("[" LOG(HASH_B, TOPICS(TOPIC_OTHER, TOPIC_OURS), WORD_5) "]", &logs, &err));
    assert_int_equal(err.code, ERR_PROTOCOL);
    assert_false(read_logs("[{\"removed\":true}]", &logs, &err));
    assert_false(read_logs("null", &logs, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

/* ---- receipts ---- */

static bool read_receipt(const char *text, struct evm_receipt *ret_receipt, struct err *err)
{
    struct json_pull pull;
    json_pull_init(&pull, text, strlen(text));
    return evm_read_receipt(&pull, ret_receipt, err);
}

#define RECEIPT(status, logs)                                                                      \
    "{\"transactionHash\":\"" HASH_B "\",\"blockHash\":\"" HASH_A                                  \
    "\",\"blockNumber\":\"0x10\",\"gasUsed\":\"0x5208\","                                          \
    "\"effectiveGasPrice\":\"0x3b9aca00\",\"contractAddress\":null,\"status\":\"" status           \
    "\",\"logs\":[" logs "]}"

static void receipt__status_fee_and_logs__are_read(void **state)
{
    (void)state;
    struct evm_receipt receipt;
    struct u256 fee;
    struct err err;
    assert_true(read_receipt(RECEIPT("0x1", "{\"logIndex\":\"0x3\"},{\"logIndex\":\"0x4\"}"),
                             &receipt, &err));
    assert_true(receipt.is_success);
    assert_int_equal(receipt.first_log, 3);
    assert_int_equal(receipt.logs, 2);
    assert_true(evm_receipt_fee(&receipt, &fee));
    assert_int_equal(small(fee), 21000000000000);
    assert_true(read_receipt(RECEIPT("0x0", ""), &receipt, &err));
    assert_false(receipt.is_success);
    assert_false(read_receipt("null", &receipt, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_false(read_receipt(RECEIPT("0x2", ""), &receipt, &err));
    assert_false(read_receipt(RECEIPT("0x1", "{\"logIndex\":\"0x3\"},{\"logIndex\":\"0x5\"}"),
                              &receipt, &err));
    assert_int_equal(err.code, ERR_PROTOCOL);
}

/* ---- traces ---- */

static bool read_traces(const char *text, struct evm_inners *ret_inners, struct err *err)
{
    struct json_pull pull;
    json_pull_init(&pull, text, strlen(text));
    return evm_read_traces(&pull, &watch, ret_inners, err);
}

#define CALL(type, to, value, more)                                                                \
    "{\"from\":\"" OTHER "\",\"to\":\"" to "\"" more ",\"value\":\"" value "\",\"type\":\"" type   \
    "\"}"
#define TRACE(frame) "[{\"txHash\":\"" HASH_B "\",\"result\":" frame "}]"
#define CALLS(calls) ",\"calls\":[" calls "]"
#define VOID ",\"error\":\"execution reverted\""

static size_t count_traces(const char *text, uint64_t *ret_first)
{
    AUTO(evm_inners_release) struct evm_inners inners = {0};
    struct err err = {0};
    if (!read_traces(text, &inners, &err))
        fail_msg("%s", err.what);
    *ret_first = inners.count ? small(inners.rows[0].value) : 0;
    return inners.count;
}

/* W-06, W-07 */
static void traces__inner_payments__are_summed_and_void_ones_dropped(void **state)
{
    (void)state;
    uint64_t value;
    assert_int_equal(
        count_traces(TRACE(CALL("CALL", OTHER, "0x0", CALLS(CALL("CALL", OURS, "0x5", "")))),
                     &value),
        1);
    assert_int_equal(value, 5);
    /* twice the same address */
    assert_int_equal(count_traces(TRACE(CALL("CALL", OTHER, "0x0",
                                             CALLS(CALL("CALL", OURS, "0x5", "") "," CALL(
                                                 "SELFDESTRUCT", OURS, "0x6", "")))),
                                  &value),
                     1);
    assert_int_equal(value, 11);
    /* the frame itself failed; the verdict comes after the calls */
    assert_int_equal(
        count_traces(TRACE(CALL("CALL", OTHER, "0x0", CALLS(CALL("CALL", OURS, "0x5", VOID)))),
                     &value),
        0);
    assert_int_equal(
        count_traces(TRACE(CALL("CALL", OTHER, "0x0",
                                CALLS(CALL("CALL", OTHER, "0x0",
                                           CALLS(CALL("CALL", OURS, "0x5", "")) VOID)))),
                     &value),
        0);
    /* the transaction failed */
    assert_int_equal(
        count_traces(TRACE(CALL("CALL", OTHER, "0x0", CALLS(CALL("CALL", OURS, "0x5", "")) VOID)),
                     &value),
        0);
    /* a brother of a void frame stands */
    assert_int_equal(
        count_traces(TRACE(CALL("CALL", OTHER, "0x0",
                                CALLS(CALL("CALL", OTHER, "0x0",
                                           CALLS(CALL("CALL", OURS, "0x5", ""))
                                               VOID) "," CALL("CALL", OURS, "0x7", "")))),
                     &value),
        1);
    assert_int_equal(value, 7);
}

static void traces__what_moves_nothing__is_left_out(void **state)
{
    (void)state;
    uint64_t value;
    assert_int_equal(count_traces(TRACE(CALL("CALL", OURS, "0x5", "")), &value),
                     0); /* the block tells it */
    assert_int_equal(count_traces(TRACE(CALL("CALL", OTHER, "0x0",
                                             CALLS(CALL("DELEGATECALL", OURS, "0x5", "")))),
                                  &value),
                     0);
    assert_int_equal(
        count_traces(TRACE(CALL("CALL", OTHER, "0x0", CALLS(CALL("STATICCALL", OURS, "0x5", "")))),
                     &value),
        0);
    assert_int_equal(
        count_traces(TRACE(CALL("CALL", OTHER, "0x0", CALLS(CALL("CALL", OURS, "0x0", "")))),
                     &value),
        0);
    assert_int_equal(count_traces("[]", &value), 0);
}

static void traces__not_of_every_transaction__are_refused(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "{}",
        "[{}]",
        "[{\"txHash\":\"" HASH_B "\"}]",
        "[{\"txHash\":\"" HASH_B "\",\"error\":null}]",
        "[{\"error\":\"timeout\"}]",
        "[{\"result\":" CALL("CALL", OURS, "0x1", "") "}]",
        "[{\"txHash\":\"" HASH_B "\",\"result\":{\"type\":\"CALL\"}}]",
        TRACE(CALL("CALL", OTHER, "0x0",
                   CALLS(CALL("CALL", OURS, WORD_MAX, "") "," CALL("CALL", OURS, "0x1", "")))),
    };
    struct evm_inners inners;
    struct err err;
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        if (read_traces(broken[i], &inners, &err))
            fail_msg("taken: %s", broken[i]);
        assert_int_equal(err.code, ERR_PROTOCOL);
    }
}

/* As anvil after a restart, which has the state of new blocks alone; and geth when it takes too long. */
static void traces__of_lost_state__are_counted_and_the_others_read(void **state)
{
    (void)state;
    AUTO(evm_inners_release) struct evm_inners inners = {0};
    struct err err;
    bool ok = read_traces("[{\"error\":\"Resource not found\",\"txHash\":\"" HASH_B "\"},"
                          "{\"txHash\":\"" HASH_B "\",\"result\":" CALL(
                              "CALL", OTHER, "0x0", CALLS(CALL("CALL", OURS, "0x5", ""))) "}]",
                          &inners, &err);
    assert_true(ok);
    assert_int_equal(inners.traced, 2);
    assert_int_equal(inners.untraced, 1);
    assert_int_equal(inners.count, 1);
}

static void traces__nested_as_deep_as_the_machine__are_read(void **state)
{
    (void)state;
    for (int depth = 1023; depth <= 1100; depth += 77) {
        AUTO(str_release) struct str text = STR_INIT(1 << 20);
        AUTO(evm_inners_release) struct evm_inners inners = {0};
        struct err err;
        str_add(&text, "[{\"txHash\":\"" HASH_B "\",\"result\":");
        for (int i = 0; i < depth; i++)
            str_add(&text,
                    "{\"from\":\"" OTHER "\",\"to\":\"" OTHER "\",\"type\":\"CALL\",\"calls\":[");
        str_add(&text, CALL("CALL", OURS, "0x9", ""));
        for (int i = 0; i < depth; i++)
            str_add(&text, "]}");
        str_add(&text, "}]");
        assert_true(str_ok(&text));
        assert_int_equal(read_traces(text.data, &inners, &err), depth == 1023);
        assert_int_equal(inners.count, depth == 1023);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantities__other_forms__are_refused),
        cmocka_unit_test(block__payments__only_those_of_ours),
        cmocka_unit_test(block__ids_only__are_counted),
        cmocka_unit_test(block__null_or_broken__is_an_error),
        cmocka_unit_test(logs__transfers_to_and_from_ours__are_kept),
        cmocka_unit_test(logs__odd_topics_and_data__are_left_out),
        cmocka_unit_test(logs__of_another_block__are_refused),
        cmocka_unit_test(receipt__status_fee_and_logs__are_read),
        cmocka_unit_test(traces__inner_payments__are_summed_and_void_ones_dropped),
        cmocka_unit_test(traces__what_moves_nothing__is_left_out),
        cmocka_unit_test(traces__not_of_every_transaction__are_refused),
        cmocka_unit_test(traces__of_lost_state__are_counted_and_the_others_read),
        cmocka_unit_test(traces__nested_as_deep_as_the_machine__are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
