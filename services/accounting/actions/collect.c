#include "accounting/actions/collect.h"

#include <stdio.h>
#include <string.h>

#include "accounting/actions/chains_document.h"
#include "accounting/actions/collect_wallets.h"
#include "accounting/actions/deposit_move.h"
#include "accounting/actions/payment_address.h"
#include "accounting/domain/spread.h"
#include "accounting/domain/units.h"
#include "accounting/peers/peers.h"
#include "base/auto.h"
#include "json/field.h"

enum {
    ADDRESSES_TOGETHER = 50,
    DEPOSITS_TOGETHER = 100,
    PARTS_TOGETHER = 200,
    PARTS_MAX = 1000,
    REFUNDS_TOGETHER = 50,
    BODY_BYTES_MAX = 4096,
    NAME_SIZE = 64,
    PATH_SIZE = 128,
    PAYOUT_CALL_MS = 5000
};

/* What one row meets that time does not heal is remembered, and the others go on; true: go on. */
static bool pass_over(struct err *err, struct err *last)
{
    if (err_retry(err->code) == ERR_RETRY)
        return false;
    *last = *err;
    return true;
}

static bool end_of(const struct err *last, struct err *err)
{
    *err = *last;
    return last->code == ERR_NONE;
}

/* ---- payouts ---- */

struct payout {
    const char *name, *chain, *contract, *to, *units, *purpose, *from, *owner;
};

static bool ask_payout(struct accounting *app, const struct payout *payout, struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(BODY_BYTES_MAX);
    AUTO(str_release) struct str answer = STR_INIT(PEER_ANSWER_BYTES_MAX);
    const char *const pairs[][2] = {{"chain", payout->chain},     {"contract", payout->contract},
                                    {"to", payout->to},           {"units", payout->units},
                                    {"purpose", payout->purpose}, {"from", payout->from},
                                    {"fee_cap_units", ""},        {"owner", payout->owner}};
    char path[PATH_SIZE];
    long status;
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        str_add(&body, i == 0 ? "{\"" : ",\"");
        str_add(&body, pairs[i][0]);
        str_add(&body, "\":");
        json_write_string(&body, pairs[i][1] ? pairs[i][1] : "");
    }
    /* What the network takes comes out of what is sent: an address has nothing else. */
    str_add_format(&body, ",\"subtract_fee\":%s,\"approvals\":[]}",
                   *payout->contract ? "false" : "true");
    snprintf(path, sizeof(path), "/internal/payouts/%s", payout->name);
    const struct peer_request request = {.peer = PEER_BLOCKCHAIN,
                                         .method = "PUT",
                                         .path = path,
                                         .body = str_data(&body),
                                         .timeout_ms = PAYOUT_CALL_MS};
    if (!peer_call(app->peers, &request, &status, &answer, err))
        return false;
    if (status == 200 || status == 201)
        return true;
    return err_set(err, status >= 500 || status == 404 ? ERR_PEER_UNAVAILABLE : ERR_STATE_CONFLICT,
                   "payout %s: status %ld %.80s", payout->name, status, str_data(&answer));
}

/* ---- spreading ---- */

struct plan {
    const struct deposit *deposit;
    const struct wallet_row *wallets[SPREAD_WALLETS_MAX];
    struct spread_wallet rooms[SPREAD_WALLETS_MAX];
    size_t count;
    struct network network;
    struct currency currency;
};

/* Hot, warm and cold wallets of the currency, in this order. */
static bool find_wallets(struct accounting *app, const struct change *change, struct plan *plan,
                         struct err *err)
{
    const char *code = plan->deposit->currency_id;
    const struct wallet_filter filter = {.status = "active",
                                         .blockchain_key = plan->deposit->blockchain_key,
                                         .currencies = &code,
                                         .currencies_count = 1};
    struct listing listing = {.arena = change->arena,
                              .where = STR_INIT(LISTING_BYTES_MAX),
                              .order_by = "kind",
                              .uncounted = true};
    struct listed listed;
    bool ok = wallet_list(change->db, &filter, &listing, &listed, err);
    str_release(&listing.where);
    if (!ok)
        return false;
    const struct wallet_row *rows = listed.rows;
    for (size_t i = 0; i < listed.count && plan->count < SPREAD_WALLETS_MAX; i++) {
        if (!wallet_kind_takes_collections(rows[i].kind) ||
            !wallet_address_is_real(rows[i].address))
            continue;
        struct spread_wallet *room = &plan->rooms[plan->count];
        if (!spread_maximum(rows[i].max_balance, plan->currency.price, plan->currency.precision,
                            &room->maximum))
            return err_set(err, ERR_STATE_CONFLICT, "%s has no price", code);
        room->has_balance = wallet_holds(app, change, &rows[i], code, &room->balance, err);
        plan->wallets[plan->count++] = &rows[i];
    }
    return plan->count > 0 || err_set(err, ERR_STATE_CONFLICT, "no wallet collects %s on %s", code,
                                      plan->deposit->blockchain_key);
}

