#include "contract/protocol.h"

#include <string.h>

#include "base/check.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the records are little-endian");
_Static_assert(PROTOCOL_ITEMS_MAX * sizeof(struct result_item) < PROTOCOL_BATCH_BYTES_MAX,
               "every result fits a batch");

static const char magic_commands[4] = "BRC1";
static const char magic_results[4] = "BRR1";
static const char magic_snapshot[4] = "BRS1";

static bool refuse(struct err *err, const char *why)
{
    return err_set(err, ERR_PROTOCOL, "%s", why);
}

/* 1..PROTOCOL_QUANTITY_MAX, by one comparison. */
static bool is_quantity(int64_t number)
{
    return (uint64_t)number - 1 < (uint64_t)PROTOCOL_QUANTITY_MAX;
}

static bool is_quantity_or_zero(int64_t number)
{
    return (uint64_t)number <= (uint64_t)PROTOCOL_QUANTITY_MAX;
}

/* 1..23 printable characters, the rest NUL. */
static bool is_market_id(const char id[static MARKET_ID_SIZE])
{
    size_t length = strnlen(id, MARKET_ID_SIZE);
    if (length == 0 || length == MARKET_ID_SIZE)
        return false;
    for (size_t i = 0; i < MARKET_ID_SIZE; i++)
        if (i < length ? id[i] <= ' ' || id[i] > '~' : id[i] != '\0')
            return false;
    return true;
}

static void market_id_set(char ret_id[static MARKET_ID_SIZE], const char *market_id)
{
    size_t length = strlen(market_id);
    assert(length > 0 && length < MARKET_ID_SIZE);
    memset(ret_id, 0, MARKET_ID_SIZE);
    memcpy(ret_id, market_id, length);
}

/* ---- the rules of one command ---- */

static bool is_stop(unsigned type)
{
    return type == TYPE_STOP_LIMIT || type == TYPE_STOP_MARKET;
}

static bool is_market(unsigned type)
{
    return type == TYPE_MARKET || type == TYPE_STOP_MARKET;
}

static bool submit_check(const struct command *command, struct err *err)
{
    if (command->order_id == 0 || command->member_id == 0)
        return refuse(err, "submit: order and member have ids");
    if (command->side > SIDE_SELL || command->type > TYPE_STOP_MARKET ||
        command->time_in_force > TIF_POST_ONLY || command->stp > STP_DECREMENT)
        return refuse(err, "submit: unknown side, type, time in force or stp");
    if (!is_quantity(command->amount))
        return refuse(err, "submit: amount out of range");
    if (is_market(command->type) ? command->price != 0 : !is_quantity(command->price))
        return refuse(err, "submit: price out of range");
    if (is_stop(command->type) ? !is_quantity(command->stop_price) : command->stop_price != 0)
        return refuse(err, "submit: stop price out of range");
    if (!is_market(command->type))
        return command->protection == 0 || refuse(err, "submit: protection of a limit order");
    if (!is_quantity_or_zero(command->protection))
        return refuse(err, "submit: protection out of range");
    if (wide_get(command->budget_low, command->budget_high) < 0)
        return refuse(err, "submit: negative budget");
    return true;
}

bool command_check(const struct command *command, struct err *err)
{
    if (command->seq == 0 || command->seq > PROTOCOL_SEQ_MAX)
        return refuse(err, "sequence number out of range");
    if (command->reserved[0] | command->reserved[1] | command->reserved[2])
        return refuse(err, "reserved bytes of a command are in use");
    switch (command->kind) {
    case COMMAND_SUBMIT:
        return submit_check(command, err);
    case COMMAND_CANCEL:
        return command->order_id != 0 || refuse(err, "cancel: which order?");
    case COMMAND_CANCEL_ALL:
        return command->side <= SIDE_BOTH || refuse(err, "cancel-all: unknown side");
    case COMMAND_AMEND:
        return (command->order_id != 0 && is_quantity(command->price) &&
                command->amount >= -PROTOCOL_QUANTITY_MAX &&
                command->amount <= PROTOCOL_QUANTITY_MAX) ||
               refuse(err, "amend: order, price or change of the amount out of range");
    case COMMAND_HALT:
    case COMMAND_RESUME:
        return true;
    default:
        return err_set(err, ERR_PROTOCOL, "unknown kind of command %u", command->kind);
    }
}

