/* PSBT: vectors of BIP-174, each form that is refused, and combining. Signing: libs/hdkey's tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/auto.h"
#include "chain/psbt.h"

/* BIP-174's first valid one: one p2pkh-like input with its previous transaction, empty outputs. */
#define TX                                                                                         \
    "0100750200000001268171371edff285e937adeea4b37b78000c0566cbb3ad64641713ca42171bf60000000000fe" \
    "ffffff02d3dff505000000001976a914d0c59903c5bac2868760e90fd521a4665aa7652088ac00e1f50500000000" \
    "17a9143545e6e33b832c47050f24d3eeb93c9c03948bc787b32e1300"
#define PREVIOUS_TX                                                                                \
    "0100000000010289a3c71eab4d20e0371bbba4cc698fa295c9463afa2e397f8533ccb62f9567e501000000171600" \
    "14be18d152a9b012039daf3da7de4f53349eecb985ffffffff86f8aa43a71dff1448893a530a7237ef6b4608bbb2" \
    "dd2d0171e63aec6a4890b40100000017160014fe3e9ef1a745e974d902c4355943abcb34bd5353ffffffff0200c2" \
    "eb0b000000001976a91485cff1097fd9e008bb34af709c62197b38978a4888ac72fef84e2c00000017a914339725" \
    "ba21efd62ac753a9bcd067d6c7a6a39d05870247304402202712be22e0270f394f568311dc7ca9a68970b8025fdd" \
    "3b240229f07f8a5f3a240220018b38d7dcd314e734c9276bd6fb40f673325bc4baa144c800d2f2f02db2765c0121" \
    "03d2e15674941bad4a996372cb87e1856d3652606d98562fe39c5e9e7e413f210502483045022100d12b852d85dc" \
    "d961d2f5f4ab660654df6eedcc794c0c33ce5cc309ffb5fce58d022067338a8e0e1725c197fb1a88af59f51e44e4" \
    "255b20167c8684031c05d1f2592a01210223b72beef0965d10be0778efecd61fcac6f79a4ea169393380734464f8" \
    "4f2ab300000000"
#define PREVIOUS "0100fda501" PREVIOUS_TX
#define MAGIC "70736274ff"
#define KEY "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
#define UTXO                                                                                       \
    "010120"                                                                                       \
    "00e1f50500000000"                                                                             \
    "17a9143545e6e33b832c47050f24d3eeb93c9c03948bc787"
#define SIGNATURE                                                                                  \
    "09"                                                                                           \
    "300602010102010101"

struct world {
    struct arena *arena;
    struct str bytes;
    struct psbt psbt;
    struct err err;
};

static int world_new(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    if (!w)
        return -1;
    w->arena = arena_new(8 << 20);
    w->bytes = STR_INIT(1 << 20);
    *state = w;
    return w->arena ? 0 : -1;
}

static int world_free(void **state)
{
    struct world *w = *state;
    arena_free(w->arena);
    str_release(&w->bytes);
    free(w);
    return 0;
}

static bool parse(struct world *w, const char *hex)
{
    str_clear(&w->bytes);
    assert_true(hex_read(hex, strlen(hex), &w->bytes));
    return psbt_parse(span_of_str(&w->bytes), w->arena, &w->psbt, &w->err);
}

static bool parse_text(struct world *w, const char *text)
{
    return psbt_parse_text(text, strlen(text), w->arena, &w->psbt, &w->err);
}

