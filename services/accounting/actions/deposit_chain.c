/*
 * deposit_chain.c: what transfers on the chains mean for deposits: seen, confirmed, reverted
 * (domain/deposit.h decides). The key of a deposit is chain, transaction, output, currency, address
 * (W-02), so that an event that comes twice finds what the first one made.
 */
#include <strings.h>
#include <string.h>

#include "accounting/actions/chain_event.h"
#include "accounting/actions/chains_document.h"
#include "accounting/actions/deposit_move.h"
#include "accounting/domain/ledger_deposit.h"
#include "accounting/domain/units.h"
#include "accounting/domain/wallet.h"
#include "accounting/store/chain_feed.h"
#include "accounting/store/journal.h"
#include "accounting/store/members.h"
#include "accounting/store/payment_addresses.h"
#include "accounting/store/reconcile.h"
#include "json/read.h"

enum { SMALL_CREDITED_MAX = 16, FROM_BYTES_MAX = 4096, ADDRESS_CHARS_MAX = 128 };

struct transfer {
    const char *id, *txid, *contract, *address, *units, *from;
    int64_t index, height;
    enum transfer_news news;
    const struct network *network;
    struct currency currency;
    struct payment_address owner;
    struct member member;
    struct dec amount;
    uint64_t dust;
};

bool chain_event_text(const struct chain_event *event, const char *key, const char **ret_text,
                      struct err *err)
{
    *ret_text = json_member_text(event->event, key);
    return *ret_text || err_set(err, ERR_PROTOCOL, "%s has no %s", event->name, key);
}

/* ---- reading ---- */

static const char *from_text(struct arena *arena, const cJSON *from)
{
    char *printed = cJSON_IsArray(from) ? cJSON_PrintUnformatted(from) : NULL;
    const char *text =
        printed && strlen(printed) <= FROM_BYTES_MAX ? arena_strdup(arena, printed) : NULL;
    cJSON_free(printed);
    return text;
}

static enum transfer_news news_of(const struct chain_event *event)
{
    if (strcmp(event->name, "transfer.seen") == 0)
        return TRANSFER_SEEN;
    if (strcmp(event->name, "transfer.confirmed") == 0)
        return TRANSFER_CONFIRMED;
    const char *reason = json_member_text(event->event, "reason");
    return reason && strcmp(reason, "replaced") == 0 ? TRANSFER_REPLACED : TRANSFER_GONE;
}

static bool transfer_read(struct chain_tx *tx, const struct chain_event *event,
                          struct transfer *transfer, struct err *err)
{
    const char *contract = json_member_text(event->event, "contract");
    const char *id = json_member_text(event->event, "transfer_id");
    *transfer = (struct transfer){
        .news = news_of(event), .contract = contract ? contract : "", .id = id, .height = -1};
    if (!chain_event_text(event, "txid", &transfer->txid, err) ||
        !chain_event_text(event, "address", &transfer->address, err) ||
        !chain_event_text(event, "units", &transfer->units, err))
        return false;
    if (!json_member_i64(event->event, "index", &transfer->index) || transfer->index < 0)
        return err_set(err, ERR_PROTOCOL, "%s has no index", event->name);
    if (!json_member_i64(event->event, "height", &transfer->height) || transfer->height <= 0)
        transfer->height = -1;
    if (!units_are_valid(transfer->units) || strlen(transfer->txid) > ADDRESS_CHARS_MAX ||
        strlen(transfer->address) > ADDRESS_CHARS_MAX)
        return err_set(err, ERR_PROTOCOL, "%s is malformed", event->name);
    transfer->from = from_text(tx->arena, json_member(event->event, "from"));
    return true;
}

/* ---- whose, and of what ---- */

/* The network of a chain with this token; "": with none. ERR_NOT_FOUND. */
static bool network_of_asset(struct chain_tx *tx, const char *chain, const char *contract,
                             const struct network **ret_network, struct err *err)
{
    const struct network_filter filter = {.blockchain_key = chain};
    struct listing listing = {
        .arena = tx->arena, .where = STR_INIT(LISTING_BYTES_MAX), .uncounted = true};
    struct listed listed;
    bool ok = network_list(tx->db, &filter, &listing, &listed, err);
    str_release(&listing.where);
    if (!ok)
        return false;
    const struct network *rows = listed.rows;
    for (size_t i = 0; i < listed.count; i++) {
        const char *of_row = network_contract(tx->arena, &rows[i]);
        if (of_row && strcasecmp(of_row, contract) == 0) {
            *ret_network = &rows[i];
            return true;
        }
    }
    return err_set(err, ERR_NOT_FOUND, "no currency is \"%.64s\" on %.32s", contract, chain);
}

