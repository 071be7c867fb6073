#include "accounting/actions/accept_decide.h"

#include <string.h>

#include "accounting/actions/accounting.h"
#include "accounting/domain/order_rules.h"
#include "accounting/store/order_row.h"
#include "crypto/crypto.h"

/* ---- reading the locked rows ---- */

void accept_take_clients(struct accept_batch *batch, struct db_result *rows)
{
    batch->client_rows = 0;
    while (db_row_next(rows) && batch->client_rows < ACCEPT_BATCH_MAX) {
        struct client_row *row = &batch->clients[batch->client_rows++];
        size_t length;
        row->member_id = db_get_u64(rows, 0);
        db_get_chars(rows, 1, row->client_order_id, sizeof(row->client_order_id));
        row->order_id = db_get_u64(rows, 2);
        const void *digest = db_get_bytes(rows, 3, &length);
        assert(length == sizeof(row->digest));
        memcpy(row->digest, digest, length);
    }
}

void accept_take_amended(struct accept_batch *batch, struct db_result *rows)
{
    while (db_row_next(rows)) {
        struct order order;
        order_from_row(rows, 0, &order);
        for (size_t i = 0; i < batch->count; i++) {
            struct intake *intake = batch->intakes[i];
            if (intake->kind != INTAKE_AMEND || !intake->found || intake->order.id != order.id)
                continue;
            intake->order = order;
            intake->settled_seq = db_get_u64(rows, ORDER_COLUMNS_COUNT);
        }
    }
}

/* ---- commands, funds, entries ---- */

static struct command *add_command(struct accept_batch *batch, const char *market_id)
{
    for (size_t m = 0; m < batch->markets_count; m++) {
        if (strcmp(batch->markets[m].id, market_id) != 0)
            continue;
        struct command *command = &batch->commands[batch->commands_count];
        batch->command_market[batch->commands_count++] = m;
        memset(command, 0, sizeof(*command));
        command->seq = ++batch->markets[m].command_seq;
        return command;
    }
    UNREACHABLE("the market was collected");
    return NULL;
}

static const struct currency *outcome_currency(const struct intake *intake, struct currency *room)
{
    bool buys = intake->order.side == SIDE_BUY;
    memset(room, 0, sizeof(*room));
    memcpy(room->id, order_outcome(&intake->market, intake->order.side), sizeof(room->id));
    room->is_coin = buys ? intake->quote_is_coin : intake->base_is_coin;
    return room;
}

/* Moves `amount` of the account from available to locked, in memory and as what will be written. */
static void hold(struct accept_batch *batch, const struct intake *intake, struct account *account,
                 const char *event, struct dec amount)
{
    struct currency currency;
    account->balance.units -= amount.units;
    assert(!dec_is_negative(account->balance));
    batch->deltas[batch->deltas_count++] =
        (struct account_delta){.key = account->key, .balance = dec_neg(amount), .locked = amount};
    struct ledger_entry *entry = &batch->entries[batch->entries_count++];
    *entry = ledger_hold("order", intake->order.id, event, outcome_currency(intake, &currency),
                         intake->order.member_id, amount);
    entry->id = batch->journal_id_next + batch->journal_ids_used++;
    entry->created_at = batch->now_us;
}

static uint32_t known_slot(const struct account_key *key)
{
    uint64_t hash = key->member_id * 0x9e3779b97f4a7c15ull;
    for (const char *at = key->currency_id; *at; at++)
        hash = (hash ^ (uint8_t)*at) * 0x100000001b3ull;
    return (uint32_t)(hash >> 40) % KNOWN_ACCOUNTS;
}

/* The account that will receive exists before the first trade: settling only ever adds. */
static void ensure_income_account(struct accept_batch *batch, const struct intake *intake)
{
    struct account_key key =
        account_key(intake->order.member_id, order_income(&intake->market, intake->order.side));
    if (account_key_cmp(&batch->known[known_slot(&key)], &key) != 0)
        batch->new_keys[batch->new_keys_count++] = key;
}

void accept_commit_ids(struct accept_batch *batch)
{
    batch->order_id_next += batch->order_ids_used;
    batch->journal_id_next += batch->journal_ids_used;
    for (size_t i = 0; i < batch->new_keys_count; i++)
        batch->known[known_slot(&batch->new_keys[i])] = batch->new_keys[i];
}

/* ---- client order ids ---- */

