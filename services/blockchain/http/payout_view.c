#include "blockchain/http/payout_view.h"

#include "blockchain/store/payout_txs.h"

#define AT(member) offsetof(struct payout_tx_shown, member)
static const struct json_field tx_fields[] = {
    {"txid", JSON_TEXT, AT(txid), .doc = "Id; null until it is signed."},
    {"state", JSON_TEXT, AT(state), .doc = "building, signed, mined, void, dropped, aside."},
    {"fee_units", JSON_TEXT, AT(fee_units),
     .doc = "Fee of the native coin; until it is mined the most."},
    {"nonce", JSON_U64, AT(nonce), .flags = JSON_NULL_UNLESS, .present_offset = AT(has_nonce),
     .doc = "Ethereum-like chains."},
    {"height", JSON_U64, AT(height), .flags = JSON_NULL_IF_ZERO, .doc = "Of its block."},
    {"replacement", JSON_BOOL, AT(is_replacement), .doc = "A dearer one in place of an older one."},
    {"raw", JSON_TEXT, AT(raw), .doc = "The signed bytes."},
    {NULL},
};
#undef AT

#define AT(member) offsetof(struct payout_shown, member)
const struct json_field payout_fields[] = {
    {"payout_id", JSON_TEXT, AT(payout_id), .doc = "As it was asked for."},
    {"chain", JSON_TEXT, AT(chain), .doc = "Chain key."},
    {"contract", JSON_TEXT, AT(contract), .doc = "Token; empty: the native coin."},
    {"to", JSON_TEXT, AT(to), .doc = "Canonical address."},
    {"from", JSON_TEXT, AT(from), .doc = "Empty: the hot account."},
    {"units", JSON_TEXT, AT(units), .doc = "Smallest units."},
    {"purpose", JSON_TEXT, AT(purpose),
     .doc = "withdrawal, refund, collection, offload, gas, fill."},
    {"owner", JSON_TEXT, AT(owner), .doc = "Whose it is."},
    {"subtract_fee", JSON_BOOL, AT(subtract_fee), .doc = "The fee comes off the amount."},
    {"state", JSON_TEXT, AT(state),
     .doc = "queued, waiting, building, signed, broadcast, unknown, confirmed, failed, cancelled, "
            "refused."},
    {"reason", JSON_TEXT, AT(reason), .doc = "Why."},
    {"txid", JSON_TEXT, AT(txid), .doc = "The transaction that decided, or the last one."},
    {"fee_units", JSON_TEXT, AT(fee_units), .doc = "Its fee."},
    {"height", JSON_U64, AT(height), .flags = JSON_NULL_IF_ZERO, .doc = "Of its block."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was asked for."},
    {"updated_at", JSON_TIME_ISO, AT(updated_at), .doc = "When it last changed."},
    {"transactions", JSON_ARRAY, AT(transactions), .sub = tx_fields,
     .sub_size = sizeof(struct payout_tx_shown), .count_offset = AT(transactions_count),
     .doc = "All that were ever made for it."},
    {NULL},
};
#undef AT

static const char *tx_state(enum payout_tx_state state)
{
    static const char *const names[] = {
        [PAYOUT_TX_BUILDING] = "building", [PAYOUT_TX_SIGNED] = "signed",
        [PAYOUT_TX_MINED] = "mined",       [PAYOUT_TX_VOID] = "void",
        [PAYOUT_TX_DROPPED] = "dropped",   [PAYOUT_TX_ASIDE] = "aside"};
    assert(state < ARRAY_LEN(names));
    return names[state];
}

bool payout_show(struct arena *arena, struct db *db, const struct payout *payout,
                 struct payout_shown *ret_shown, struct err *err)
{
    struct payout_tx_list list;
    if (!payout_txs_of(db, arena, payout->id, &list, err))
        return false;
    struct payout_tx_shown *rows = arena_alloc(arena, (list.count + 1) * sizeof(*rows));
    if (!rows)
        return err_set(err, ERR_BUSY, "no memory for a request");
    struct payout_shown shown = {.payout_id = payout->id,
                                 .chain = payout->chain_key,
                                 .contract = payout->contract,
                                 .to = payout->to,
                                 .from = payout->from,
                                 .units = payout->units,
                                 .purpose = payout_purpose_name(payout->purpose),
                                 .owner = payout->owner,
                                 .subtract_fee = payout->subtract_fee,
                                 .state = payout_state_name(payout->state),
                                 .reason = payout->reason,
                                 .created_at = payout->created_at_us,
                                 .updated_at = payout->updated_at_us,
                                 .transactions = rows,
                                 .transactions_count = list.count};
    for (size_t i = 0; i < list.count; i++) {
        const struct payout_tx *tx = &list.rows[i];
        rows[i] = (struct payout_tx_shown){.txid = tx->txid[0] ? tx->txid : NULL,
                                           .state = tx_state(tx->state),
                                           .fee_units = tx->fee_units,
                                           .raw = tx->raw,
                                           .nonce = tx->nonce,
                                           .has_nonce = tx->has_nonce,
                                           .height = tx->mined_height,
                                           .is_replacement = tx->replaces != 0};
        if (tx->txid[0] && (payout->paid_tx == 0 || payout->paid_tx == tx->id)) {
            shown.txid = tx->txid;
            shown.fee_units = tx->fee_units;
            shown.height = tx->mined_height;
        }
    }
    *ret_shown = shown;
    return true;
}
