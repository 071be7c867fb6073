#include "blockchain/actions/transfer_event.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/store/events.h"
#include "json/field.h"

struct transfer_told {
    const char *chain, *txid, *contract, *address, *owner, *units, *block_hash, *currency;
    const char *was, *reason;
    uint64_t transfer_id, height, confirmations;
    int64_t index;
    const char *const *from;
    size_t from_count;
};

#define AT(member) offsetof(struct transfer_told, member)
static const struct json_field told_fields[] = {
    {"chain", JSON_TEXT, AT(chain)},
    {"transfer_id", JSON_U64, AT(transfer_id)},
    {"txid", JSON_TEXT, AT(txid)},
    {"index", JSON_I64, AT(index)},
    {"contract", JSON_TEXT, AT(contract)},
    {"address", JSON_TEXT, AT(address)},
    {"owner", JSON_TEXT, AT(owner)},
    {"units", JSON_TEXT, AT(units)},
    {"currency", JSON_TEXT, AT(currency)},
    {"height", JSON_U64, AT(height)},
    {"block_hash", JSON_TEXT, AT(block_hash)},
    {"confirmations", JSON_U64, AT(confirmations)},
    {"from", JSON_TEXT_ARRAY, AT(from), .count_offset = AT(from_count)},
    {"was", JSON_TEXT, AT(was), JSON_OMIT_EMPTY},
    {"reason", JSON_TEXT, AT(reason), JSON_OMIT_EMPTY},
    {NULL},
};
#undef AT

bool transfer_event(const struct block_step *step, struct db *db, const char *name,
                    const struct transfer_row *row, uint64_t height, int64_t now_us,
                    struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(EVENT_BODY_BYTES_MAX);
    const struct chain_asset *asset = chain_asset_of(step->entry, row->contract);
    bool is_reverted = strcmp(name, "transfer.reverted") == 0;
    const char *from = row->from;
    if (strcmp(row->purpose, "deposit") != 0)
        return true;
    const struct transfer_told told = {
        .chain = step->chain->key,
        .transfer_id = row->id,
        .txid = row->txid,
        .index = row->index,
        .contract = row->contract,
        .address = row->address,
        .owner = row->owner,
        .units = row->units,
        .currency = asset ? asset->currency : "",
        .height = row->height,
        .block_hash = row->block_hash,
        .confirmations = height >= row->height && !is_reverted ? height - row->height + 1 : 0,
        .from = &from,
        .from_count = from[0] != '\0',
        .was = is_reverted ? row->state : NULL,
        .reason = is_reverted ? "reorg" : NULL,
    };
    json_write_object(&text, told_fields, &told);
    if (!str_ok(&text) || text.length < 2)
        return err_set(err, ERR_INTERNAL, "no memory for an event");
    text.data[text.length - 1] = '\0'; /* without its braces */
    return event_add(db, name, text.data + 1, now_us, err);
}
