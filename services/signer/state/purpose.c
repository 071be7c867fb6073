#include "signer/state/purpose.h"

#include <string.h>

#include "base/check.h"

static const char *const purposes[PURPOSE_MAX] = {
#define P(name, text) [PURPOSE_##name] = text,
    PURPOSES(P)
#undef P
};

static const char *const accounts[ACCOUNT_MAX] = {
#define A(name, text) [ACCOUNT_##name] = text,
    ACCOUNTS(A)
#undef A
};

static bool find(const char *text, const char *const *texts, unsigned count, unsigned *ret_number)
{
    for (unsigned i = 0; i < count; i++)
        if (strcmp(text, texts[i]) == 0) {
            *ret_number = i;
            return true;
        }
    return false;
}

bool purpose_parse(const char *text, enum purpose *ret_purpose)
{
    unsigned number;
    if (!find(text, purposes, PURPOSE_MAX, &number))
        return false;
    *ret_purpose = (enum purpose)number;
    return true;
}

const char *purpose_text(enum purpose purpose)
{
    assert(purpose < PURPOSE_MAX);
    return purposes[purpose];
}

bool account_parse(const char *text, enum account *ret_account)
{
    unsigned number;
    if (!find(text, accounts, ACCOUNT_MAX, &number))
        return false;
    *ret_account = (enum account)number;
    return true;
}

const char *account_text(enum account account)
{
    assert(account < ACCOUNT_MAX);
    return accounts[account];
}
