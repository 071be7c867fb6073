#include "blockchain/http/explain_view.h"

#include "blockchain/actions/explain.h"
#include "blockchain/http/chain_request.h"
#include "blockchain/http/context.h"
#include "blockchain/http/payout_view.h"
#include "blockchain/http/settlement_view.h"

#define AT(member) offsetof(struct explain_form, member)
const struct param explain_tx_params[] = {ROW_PATH("key", AT(key), "Key of the chain."),
                                          ROW_PATH("txid", AT(what), "Id of a transaction."),
                                          PARAM_END};
const struct param explain_address_params[] = {ROW_PATH("key", AT(key), "Key of the chain."),
                                               ROW_PATH("address", AT(what), "Any text."),
                                               PARAM_END};
const struct param explain_payout_params[] = {ROW_PATH("id", AT(what), "Id of a payout."),
                                              PARAM_END};
#undef AT

/* ---- parts ---- */

#define AT(member) offsetof(struct transfer_shown, member)
const struct json_field transfer_fields[] = {
    {"transfer_id", JSON_U64, AT(id), .doc = "As in the events."},
    {"txid", JSON_TEXT, AT(txid), .doc = "Transaction."},
    {"index", JSON_I64, AT(index), .doc = "Output or log."},
    {"contract", JSON_TEXT, AT(contract), .doc = "Token; empty: the native coin."},
    {"address", JSON_TEXT, AT(address), .doc = "Ours."},
    {"owner", JSON_TEXT, AT(owner), .doc = "Whose address."},
    {"purpose", JSON_TEXT, AT(purpose), .doc = "What the address is for."},
    {"units", JSON_TEXT, AT(units), .doc = "Smallest units."},
    {"from", JSON_TEXT, AT(from), .doc = "Sender, if known."},
    {"state", JSON_TEXT, AT(state), .doc = "seen, confirmed, reverted."},
    {"height", JSON_U64, AT(height), .doc = "Of its block."},
    {"block_hash", JSON_TEXT, AT(block_hash), .doc = "Its block."},
    {"confirmations_needed", JSON_U64, AT(need), .doc = "To become confirmed."},
    {NULL},
};
#undef AT

#define AT(member) offsetof(struct parked_shown, member)
const struct json_field parked_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Number."},
    {"chain", JSON_TEXT, AT(chain), .doc = "Key of the chain."},
    {"height", JSON_U64, AT(height), .doc = "Of the block."},
    {"block_hash", JSON_TEXT, AT(block_hash), .doc = "The block."},
    {"txid", JSON_TEXT, AT(txid), .doc = "The transaction; empty: the whole block."},
    {"index", JSON_I64, AT(index), .doc = "Which part of it."},
    {"reason", JSON_TEXT, AT(reason), .doc = "What went wrong the last time."},
    {"state", JSON_TEXT, AT(state), .doc = "waiting, done, reverted."},
    {"tries", JSON_I64, AT(tries), .doc = "How often it was tried again."},
    {"next_try_at", JSON_TIME_ISO, AT(next_try_at), .doc = "When it is tried next."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was parked."},
    {NULL},
};
#undef AT

struct parked_shown parked_show(const struct parked_row *row)
{
    return (struct parked_shown){.id = row->id,
                                 .height = row->height,
                                 .chain = row->chain_key,
                                 .block_hash = row->block_hash,
                                 .txid = row->txid,
                                 .reason = row->reason,
                                 .state = row->state,
                                 .index = row->index,
                                 .tries = row->tries,
                                 .next_try_at = row->next_try_at,
                                 .created_at = row->created_at};
}

struct transfer_shown *transfers_show(struct arena *arena, const struct transfer_row *rows,
                                      size_t count)
{
    struct transfer_shown *shown = arena_alloc(arena, (count + 1) * sizeof(*shown));
    for (size_t i = 0; shown && i < count; i++)
        shown[i] = (struct transfer_shown){.id = rows[i].id,
                                           .height = rows[i].height,
                                           .need = rows[i].confirmations_need,
                                           .index = rows[i].index,
                                           .txid = rows[i].txid,
                                           .contract = rows[i].contract,
                                           .address = rows[i].address,
                                           .owner = rows[i].owner,
                                           .purpose = rows[i].purpose,
                                           .units = rows[i].units,
                                           .from = rows[i].from,
                                           .state = rows[i].state,
                                           .block_hash = rows[i].block_hash};
    return shown;
}

static void no_memory(struct http_request *request)
{
    struct err err;
    err_set(&err, ERR_BUSY, "no memory for a request");
    http_reply_err(request, &err);
}

