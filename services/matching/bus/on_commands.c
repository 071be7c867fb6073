#include "matching/bus/on_commands.h"

#include "matching/actions/commands_apply.h"

bool on_commands(struct worker *worker, const struct bus_delivery *delivery, bool *ret_is_taken,
                 struct err *err)
{
    struct batch batch;
    struct market *market;
    struct err why;
    if (!command_batch_read(delivery->body, delivery->length, &batch, &why) ||
        !delivery_market(worker, batch.header->market_id, &market, &why))
        return delivery_reject(worker, delivery, &why, err);
    *ret_is_taken = true;
    return !market || commands_apply(worker, market, &batch, err);
}
