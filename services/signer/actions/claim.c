#include "signer/actions/claim.h"

#include <string.h>

#include "signer/actions/signer.h"
#include "signer/keys/keys.h"

bool claim_chain(const struct signer *app, const char *client, const char *network,
                 const struct policy_chain **ret_chain, struct err *err)
{
    const struct policy_chain *chain = policy_chain(app->policy, client, network);
    if (!chain)
        return refuse(err, RULE_KEY("chain_unlisted"), "%.32s/%.32s is not listed", client,
                      network);
    *ret_chain = chain;
    return true;
}

static bool derive(struct signer *app, const struct policy_chain *chain,
                   const struct payment_claim *claim, struct payment *payment, struct err *err)
{
    const struct key_place place = {
        .coin = chain->coin, .account = claim->account, .index = claim->index};
    char address[POLICY_ADDRESS_SIZE];
    if (!keys_address(app->keys, &place, address, err))
        return false;
    if (strcmp(address, payment->to) != 0)
        return refuse(err, RULE_KEY("own_address"), "%s: address %u of account %s is not %s",
                      claim->payout_id, (unsigned)claim->index, account_text(claim->account),
                      payment->to);
    payment->is_own = true;
    payment->own_account = claim->account;
    return true;
}

/* A wallet of ours is known without a place: it is among the first addresses of its account. */
static bool search(struct signer *app, const struct policy_chain *chain, struct payment *payment,
                   struct err *err)
{
    static const enum account wallets[] = {ACCOUNT_HOT, ACCOUNT_WARM, ACCOUNT_FEE};
    for (size_t i = 0; i < ARRAY_LEN(wallets) && !payment->is_own; i++) {
        if (!keys_search(app->keys, chain->coin, wallets[i], payment->to, &payment->is_own, err))
            return false;
        payment->own_account = wallets[i];
    }
    return true;
}

bool claim_read(struct signer *app, const struct policy_chain *chain,
                const struct payment_claim *claim, struct payment *ret_payment, struct err *err)
{
    struct payment payment = {.units = claim->units};
    struct err why;
    if (!payout_id_is_valid(claim->payout_id))
        return err_set_key(err, ERR_INVALID, "signer.payment.invalid_payout_id", "a payout id");
    memcpy(payment.payout_id, claim->payout_id, strlen(claim->payout_id) + 1);
    if (!policy_address(chain, claim->to, payment.to, &why))
        return err_set_key(err, ERR_INVALID, "signer.payment.invalid_address", "%s: %s",
                           claim->payout_id, why.what);
    if (!(claim->has_place ? derive(app, chain, claim, &payment, err)
                           : search(app, chain, &payment, err)))
        return false;
    *ret_payment = payment;
    return true;
}

bool claim_contract(const struct policy_chain *chain, const char *contract,
                    char ret_contract[static POLICY_ADDRESS_SIZE], struct err *err)
{
    struct err why;
    ret_contract[0] = '\0';
    if (contract[0] == '\0')
        return true;
    if (!chain->coin && policy_address(chain, contract, ret_contract, &why))
        return true;
    return err_set_key(err, ERR_INVALID, "signer.payment.invalid_contract", "%s: no contract",
                       chain->client);
}