/* ---- a transaction ---- */

struct tx_shown {
    const char *txid, *place, *block_hash;
    uint64_t height, confirmations;
    bool failed;
    const struct transfer_shown *transfers;
    size_t transfers_count;
    const struct parked_shown *parked;
    size_t parked_count;
    const char *const *reasons;
    size_t reasons_count;
};
#define AT(member) offsetof(struct tx_shown, member)
const struct json_field tx_story_fields[] = {
    {"txid", JSON_TEXT, AT(txid), .doc = "What was asked for."},
    {"place", JSON_TEXT, AT(place), .doc = "unknown, mempool, mined: as a node says."},
    {"height", JSON_U64, AT(height), .flags = JSON_NULL_IF_ZERO, .doc = "Of its block."},
    {"block_hash", JSON_TEXT, AT(block_hash), .doc = "Its block."},
    {"confirmations", JSON_U64, AT(confirmations), .doc = "As the node says."},
    {"failed", JSON_BOOL, AT(failed), .doc = "Mined without effect."},
    {"transfers", JSON_ARRAY, AT(transfers), .sub = transfer_fields,
     .sub_size = sizeof(struct transfer_shown), .count_offset = AT(transfers_count),
     .doc = "What of it came to us."},
    {"parked", JSON_ARRAY, AT(parked), .sub = parked_fields,
     .sub_size = sizeof(struct parked_shown), .count_offset = AT(parked_count),
     .doc = "What of it could not be understood."},
    {"reasons", JSON_TEXT_ARRAY, AT(reasons), .count_offset = AT(reasons_count),
     .doc = "Where it stands and why, in sentences."},
    {NULL},
};
#undef AT

