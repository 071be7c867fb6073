#include "accounting/domain/fiat_account.h"

#include <ctype.h>
#include <string.h>

enum { ITEM_SIZE = 80, BIC_SHORT = 8, BIC_LONG = 11 };

static bool bic_read(const char *text, char ret_bic[static BIC_SIZE])
{
    size_t length = strlen(text);
    if (length != BIC_SHORT && length != BIC_LONG)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isupper((unsigned char)text[i]) && !isdigit((unsigned char)text[i]))
            return false;
    memcpy(ret_bic, text, length + 1);
    return true;
}

static bool item_read(char *item, struct fiat_account *account, struct err *err)
{
    char *iban = strchr(item, '=');
    char *bic = iban ? strchr(iban, '/') : NULL;
    if (!iban || !bic || iban == item || iban - item >= CURRENCY_ID_SIZE)
        return err_set(err, ERR_CONFIG, "%s is not of the form eur=IBAN/BIC", item);
    *iban++ = '\0';
    *bic++ = '\0';
    memcpy(account->currency_id, item, strlen(item) + 1);
    if (!iban_read(iban, account->iban))
        return err_set(err, ERR_CONFIG, "%s is no IBAN", iban);
    return bic_read(bic, account->bic) || err_set(err, ERR_CONFIG, "%s is no BIC", bic);
}

bool fiat_accounts_parse(const char *text, struct fiat_accounts *ret_accounts, struct err *err)
{
    struct fiat_accounts accounts = {.count = 0};
    char item[ITEM_SIZE];
    while (*text) {
        size_t length = strcspn(text, ",");
        if (length >= sizeof(item) || accounts.count == FIAT_ACCOUNTS_MAX)
            return err_set(err, ERR_CONFIG, "more than it may hold");
        memcpy(item, text, length);
        item[length] = '\0';
        text += length + (text[length] == ',');
        struct fiat_account *account = &accounts.rows[accounts.count];
        if (!item_read(item, account, err))
            return false;
        if (fiat_account_of(&accounts, account->currency_id))
            return err_set(err, ERR_CONFIG, "%s is there twice", account->currency_id);
        accounts.count++;
    }
    *ret_accounts = accounts;
    return true;
}

const struct fiat_account *fiat_account_of(const struct fiat_accounts *accounts,
                                           const char *currency_id)
{
    for (size_t i = 0; i < accounts->count; i++)
        if (strcmp(accounts->rows[i].currency_id, currency_id) == 0)
            return &accounts->rows[i];
    return NULL;
}