static bool write_part(struct chain_tx *tx, const struct plan *plan, size_t wallet,
                       struct dec portion, int64_t number, struct err *err)
{
    char units[UNITS_TEXT_SIZE];
    units_from_dec_down(portion, units_decimals(plan->network.base_factor), units);
    const struct deposit_part part = {.deposit_id = plan->deposit->id,
                                      .part = number,
                                      .wallet_id = plan->wallets[wallet]->id,
                                      .to_address = plan->wallets[wallet]->address,
                                      .amount = portion,
                                      .units = units,
                                      .status = "pending"};
    return deposit_part_insert(tx->db, &part, tx->now_us, err);
}

static bool is_open(const struct deposit_part *part)
{
    return strcmp(part->status, "pending") == 0 || strcmp(part->status, "asked") == 0;
}

static bool spread_unit(struct chain_tx *tx, void *arg, struct err *err)
{
    const struct plan *plan = arg;
    struct dec portions[SPREAD_WALLETS_MAX];
    struct deposit deposit;
    struct listed listed;
    if (!deposit_find_locked(tx->db, tx->arena, plan->deposit->id, &deposit, err) ||
        !deposit_parts(tx->db, tx->arena, deposit.id, NULL, PARTS_MAX, &listed, err))
        return false;
    bool collects = deposit.state == DEPOSIT_PROCESSING || deposit.state == DEPOSIT_FEE_PROCESSING;
    if (!collects || deposit.reverted)
        return true;
    const struct deposit_part *parts = listed.rows;
    struct dec left = deposit.amount;
    int64_t number = 0;
    for (size_t i = 0; i < listed.count; i++) {
        if (is_open(&parts[i]))
            return true;
        if (strcmp(parts[i].status, "succeed") == 0)
            left.units -= parts[i].amount.units;
        number = parts[i].part > number ? parts[i].part : number;
    }
    spread_over(plan->rooms, plan->count, left, plan->network.min_collection_amount, portions);
    bool any = false;
    for (size_t i = 0; i < plan->count; i++) {
        if (dec_is_zero(portions[i]))
            continue;
        any = true;
        if (!write_part(tx, plan, i, portions[i], ++number, err))
            return false;
    }
    if (any)
        return true;
    if (deposit.state == DEPOSIT_PROCESSING)
        return deposit_apply(tx, &deposit, DEPOSIT_SKIP, err);
    return deposit_apply(tx, &deposit, DEPOSIT_ERR, err);
}

static bool spread_one(struct accounting *app, const struct change *change,
                       const struct deposit *deposit, struct err *err)
{
    struct plan plan = {.deposit = deposit};
    return currency_get(change->db, change->arena, deposit->currency_id, &plan.currency, err) &&
           network_on_chain(change, deposit->currency_id, deposit->blockchain_key, &plan.network,
                            err) &&
           find_wallets(app, change, &plan, err) &&
           deposit_run(app, change, spread_unit, &plan, err);
}

static bool spread_all(struct accounting *app, const struct change *change, struct err *err)
{
    struct listed listed;
    struct err last = {.code = ERR_NONE};
    if (!deposits_to_spread(change->db, change->arena, DEPOSITS_TOGETHER, &listed, err))
        return false;
    const struct deposit *rows = listed.rows;
    for (size_t i = 0; i < listed.count; i++)
        if (!spread_one(app, change, &rows[i], err) && !pass_over(err, &last))
            return false;
    return end_of(&last, err);
}

/* ---- asking ---- */

static bool contract_of(const struct change *change, const struct deposit *deposit,
                        const char **ret_contract, struct err *err)
{
    struct network network;
    if (!network_on_chain(change, deposit->currency_id, deposit->blockchain_key, &network, err))
        return false;
    *ret_contract = network_contract(change->arena, &network);
    return *ret_contract || err_set(err, ERR_BUSY, "no memory for a payout");
}

