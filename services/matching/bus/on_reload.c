#include "matching/bus/on_reload.h"

#include "base/auto.h"
#include "json/read.h"
#include "log/log.h"

DEFINE_AUTO(cJSON, cJSON_Delete);

bool on_reload(struct worker *worker, const struct bus_delivery *delivery, bool *ret_is_taken,
               struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *request = NULL;
    struct market *market;
    struct err why;
    if (!json_read(delivery->body, delivery->length, &request, &why))
        return delivery_reject(worker, delivery, &why, err);
    const char *market_id = json_member_text(request, "reload");
    if (!delivery_market(worker, market_id ? market_id : "", &market, &why))
        return delivery_reject(worker, delivery, &why, err);
    *ret_is_taken = true;
    if (!market)
        return true;
    log_info("asked for a repeat", LOG_STR("market", market->id),
             LOG_U64("seq", market->book ? book_seq(market->book) : 0));
    market->wants_load = true;
    market->next_try_us = 0;
    return true;
}