/* ---- writing ---- */

void command_batch_write(struct str *out, const char *market_id, const struct command *commands,
                         size_t count)
{
    assert(count > 0 && count <= PROTOCOL_COMMANDS_MAX);
    struct batch_header header = {
        .version = PROTOCOL_VERSION,
        .first_seq = commands[0].seq,
        .count = (uint32_t)count,
        .bytes = (uint32_t)(sizeof(header) + count * sizeof(*commands)),
    };
    memcpy(header.magic, magic_commands, sizeof(header.magic));
    market_id_set(header.market_id, market_id);
    for (size_t i = 0; i < count; i++)
        assert(commands[i].seq == commands[0].seq + i);
    str_add_bytes(out, &header, sizeof(header));
    str_add_bytes(out, commands, count * sizeof(*commands));
}

void result_batch_begin(struct str *out, const char *market_id, uint64_t first_seq)
{
    assert(out->length == 0);
    struct batch_header header = {.version = PROTOCOL_VERSION, .first_seq = first_seq};
    memcpy(header.magic, magic_results, sizeof(header.magic));
    market_id_set(header.market_id, market_id);
    str_add_bytes(out, &header, sizeof(header));
}

void result_batch_end(struct str *out, uint32_t count, uint64_t state_hash)
{
    if (!str_ok(out))
        return;
    assert(out->length > sizeof(struct batch_header) && count > 0);
    assert(out->length <= PROTOCOL_BATCH_BYTES_MAX);
    struct batch_header header;
    memcpy(&header, out->data, sizeof(header));
    header.count = count;
    header.bytes = (uint32_t)out->length;
    header.state_hash = state_hash;
    memcpy(out->data, &header, sizeof(header));
}

/* ---- reading ---- */

/* What command and result batches have in common. */
static bool header_read(const void *bytes, size_t length, const char magic[static 4],
                        struct batch *ret_batch, struct err *err)
{
    const struct batch_header *header = bytes;
    if (length < sizeof(*header))
        return refuse(err, "batch shorter than its header");
    if (memcmp(header->magic, magic, sizeof(header->magic)) != 0)
        return err_set(err, ERR_PROTOCOL, "batch without the magic %.4s", magic);
    if (header->version != PROTOCOL_VERSION)
        return err_set(err, ERR_PROTOCOL, "batch of version %u, we speak %d", header->version,
                       PROTOCOL_VERSION);
    if (header->reserved != 0)
        return refuse(err, "reserved bytes of a batch are in use");
    if (header->bytes != length || length > PROTOCOL_BATCH_BYTES_MAX)
        return err_set(err, ERR_PROTOCOL, "batch of %u bytes came as %zu", header->bytes, length);
    if (!is_market_id(header->market_id))
        return refuse(err, "batch without a market id");
    if (header->count == 0)
        return refuse(err, "empty batch");
    if (header->first_seq == 0 || header->first_seq > PROTOCOL_SEQ_MAX - header->count)
        return refuse(err, "sequence number out of range");
    *ret_batch = (struct batch){
        .header = header,
        .body = (const uint8_t *)bytes + sizeof(*header),
        .body_length = length - sizeof(*header),
    };
    return true;
}

bool command_batch_read(const void *bytes, size_t length, struct batch *ret_batch, struct err *err)
{
    struct batch batch;
    if (!header_read(bytes, length, magic_commands, &batch, err))
        return false;
    if (batch.header->state_hash != 0)
        return refuse(err, "command batch with a state hash");
    if (batch.header->count > PROTOCOL_COMMANDS_MAX ||
        batch.body_length != batch.header->count * sizeof(struct command))
        return err_set(err, ERR_PROTOCOL, "%u commands in %zu bytes", batch.header->count, length);
    for (size_t i = 0; i < batch.header->count; i++) {
        struct command command;
        command_get(&batch, i, &command);
        if (command.seq != batch.header->first_seq + i)
            return refuse(err, "commands are not in sequence");
        if (!command_check(&command, err))
            return err_wrap(err, "command %lu", (unsigned long)command.seq);
    }
    *ret_batch = batch;
    return true;
}

