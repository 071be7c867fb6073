/* Where a payout stands and why, in sentences: from our own records, for every family. */
#include <stdarg.h>
#include <string.h>

#include "blockchain/actions/explain.h"

enum { SENTENCE_SIZE = 320 };

struct teller {
    struct arena *arena;
    struct payout_story *story;
    const struct payout_tx_list *txs;
};

static void say(struct teller *teller, const char *format, ...) PRINTF(2, 3);
static void say(struct teller *teller, const char *format, ...)
{
    char text[SENTENCE_SIZE];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    struct payout_story *story = teller->story;
    if (story->reasons_count < REASONS_MAX &&
        (story->reasons[story->reasons_count] = arena_strdup(teller->arena, text)) != NULL)
        story->reasons_count++;
}

/* What a reason means, and who can do something. */
static const struct {
    const char *reason, *meaning;
} meanings[] = {
    {PAYOUT_REASON_LIQUIDITY,
     "The account that pays holds too little; it goes on when coins come."},
    {PAYOUT_REASON_FEE, "The network's fee is above its cap, or a token's gas is on its way."},
    {PAYOUT_REASON_APPROVAL, "The signer wants an approval, or a cap of 24 hours is used up."},
    {PAYOUT_REASON_STOPPED, "Accounting stopped payments of the asset: its coins differ from the "
                            "books. It goes on when they balance or operators acknowledge it."},
    {PAYOUT_REASON_CUSTODIAN, "The custodian's people have to approve it there."},
    {"no_answer", "Nobody can say whether it was taken; the same is sent, or asked for, again."},
    {"node_refused", "A node does not take its bytes now; they are sent again."},
    {"custodian_differs", "The custodian's transfer is not what was asked for: see the log. "
                          "Nothing is believed until it is."},
    {"custodian_lost_it", "The custodian had the transfer and does not show it any more."},
    {"custodian_removed", "The custodian says that it left the chain; it may come back."},
    {"custodian_failed", "The custodian says that it failed; that counts when it stays so."},
    {"custodian_rejected", "The custodian's people said no; that counts when it stays so."},
    {PAYOUT_REASON_SIGNED_BEFORE,
     "The signer signed another transaction for it that is not stored here: find it in the "
     "signer's audit file, and settle the payout by it."},
    {PAYOUT_REASON_UNDONE, "It was confirmed, a deep reorganisation took that back, and now it is "
                           "mined without effect: settle it."},
    {PAYOUT_REASON_GONE,
     "It was confirmed, a deep reorganisation took that back, and what it spent "
     "is spent by something else: settle it."},
    {PAYOUT_REASON_SETTLED_PAID, "Operators found the transaction that paid it."},
    {PAYOUT_REASON_SETTLED_UNPAID, "Operators found that it was never paid and can't be any more."},
    {"inputs_spent_elsewhere", "Something else used its coins or its nonce, deep enough."},
    {"reverted", "It was mined without effect."},
    {"same_wallet", "The custodian's wallet held the coins already: nothing had to move."},
};

static void tell_state(struct teller *teller)
{
    const struct payout *payout = &teller->story->payout;
    switch (payout->state) {
    case PAYOUT_QUEUED:
        say(teller, "It waits for its turn; nothing was done, it can be cancelled.");
        break;
    case PAYOUT_WAITING:
        say(teller, "It waits (%s); it can be cancelled.", payout->reason);
        break;
    case PAYOUT_BUILDING:
        say(teller, "It is about to be signed, or asked for: it can't be cancelled.");
        break;
    case PAYOUT_SIGNED:
    case PAYOUT_BROADCAST:
        say(teller, "It is %s: it can't be cancelled, and is not paid in another way.",
            payout_state_name(payout->state));
        break;
    case PAYOUT_UNKNOWN:
        say(teller, "Its outcome is unknown (%s): it may be paid, so nothing is given back.",
            payout->reason);
        break;
    case PAYOUT_CONFIRMED:
        say(teller, "It is paid.");
        break;
    case PAYOUT_FAILED:
    case PAYOUT_CANCELLED:
    case PAYOUT_REFUSED:
        say(teller, "It is over (%s%s%s): nothing goes out for it any more.",
            payout_state_name(payout->state), payout->reason[0] ? ": " : "", payout->reason);
        break;
    }
    for (size_t i = 0; i < ARRAY_LEN(meanings); i++)
        if (strcmp(meanings[i].reason, payout->reason) == 0)
            say(teller, "%s", meanings[i].meaning);
}

static void tell_transactions(struct teller *teller)
{
    const struct payout_tx_list *txs = teller->txs;
    size_t signed_count = 0;
    for (size_t i = 0; i < txs->count; i++) {
        const struct payout_tx *tx = &txs->rows[i];
        signed_count += tx->txid[0] != '\0';
        if (tx->state == PAYOUT_TX_ASIDE)
            say(teller,
                "A transaction of ours may be signed for it elsewhere: until something else "
                "spends one of its coins it may be mined.");
        if (tx->mined_height)
            say(teller, "Transaction %s is in block %llu%s.", tx->txid,
                (unsigned long long)tx->mined_height, tx->mined_ok ? "" : ", without effect");
        else if (tx->void_height)
            say(teller, "Transaction %s can't be mined, as seen since block %llu.", tx->txid,
                (unsigned long long)tx->void_height);
    }
    if (signed_count > 1)
        say(teller, "%zu transactions were made for it; one of them at most can be mined.",
            signed_count);
}

static void tell_custody(struct teller *teller)
{
    const struct custody_send_row *send = &teller->story->send;
    say(teller, "The custodian was asked %u times under the name %s, and refused %u times.",
        send->asked, send->payout_id, send->refused);
    if (send->transfer_id[0])
        say(teller, "It is transfer %s there, %s.", send->transfer_id,
            send->said[0] ? send->said : "without a state");
    if (send->approval_id[0])
        say(teller, "Its approval there is %s.", send->approval_id);
}

static void tell_settlements(struct teller *teller)
{
    const struct settlement_list *list = &teller->story->settlements;
    if (list->count == 0)
        return;
    const struct settlement_row *last = &list->rows[0];
    say(teller, "%s says that it is %s%s%s%s; %s.", last->proposed_by, last->outcome,
        last->evidence[0] ? " (" : "", last->evidence, last->evidence[0] ? ")" : "",
        strcmp(last->state, "open") == 0 ? "a second operator has to say the same"
        : last->confirmed_by[0]          ? last->confirmed_by
                                         : "the chain proves it");
    say(teller, "To that: %s.", last->found);
}

bool explain_payout(struct db *db, struct arena *arena, const char *id,
                    struct payout_story *ret_story, struct err *err)
{
    struct payout_story story = {.is_custody = false};
    struct payout_tx_list txs;
    struct teller teller = {.arena = arena, .story = &story, .txs = &txs};
    struct err own;
    if (!payout_find(db, arena, id, &story.payout, NULL, err) ||
        !payout_txs_of(db, arena, id, &txs, err) ||
        !settlements_of(db, arena, id, &story.settlements, err))
        return false;
    story.is_custody = custody_send_find(db, id, &story.send, &own);
    if (!story.is_custody && own.code != ERR_NOT_FOUND) {
        *err = own;
        return false;
    }
    tell_state(&teller);
    tell_transactions(&teller);
    if (story.is_custody)
        tell_custody(&teller);
    tell_settlements(&teller);
    *ret_story = story;
    return true;
}