/* Gas for a collection, and what comes to a wallet of the exchange itself, is nobody's deposit. */
static bool is_our_own(struct chain_tx *tx, const struct chain_event *event,
                       const struct transfer *transfer, bool *ret_ours, struct err *err)
{
    const cJSON *from = json_member(event->event, "from"), *one;
    int64_t kind = 0;
    *ret_ours = true;
    if (!wallet_kind_of_address(tx->db, event->chain, transfer->address, &kind, err))
        return false;
    if (kind != 0)
        return true;
    cJSON_ArrayForEach(one, from)
    {
        if (!cJSON_IsString(one))
            continue;
        if (!wallet_kind_of_address(tx->db, event->chain, one->valuestring, &kind, err))
            return false;
        if (kind == WALLET_FEE)
            return true;
    }
    *ret_ours = false;
    return true;
}

static bool transfer_place(struct chain_tx *tx, const struct chain_event *event,
                           struct transfer *transfer, struct err *err)
{
    if (!network_of_asset(tx, event->chain, transfer->contract, &transfer->network, err) ||
        !currency_get(tx->db, tx->arena, transfer->network->currency_id, &transfer->currency, err))
        return false;
    if (!payment_address_owner(tx->db, tx->arena, event->chain, transfer->address, &transfer->owner,
                               err))
        return err->code == ERR_NOT_FOUND
                   ? err_set(err, ERR_NOT_FOUND, "nobody has the address %.64s", transfer->address)
                   : false;
    if (!members_by_id(tx->db, transfer->owner.member_id, &transfer->member, err))
        return false;
    int decimals = units_decimals(transfer->network->base_factor);
    return units_to_dec(transfer->units, decimals, &transfer->amount, &transfer->dust) ||
           err_set(err, ERR_OVERFLOW, "%.40s units are above every account", transfer->units);
}

/* ---- steps ---- */

static const char *hold_reason_of(const struct transfer *transfer)
{
    const struct network *network = transfer->network;
    if (!network->deposit_enabled || strcmp(network->status, "disabled") == 0 ||
        strcmp(transfer->currency.status, "disabled") == 0)
        return HOLD_DEPOSIT_DISABLED;
    if (strcmp(transfer->member.state, "active") != 0)
        return HOLD_MEMBER_INACTIVE;
    if (dec_cmp(transfer->amount, network->min_deposit_amount) < 0 || dec_is_zero(transfer->amount))
        return HOLD_BELOW_MINIMUM;
    return NULL;
}

static bool create(struct chain_tx *tx, const struct chain_event *event,
                   const struct transfer *transfer, struct deposit *ret_deposit, struct err *err)
{
    *ret_deposit = (struct deposit){
        .member_id = transfer->member.id,
        .is_coin = true,
        .amount = transfer->amount,
        .blockchain_key = event->chain,
        .address = transfer->owner.address,
        .from_addresses = transfer->from,
        .txid = transfer->txid,
        .txout = transfer->index,
        .tid = deposit_new_tid(tx->arena),
        .transfer_id = transfer->id,
        .contract = transfer->contract,
        .units = transfer->units,
        .dust = transfer->dust,
        .hold_reason = hold_reason_of(transfer),
        .state = DEPOSIT_SUBMITTED,
        .block_number = transfer->height,
        .uid = transfer->member.uid,
        .email = transfer->member.email,
    };
    memcpy(ret_deposit->currency_id, transfer->currency.id, sizeof(ret_deposit->currency_id));
    if (!ret_deposit->tid)
        return err_set(err, ERR_BUSY, "no memory for a deposit");
    return deposit_create(tx, ret_deposit, err);
}

