/* fiat_account.h: the exchange's accounts at banks, one a currency. Pure. */
#ifndef ACCOUNTING_DOMAIN_FIAT_ACCOUNT_H
#define ACCOUNTING_DOMAIN_FIAT_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>

#include "accounting/domain/currency.h"
#include "base/err.h"
#include "iso20022/reference.h"

enum { FIAT_ACCOUNTS_MAX = 32, FIAT_HOLDER_MAX = 70, BIC_SIZE = 12 };

struct fiat_account {
    char currency_id[CURRENCY_ID_SIZE], iban[IBAN_SIZE], bic[BIC_SIZE];
};

struct fiat_accounts {
    struct fiat_account rows[FIAT_ACCOUNTS_MAX];
    size_t count;
};

/* "eur=DE89370400440532013000/COBADEFFXXX,usd=...": currency, IBAN, BIC. ERR_CONFIG. */
bool fiat_accounts_parse(const char *text, struct fiat_accounts *ret_accounts, struct err *err)
    MUST_CHECK;
/* NULL: we have none. */
const struct fiat_account *fiat_account_of(const struct fiat_accounts *accounts,
                                           const char *currency_id);

#endif
