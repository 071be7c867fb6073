/*
 * W-33: which addresses of nodes are taken, and which are refused with words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "blockchain/family/node_url.h"

static void node_url__private_or_safe__is_taken(void **state)
{
    (void)state;
    static const char *const good[] = {
        "http://127.0.0.1:8545",
        "http://user:password@10.1.2.3:8332/",
        "http://[::1]:8545/",
        "http://[fd00::1]:8545/",
        "http://172.31.0.1:8545",
        "http://192.168.1.1",
        "http://litecoind:19332/",
        "http://geth.chains.svc:8545",
        "http://geth.chains.svc.cluster.local:8545",
        "http://localhost:8545",
        "https://user:password@node.example.org/",
        "https://eth.example.org/v3/0123456789abcdef0123456789abcdef",
        "https://eth.example.org/?apikey=0123",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct err err;
        if (!node_url_check(good[i], &err))
            fail_msg("%s: %s", good[i], err.what);
    }
}

static void node_url__open_network__needs_tls_and_credentials(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "http://8.8.8.8:8545",
        "http://user:secret-canary@8.8.8.8:8545",
        "http://172.32.0.1:8545",
        "http://node.example.org",
        "https://node.example.org",
        "https://node.example.org/rpc",
        "https://8.8.8.8/",
        "http://0.0.0.0:8545",
        "http://[2001:db8::1]:8545/",
        "http://127.0.0.1.evil.com",
        "http://2130706433:8545",
        "http://0x7f000001/",
        "ftp://127.0.0.1/",
        "127.0.0.1:8545",
        "http://",
        "http://[::1/",
        "http://user@",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct err err;
        if (node_url_check(bad[i], &err))
            fail_msg("taken: %s", bad[i]);
        assert_int_equal(err.code, ERR_CONFIG);
        assert_null(strstr(err.what, "secret-canary"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(node_url__private_or_safe__is_taken),
        cmocka_unit_test(node_url__open_network__needs_tls_and_credentials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
