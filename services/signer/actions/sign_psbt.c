#include "signer/actions/sign_psbt.h"

#include <stdio.h>
#include <string.h>

#include "chain/coin_address.h"
#include "chain/psbt.h"
#include "crypto/crypto.h"
#include "signer/actions/desk.h"
#include "signer/actions/psbt_order.h"
#include "signer/actions/refusals.h"
#include "signer/actions/signer.h"
#include "signer/keys/keys.h"

void psbt_answer_release(struct psbt_answer *answer)
{
    str_release(&answer->psbt);
    str_release(&answer->raw);
}

static bool sign_inputs(struct signer *app, struct psbt_order *made, struct err *err)
{
    for (size_t i = 0; i < made->psbt.tx.inputs_count; i++)
        if (!keys_sign_psbt(app->keys, &made->places[i], &made->psbt, i, err))
            return err_wrap(err, "input %zu", i);
    return true;
}

/* With all signatures there is a raw transaction; else a PSBT for the next signer. */
static bool answer_write(struct psbt_order *made, struct psbt_answer *answer, struct err *err)
{
    struct coin_tx tx;
    bool complete;
    if (!psbt_finalize(&made->psbt, &complete, err))
        return false;
    if (complete) {
        if (!psbt_extract(&made->psbt, &tx, err))
            return false;
        coin_tx_write(&tx, true, &answer->raw);
    }
    psbt_write(&made->psbt, &answer->psbt);
    answer->complete = complete;
    /* What it will be called: of a p2pkh that follows from its signatures. */
    uint8_t txid[TXID_SIZE];
    coin_tx_id(complete ? &tx : &made->psbt.tx, txid);
    txid_text(txid, answer->txid);
    return (str_ok(&answer->raw) && str_ok(&answer->psbt)) ||
           err_set(err, ERR_INVALID, "a transaction that is too large");
}

bool sign_psbt(struct signer *app, const struct psbt_request *request, struct arena *arena,
               struct psbt_answer *answer, struct err *err)
{
    struct psbt_order *made = arena_alloc(arena, sizeof(*made));
    enum desk_answer answered;
    if (!made)
        return err_set(err, ERR_BUSY, "no memory for a transaction");
    if (!psbt_order_read(app, request, arena, made, err))
        return note_refusal(app, request->claims_count > 0 ? request->claims[0].payout_id : "",
                            request->purpose, err);
    return desk_decide(app->desk, &made->order, &request->approvals, &answered, err) &&
           sign_inputs(app, made, err) && answer_write(made, answer, err);
}