void accept_request_digest(const struct order *order, uint8_t ret_digest[static 32])
{
    struct str text = STR_INIT(1024);
    char price[DEC_TEXT_SIZE], stop[DEC_TEXT_SIZE], volume[DEC_TEXT_SIZE];
    str_add_format(&text, "%s|%d|%d|%d|%d|%s|%s|%s", order->market_id, (int)order->side,
                   (int)order->type, (int)order->time_in_force, (int)order->stp,
                   dec_text(order->price, price), dec_text(order->stop_price, stop),
                   dec_text(order->origin_volume, volume));
    assert(str_ok(&text));
    sha256(str_data(&text), text.length, ret_digest);
    str_release(&text);
}

static bool reused(struct err *err, const struct order *order)
{
    return err_set(err, ERR_CLIENT_ID_REUSED, "client order id %s was another order",
                   order->client_order_id);
}

/* Whether the client order id is known already; then the intake is answered from that order. */
static bool is_replay(struct accept_batch *batch, size_t index, bool *ret_replay, struct err *err)
{
    struct intake *intake = batch->intakes[index];
    const struct order *order = &intake->order;
    uint8_t digest[32], other[32];

    *ret_replay = false;
    if (!order->client_order_id[0])
        return true;
    accept_request_digest(order, digest);
    for (size_t i = 0; i < batch->client_rows; i++) {
        const struct client_row *row = &batch->clients[i];
        if (row->member_id != order->member_id ||
            strcmp(row->client_order_id, order->client_order_id) != 0)
            continue;
        *ret_replay = intake->replayed = true;
        intake->replayed_id = row->order_id;
        return memcmp(row->digest, digest, sizeof(digest)) == 0 || reused(err, order);
    }
    for (size_t i = 0; i < index; i++) {
        struct intake *earlier = batch->intakes[i];
        if (earlier->kind != INTAKE_SUBMIT || !earlier->ok || earlier->replayed ||
            earlier->order.member_id != order->member_id ||
            strcmp(earlier->order.client_order_id, order->client_order_id) != 0)
            continue;
        accept_request_digest(&earlier->order, other);
        *ret_replay = intake->replayed = true;
        intake->original = earlier;
        return memcmp(other, digest, sizeof(digest)) == 0 || reused(err, order);
    }
    return true;
}

/* ---- one decision for each kind of intake ---- */

static bool decide_submit(struct accept_batch *batch, size_t index, struct err *err)
{
    struct intake *intake = batch->intakes[index];
    struct order *order = &intake->order;
    struct command command;
    bool replay;

    if (!is_replay(batch, index, &replay, err) || replay)
        return replay && intake->replayed && err->code == ERR_NONE;
    if (intake->refusal.code != ERR_NONE) {
        *err = intake->refusal;
        return false;
    }
    struct account_key key =
        account_key(order->member_id, order_outcome(&intake->market, order->side));
    struct account *account = account_find(batch->accounts, batch->accounts_count, &key);
    struct dec balance = account ? account->balance : DEC_ZERO;
    struct dec cost;
    if (!order_cost(order, intake->estimate, balance, &cost, err))
        return false;
    if (!dec_is_positive(cost) || dec_cmp(balance, cost) < 0) {
        char has[DEC_TEXT_SIZE], needs[DEC_TEXT_SIZE];
        return err_set(err, ERR_FUNDS_INSUFFICIENT, "has %s %s, needs %s", dec_text(balance, has),
                       key.currency_id, dec_text(cost, needs));
    }
    order->locked = order->origin_locked = cost;
    order->id = batch->order_id_next + batch->order_ids_used;
    if (!order_to_command(order, &intake->market, &command, err))
        return false;

    batch->order_ids_used++;
    struct command *added = add_command(batch, intake->market.id);
    command.seq = added->seq;
    *added = command;
    order->uuid = uuid_new();
    order->state = ORDER_WAIT;
    order->close_reason = CLOSE_NONE;
    order->waiting = order_type_is_stop(order->type);
    order->funds_received = DEC_ZERO;
    order->trades_count = 0;
    order->command_seq = command.seq;
    order->queue_rank = rank_of(command.seq, 0);
    order->amend_seq = 0;
    order->created_at = order->updated_at = batch->now_us;
    batch->orders[batch->orders_count++] = order;
    ensure_income_account(batch, intake);
    hold(batch, intake, account, "submit", cost);
    return true;
}

static bool decide_cancel(struct accept_batch *batch, struct intake *intake, struct err *err)
{
    if (!intake->found)
        return err_set(err, ERR_NOT_FOUND, "no such order of this member");
    if (intake->order.state != ORDER_WAIT)
        return true; /* closed already: the answer shows how */
    struct command *command = add_command(batch, intake->order.market_id);
    command->kind = COMMAND_CANCEL;
    command->order_id = intake->order.id;
    command->member_id = intake->order.member_id;
    return true;
}

