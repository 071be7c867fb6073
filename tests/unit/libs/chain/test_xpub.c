/* Extended public keys: public derivation of the vectors of BIP-32 and BIP-84, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "chain/coin_address.h"
#include "chain/key_path.h"
#include "chain/xpub.h"

static struct xpub of(const char *text)
{
    struct xpub xpub;
    struct err err;
    if (!xpub_parse(text, XPUB_VERSION_MAIN, &xpub, &err))
        fail_msg("%s: %s", text, err.what);
    return xpub;
}

static void xpub_child__public_steps_of_bip_32__known_keys(void **state)
{
    static const struct {
        const char *parent;
        uint32_t number;
        const char *child;
    } rows[] = {
        {"xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9"
         "xv5ski8PX9rL2dZXvgGDnw",
         1,
         "xpub6ASuArnXKPbfEwhqN6e3mwBcDTgzisQN1wXN9BJcM47sSikHjJf3UFHKkNAWbWMiGj7Wf5uMash7SyYq527Hq"
         "ck2AxYysAA7xmALppuCkwQ"},
        {"xpub6D4BDPcP2GT577Vvch3R8wDkScZWzQzMMUm3PWbmWvVJrZwQY4VUNgqFJPMM3No2dFDFGTsxxpG5uJh7n7epu"
         "4trkrX7x7DogT5Uv6fcLW5",
         2,
         "xpub6FHa3pjLCk84BayeJxFW2SP4XRrFd1JYnxeLeU8EqN3vDfZmbqBqaGJAyiLjTAwm6ZLRQUMv1ZACTj37sR62c"
         "fN7fe5JnJ7dh8zL4fiyLHV"},
        {"xpub6FHa3pjLCk84BayeJxFW2SP4XRrFd1JYnxeLeU8EqN3vDfZmbqBqaGJAyiLjTAwm6ZLRQUMv1ZACTj37sR62c"
         "fN7fe5JnJ7dh8zL4fiyLHV",
         1000000000,
         "xpub6H1LXWLaKsWFhvm6RVpEL9P4KfRZSW7abD2ttkWP3SSQvnyA8FSVqNTEcYFgJS2UaFcxupHiYkro49S8yGasT"
         "vXEYBVPamhGW6cFJodrTHy"},
        {"xpub661MyMwAqRbcFW31YEwpkMuc5THy2PSt5bDMsktWQcFF8syAmRUapSCGu8ED9W6oDMSgv6Zz8idoc4a6mr8BD"
         "zTJY47LJhkJ8UB7WEGuduB",
         0,
         "xpub69H7F5d8KSRgmmdJg2KhpAK8SR3DjMwAdkxj3ZuxV27CprR9LgpeyGmXUbC6wb7ERfvrnKZjXoUmmDznezpbZ"
         "b7ap6r1D3tgFxHmwMkQTPH"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct xpub parent = of(rows[i].parent), child;
        char text[XPUB_TEXT_SIZE];
        assert_string_equal(xpub_text(&parent, XPUB_VERSION_MAIN, text), rows[i].parent);
        assert_true(xpub_child(&parent, rows[i].number, &child));
        assert_string_equal(xpub_text(&child, XPUB_VERSION_MAIN, text), rows[i].child);
    }
}

static void xpub_parse__what_is_none__refused_with_a_reason(void **state)
{
    static const struct {
        const char *text, *reason;
    } rows[] = {
        {"", "checksum"},
        {"xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD26"
         "5TMg7usUDFdp6W1EGMcet9",
         "checksum"},
        /* A private key; one of a test network. */
        {"xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU"
         "3TGtRBeJgk33yuGBxrMPHi",
         "0488ade4"},
        {"tpubD6NzVbkrYhZ4XgiXtGrdW5XDAPFCL9h7we1vwNCpn8tGbBcgfVYjXyhWo4E1xkh56hjod1RhGjxbaTLV3X4Fy"
         "WuejifB9jusQ46QzG87VKp",
         "043587cf"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct xpub xpub;
        struct err err;
        assert_false(xpub_parse(rows[i].text, XPUB_VERSION_MAIN, &xpub, &err));
        if (!strstr(err.what, rows[i].reason))
            fail_msg("%s: %s", rows[i].text, err.what);
    }
    struct xpub xpub;
    struct err err;
    assert_true(xpub_parse(rows[3].text, 0x043587cf, &xpub, &err));
}