/* Small deposits together: credited when they reach the minimum. */
static bool credit_small_ones(struct chain_tx *tx, const struct transfer *transfer,
                              const struct deposit *last, struct err *err)
{
    struct listed listed;
    struct dec sum = DEC_ZERO;
    if (!deposits_below_minimum(tx->db, tx->arena, last, SMALL_CREDITED_MAX, &listed, err))
        return false;
    const struct deposit *rows = listed.rows;
    for (size_t i = 0; i < listed.count; i++)
        if (!dec_add(sum, rows[i].amount, &sum))
            return err_set(err, ERR_OVERFLOW, "small deposits leave the range");
    if (dec_is_zero(sum) || dec_cmp(sum, transfer->network->min_deposit_amount) < 0)
        return true;
    for (size_t i = 0; i < listed.count; i++) {
        struct deposit deposit;
        if (!deposit_find_locked(tx->db, tx->arena, rows[i].id, &deposit, err))
            return false;
        if (deposit.state == DEPOSIT_SUBMITTED && !deposit_apply(tx, &deposit, DEPOSIT_ACCEPT, err))
            return false;
    }
    return true;
}

static bool confirm(struct chain_tx *tx, const struct transfer *transfer, struct deposit *deposit,
                    struct err *err)
{
    struct deposit before = *deposit;
    deposit->confirmed = true;
    if (transfer->height > 0)
        deposit->block_number = transfer->height;
    if (!deposit->hold_reason)
        return deposit_apply(tx, deposit, DEPOSIT_ACCEPT, err);
    if (!deposit_save(tx, &before, deposit, err))
        return false;
    return strcmp(deposit->hold_reason, HOLD_BELOW_MINIMUM) != 0 ||
           credit_small_ones(tx, transfer, deposit, err);
}

static bool place(struct chain_tx *tx, const struct transfer *transfer, struct deposit *deposit,
                  struct err *err)
{
    struct deposit before = *deposit;
    if (deposit->block_number == transfer->height)
        return true;
    deposit->block_number = transfer->height;
    return deposit_save(tx, &before, deposit, err);
}

static bool unconfirm(struct chain_tx *tx, struct deposit *deposit, struct err *err)
{
    struct deposit before = *deposit;
    deposit->block_number = -1;
    deposit->confirmed = false;
    return deposit_save(tx, &before, deposit, err);
}

static bool cancel(struct chain_tx *tx, struct deposit *deposit, struct err *err)
{
    deposit->block_number = -1;
    deposit->confirmed = false;
    deposit->hold_reason = HOLD_REPLACED;
    return deposit_apply(tx, deposit, DEPOSIT_CANCEL, err);
}

static bool reopen(struct chain_tx *tx, const struct transfer *transfer, struct deposit *deposit,
                   struct err *err)
{
    deposit->block_number = transfer->height;
    deposit->hold_reason = hold_reason_of(transfer);
    return deposit_apply(tx, deposit, DEPOSIT_REOPEN, err) &&
           (transfer->news != TRANSFER_CONFIRMED || confirm(tx, transfer, deposit, err));
}

/* What an operator canceled or rejected stays so; whether its coins are there is told all the same. */
static bool note_place(struct chain_tx *tx, const struct transfer *transfer,
                       struct deposit *deposit, struct err *err)
{
    bool is_there = transfer->news == TRANSFER_CONFIRMED;
    if (deposit->id == 0 || deposit->credited || deposit->confirmed == is_there ||
        transfer->news == TRANSFER_SEEN)
        return true;
    deposit->confirmed = is_there;
    return deposit_set_confirmed(tx->db, deposit->id, is_there, err);
}

static bool take_step(struct chain_tx *tx, const struct chain_event *event,
                      const struct transfer *transfer, enum deposit_step step,
                      struct deposit *deposit, struct err *err)
{
    switch (step) {
    case STEP_NOTHING:
        return note_place(tx, transfer, deposit, err);
    case STEP_CREATE:
        return create(tx, event, transfer, deposit, err) &&
               (transfer->news != TRANSFER_CONFIRMED || confirm(tx, transfer, deposit, err));
    case STEP_PLACE:
        return place(tx, transfer, deposit, err);
    case STEP_CONFIRM:
        return confirm(tx, transfer, deposit, err);
    case STEP_UNCONFIRM:
        return unconfirm(tx, deposit, err);
    case STEP_CANCEL:
        return cancel(tx, deposit, err);
    case STEP_REOPEN:
        return reopen(tx, transfer, deposit, err);
    case STEP_FREEZE:
        return deposit_freeze(tx, deposit,
                              transfer->news == TRANSFER_REPLACED
                                  ? "the transaction was replaced by another one"
                                  : "the transaction left the chain with its block",
                              err);
    case STEP_RECREDIT:
        break;
    }
    deposit->block_number = transfer->height;
    deposit->confirmed = true;
    return deposit_recredit(tx, deposit, err);
}

