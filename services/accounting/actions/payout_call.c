#include "accounting/actions/payout_call.h"

#include <stdio.h>
#include <string.h>

#include "accounting/peers/peers.h"
#include "base/auto.h"
#include "json/read.h"

enum {
    PATH_SIZE = 96,
    STATUS_OK = 200,
    STATUS_CREATED = 201,
    STATUS_UNAUTHORIZED = 401,
    STATUS_FORBIDDEN = 403,
    STATUS_NOT_FOUND = 404,
    STATUS_TIMEOUT = 408,
    STATUS_CONFLICT = 409,
    STATUS_TOO_MANY = 429
};

DEFINE_AUTO(cJSON, cJSON_Delete);

static const char *path_of(uint64_t withdraw_id, const char *tail, char path[static PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "/internal/payouts/withdraw-%lu%s", (unsigned long)withdraw_id, tail);
    return path;
}

/* The first code of {"errors":["code"]}. */
static const char *error_of(const cJSON *root)
{
    const cJSON *errors = json_member(root, "errors");
    const cJSON *first = cJSON_IsArray(errors) ? errors->child : NULL;
    return cJSON_IsString(first) ? first->valuestring : NULL;
}

/* A refusal of the request itself. Who we are, and whether it was too much, is no word about it. */
static bool is_refusal(long status)
{
    return status >= 400 && status < 500 && status != STATUS_UNAUTHORIZED &&
           status != STATUS_FORBIDDEN && status != STATUS_NOT_FOUND && status != STATUS_TIMEOUT &&
           status != STATUS_TOO_MANY;
}

static const char *kept(const struct outgoing *outgoing, const char *text)
{
    return text ? arena_strdup(outgoing->arena, text) : NULL;
}

bool payout_ask(const struct outgoing *outgoing, const struct payout_request *request,
                struct payout_answer *ret_answer, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(PEER_ANSWER_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    char path[PATH_SIZE];
    struct err ignored; /* what is no JSON has no words */
    long status;
    const struct peer_request call = {.peer = PEER_BLOCKCHAIN,
                                      .method = "PUT",
                                      .path = path_of(request->withdraw_id, "", path),
                                      .body = request->body};
    if (!peer_call(outgoing->app->peers, &call, &status, &text, err))
        return false;
    bool has_words = json_read(str_data(&text), text.length, &root, &ignored);
    struct payout_answer answer = {.verdict = PAYOUT_TAKEN};
    if (status == STATUS_CONFLICT)
        answer.verdict = PAYOUT_DIFFERS;
    else if (is_refusal(status))
        answer.verdict = PAYOUT_REFUSED;
    else if (status != STATUS_OK && status != STATUS_CREATED)
        return err_set(err, ERR_PEER_UNAVAILABLE, "the gateway takes no payout: %ld", status);
    if (has_words) {
        answer.state = kept(outgoing, json_member_text(root, "state"));
        answer.error = kept(outgoing, error_of(root));
    }
    *ret_answer = answer;
    return true;
}

static bool is_over(const struct payout_request *request)
{
    return strcmp(request->state, "ended") == 0 || strcmp(request->state, "refused") == 0;
}

static bool cancel(const struct outgoing *outgoing, uint64_t withdraw_id, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(PEER_ANSWER_BYTES_MAX);
    char path[PATH_SIZE];
    long status;
    const struct peer_request call = {.peer = PEER_BLOCKCHAIN,
                                      .method = "POST",
                                      .path = path_of(withdraw_id, "/cancel", path),
                                      .body = "{}"};
    if (!peer_call(outgoing->app->peers, &call, &status, &text, err))
        return false;
    if (status == STATUS_CONFLICT)
        return err_set(err, ERR_STATE_CONFLICT, "the payment is signed");
    return status == STATUS_OK || status == STATUS_CREATED ||
           err_set(err, ERR_PEER_UNAVAILABLE, "the gateway cancels no payout: %ld", status);
}

/* It must have the payment to cancel it: one that is still on its way would arrive later. */
static bool ask_and_cancel(const struct outgoing *outgoing, const struct payout_request *request,
                           struct err *err)
{
    struct payout_answer answer;
    if (!payout_ask(outgoing, request, &answer, err))
        return false;
    if (answer.verdict == PAYOUT_DIFFERS)
        return err_set(err, ERR_STATE_CONFLICT, "the gateway has another payment of this name");
    return answer.verdict == PAYOUT_REFUSED || cancel(outgoing, request->withdraw_id, err);
}

bool payout_stop(const struct outgoing *outgoing, uint64_t withdraw_id, bool is_by_hand,
                 bool *ret_existed, struct err *err)
{
    struct payout_request request;
    *ret_existed = payout_request_find(outgoing->db, outgoing->arena, withdraw_id, &request, err);
    if (!*ret_existed)
        return err->code == ERR_NOT_FOUND;
    if (is_over(&request))
        return true;
    if (is_by_hand &&
        !payout_request_set_state(outgoing->db, withdraw_id, "stopping", outgoing->now_us, err))
        return false;
    if (ask_and_cancel(outgoing, &request, err))
        return true;
    struct err ignored; /* the first failure is the story */
    if (is_by_hand && err->code == ERR_STATE_CONFLICT)
        (void)!payout_request_set_state(outgoing->db, withdraw_id, "accepted", outgoing->now_us,
                                        &ignored);
    return false;
}

bool payout_end(const struct outgoing *outgoing, uint64_t withdraw_id, bool existed,
                struct err *err)
{
    struct payout_request request;
    if (!payout_request_find(outgoing->db, outgoing->arena, withdraw_id, &request, err))
        return err->code == ERR_NOT_FOUND;
    if (!existed)
        return err_set(err, ERR_STATE_CONFLICT, "a payment of withdraw %lu is on its way",
                       (unsigned long)withdraw_id);
    return payout_request_set_state(outgoing->db, withdraw_id, "ended", outgoing->now_us, err);
}