void explain_tx_show(struct http_request *request)
{
    static const char *const places[] = {
        [TX_UNKNOWN] = "unknown", [TX_MEMPOOL] = "mempool", [TX_MINED] = "mined"};
    const struct explain_form *form = http_params(request);
    struct chain *chain = request_chain(request, form->key);
    struct db *db = chain ? request_db(request) : NULL;
    struct provider_session *session = db ? request_session(request, chain) : NULL;
    struct arena *arena = http_arena(request);
    struct tx_story story;
    struct err err;
    if (!session)
        return;
    if (!explain_tx(request_app(request), chain, db, session, arena, form->what, &story, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct parked_shown *parked = arena_alloc(arena, (story.parked_count + 1) * sizeof(*parked));
    struct tx_shown shown = {
        .txid = form->what,
        .place = places[story.status.place],
        .block_hash = story.status.block_hash[0] != '\0' ? story.status.block_hash : NULL,
        .height = story.status.height,
        .confirmations = story.status.confirmations,
        .failed = story.status.is_failed,
        .transfers = transfers_show(arena, story.transfers, story.transfers_count),
        .transfers_count = story.transfers_count,
        .parked = parked,
        .parked_count = story.parked_count,
        .reasons = story.reasons,
        .reasons_count = story.reasons_count};
    if (!shown.transfers || !parked) {
        no_memory(request);
        return;
    }
    for (size_t i = 0; i < story.parked_count; i++)
        parked[i] = parked_show(&story.parked[i]);
    http_reply_object(request, tx_story_fields, &shown);
}

/* ---- an address ---- */

struct address_shown {
    const char *address, *canonical, *purpose, *owner;
    bool valid, ours;
    const struct transfer_shown *transfers;
    size_t transfers_count;
    const char *const *reasons;
    size_t reasons_count;
};
#define AT(member) offsetof(struct address_shown, member)
const struct json_field address_story_fields[] = {
    {"address", JSON_TEXT, AT(address), .doc = "What was asked for."},
    {"valid", JSON_BOOL, AT(valid), .doc = "Something can be paid to it on this chain."},
    {"canonical", JSON_TEXT, AT(canonical), .doc = "The form that is stored."},
    {"ours", JSON_BOOL, AT(ours), .doc = "We watch it."},
    {"purpose", JSON_TEXT, AT(purpose), .doc = "What it is for."},
    {"owner", JSON_TEXT, AT(owner), .doc = "Whose it is."},
    {"transfers", JSON_ARRAY, AT(transfers), .sub = transfer_fields,
     .sub_size = sizeof(struct transfer_shown), .count_offset = AT(transfers_count),
     .doc = "What came to it, the last first."},
    {"reasons", JSON_TEXT_ARRAY, AT(reasons), .count_offset = AT(reasons_count),
     .doc = "What there is to say, in sentences."},
    {NULL},
};
#undef AT

void explain_address_show(struct http_request *request)
{
    const struct explain_form *form = http_params(request);
    struct chain *chain = request_chain(request, form->key);
    struct db *db = chain ? request_db(request) : NULL;
    struct arena *arena = http_arena(request);
    struct address_story story;
    struct err err;
    if (!db)
        return;
    if (!explain_address(chain, db, arena, form->what, &story, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct address_shown shown = {
        .address = form->what,
        .canonical = story.form.is_valid ? story.form.canonical : NULL,
        .purpose = story.is_ours ? story.row.purpose : NULL,
        .owner = story.is_ours ? story.row.owner : NULL,
        .valid = story.form.is_valid,
        .ours = story.is_ours,
        .transfers = transfers_show(arena, story.transfers, story.transfers_count),
        .transfers_count = story.transfers_count,
        .reasons = story.reasons,
        .reasons_count = story.reasons_count};
    if (shown.transfers)
        http_reply_object(request, address_story_fields, &shown);
    else
        no_memory(request);
}

/* ---- a payout ---- */

struct custody_shown {
    uint64_t asked, refused;
    int64_t asked_at, failed_since, next_look_at;
    const char *transfer_id, *approval_id, *said;
};
#define AT(member) offsetof(struct custody_shown, member)
static const struct json_field custody_fields[] = {
    {"asked", JSON_U64, AT(asked), .doc = "How often he was asked to pay it."},
    {"refused", JSON_U64, AT(refused), .doc = "How often he said that he did nothing."},
    {"asked_at", JSON_TIME_ISO, AT(asked_at), .doc = "When last."},
    {"transfer_id", JSON_TEXT, AT(transfer_id), .doc = "His transfer."},
    {"approval_id", JSON_TEXT, AT(approval_id), .doc = "His approval."},
    {"said", JSON_TEXT, AT(said), .doc = "The state of the transfer, in his word."},
    {"failed_since", JSON_TIME_ISO, AT(failed_since), .doc = "Since when he says that it failed."},
    {"next_look_at", JSON_TIME_ISO, AT(next_look_at), .doc = "When he is asked about it next."},
    {NULL},
};
#undef AT

struct payout_story_shown {
    struct payout_shown payout;
    const struct custody_shown *custody;
    const struct settlement_shown *settlements;
    size_t settlements_count;
    const char *const *reasons;
    size_t reasons_count;
};
#define AT(member) offsetof(struct payout_story_shown, member)
const struct json_field payout_story_fields[] = {
    {"payout", JSON_OBJECT, AT(payout), .sub = payout_fields,
     .doc = "The payout with all of its transactions."},
    {"custody", JSON_OBJECT_REF, AT(custody), .sub = custody_fields,
     .doc = "What its custodian was asked; null on other chains."},
    {"settlements", JSON_ARRAY, AT(settlements), .sub = settlement_fields,
     .sub_size = sizeof(struct settlement_shown), .count_offset = AT(settlements_count),
     .doc = "What operators said of it, the last first."},
    {"reasons", JSON_TEXT_ARRAY, AT(reasons), .count_offset = AT(reasons_count),
     .doc = "Where it stands and why, in sentences."},
    {NULL},
};
#undef AT

static const char *text_or_null(const char *text)
{
    return text[0] ? text : NULL;
}

void explain_payout_show(struct http_request *request)
{
    const struct explain_form *form = http_params(request);
    struct db *db = request_db(request);
    struct payout_story story;
    struct payout_story_shown shown = {.custody = NULL};
    struct err err;
    if (!db)
        return;
    if (!explain_payout(db, http_arena(request), form->what, &story, &err) ||
        !payout_show(http_arena(request), db, &story.payout, &shown.payout, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct custody_shown custody = {.asked = story.send.asked,
                                          .refused = story.send.refused,
                                          .asked_at = story.send.asked_at_us,
                                          .failed_since = story.send.failed_since_us,
                                          .next_look_at = story.send.next_look_us,
                                          .transfer_id = text_or_null(story.send.transfer_id),
                                          .approval_id = text_or_null(story.send.approval_id),
                                          .said = text_or_null(story.send.said)};
    struct settlement_shown settlements[SETTLEMENTS_SHOWN_MAX];
    for (size_t i = 0; i < story.settlements.count; i++)
        settlements[i] = settlement_show(&story.settlements.rows[i]);
    shown.settlements = settlements;
    shown.settlements_count = story.settlements.count;
    shown.custody = story.is_custody ? &custody : NULL;
    shown.reasons = story.reasons;
    shown.reasons_count = story.reasons_count;
    http_reply_object(request, payout_story_fields, &shown);
}