/* What every kind of item has to carry. */
static bool item_fields_check(const struct result_item *item)
{
    bool has_order = item->order_id != 0 && item->member_id != 0;
    switch (item->kind) {
    case ITEM_TRADE:
        return has_order && item->other_order_id != 0 && item->other_member_id != 0 &&
               item->order_id != item->other_order_id && is_quantity(item->price) &&
               is_quantity(item->amount);
    case ITEM_CLOSED:
        return has_order && item->reason > CLOSE_NONE && item->reason < CLOSE_REASON_MAX &&
               is_quantity_or_zero(item->price) && is_quantity_or_zero(item->amount);
    case ITEM_REDUCED:
        return has_order && is_quantity(item->amount) && item->extra < PROTOCOL_QUANTITY_MAX;
    case ITEM_TRIGGERED:
        return has_order && is_quantity_or_zero(item->price) && is_quantity(item->amount) &&
               item->extra != 0;
    case ITEM_AMENDED:
        return has_order && is_quantity(item->price) && is_quantity(item->amount) &&
               item->extra != 0;
    case ITEM_LEVEL:
        return item->order_id == 0 && is_quantity(item->price) && item->amount >= 0;
    default:
        return false;
    }
}

static bool item_check(const struct result_item *item, struct err *err)
{
    static const uint8_t zeros[sizeof(item->reserved)];
    if (item->side > SIDE_SELL || memcmp(item->reserved, zeros, sizeof(zeros)) != 0 ||
        (item->kind != ITEM_TRADE && item->flags != 0) ||
        item->flags > (ITEM_MAKER_DONE | ITEM_TAKER_DONE) ||
        (item->kind != ITEM_CLOSED && item->reason != CLOSE_NONE) || !item_fields_check(item))
        return err_set(err, ERR_PROTOCOL, "item of kind %u breaks its rules", item->kind);
    return true;
}

static bool result_check(const struct result *result, struct err *err)
{
    if (result->kind < COMMAND_SUBMIT || result->kind > COMMAND_RESUME ||
        result->status > RESULT_REFUSED || result->more > 1 || result->reserved != 0)
        return refuse(err, "unknown kind or status");
    if (result->items > PROTOCOL_ITEMS_MAX)
        return err_set(err, ERR_PROTOCOL, "%u items", result->items);
    return true;
}

bool result_batch_read(const void *bytes, size_t length, struct batch *ret_batch, struct err *err)
{
    struct batch batch;
    if (!header_read(bytes, length, magic_results, &batch, err))
        return false;
    size_t offset = 0;
    for (size_t i = 0; i < batch.header->count; i++) {
        struct result result;
        uint64_t seq = batch.header->first_seq + i;
        if (!result_next(&batch, &offset, &result))
            return refuse(err, "fewer results than the header counts");
        if (result.seq != seq)
            return refuse(err, "results are not in sequence");
        if (!result_check(&result, err))
            return err_wrap(err, "result %lu", (unsigned long)seq);
        if (batch.body_length - offset < result.items * sizeof(struct result_item))
            return refuse(err, "fewer items than their result counts");
        for (size_t j = 0; j < result.items; j++) {
            struct result_item item;
            result_item_next(&batch, &offset, &item);
            if (!item_check(&item, err))
                return err_wrap(err, "result %lu, item %zu", (unsigned long)seq, j);
        }
    }
    if (offset != batch.body_length)
        return refuse(err, "bytes after the last result");
    *ret_batch = batch;
    return true;
}

void command_get(const struct batch *batch, size_t index, struct command *ret_command)
{
    assert(index < batch->body_length / sizeof(*ret_command));
    memcpy(ret_command, batch->body + index * sizeof(*ret_command), sizeof(*ret_command));
}

bool result_next(const struct batch *batch, size_t *offset, struct result *ret_result)
{
    if (batch->body_length - *offset < sizeof(*ret_result))
        return false;
    memcpy(ret_result, batch->body + *offset, sizeof(*ret_result));
    *offset += sizeof(*ret_result);
    return true;
}

