#include "accounting/actions/payout_send.h"

#include <stdio.h>
#include <string.h>

#include "accounting/actions/payout_call.h"
#include "accounting/actions/withdraw_chain.h"
#include "accounting/actions/withdraw_step.h"
#include "accounting/store/payout_requests.h"
#include "accounting/store/withdraws.h"
#include "base/auto.h"

enum { ROUND_MAX = 32, BACKOFF_MS_MIN = 500, BACKOFF_MS_MAX = 60000, ERROR_BYTES_MAX = 200 };

DEFINE_AUTO(cJSON, cJSON_Delete);

static int64_t backoff_us(uint64_t attempts)
{
    int64_t ms = BACKOFF_MS_MIN;
    for (uint64_t i = 1; i < attempts && ms < BACKOFF_MS_MAX; i++)
        ms *= 2;
    return (ms < BACKOFF_MS_MAX ? ms : BACKOFF_MS_MAX) * 1000;
}

/* What an answer does: the request's row, and the withdrawal if the payment is over already. */
struct answered {
    const struct outgoing *outgoing;
    struct payout_request request;
    struct payout_answer answer;
};

/* The state of the answer as if an event had told it. */
static bool tell(const struct answered *answered, const char *state, const char *reason,
                 struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *event = cJSON_CreateObject();
    char payout_id[48];
    snprintf(payout_id, sizeof(payout_id), "withdraw-%lu",
             (unsigned long)answered->request.withdraw_id);
    if (!event || !cJSON_AddStringToObject(event, "payout_id", payout_id) ||
        !cJSON_AddStringToObject(event, "state", state) ||
        (reason && !cJSON_AddStringToObject(event, "reason", reason)))
        return err_set(err, ERR_BUSY, "no memory for an answer");
    return withdraw_payout_told(answered->outgoing, event, err);
}

static bool is_over(const char *state)
{
    return state && (strcmp(state, "cancelled") == 0 || strcmp(state, "failed") == 0 ||
                     strcmp(state, "refused") == 0);
}

/* Nothing was signed and nothing will be: an operator decides whether to try again or to give up. */
static bool refuse(const struct answered *answered, struct err *err)
{
    struct outgoing by_gateway = *answered->outgoing;
    const char *reason = answered->answer.error ? answered->answer.error : "refused";
    struct withdraw row;
    by_gateway.actor = "gateway";
    if (!withdraw_find_locked(by_gateway.db, by_gateway.arena, answered->request.withdraw_id, 0,
                              &row, err))
        return false;
    struct withdraw was = row;
    if (row.state != WITHDRAW_PROCESSING)
        return true;
    return withdraw_add_error(&by_gateway, &row, "payout", reason, err) &&
           withdraw_step(&by_gateway, &row, &was, WITHDRAW_DO_ERR, "refused", err);
}

static bool answer_unit(struct db *db, void *arg, struct err *err)
{
    struct answered *answered = arg;
    const struct payout_answer *answer = &answered->answer;
    if (!payout_request_tried(db, &answered->request, err))
        return false;
    if (answer->verdict == PAYOUT_REFUSED)
        return refuse(answered, err);
    return answer->verdict != PAYOUT_TAKEN || !is_over(answer->state) ||
           tell(answered, answer->state, NULL, err);
}

static void note(struct answered *answered, const struct err *failure, struct payout_round *round)
{
    struct payout_request *request = &answered->request;
    const struct payout_answer *answer = &answered->answer;
    request->attempts++;
    request->updated_at = answered->outgoing->now_us;
    request->next_at = request->updated_at + backoff_us(request->attempts);
    if (failure) {
        request->error = failure->what;
        round->failures++;
        round->last = *failure;
        return;
    }
    request->error = answer->error;
    switch (answer->verdict) {
    case PAYOUT_TAKEN:
        request->state = "accepted";
        round->accepted++;
        return;
    case PAYOUT_REFUSED:
        request->state = "refused";
        round->refused++;
        break;
    case PAYOUT_DIFFERS:
        request->state = "conflict";
        round->conflicts++;
        break;
    }
    err_set(&round->last, ERR_STATE_CONFLICT, "withdraw %lu: %.100s",
            (unsigned long)request->withdraw_id, answer->error ? answer->error : request->state);
}

bool payouts_send(const struct outgoing *outgoing, struct payout_round *ret_round, struct err *err)
{
    struct payout_request *requests;
    size_t count;
    memset(ret_round, 0, sizeof(*ret_round));
    if (!payout_requests_due(outgoing->db, outgoing->arena, outgoing->now_us, ROUND_MAX, &requests,
                             &count, err))
        return false;
    ret_round->due = count;
    for (size_t i = 0; i < count && !outgoing->app->stopping; i++) {
        struct answered answered = {.outgoing = outgoing, .request = requests[i]};
        struct err failure;
        if (!payout_ask(outgoing, &requests[i], &answered.answer, &failure)) {
            note(&answered, &failure, ret_round);
            if (!payout_request_tried(outgoing->db, &answered.request, err))
                return false;
            break; /* whoever is away is away for the others too */
        }
        note(&answered, NULL, ret_round);
        if (!db_transaction(outgoing->db, answer_unit, &answered, err))
            return false;
    }
    return true;
}
