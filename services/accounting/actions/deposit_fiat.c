#include "accounting/actions/deposit_fiat.h"

#include <string.h>

#include "accounting/store/members.h"

static bool fiat_check(struct chain_tx *tx, const struct deposit_fiat_draft *draft,
                       struct deposit *deposit, struct err *err)
{
    struct network network;
    struct currency currency;
    if (!currency_get(tx->db, tx->arena, draft->currency_id, &currency, err) ||
        !network_find_of_currency_locked(tx->db, tx->arena, draft->currency_id, &network, err))
        return false;
    memcpy(deposit->currency_id, currency.id, sizeof(deposit->currency_id));
    deposit->fee = network.deposit_fee;
    if (!dec_sub(draft->amount, deposit->fee, &deposit->amount))
        return err_set(err, ERR_INVALID, "Amount is too large");
    if (!dec_is_positive(deposit->amount))
        return err_set(err, ERR_INVALID, "Amount must be greater than 0.0");
    if (dec_digits(draft->amount) > (unsigned)currency.precision)
        return err_set(err, ERR_INVALID, "Amount has too many decimal digits");
    if (dec_cmp(deposit->fee, deposit->amount) >= 0 && !dec_is_zero(deposit->fee))
        return err_set(err, ERR_INVALID, "Fee must be less than amount");
    if (dec_cmp(deposit->amount, network.min_deposit_amount) < 0)
        return err_set(err, ERR_INVALID, "Amount is below the minimum");
    return true;
}

bool deposit_fiat_in(struct chain_tx *tx, const struct deposit_fiat_draft *draft,
                     struct deposit *deposit, struct err *err)
{
    struct member member;
    if (!members_by_uid(tx->db, draft->uid, &member, err))
        return err->code == ERR_NOT_FOUND ? err_set(err, ERR_INVALID, "Member must exist") : false;
    *deposit = (struct deposit){
        .member_id = member.id,
        .state = DEPOSIT_SUBMITTED,
        .tid = draft->tid ? draft->tid : deposit_new_tid(tx->arena),
        .txout = -1,
        .block_number = -1,
        .transfer_type =
            draft->transfer_type ? deposit_transfer_type_number(draft->transfer_type) : 0,
        .uid = arena_strdup(tx->arena, member.uid),
        .email = arena_strdup(tx->arena, member.email),
    };
    if (!deposit->tid || !deposit->uid || !deposit->email)
        return err_set(err, ERR_BUSY, "no memory for a deposit");
    if (!fiat_check(tx, draft, deposit, err))
        return false;
    if (!deposit_create(tx, deposit, err))
        return err->code == ERR_CONFLICT ? err_set(err, ERR_INVALID, "Tid has already been taken")
                                         : false;
    return !draft->accept || deposit_apply(tx, deposit, DEPOSIT_ACCEPT, err);
}

struct fiat {
    const struct deposit_fiat_draft *draft;
    struct deposit deposit;
};

static bool fiat_unit(struct chain_tx *tx, void *arg, struct err *err)
{
    struct fiat *fiat = arg;
    return deposit_fiat_in(tx, fiat->draft, &fiat->deposit, err);
}

bool deposit_create_fiat(struct accounting *app, const struct change *change,
                         const struct deposit_fiat_draft *draft, struct deposit *ret_deposit,
                         struct err *err)
{
    struct fiat fiat = {.draft = draft};
    return deposit_run(app, change, fiat_unit, &fiat, err) &&
           deposit_get(change->db, change->arena, fiat.deposit.id, ret_deposit, err);
}