static bool ask_part(struct accounting *app, const struct change *change, struct deposit_part *part,
                     struct err *err)
{
    char name[NAME_SIZE];
    struct deposit deposit;
    const char *contract;
    if (!deposit_get(change->db, change->arena, part->deposit_id, &deposit, err) ||
        !contract_of(change, &deposit, &contract, err))
        return false;
    if (deposit.reverted)
        return true; /* there is nothing to collect */
    snprintf(name, sizeof(name), "collect-%lu-%lld", (unsigned long)part->deposit_id,
             (long long)part->part);
    const struct payout payout = {.name = name,
                                  .chain = deposit.blockchain_key,
                                  .contract = contract,
                                  .to = part->to_address,
                                  .units = part->units,
                                  .purpose = "collection",
                                  .from = deposit.address,
                                  .owner = deposit.uid};
    return ask_payout(app, &payout, err) &&
           deposit_part_asked(change->db, part->deposit_id, part->part, change->now_us, err);
}

static bool ask_parts(struct accounting *app, const struct change *change, struct err *err)
{
    struct listed listed;
    struct err last = {.code = ERR_NONE};
    if (!deposit_parts(change->db, change->arena, 0, "pending", PARTS_TOGETHER, &listed, err))
        return false;
    struct deposit_part *rows = listed.rows;
    for (size_t i = 0; i < listed.count; i++)
        if (!ask_part(app, change, &rows[i], err) && !pass_over(err, &last))
            return false;
    return end_of(&last, err);
}

static bool ask_refund(struct accounting *app, const struct change *change,
                       const struct refund *refund, struct err *err)
{
    char name[NAME_SIZE];
    struct deposit deposit;
    const char *contract;
    if (!deposit_get(change->db, change->arena, refund->deposit_id, &deposit, err) ||
        !contract_of(change, &deposit, &contract, err))
        return false;
    snprintf(name, sizeof(name), "refund-%lu", (unsigned long)refund->id);
    const struct payout payout = {.name = name,
                                  .chain = deposit.blockchain_key,
                                  .contract = contract,
                                  .to = refund->address,
                                  .units = deposit.units,
                                  .purpose = "refund",
                                  .from = deposit.address,
                                  .owner = deposit.uid};
    return ask_payout(app, &payout, err) &&
           refund_asked(change->db, refund->id, change->now_us, err);
}

static bool ask_refunds(struct accounting *app, const struct change *change, struct err *err)
{
    struct listed listed;
    struct err last = {.code = ERR_NONE};
    if (!refunds_to_ask(change->db, change->arena, REFUNDS_TOGETHER, &listed, err))
        return false;
    const struct refund *rows = listed.rows;
    for (size_t i = 0; i < listed.count; i++)
        if (!ask_refund(app, change, &rows[i], err) && !pass_over(err, &last))
            return false;
    return end_of(&last, err);
}

static bool ask_addresses(struct accounting *app, const struct change *change, struct err *err)
{
    struct listed listed;
    if (!payment_addresses_pending(change->db, change->arena, ADDRESSES_TOGETHER, &listed, err))
        return false;
    struct payment_address *rows = listed.rows;
    for (size_t i = 0; i < listed.count; i++)
        if (!payment_address_fill(app, change, &rows[i], err))
            return false;
    return true;
}

/* ---- the round ---- */

typedef bool collect_step(struct accounting *app, const struct change *change, struct err *err);

bool collect_round(struct accounting *app, const struct change *change, bool with_balances,
                   struct err *err)
{
    static collect_step *const steps[] = {ask_addresses, wallets_address, spread_all, ask_parts,
                                          ask_refunds};
    struct err first = {.code = ERR_NONE};
    if (!db_lock(change->db, "collect", 0, err))
        return false;
    /* A chain whose node is away keeps nobody else waiting. */
    for (size_t i = 0; i < ARRAY_LEN(steps); i++)
        if (!steps[i](app, change, err) && first.code == ERR_NONE)
            first = *err;
    if (with_balances && !wallets_weigh(app, change, err) && first.code == ERR_NONE)
        first = *err;
    bool unlocked = db_unlock(change->db, "collect", err);
    if (first.code == ERR_NONE)
        return unlocked;
    *err = first;
    return false;
}
