#include "accounting/actions/reconcile_stops.h"

#include <string.h>

#include "accounting/actions/chains_document.h"
#include "accounting/peers/peers.h"
#include "accounting/store/reconcile.h"
#include "base/auto.h"
#include "json/field.h"

enum { BODY_BYTES_MAX = 256 * 1024, STATUS_OK = 200 };

static bool is_stopped(const struct reconcile_stopped *stopped, const char *currency_id)
{
    for (size_t i = 0; i < stopped->count; i++)
        if (strcmp(stopped->currency_ids[i], currency_id) == 0)
            return true;
    return false;
}

/* A stop is for the currency on all of its chains. */
static bool body_write(const struct change *change, const struct catalog *catalog, struct str *body,
                       struct err *err)
{
    struct reconcile_stopped stopped;
    const char *comma = "";
    if (!reconcile_stopped_list(change->db, change->arena, &stopped, err))
        return false;
    /* Made before they were read: a list that frees something is not newer than what it knows. */
    str_add_format(body, "{\"told_at\":%lld,\"assets\":[", (long long)change->now_us);
    for (size_t i = 0; i < catalog->networks_count; i++) {
        const struct network *network = &catalog->networks[i];
        if (!network->blockchain_key || !is_stopped(&stopped, network->currency_id))
            continue;
        const char *contract = network_contract(change->arena, network);
        if (!contract)
            return err_set(err, ERR_BUSY, "no memory for stops");
        str_add(body, comma);
        str_add(body, "{\"chain\":");
        json_write_string(body, network->blockchain_key);
        str_add(body, ",\"contract\":");
        json_write_string(body, contract);
        str_add_char(body, '}');
        comma = ",";
    }
    str_add(body, "]}");
    return str_ok(body) || err_set(err, ERR_BUSY, "the stops are above %d bytes", BODY_BYTES_MAX);
}

bool reconcile_stops_tell(struct accounting *app, const struct change *change,
                          const struct catalog *catalog, struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(BODY_BYTES_MAX);
    AUTO(str_release) struct str answer = STR_INIT(PEER_ANSWER_BYTES_MAX);
    long status;
    if (!body_write(change, catalog, &body, err))
        return false;
    const struct peer_request request = {.peer = PEER_BLOCKCHAIN,
                                         .method = "PUT",
                                         .path = "/internal/stopped_assets",
                                         .body = str_data(&body)};
    return peer_call(app->peers, &request, &status, &answer, err) &&
           (status == STATUS_OK ||
            err_set(err, ERR_PEER_UNAVAILABLE, "the gateway takes no stops: %ld", status));
}
