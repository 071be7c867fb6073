#include "accounting/domain/wallet.h"

#include <stddef.h>
#include <string.h>

#include "base/check.h"

const char wallet_kind_words[] = "deposit fee hot warm cold";

static const struct {
    const char *word;
    enum wallet_kind kind;
} kinds[] = {{"deposit", WALLET_DEPOSIT},
             {"fee", WALLET_FEE},
             {"hot", WALLET_HOT},
             {"warm", WALLET_WARM},
             {"cold", WALLET_COLD}};

const char *const wallet_gateways[] = {"bourse",
                                       "bitcoind",
                                       "litecoind",
                                       "dashd",
                                       "geth",
                                       "parity",
                                       "gnosis",
                                       "ow-hdwallet-eth",
                                       "ow-hdwallet-bsc",
                                       "ow-hdwallet-heco",
                                       "opendax_cloud",
                                       "bitgo",
                                       NULL};

const char *wallet_kind_word(int64_t kind)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if ((int64_t)kinds[i].kind == kind)
            return kinds[i].word;
    return "deposit";
}

int64_t wallet_kind_number(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (strcmp(kinds[i].word, word) == 0)
            return kinds[i].kind;
    return 0;
}

bool wallet_address_is_real(const char *address)
{
    return address && *address && strcmp(address, WALLET_ADDRESS_CHANGEME) != 0;
}