static bool decide_amend(struct accept_batch *batch, struct intake *intake, struct err *err)
{
    struct order *order = &intake->order;
    struct dec price, change, left, need;
    int64_t ticks, lots;

    if (!intake->found)
        return err_set(err, ERR_NOT_FOUND, "no such order of this member");
    if (order->state != ORDER_WAIT || order->waiting || order_type_is_market(order->type))
        return err_set_key(err, ERR_STATE_CONFLICT, "market.order.not_amendable",
                           "order %lu is closed, or no open limit order", (unsigned long)order->id);
    if (order->amend_seq > intake->settled_seq)
        return err_set_key(err, ERR_STATE_CONFLICT, "market.order.amend_in_progress",
                           "order %lu is being amended", (unsigned long)order->id);
    price = dec_is_zero(intake->new_price) ? order->price : intake->new_price;
    struct dec volume = dec_is_zero(intake->new_volume) ? order->origin_volume : intake->new_volume;
    struct order asked = *order;
    struct command checked;
    asked.price = price;
    asked.volume = volume;
    if (!order_to_command(&asked, &intake->market, &checked, err))
        return false;
    if (!dec_sub(volume, order->origin_volume, &change) || !dec_add(order->volume, change, &left) ||
        !dec_is_positive(left))
        return err_set(err, ERR_ORDER_INVALID, "the new volume is filled already");
    struct dec size = dec_is_negative(change) ? dec_neg(change) : change;
    if (!market_ticks(&intake->market, price, &ticks) || !market_lots(&intake->market, size, &lots))
        return err_set(err, ERR_ORDER_INVALID, "the change is not a whole number of steps");
    if (!order_amend_need(order, price, left, &need, err))
        return false;

    struct dec more = DEC_ZERO;
    if (dec_cmp(need, order->locked) > 0) {
        struct account_key key =
            account_key(order->member_id, order_outcome(&intake->market, order->side));
        struct account *account = account_find(batch->accounts, batch->accounts_count, &key);
        if (!dec_sub(need, order->locked, &more) || !account || dec_cmp(account->balance, more) < 0)
            return err_set(err, ERR_FUNDS_INSUFFICIENT, "the new price and volume need more %s",
                           key.currency_id);
        order->locked.units += more.units;
        order->origin_locked.units += more.units;
        hold(batch, intake, account, "amend", more);
    }
    struct command *command = add_command(batch, order->market_id);
    command->kind = COMMAND_AMEND;
    command->order_id = order->id;
    command->member_id = order->member_id;
    command->price = ticks;
    command->amount = dec_is_negative(change) ? -lots : lots;
    order->amend_seq = command->seq;
    order->updated_at = batch->now_us;
    return true;
}

static bool decide_market_command(struct accept_batch *batch, struct intake *intake)
{
    struct command *command = add_command(batch, intake->market.id);
    command->side = (uint8_t)intake->side;
    command->member_id = intake->order.member_id;
    command->kind = intake->kind == INTAKE_CANCEL_ALL ? COMMAND_CANCEL_ALL
                    : intake->kind == INTAKE_HALT     ? COMMAND_HALT
                                                      : COMMAND_RESUME;
    if (intake->kind != INTAKE_CANCEL_ALL) {
        command->side = 0;
        command->member_id = 0;
    }
    return true;
}

static bool decide_one(struct accept_batch *batch, size_t index, struct err *err)
{
    struct intake *intake = batch->intakes[index];
    switch (intake->kind) {
    case INTAKE_SUBMIT:
        return decide_submit(batch, index, err);
    case INTAKE_CANCEL:
        return decide_cancel(batch, intake, err);
    case INTAKE_AMEND:
        return decide_amend(batch, intake, err);
    case INTAKE_CANCEL_ALL:
    case INTAKE_HALT:
    case INTAKE_RESUME:
        return decide_market_command(batch, intake);
    }
    return err_set(err, ERR_INTERNAL, "intake of kind %d", (int)intake->kind);
}

void accept_decide(struct accept_batch *batch)
{
    batch->order_ids_used = batch->journal_ids_used = 0;
    batch->deltas_count = batch->new_keys_count = batch->orders_count = 0;
    batch->entries_count = batch->commands_count = 0;
    if (batch->clients_count == 0)
        batch->client_rows = 0;
    for (size_t i = 0; i < batch->count; i++) {
        struct intake *intake = batch->intakes[i];
        intake->err.code = ERR_NONE;
        intake->replayed = false;
        intake->original = NULL;
        intake->ok = decide_one(batch, i, &intake->err);
    }
}
