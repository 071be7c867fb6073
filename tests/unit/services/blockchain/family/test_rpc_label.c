/* What is shown of a node's address: never what opens it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "blockchain/family/rpc.h"

static void rpc_url_label__keys_in_every_place__not_shown(void **state)
{
    static const char *const cases[][2] = {
        {"http://127.0.0.1:19332/", "http://127.0.0.1:19332/"},
        {"http://node:8545", "http://node:8545"},
        {"https://user:pass@node.example/", "https://node.example/"},
        {"https://bearer:token@node.example:8080", "https://node.example:8080"},
        {"https://mainnet.example/v3/0123456789abcdef", "https://mainnet.example/..."},
        {"https://u:p@mainnet.example/v3/key?apikey=secret#x", "https://mainnet.example/..."},
        {"https://node.example/?key=secret", "https://node.example/"},
        {"https://node.example?key=secret", "https://node.example"},
        {"", ""},
        {"no address", "no address"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char label[RPC_URL_SIZE];
        rpc_url_label(cases[i][0], label, sizeof(label));
        assert_string_equal(label, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rpc_url_label__keys_in_every_place__not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