static void xpub_parse__no_point_or_wrong_parent__refused(void **state)
{
    struct xpub master = of("xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJo"
                            "Cu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8");
    struct xpub broken[3] = {master, master, master}, xpub;
    char text[XPUB_TEXT_SIZE];
    (void)state;
    broken[0].number = 1;
    broken[1].parent[0] = 1;
    memset(broken[2].key + 1, 0xff, 32);
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        struct err err;
        xpub_text(&broken[i], XPUB_VERSION_MAIN, text);
        assert_false(xpub_parse(text, XPUB_VERSION_MAIN, &xpub, &err));
    }
    master.depth = 255;
    assert_false(xpub_child(&master, 0, &xpub));
}

static void key_path_parse__paths__come_out_again(void **state)
{
    static const char *const good[] = {"m", "m/0", "m/84'/2'/0'/0/2147483647",
                                       "m/1/2/3/4/5/6/7/8/9/10"};
    static const char *const bad[] = {"",
                                      "84'/0'",
                                      "m/",
                                      "m//1",
                                      "m/01",
                                      "m/-1",
                                      "m/x",
                                      "m/1''",
                                      "m/1 ",
                                      "m/2147483648",
                                      "m/1/",
                                      "M/1",
                                      "m1",
                                      "m/'",
                                      "m/1/2/3/4/5/6/7/8/9/10/11",
                                      "m/99999999999999999999"};
    (void)state;
    struct key_path path, other;
    char text[KEY_PATH_TEXT_SIZE];
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_true(key_path_parse(good[i], &path));
        assert_string_equal(key_path_text(&path, text), good[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(key_path_parse(bad[i], &path));
    assert_true(key_path_parse("m/84h/0h", &path));
    assert_true(key_path_parse("m/84'/0'", &other));
    assert_true(key_path_equal(&path, &other));
    for (size_t i = 0; i < KEY_PATH_STEPS_MAX; i++)
        path.steps[i] = UINT32_MAX;
    path.count = KEY_PATH_STEPS_MAX;
    key_path_text(&path, text);
    assert_false(key_path_add(&path, 0));
}

/* The account of the published mnemonic of BIP-84 as an xpub. */
static void xpub_child__account_of_bip_84__known_addresses(void **state)
{
    static const char *const account = "xpub6CatWdiZiodmUeTDp8LT5or8nmbKNcuyvz7WyksVFkKB4RHwCD3Xyuv"
                                       "PEbvqAQY3rAPshWcMLoP2fMFMKHPJ4ZeZXYVUhLv1VMrjPC7PW6V";
    static const struct {
        uint32_t chain, index;
        const char *address;
    } rows[] = {
        {0, 0, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"},
        {0, 1, "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g"},
        {1, 0, "bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el"},
    };
    const struct coin_params *params = coin_params_find("bitcoin", "main");
    struct xpub top = of(account);
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct xpub chain, key;
        struct coin_address address;
        assert_true(xpub_child(&top, rows[i].chain, &chain));
        assert_true(xpub_child(&chain, rows[i].index, &key));
        coin_address_of_key(params, key.key, &address);
        assert_string_equal(address.text, rows[i].address);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xpub_child__public_steps_of_bip_32__known_keys),
        cmocka_unit_test(xpub_parse__what_is_none__refused_with_a_reason),
        cmocka_unit_test(xpub_parse__no_point_or_wrong_parent__refused),
        cmocka_unit_test(key_path_parse__paths__come_out_again),
        cmocka_unit_test(xpub_child__account_of_bip_84__known_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
