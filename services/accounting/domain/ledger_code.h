/* ledger_code.h: the codes of the chart of accounts as outsiders name them (reference 3.1). Pure.
 * */
#ifndef ACCOUNTING_DOMAIN_LEDGER_CODE_H
#define ACCOUNTING_DOMAIN_LEDGER_CODE_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/domain/ledger.h"

/* One of 101, 102, 121, 122, 201, 202, 211, 212, 301, 302, 401, 402. */
static inline bool ledger_code_is_known(int64_t code)
{
    int64_t type = code / 100, kind = code / 10 % 10, currency = code % 10;
    return code > 0 && type >= ACCOUNT_ASSET && type <= ACCOUNT_EXPENSE &&
           (currency == 1 || currency == 2) &&
           (kind == KIND_MAIN || (kind == KIND_LOCKED && type == ACCOUNT_LIABILITY) ||
            (kind == KIND_SUSPENSE && type == ACCOUNT_ASSET));
}

static inline bool ledger_code_is(int64_t code, enum account_type type)
{
    return ledger_code_is_known(code) && code / 100 == (int64_t)type;
}

static inline bool ledger_code_is_coin(int64_t code)
{
    return code % 10 == 2;
}

/* Whose balance moves with it. */
static inline bool ledger_code_has_member(int64_t code)
{
    return ledger_code_is(code, ACCOUNT_LIABILITY);
}

#endif
