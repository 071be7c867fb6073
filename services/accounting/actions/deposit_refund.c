#include "accounting/actions/deposit_refund.h"

#include <string.h>

#include "accounting/actions/deposit_move.h"
#include "accounting/actions/outgoing.h"
#include "accounting/domain/ledger_deposit.h"
#include "accounting/domain/units.h"
#include "accounting/store/chain_feed.h"
#include "accounting/store/journal.h"
#include "json/read.h"

struct work {
    uint64_t deposit_id;
    const char *address;
    struct refund refund;
};

static bool post(struct chain_tx *tx, struct ledger_entry *entries, size_t count, struct err *err)
{
    uint64_t first = 0;
    return count == 0 || (chain_tx_journal(tx, count, &first, err) &&
                          journal_post(tx->db, "deposit", first, entries, count, tx->now_us, err));
}

/* From available to held, or back. */
static bool hold(struct chain_tx *tx, const struct deposit *deposit, struct dec amount, bool back,
                 struct err *err)
{
    struct currency currency;
    if (dec_is_zero(amount))
        return true;
    if (!currency_get(tx->db, tx->arena, deposit->currency_id, &currency, err))
        return false;
    struct ledger_entry entry = back ? ledger_release("deposit", deposit->id, "refund_fail",
                                                      &currency, deposit->member_id, amount)
                                     : ledger_hold("deposit", deposit->id, "refund_hold", &currency,
                                                   deposit->member_id, amount);
    return post(tx, &entry, 1, err);
}

static bool create_unit(struct chain_tx *tx, void *arg, struct err *err)
{
    struct work *work = arg;
    struct deposit deposit;
    if (!deposit_find_locked(tx->db, tx->arena, work->deposit_id, &deposit, err))
        return false;
    bool is_held = deposit.state == DEPOSIT_SUBMITTED && deposit.confirmed && deposit.hold_reason;
    bool locks = deposit.credited && !deposit.held_locked;
    if (!deposit.is_coin || deposit.reverted)
        return err_set(err, ERR_STATE_CONFLICT, "deposit %lu can't be sent back",
                       (unsigned long)deposit.id);
    work->refund = (struct refund){.deposit_id = deposit.id,
                                   .state = "pending",
                                   .address = work->address,
                                   .locked = deposit.credited};
    /* The state first: it says why not. */
    return (is_held ? deposit_apply(tx, &deposit, DEPOSIT_REJECT, err)
                    : deposit_apply(tx, &deposit, DEPOSIT_REFUND, err)) &&
           (!locks || hold(tx, &deposit, deposit.amount, false, err)) &&
           refund_insert(tx->db, &work->refund, tx->now_us, err);
}

bool refund_create(struct accounting *app, const struct change *change, uint64_t deposit_id,
                   const char *address, struct refund *ret_refund, struct err *err)
{
    struct work work = {.deposit_id = deposit_id, .address = address};
    if (!deposit_run(app, change, create_unit, &work, err))
        return false;
    *ret_refund = work.refund;
    return true;
}

/* The fee in the ledger's digits. What is below them comes out of the fees that wait to be booked, so that
 * the refund and the fee of the same transaction meet exactly. */
static bool fee_of_units(struct chain_tx *tx, const struct deposit *deposit, const char *units,
                         struct dec *ret_fee, struct err *err)
{
    const struct catalog *catalog = catalog_take(tx->app->catalogs);
    const struct network *network =
        outgoing_network(catalog, deposit->currency_id, deposit->blockchain_key);
    int decimals = network ? units_decimals(network->base_factor) : -1;
    uint64_t dust, carried, whole = 1; /* units in 10^-16 */
    catalog_give_back(catalog);
    if (decimals < 0 || !units_to_dec(units, decimals, ret_fee, &dust))
        return err_set(err, ERR_PROTOCOL, "a refund of deposit %lu that costs %.40s",
                       (unsigned long)deposit->id, units);
    if (dust == 0)
        return true;
    for (int i = DEC_SCALE; i < decimals; i++)
        whole *= 10;
    if (!chain_dust_read(tx->db, deposit->blockchain_key, deposit->currency_id, &carried, err))
        return false;
    if (carried < dust) {
        ret_fee->units++;
        carried += whole;
    }
    return chain_dust_set(tx->db, deposit->blockchain_key, deposit->currency_id, carried - dust,
                          err);
}

