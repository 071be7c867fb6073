/* clients.c: the chains that we speak to, by `blockchains.client`. A new chain of a known family is a
 * row here. */
#include "blockchain/family/family.h"
#include "blockchain/family/custody.h"

#include <string.h>

static const struct chain_client clients[] = {
    {"bitcoin", &family_bitcoin, .coin_type = 0, .purpose = 84, .coinbase_maturity = 100},
    {"litecoin", &family_bitcoin, .coin_type = 2, .purpose = 84, .coinbase_maturity = 100},
    {"dash", &family_bitcoin, .coin_type = 5, .purpose = 44, .coinbase_maturity = 100},
    {"bitgo", &family_bitgo, .is_custody = true},
    /* Which chain it is, its chain id tells. */
    {"geth", &family_ethereum, .coin_type = 60, .purpose = 44},
    {"parity", &family_ethereum, .coin_type = 60, .purpose = 44},
    {"geth-bsc", &family_ethereum, .coin_type = 60, .purpose = 44},
    {"geth-heco", &family_ethereum, .coin_type = 60, .purpose = 44},
    {"geth-polygon", &family_ethereum, .coin_type = 60, .purpose = 44},
};

const struct chain_client *chain_client_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(clients); i++)
        if (strcmp(clients[i].name, name) == 0)
            return &clients[i];
    return NULL;
}
