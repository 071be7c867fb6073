#include "accounting/actions/asset_check.h"

#include <stdio.h>
#include <string.h>

#include "accounting/actions/chains_document.h"
#include "accounting/domain/units.h"
#include "accounting/peers/peers.h"
#include "base/auto.h"
#include "json/field.h"
#include "json/read.h"

enum { PATH_SIZE = 160, BODY_BYTES_MAX = 512, CALL_MS = 5000 };

/* What is to be checked: what the draft says, and of a change the rest from the row. */
static bool asset_of(const struct change *change, const struct network_draft *draft,
                     struct network *ret_network, bool *ret_any, struct err *err)
{
    const struct network_filter filter = {.id = draft->id.value};
    struct listing listing = {
        .arena = change->arena, .where = STR_INIT(LISTING_BYTES_MAX), .uncounted = true};
    struct listed listed;
    *ret_any = draft->options != NULL;
    *ret_network = (struct network){.blockchain_key = draft->blockchain_key,
                                    .options = draft->options,
                                    .base_factor = draft->base_factor.value};
    if (!draft->id.given || !*ret_any)
        return true;
    bool ok = network_list(change->db, &filter, &listing, &listed, err);
    str_release(&listing.where);
    if (!ok)
        return false;
    const struct network *row = listed.rows;
    *ret_any = listed.count == 1;
    if (*ret_any && !draft->blockchain_key)
        ret_network->blockchain_key = row->blockchain_key;
    if (*ret_any)
        ret_network->base_factor = row->base_factor;
    return true;
}

static bool read_answer(const struct str *answer, int decimals, struct err *err)
{
    cJSON *root;
    struct err ignored;
    int64_t said = -1;
    if (!json_read(str_data(answer), answer->length, &root, &ignored))
        return true;
    bool differs = cJSON_IsFalse(json_member(root, "ok"));
    /* Without the reason, 0 decimals are those of no contract at all. */
    const char *reason = differs ? json_member_text(root, "reason") : NULL;
    if (!reason || !strstr(reason, "decimals") || !json_member_i64(root, "decimals", &said))
        said = -1;
    cJSON_Delete(root);
    if (!differs)
        return true;
    return said >= 0 && said != decimals
               ? err_set(err, ERR_INVALID, "Base factor is %d digits, the contract has %lld",
                         decimals, (long long)said)
               : err_set(err, ERR_INVALID, "Options name no token contract");
}

bool asset_check(struct accounting *app, const struct change *change,
                 const struct network_draft *draft, struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(BODY_BYTES_MAX);
    AUTO(str_release) struct str answer = STR_INIT(PEER_ANSWER_BYTES_MAX);
    struct network network;
    struct err ignored;
    char path[PATH_SIZE];
    long status;
    bool any;
    if (!asset_of(change, draft, &network, &any, err))
        return false;
    const char *contract = any ? network_contract(change->arena, &network) : NULL;
    if (!contract || !*contract || !network.blockchain_key || strlen(contract) > 64)
        return true;
    int decimals =
        draft->subunits.given ? (int)draft->subunits.value : units_decimals(network.base_factor);
    snprintf(path, sizeof(path), "/internal/chains/%.64s/check_asset", network.blockchain_key);
    str_add(&body, "{\"contract\":");
    json_write_string(&body, contract);
    str_add_format(&body, ",\"decimals\":%d}", decimals);
    const struct peer_request request = {.peer = PEER_BLOCKCHAIN,
                                         .method = "POST",
                                         .path = path,
                                         .body = str_data(&body),
                                         .timeout_ms = CALL_MS};
    if (!peer_call(app->peers, &request, &status, &answer, &ignored) ||
        (status != 200 && status != 201))
        return true;
    return read_answer(&answer, decimals, err);
}
