/* The records of protocol.h as text, one line each: for logs, tests and `--print-batch`. */
#include <string.h>

#include "base/check.h"
#include "contract/protocol.h"

/* ---- names ---- */

#define NAME_OF(names, index) ((index) < ARRAY_LEN(names) && (names)[index] ? (names)[index] : "?")

const char *command_kind_name(unsigned kind)
{
    static const char *const names[] = {
        [COMMAND_SUBMIT] = "submit",
        [COMMAND_CANCEL] = "cancel",
        [COMMAND_CANCEL_ALL] = "cancel_all",
        [COMMAND_AMEND] = "amend",
        [COMMAND_HALT] = "halt",
        [COMMAND_RESUME] = "resume",
    };
    return NAME_OF(names, kind);
}

const char *close_reason_name(unsigned reason)
{
    static const char *const names[] = {
        [CLOSE_NONE] = "none",
        [CLOSE_CANCELLED] = "cancelled",
        [CLOSE_IOC] = "ioc",
        [CLOSE_FOK] = "fok",
        [CLOSE_POST_ONLY] = "post_only",
        [CLOSE_LIQUIDITY] = "liquidity",
        [CLOSE_BUDGET] = "budget",
        [CLOSE_PROTECTION] = "protection",
        [CLOSE_STP] = "stp",
        [CLOSE_HALTED] = "halted",
        [CLOSE_BOOK_FULL] = "book_full",
        [CLOSE_FILLS_MAX] = "fills_max",
        [CLOSE_AMENDED] = "amended",
    };
    return NAME_OF(names, reason);
}

const char *result_status_name(unsigned status)
{
    static const char *const names[] = {
        [RESULT_OK] = "ok",
        [RESULT_NOT_FOUND] = "not_found",
        [RESULT_NOT_AMENDABLE] = "not_amendable",
        [RESULT_WOULD_CROSS] = "would_cross",
        [RESULT_HALTED] = "halted",
        [RESULT_REFUSED] = "refused",
    };
    return NAME_OF(names, status);
}

const char *side_name(unsigned side)
{
    static const char *const names[] = {"buy", "sell", "both"};
    return NAME_OF(names, side);
}

const char *order_type_name(unsigned type)
{
    static const char *const names[] = {"limit", "market", "stop_limit", "stop_market"};
    return NAME_OF(names, type);
}

const char *time_in_force_name(unsigned time_in_force)
{
    static const char *const names[] = {"gtc", "ioc", "fok", "post_only"};
    return NAME_OF(names, time_in_force);
}

const char *stp_mode_name(unsigned mode)
{
    static const char *const names[] = {"none", "cancel_newest", "cancel_oldest", "decrement"};
    return NAME_OF(names, mode);
}

/* ---- records ---- */

/* " name number", and nothing when the number is 0. */
static void add_field(struct str *out, const char *name, int64_t number)
{
    if (number == 0)
        return;
    str_add_format(out, " %s ", name);
    str_add_i64(out, number);
}

static void add_budget(struct str *out, uint64_t low, uint64_t high)
{
    if ((low | high) != 0)
        str_add_format(out, " budget 0x%lx%016lx", (unsigned long)high, (unsigned long)low);
}

static void submit_print(struct str *out, const struct command *command)
{
    str_add_format(out, " order %lu member %lu %s %s %s", (unsigned long)command->order_id,
                   (unsigned long)command->member_id, side_name(command->side),
                   order_type_name(command->type), time_in_force_name(command->time_in_force));
    add_field(out, "amount", command->amount);
    add_field(out, "price", command->price);
    add_field(out, "stop", command->stop_price);
    add_field(out, "protection", command->protection);
    add_budget(out, command->budget_low, command->budget_high);
    if (command->stp != STP_NONE)
        str_add_format(out, " stp %s", stp_mode_name(command->stp));
}

static void command_print(struct str *out, const struct command *command)
{
    str_add_format(out, "%lu %s", (unsigned long)command->seq, command_kind_name(command->kind));
    switch (command->kind) {
    case COMMAND_SUBMIT:
        submit_print(out, command);
        break;
    case COMMAND_CANCEL_ALL:
        str_add_format(out, " member %lu %s", (unsigned long)command->member_id,
                       side_name(command->side));
        break;
    case COMMAND_AMEND:
        str_add_format(out, " order %lu amount %+ld price %ld", (unsigned long)command->order_id,
                       (long)command->amount, (long)command->price);
        break;
    case COMMAND_CANCEL:
        str_add_format(out, " order %lu", (unsigned long)command->order_id);
        break;
    default:
        break;
    }
    str_add_char(out, '\n');
}