/* Of native coins the network's fee comes off what the member gets, and is told once more as
 * network_fee.paid. A deposit that was never credited is not in the assets, its fee would be. */
static bool book_fee(struct chain_tx *tx, const struct deposit *deposit, const char *paid_units,
                     struct err *err)
{
    struct ledger_entry entries[DEPOSIT_ENTRIES_MAX];
    struct deposit_booking booking = {.deposit_id = deposit->id, .member_id = deposit->member_id};
    char units[UNITS_TEXT_SIZE];
    struct currency currency;
    if (!paid_units || !deposit->units)
        return true;
    if (!units_sub(deposit->units, paid_units, units))
        return err_set(err, ERR_PROTOCOL, "a refund of %.40s units paid %.40s", deposit->units,
                       paid_units);
    if (units_are_zero(units))
        return true;
    if (!currency_get(tx->db, tx->arena, deposit->currency_id, &currency, err) ||
        !fee_of_units(tx, deposit, units, &booking.fee, err))
        return false;
    booking.currency = &currency;
    return post(tx, entries, ledger_deposit_refund_fee(&booking, entries), err);
}

static bool succeed(struct chain_tx *tx, const struct refund *refund, struct deposit *deposit,
                    struct err *err)
{
    struct ledger_entry entries[DEPOSIT_ENTRIES_MAX];
    struct currency currency;
    if (!refund->locked)
        return true;
    if (!currency_get(tx->db, tx->arena, deposit->currency_id, &currency, err))
        return false;
    const struct deposit_booking booking = {.deposit_id = deposit->id,
                                            .member_id = deposit->member_id,
                                            .currency = &currency,
                                            .amount = deposit->amount};
    struct deposit before = *deposit;
    deposit->held_locked = false;
    return post(tx, entries, ledger_deposit_refund(&booking, entries), err) &&
           deposit_save(tx, &before, deposit, err);
}

/* What was held for the refund of a deposit that left the chain meanwhile stays held, in the place of
 * what was frozen for it: nobody gets back what never came. */
static bool fail(struct chain_tx *tx, const struct refund *refund, struct deposit *deposit,
                 struct err *err)
{
    if (refund->locked && !deposit->held_locked) {
        if (!hold(tx, deposit, deposit->reverted ? deposit->frozen : deposit->amount, true, err))
            return false;
        if (deposit->reverted)
            deposit->frozen = deposit->amount;
    }
    return deposit->state != DEPOSIT_REFUNDING ||
           deposit_apply(tx, deposit, DEPOSIT_REFUND_FAIL, err);
}

bool refund_on_payout(struct chain_tx *tx, const struct chain_event *event, const char *payout_id,
                      struct err *err)
{
    const char *state, *txid = json_member_text(event->event, "txid");
    struct refund refund;
    struct deposit deposit;
    uint64_t id;
    if (strncmp(payout_id, "refund-", 7) != 0 || !str_to_u64(payout_id + 7, &id))
        return err_set(err, ERR_PROTOCOL, "payout %.60s is nobody's", payout_id);
    if (!chain_event_text(event, "state", &state, err) ||
        !refund_find_locked(tx->db, tx->arena, id, &refund, err) ||
        !deposit_find_locked(tx->db, tx->arena, refund.deposit_id, &deposit, err))
        return false;
    if (strcmp(refund.state, "pending") != 0)
        return true;
    bool is_lost = strcmp(state, "failed") == 0 || strcmp(state, "cancelled") == 0 ||
                   strcmp(state, "refused") == 0;
    bool is_done = strcmp(state, "confirmed") == 0;
    if ((is_done && (!succeed(tx, &refund, &deposit, err) ||
                     !book_fee(tx, &deposit, json_member_text(event->event, "paid_units"), err))) ||
        (is_lost && !fail(tx, &refund, &deposit, err)))
        return false;
    refund.asked = true;
    if (txid && *txid)
        refund.txid = txid;
    if (is_done || is_lost) {
        refund.state = is_done ? "processed" : "failed";
        refund.locked = false;
    }
    return refund_update(tx->db, &refund, tx->now_us, err);
}
