#include "blockchain/domain/account.h"

#include <string.h>

#include "base/check.h"

static const char *const purposes[ACCOUNTS_MAX] = {
    [ACCOUNT_DEPOSIT] = "deposit",
    [ACCOUNT_HOT] = "hot",
    [ACCOUNT_WARM] = "warm",
    [ACCOUNT_FEE] = "fee",
};

const char *account_purpose(uint32_t account)
{
    assert(account < ACCOUNTS_MAX);
    return purposes[account];
}

bool account_of_purpose(const char *purpose, uint32_t *ret_account)
{
    for (uint32_t i = 0; i < ACCOUNTS_MAX; i++)
        if (strcmp(purposes[i], purpose) == 0) {
            *ret_account = i;
            return true;
        }
    return false;
}