void result_item_print(struct str *out, const struct result_item *item)
{
    unsigned long order = (unsigned long)item->order_id;
    unsigned long member = (unsigned long)item->member_id;
    switch (item->kind) {
    case ITEM_TRADE:
        str_add_format(out, "trade maker %lu taker %lu members %lu %lu taker-side %s %ld @ %ld%s%s",
                       order, (unsigned long)item->other_order_id, member,
                       (unsigned long)item->other_member_id, side_name(item->side),
                       (long)item->amount, (long)item->price,
                       item->flags & ITEM_MAKER_DONE ? " maker-done" : "",
                       item->flags & ITEM_TAKER_DONE ? " taker-done" : "");
        break;
    case ITEM_CLOSED:
        str_add_format(out, "closed %lu member %lu %s left %ld: %s", order, member,
                       side_name(item->side), (long)item->amount, close_reason_name(item->reason));
        break;
    case ITEM_REDUCED:
        str_add_format(out, "reduced %lu member %lu %s by %ld to %lu", order, member,
                       side_name(item->side), (long)item->amount, (unsigned long)item->extra);
        break;
    case ITEM_TRIGGERED:
        str_add_format(out, "triggered %lu member %lu %s %ld @ %ld rank %lu", order, member,
                       side_name(item->side), (long)item->amount, (long)item->price,
                       (unsigned long)item->extra);
        break;
    case ITEM_AMENDED:
        str_add_format(out, "amended %lu member %lu %s %ld @ %ld rank %lu", order, member,
                       side_name(item->side), (long)item->amount, (long)item->price,
                       (unsigned long)item->extra);
        break;
    case ITEM_LEVEL:
        str_add_format(out, "level %s %ld @ %ld", side_name(item->side), (long)item->amount,
                       (long)item->price);
        break;
    default:
        str_add_format(out, "item of unknown kind %u", item->kind);
        break;
    }
    str_add_char(out, '\n');
}

static void result_print(struct str *out, const struct result *result)
{
    str_add_format(out, "%lu %s", (unsigned long)result->seq, command_kind_name(result->kind));
    if (result->order_id != 0)
        str_add_format(out, " order %lu", (unsigned long)result->order_id);
    str_add_format(out, " %s%s\n", result_status_name(result->status),
                   result->more ? ", more are left" : "");
}

void batch_print(struct str *out, const struct batch *batch)
{
    bool is_commands = batch->header->magic[2] == 'C';
    str_add_format(out, "%s %s from %lu, %u of them, %u bytes",
                   is_commands ? "commands" : "results", batch->header->market_id,
                   (unsigned long)batch->header->first_seq, batch->header->count,
                   batch->header->bytes);
    if (!is_commands)
        str_add_format(out, ", state %016lx", (unsigned long)batch->header->state_hash);
    str_add_char(out, '\n');

    size_t offset = 0;
    for (size_t i = 0; i < batch->header->count; i++) {
        if (is_commands) {
            struct command command;
            command_get(batch, i, &command);
            command_print(out, &command);
            continue;
        }
        struct result result;
        bool has_result = result_next(batch, &offset, &result);
        assert(has_result);
        result_print(out, &result);
        for (size_t j = 0; j < result.items; j++) {
            struct result_item item;
            result_item_next(batch, &offset, &item);
            str_add(out, "    ");
            result_item_print(out, &item);
        }
    }
}

void snapshot_print(struct str *out, const struct snapshot_header *header, const uint8_t *orders)
{
    str_add_format(out, "snapshot %s at %lu, %lu orders, last price %ld%s\n", header->market_id,
                   (unsigned long)header->seq, (unsigned long)header->orders,
                   (long)header->last_price, header->halted ? ", halted" : "");
    for (size_t i = 0; i < header->orders; i++) {
        struct snapshot_order order;
        snapshot_order_get(orders, i, &order);
        str_add_format(out, "%lu order %lu member %lu %s %s %s", (unsigned long)order.rank,
                       (unsigned long)order.order_id, (unsigned long)order.member_id,
                       side_name(order.side), order_type_name(order.type),
                       time_in_force_name(order.time_in_force));
        add_field(out, "amount", order.amount);
        add_field(out, "price", order.price);
        add_field(out, "stop", order.stop_price);
        add_field(out, "protection", order.protection);
        add_budget(out, order.budget_low, order.budget_high);
        if (order.stp != STP_NONE)
            str_add_format(out, " stp %s", stp_mode_name(order.stp));
        str_add(out, order.waiting ? " waiting\n" : "\n");
    }
}