static void psbt_parse__valid_of_bip_174__written_the_same(void **state)
{
    static const char *const texts[] = {
        "cHNidP8BAHUCAAAAASaBcTce3/KF6Tet7qSze3gADAVmy7OtZGQXE8pCFxv2AAAAAAD+////"
        "AtPf9QUAAAAAGXapFNDFmQPFusKGh2DpD9UhpGZap2UgiKwA4fUFAAAAABepFDVF5uM7gyxHBQ8k0+"
        "65PJwDlIvHh7MuEwAAAQD9pQEBAAAAAAECiaPHHqtNIOA3G7ukzGmPopXJRjr6Ljl/"
        "hTPMti+VZ+UBAAAAFxYAFL4Y0VKpsBIDna89p95PUzSe7LmF/////"
        "4b4qkOnHf8USIk6UwpyN+9rRgi7st0tAXHmOuxqSJC0AQAAABcWABT+Pp7xp0XpdNkCxDVZQ6vLNL1TU/////"
        "8CAMLrCwAAAAAZdqkUhc/xCX/"
        "Z4Ai7NK9wnGIZeziXikiIrHL++E4sAAAAF6kUM5cluiHv1irHU6m80GfWx6ajnQWHAkcwRAIgJxK+"
        "IuAnDzlPVoMR3HyppolwuAJf3TskAinwf4pfOiQCIAGLONfc0xTnNMkna9b7QPZzMlvEuqFEyADS8vAtsnZcASED0u"
        "FWdJQbrUqZY3LLh+GFbTZSYG2YVi/jnF6efkE/IQUCSDBFAiEA0SuFLYXc2WHS9fSrZgZU327tzHlMDDPOXMMJ/"
        "7X85Y0CIGczio4OFyXBl/"
        "saiK9Z9R5E5CVbIBZ8hoQDHAXR8lkqASECI7cr7vCWXRC+B3jv7NYfysb3mk6haTkzgHNEZPhPKrMAAAAAAAAA",
        "cHNidP8BACoCAAAAAAFAQg8AAAAAABepFG6Rty1Vk+fUOR4v9E6R6YXDFkHwhwAAAAAAAA==",
    };
    struct world *w = *state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        AUTO(str_release) struct str out = STR_INIT(1 << 20);
        if (!parse_text(w, texts[i]))
            fail_msg("%zu: %s", i, w->err.what);
        psbt_write_text(&w->psbt, &out);
        assert_string_equal(out.data, texts[i]);
    }
    struct coin_output spent;
    bool is_proven;
    assert_true(parse_text(w, texts[0]));
    assert_true(psbt_spent(&w->psbt, 0, &spent, &is_proven, &w->err));
    assert_true(is_proven);
    assert_int_equal(spent.value, 200000000);
    uint64_t fee;
    assert_true(psbt_fee(&w->psbt, &fee, &w->err));
    assert_int_equal(fee, 200000000 - 99999699 - 100000000);
    bool is_complete;
    assert_true(psbt_finalize(&w->psbt, &is_complete, &w->err));
    assert_false(is_complete);
}

static void psbt_parse__what_it_does_not_know__passed_through(void **state)
{
    static const char *const hex = MAGIC TX "02f00101aa"
                                            "00" PREVIOUS "04fc010203"
                                            "02bbcc"
                                            "03f12233"
                                            "00"
                                            "00"
                                            "02ff07"
                                            "00"
                                            "00"
                                            "00";
    struct world *w = *state;
    AUTO(str_release) struct str out = STR_INIT(1 << 20);
    if (!parse(w, hex))
        fail_msg("%s", w->err.what);
    psbt_write(&w->psbt, &out);
    assert_int_equal(out.length, w->bytes.length);
}