void result_item_next(const struct batch *batch, size_t *offset, struct result_item *ret_item)
{
    assert(batch->body_length - *offset >= sizeof(*ret_item));
    memcpy(ret_item, batch->body + *offset, sizeof(*ret_item));
    *offset += sizeof(*ret_item);
}

/* ---- the snapshot ---- */

static bool snapshot_order_check(const struct snapshot_order *order, struct err *err)
{
    if (order->order_id == 0 || order->member_id == 0 || order->side > SIDE_SELL ||
        order->time_in_force > TIF_POST_ONLY || order->stp > STP_DECREMENT || order->waiting > 1 ||
        (order->reserved[0] | order->reserved[1] | order->reserved[2]) != 0 ||
        !is_quantity(order->amount))
        return refuse(err, "ids, enums or amount out of range");
    if (!order->waiting)
        return ((order->type == TYPE_LIMIT || order->type == TYPE_STOP_LIMIT) &&
                is_quantity(order->price) &&
                (order->time_in_force == TIF_GTC || order->time_in_force == TIF_POST_ONLY)) ||
               refuse(err, "only limit orders rest, gtc or post-only ones");
    if (!is_stop(order->type) || !is_quantity(order->stop_price))
        return refuse(err, "only stop orders wait, and they have a stop price");
    if (order->type == TYPE_STOP_LIMIT ? !is_quantity(order->price) : order->price != 0)
        return refuse(err, "price out of range");
    if ((order->type == TYPE_STOP_LIMIT ? order->protection != 0
                                        : !is_quantity_or_zero(order->protection)) ||
        wide_get(order->budget_low, order->budget_high) < 0)
        return refuse(err, "protection or budget out of range");
    return true;
}

static bool snapshot_header_check(const struct snapshot_header *header, size_t length,
                                  struct err *err)
{
    if (memcmp(header->magic, magic_snapshot, sizeof(header->magic)) != 0)
        return refuse(err, "snapshot without the magic BRS1");
    if (header->version != PROTOCOL_VERSION)
        return err_set(err, ERR_PROTOCOL, "snapshot of version %u, we speak %d", header->version,
                       PROTOCOL_VERSION);
    if (header->halted > 1 || header->reserved != 0 || !is_market_id(header->market_id) ||
        header->seq > PROTOCOL_SEQ_MAX || !is_quantity_or_zero(header->last_price))
        return refuse(err, "snapshot header: a field is out of range");
    size_t body_length = length - sizeof(*header);
    if (header->orders != body_length / sizeof(struct snapshot_order) ||
        body_length % sizeof(struct snapshot_order) != 0)
        return err_set(err, ERR_PROTOCOL, "snapshot of %lu orders came as %zu bytes",
                       (unsigned long)header->orders, length);
    return true;
}

bool snapshot_read(const void *bytes, size_t length, struct snapshot_header *ret_header,
                   const uint8_t **ret_orders, struct err *err)
{
    struct snapshot_header header;
    if (length < sizeof(header))
        return refuse(err, "snapshot shorter than its header");
    memcpy(&header, bytes, sizeof(header));
    if (!snapshot_header_check(&header, length, err))
        return false;
    const uint8_t *orders = (const uint8_t *)bytes + sizeof(header);
    uint64_t rank = 0;
    for (size_t i = 0; i < header.orders; i++) {
        struct snapshot_order order;
        snapshot_order_get(orders, i, &order);
        if (!snapshot_order_check(&order, err))
            return err_wrap(err, "order %lu", (unsigned long)order.order_id);
        if (order.rank <= rank || order.rank >> 16 > header.seq)
            return err_set(err, ERR_PROTOCOL, "order %lu: rank %lu after %lu at seq %lu",
                           (unsigned long)order.order_id, (unsigned long)order.rank,
                           (unsigned long)rank, (unsigned long)header.seq);
        rank = order.rank;
    }
    *ret_header = header;
    *ret_orders = orders;
    return true;
}

void snapshot_order_get(const uint8_t *orders, size_t index, struct snapshot_order *ret_order)
{
    memcpy(ret_order, orders + index * sizeof(*ret_order), sizeof(*ret_order));
}
