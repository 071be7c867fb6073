/* account.h: the accounts of a chain (BIP-44, hardened), by what their addresses are for. Pure. */
#ifndef BLOCKCHAIN_DOMAIN_ACCOUNT_H
#define BLOCKCHAIN_DOMAIN_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

enum { ACCOUNT_DEPOSIT, ACCOUNT_HOT, ACCOUNT_WARM, ACCOUNT_FEE, ACCOUNTS_MAX };

const char *account_purpose(uint32_t account); /* "deposit", "hot", "warm", "fee" */
bool account_of_purpose(const char *purpose, uint32_t *ret_account);

#endif