static void psbt_parse__broken__refused_with_a_reason(void **state)
{
    static const struct {
        const char *hex, *reason;
    } rows[] = {
        {"", "does not start"},
        {"0200000001268171371edff285e937", "does not start"},
        {MAGIC, "cut off"},
        {MAGIC "00", "no unsigned"},
        {MAGIC "00" PREVIOUS "00"
               "00"
               "00",
         "no unsigned"},
        {MAGIC TX "00" PREVIOUS "00", "cut off"},
        {MAGIC TX "00" PREVIOUS "00"
                  "00",
         "cut off"},
        {MAGIC TX "00" PREVIOUS "00"
                  "00"
                  "00"
                  "00",
         "behind"},
        {MAGIC TX TX "00" PREVIOUS "00"
                     "00"
                     "00",
         "twice"},
        {MAGIC TX "00" PREVIOUS PREVIOUS "00"
                  "00"
                  "00",
         "twice"},
        {MAGIC TX "00" UTXO "010100"
                  "00"
                  "00"
                  "00",
         "type 1"},
        /* Keys of types that have nothing behind their type. */
        {MAGIC "020001"
               "00"
               "00"
               "00"
               "00",
         "global map: type 0"},
        {MAGIC TX "00"
                  "020001"
                  "00"
                  "00"
                  "00"
                  "00",
         "input: type 0"},
        {MAGIC TX "00"
                  "020101"
                  "00"
                  "00"
                  "00"
                  "00",
         "input: type 1"},
        {MAGIC TX "00"
                  "020301"
                  "0401000000"
                  "00"
                  "00"
                  "00",
         "input: type 3"},
        {MAGIC TX "00"
                  "020401"
                  "0100"
                  "00"
                  "00"
                  "00",
         "input: type 4"},
        {MAGIC TX "00"
                  "020501"
                  "0100"
                  "00"
                  "00"
                  "00",
         "input: type 5"},
        {MAGIC TX "00"
                  "020701"
                  "0100"
                  "00"
                  "00"
                  "00",
         "input: type 7"},
        {MAGIC TX "00"
                  "020801"
                  "0100"
                  "00"
                  "00"
                  "00",
         "input: type 8"},
        {MAGIC TX "00"
                  "00"
                  "020001"
                  "0100"
                  "00"
                  "00",
         "output: type 0"},
        {MAGIC TX "00"
                  "00"
                  "020101"
                  "0100"
                  "00"
                  "00",
         "output: type 1"},
        /* Keys that are none. */
        {MAGIC TX "00"
                  "0202ff" SIGNATURE "00"
                  "00"
                  "00",
         "input: type 2"},
        {MAGIC TX "00"
                  "230205" KEY SIGNATURE "00"
                  "00"
                  "00",
         "input: type 2"},
        {MAGIC TX "00"
                  "2206"
                  "02ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                  "0411223344"
                  "00"
                  "00"
                  "00",
         "input: type 6"},
        {MAGIC TX "00"
                  "2206" KEY "0511223344aa"
                  "00"
                  "00"
                  "00",
         "input: type 6"},
        {MAGIC TX "00"
                  "2206" KEY "03112233"
                  "00"
                  "00"
                  "00",
         "input: type 6"},
        {MAGIC TX "00"
                  "00"
                  "2202" KEY "03112233"
                  "00"
                  "00",
         "output: type 2"},
        /* Values that are none. */
        {MAGIC TX "00"
                  "0103"
                  "03010000"
                  "00"
                  "00"
                  "00",
         "input: type 3"},
        {MAGIC TX "00"
                  "0101"
                  "0800e1f50500000000"
                  "00"
                  "00"
                  "00",
         "input: type 1"},
        {MAGIC TX "00"
                  "0108"
                  "0202ff"
                  "00"
                  "00"
                  "00",
         "input: type 8"},
        {MAGIC TX "00"
                  "0100"
                  "0400000000"
                  "00"
                  "00"
                  "00",
         "what it spends"},
        /* Another version. */
        {MAGIC TX "01fb"
                  "0402000000"
                  "00" PREVIOUS "00"
                  "00"
                  "00",
         "global map: type 251"},
        {MAGIC "01fb"
               "0402000000"
               "00",
         "global map: type 251"},
        /* Its transaction is signed. */
        {MAGIC "01005400"
               "02000000"
               "00",
         "value is cut off"},
        {MAGIC "01003d"
               "02000000"
               "01"
               "268171371edff285e937adeea4b37b78000c0566cbb3ad64641713ca42171bf6"
               "00000000"
               "0151"
               "feffffff"
               "01"
               "0100000000000000"
               "00"
               "00000000"
               "00"
               "00"
               "00",
         "is signed"},
        /* A previous transaction that the input does not name. */
        {MAGIC "01003c"
               "02000000"
               "01"
               "268171371edff285e937adeea4b37b78000c0566cbb3ad64641713ca42171bf7"
               "00000000"
               "00"
               "feffffff"
               "01"
               "0100000000000000"
               "00"
               "00000000"
               "00" PREVIOUS "00"
               "00",
         "does not spend"},
        {MAGIC "01003c"
               "02000000"
               "01"
               "268171371edff285e937adeea4b37b78000c0566cbb3ad64641713ca42171bf6"
               "02000000"
               "00"
               "feffffff"
               "01"
               "0100000000000000"
               "00"
               "00000000"
               "00" PREVIOUS "00"
               "00",
         "not there"},
    };
    struct world *w = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (parse(w, rows[i].hex))
            fail_msg("row %zu was taken", i);
        if (!strstr(w->err.what, rows[i].reason))
            fail_msg("row %zu: %s", i, w->err.what);
    }
}

static void psbt_parse__cut_off_anywhere__refused(void **state)
{
    struct world *w = *state;
    assert_true(parse(w, MAGIC TX "00" PREVIOUS "00"
                                  "00"
                                  "00"));
    for (size_t length = 0; length < w->bytes.length; length++) {
        uint8_t *copy = malloc(length + 1);
        assert_non_null(copy);
        memcpy(copy, w->bytes.data, length);
        arena_reset(w->arena);
        assert_false(psbt_parse(span_of(copy, length), w->arena, &w->psbt, &w->err));
        free(copy);
    }
}

