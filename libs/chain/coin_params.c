#include "chain/coin_params.h"

#include <string.h>

#include "base/check.h"

#define XPUB_MAIN 0x0488b21e
#define XPRV_MAIN 0x0488ade4
#define XPUB_TEST 0x043587cf
#define XPRV_TEST 0x04358394
#define GENESIS_BITCOIN "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
#define GENESIS_BITCOIN_TEST "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943"
#define GENESIS_BITCOIN_REGTEST "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"
#define GENESIS_LITECOIN "12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2"
#define GENESIS_LITECOIN_TEST "4966625a4b2851d9fdee139e56211a0d88575f59ed816ff5e6a63deb4e3e29a0"
#define GENESIS_LITECOIN_REGTEST "530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9"
#define GENESIS_DASH "00000ffd590b1485b3caadc19b22e6379c733355108f107a430458cdf3407ab6"
#define GENESIS_DASH_TEST "00000bafbc94add76cb75e2ec92894837288a481e5c005f6563d91623bf8bc2c"
#define GENESIS_DASH_REGTEST "000008ca1832a4baf228eb1553c03d3a2c8e02399550dd6ea8d65cec3ef23d2e"

/* The old prefixes of Litecoin's script hashes ('3', '2') are those of Bitcoin: who pastes one may
 * mean the other chain, so we ask for the form with 'M' or 'Q'. */
/* clang-format off */
static const struct coin_params rows[] = {
    {"bitcoin", "main", "Bitcoin", "bc", NULL, 0, 5, -1, XPUB_MAIN, XPRV_MAIN, 84, 0, GENESIS_BITCOIN, COIN_WORK_SHA256, 0x1d00ffff},
    {"bitcoin", "test", "Bitcoin (testnet)", "tb", NULL, 111, 196, -1, XPUB_TEST, XPRV_TEST, 84, 1, GENESIS_BITCOIN_TEST, COIN_WORK_SHA256, 0x1d00ffff},
    {"bitcoin", "regtest", "Bitcoin (regtest)", "bcrt", NULL, 111, 196, -1, XPUB_TEST, XPRV_TEST, 84, 1, GENESIS_BITCOIN_REGTEST, COIN_WORK_SHA256, 0x207fffff},
    {"litecoin", "main", "Litecoin", "ltc", "ltcmweb", 48, 50, 5, XPUB_MAIN, XPRV_MAIN, 84, 2, GENESIS_LITECOIN, COIN_WORK_SCRYPT, 0x1e0fffff},
    {"litecoin", "test", "Litecoin (testnet)", "tltc", "tmweb", 111, 58, 196, XPUB_TEST, XPRV_TEST, 84, 1, GENESIS_LITECOIN_TEST, COIN_WORK_SCRYPT, 0x1e0fffff},
    {"litecoin", "regtest", "Litecoin (regtest)", "rltc", "tmweb", 111, 58, 196, XPUB_TEST, XPRV_TEST, 84, 1, GENESIS_LITECOIN_REGTEST, COIN_WORK_SCRYPT, 0x207fffff},
    {"dash", "main", "Dash", NULL, NULL, 76, 16, -1, XPUB_MAIN, XPRV_MAIN, 44, 5, GENESIS_DASH, COIN_WORK_X11, 0x1e0fffff},
    {"dash", "test", "Dash (testnet)", NULL, NULL, 140, 19, -1, XPUB_TEST, XPRV_TEST, 44, 1, GENESIS_DASH_TEST, COIN_WORK_X11, 0x1e0fffff},
    {"dash", "regtest", "Dash (regtest)", NULL, NULL, 140, 19, -1, XPUB_TEST, XPRV_TEST, 44, 1, GENESIS_DASH_REGTEST, COIN_WORK_X11, 0x207fffff},
};
/* clang-format on */

const struct coin_params *coin_params_find(const char *client, const char *network)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (strcmp(rows[i].client, client) == 0 && strcmp(rows[i].network, network) == 0)
            return &rows[i];
    return NULL;
}

const struct coin_params *coin_params_find_genesis(const char *client, const char *genesis)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (strcmp(rows[i].client, client) == 0 && strcmp(rows[i].genesis, genesis) == 0)
            return &rows[i];
    return NULL;
}

const struct coin_params *coin_params_all(size_t *ret_count)
{
    *ret_count = ARRAY_LEN(rows);
    return rows;
}