/* A transaction that was reorganised runs again, and a contract may pay another amount then. Before the
 * credit the deposit follows; behind it a person has to look, and the event waits. */
static bool follow_amount(struct chain_tx *tx, const struct transfer *transfer,
                          struct deposit *deposit, struct err *err)
{
    bool is_there = transfer->news == TRANSFER_SEEN || transfer->news == TRANSFER_CONFIRMED;
    if (!is_there || !deposit->units || strcmp(deposit->units, transfer->units) == 0)
        return true;
    if (deposit->credited)
        return err_set(err, ERR_STATE_CONFLICT, "deposit %lu of %.40s units is back with %.40s",
                       (unsigned long)deposit->id, deposit->units, transfer->units);
    deposit->amount = transfer->amount;
    deposit->units = transfer->units;
    deposit->dust = transfer->dust;
    if (deposit->state == DEPOSIT_SUBMITTED)
        deposit->hold_reason = hold_reason_of(transfer);
    return deposit_set_units(tx->db, deposit, err);
}

bool deposit_on_transfer(struct chain_tx *tx, const struct chain_event *event, struct err *err)
{
    struct transfer transfer;
    struct deposit deposit = {.id = 0};
    bool ours;
    if (!transfer_read(tx, event, &transfer, err))
        return false;
    if (units_are_zero(transfer.units))
        return true; /* address poisoning (W-15) */
    if (!is_our_own(tx, event, &transfer, &ours, err))
        return false;
    if (ours)
        return true;
    if (!transfer_place(tx, event, &transfer, err))
        return false;
    const struct transfer_key key = {event->chain, transfer.txid, transfer.currency.id,
                                     transfer.owner.address, transfer.index};
    bool found = deposit_find_transfer_locked(tx->db, tx->arena, &key, &deposit, err);
    if (!found && err->code != ERR_NOT_FOUND)
        return false;
    if (found && !follow_amount(tx, &transfer, &deposit, err))
        return false;
    struct deposit_standing standing = {0};
    if (found)
        standing = (struct deposit_standing){
            .state = deposit.state,
            .credited = deposit.credited,
            .reverted = deposit.reverted,
            .left_chain = deposit.hold_reason && strcmp(deposit.hold_reason, HOLD_REPLACED) == 0,
        };
    return take_step(tx, event, &transfer, deposit_decide(found ? &standing : NULL, transfer.news),
                     &deposit, err);
}

/* ---- what the network took ---- */

bool deposit_on_network_fee(struct chain_tx *tx, const struct chain_event *event, struct err *err)
{
    struct ledger_entry entries[DEPOSIT_ENTRIES_MAX];
    const struct network *network;
    struct currency currency;
    const char *units, *contract = json_member_text(event->event, "contract");
    struct dec fee;
    uint64_t dust, carried, first = 0;
    if (!chain_event_text(event, "units", &units, err) ||
        !network_of_asset(tx, event->chain, contract ? contract : "", &network, err) ||
        !currency_get(tx->db, tx->arena, network->currency_id, &currency, err))
        return false;
    int decimals = units_decimals(network->base_factor);
    if (!units_to_dec(units, decimals, &fee, &dust))
        return err_set(err, ERR_PROTOCOL, "a fee of %.40s units", units);
    if (decimals > DEC_SCALE) {
        uint64_t whole = 1; /* units in 10^-16 */
        for (int i = DEC_SCALE; i < decimals; i++)
            whole *= 10;
        if (!chain_dust_read(tx->db, event->chain, currency.id, &carried, err))
            return false;
        dust += carried;
        fee.units += (__int128)(dust / whole);
        if (!chain_dust_set(tx->db, event->chain, currency.id, dust % whole, err))
            return false;
    }
    size_t count = ledger_network_fee(event->seq, &currency, fee, entries);
    return count == 0 || (chain_fee_add(tx->db, event->chain, currency.id, fee, err) &&
                          chain_tx_journal(tx, count, &first, err) &&
                          journal_post(tx->db, "deposit", first, entries, count, tx->now_us, err));
}