static void psbt_parse_text__no_base64__refused(void **state)
{
    struct world *w = *state;
    assert_false(parse_text(w, "cHNidP8B*"));
    assert_false(
        parse_text(w, "AgAAAAEmgXE3Ht/yhek3re6ks3t4AAwFZsuzrWRkFxPKQhcb9gAAAABqRzBEAiBwsiRRI+a/"
                      "R01gxbUMBD1MaRpdJDXwmjSnZiqdwlF5CgIgATKcqdrPKAvfMHQOwDkEIkIsgctFg5RXrrdvwS7d"
                      "lbMBIQJlfRGNM1e44PTCzUbbezn22cONmnCry5st5dyNv+TOMf7///8C09/"
                      "1BQAAAAAZdqkU0MWZA8W6woaHYOkP1SGkZlqnZSCIrADh9QUAAAAAF6kUNUXm4zuDLEcFDyTT7rk"
                      "8nAOUi8eHsy4TAA=="));
    assert_non_null(strstr(w->err.what, "does not start"));
}

/* More pairs than a map may have: bounded, not slow. */
static void psbt_parse__very_many_pairs__refused(void **state)
{
    struct world *w = *state;
    const char *head = MAGIC TX "00";
    assert_true(hex_read(head, strlen(head), &w->bytes));
    for (unsigned i = 0; i < 5000; i++) {
        bytes_add_u8(&w->bytes, 3);
        bytes_add_u8(&w->bytes, 0xf0);
        bytes_add_u16(&w->bytes, (uint16_t)i);
        bytes_add_u8(&w->bytes, 0);
    }
    assert_false(psbt_parse(span_of_str(&w->bytes), w->arena, &w->psbt, &w->err));
    assert_non_null(strstr(w->err.what, "more than"));
}

static void psbt_combine__parts__union_or_refused(void **state)
{
    static const char *const left = MAGIC TX "00"
                                             "01f1"
                                             "021122"
                                             "00"
                                             "00"
                                             "00";
    static const char *const right = MAGIC TX "00"
                                              "01f2"
                                              "0133"
                                              "00"
                                              "01f3"
                                              "00"
                                              "00"
                                              "00";
    static const char *const differs = MAGIC TX "00"
                                                "01f1"
                                                "021123"
                                                "00"
                                                "00"
                                                "00";
    static const char *const both = MAGIC TX "00"
                                             "01f1"
                                             "021122"
                                             "01f2"
                                             "0133"
                                             "00"
                                             "01f3"
                                             "00"
                                             "00"
                                             "00";
    struct world *w = *state;
    AUTO(str_release) struct str one = STR_INIT(4096), two = STR_INIT(4096), three = STR_INIT(4096);
    AUTO(str_release) struct str out = STR_INIT(4096), hex = STR_INIT(8192);
    struct psbt a, b, c;
    assert_true(hex_read(left, strlen(left), &one) && hex_read(right, strlen(right), &two) &&
                hex_read(differs, strlen(differs), &three));
    assert_true(psbt_parse(span_of_str(&one), w->arena, &a, &w->err));
    assert_true(psbt_parse(span_of_str(&two), w->arena, &b, &w->err));
    assert_true(psbt_parse(span_of_str(&three), w->arena, &c, &w->err));
    assert_true(psbt_combine(&a, &b, &w->err));
    assert_true(psbt_combine(&a, &b, &w->err)); /* again: nothing new */
    psbt_write(&a, &out);
    str_add_hex(&hex, out.data, out.length);
    assert_string_equal(hex.data, both);
    assert_false(psbt_combine(&a, &c, &w->err));
    assert_non_null(strstr(w->err.what, "two values"));
    assert_true(
        parse_text(w, "cHNidP8BACoCAAAAAAFAQg8AAAAAABepFG6Rty1Vk+fUOR4v9E6R6YXDFkHwhwAAAAAAAA=="));
    assert_false(psbt_combine(&a, &w->psbt, &w->err));
    assert_non_null(strstr(w->err.what, "two transactions"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
        T(psbt_parse__valid_of_bip_174__written_the_same),
        T(psbt_parse__what_it_does_not_know__passed_through),
        T(psbt_parse__broken__refused_with_a_reason),
        T(psbt_parse__cut_off_anywhere__refused),
        T(psbt_parse_text__no_base64__refused),
        T(psbt_parse__very_many_pairs__refused),
        T(psbt_combine__parts__union_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
