/*
 * What a custody provider writes, read: pure, any bytes. And the question that decides whether its word is
 * taken: is this transfer the payment that was asked for?
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/auto.h"
#include "blockchain/family/custody.h"
#include "chain/u256.h"
#include "json/field.h"
#include "json/read.h"

/* The most that a fee may be: times what was estimated; without an estimate what is paid. */
enum { FEE_TIMES_MAX = 20 };

DEFINE_AUTO(cJSON, cJSON_Delete);

/* ---- values ---- */

/* Ids go into paths, so they are letters and digits and nothing else. */
bool custody_id_copy(const char *text, char *ret_id, size_t size)
{
    size_t length = text ? strlen(text) : 0;
    if (length == 0 || length >= size)
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '-' || c == '_'))
            return false;
    }
    memcpy(ret_id, text, length + 1);
    return true;
}

bool custody_is_address(const char *text)
{
    size_t length = strlen(text);
    if (length < 8 || length >= CHAIN_ADDRESS_SIZE)
        return false;
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || (unsigned char)*text >= 0x7f || strchr("\"\\/", *text))
            return false;
    return true;
}

static enum custody_state state_of(const char *text)
{
    static const struct {
        const char *name;
        enum custody_state state;
    } states[] = {{"confirmed", CUSTODY_CONFIRMED}, {"unconfirmed", CUSTODY_UNCONFIRMED},
                  {"failed", CUSTODY_FAILED},       {"rejected", CUSTODY_FAILED},
                  {"removed", CUSTODY_REMOVED},     {"replaced", CUSTODY_REMOVED}};
    for (size_t i = 0; text && i < ARRAY_LEN(states); i++)
        if (strcmp(states[i].name, text) == 0)
            return states[i].state;
    return CUSTODY_PENDING;
}

/* ---- a transfer ---- */

static uint32_t index_of(const cJSON *outputs, const char *address)
{
    const cJSON *output;
    int64_t index;
    cJSON_ArrayForEach(output, outputs)
    {
        const char *text = json_member_text(output, "address");
        if (text && strcmp(text, address) == 0 && json_member_i64(output, "index", &index) &&
            index >= 0 && index <= INT32_MAX)
            return (uint32_t)index;
    }
    return 0;
}

/* Positive entries are what came in. */
static bool entries_read(const cJSON *root, struct custody_transfer *transfer, struct err *err)
{
    const cJSON *entry, *outputs = json_member(root, "outputs");
    cJSON_ArrayForEach(entry, json_member(root, "entries"))
    {
        const char *address = json_member_text(entry, "address"),
                   *value = json_member_text(entry, "valueString");
        struct custody_entry *row = &transfer->entries[transfer->entries_count];
        struct u256 units;
        if (!address || !value || value[0] == '-' || strcmp(value, "0") == 0)
            continue;
        if (transfer->entries_count == CUSTODY_ENTRIES_MAX)
            return err_set(err, ERR_PROTOCOL, "a transfer of more than %d entries",
                           CUSTODY_ENTRIES_MAX);
        if (!custody_is_address(address) || !u256_parse(value, &units))
            return err_set(err, ERR_PROTOCOL, "a transfer with an odd entry");
        snprintf(row->address, sizeof(row->address), "%s", address);
        u256_text(units, row->units);
        row->index = index_of(outputs, address);
        transfer->entries_count++;
    }
    return true;
}

static bool text_take(const cJSON *root, const char *member, char *ret_text, size_t size,
                      struct err *err)
{
    const char *text = json_member_text(root, member);
    if (!text || !text[0])
        return true;
    return custody_id_copy(text, ret_text, size) ||
           err_set(err, ERR_PROTOCOL, "a transfer with an odd %s", member);
}

bool custody_transfer_parse(const char *text, size_t length, struct custody_transfer *ret_transfer,
                            struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct custody_transfer transfer = {.state = CUSTODY_PENDING};
    struct err why;
    struct u256 fee;
    int64_t height, confirmations;

    if (!json_read(text, length, &root, &why))
        return err_set(err, ERR_PROTOCOL, "transfer: %s", why.what);
    if (!custody_id_copy(json_member_text(root, "id"), transfer.id, sizeof(transfer.id)))
        return err_set(err, ERR_PROTOCOL, "a transfer without its id");
    const char *txid = json_member_text(root, "txid"),
               *fee_text = json_member_text(root, "feeString");
    if (txid && txid[0] && !custody_id_copy(txid, transfer.txid, sizeof(transfer.txid)))
        return err_set(err, ERR_PROTOCOL, "a transfer with an odd transaction id");
    if (json_member_text(root, "coin") &&
        !custody_id_copy(json_member_text(root, "coin"), transfer.coin, sizeof(transfer.coin)))
        return err_set(err, ERR_PROTOCOL, "a transfer of an odd coin");
    if (json_member_text(root, "wallet") &&
        !custody_id_copy(json_member_text(root, "wallet"), transfer.wallet,
                         sizeof(transfer.wallet)))
        return err_set(err, ERR_PROTOCOL, "a transfer of an odd wallet");
    /* A member that is there and can't be read is no member that is absent. */
    if (!text_take(root, "sequenceId", transfer.sequence_id, sizeof(transfer.sequence_id), err) ||
        !text_take(root, "pendingApproval", transfer.approval_id, sizeof(transfer.approval_id),
                   err) ||
        !text_take(root, "state", transfer.said, sizeof(transfer.said), err))
        return false;
    transfer.state = state_of(transfer.said);
    const char *type = json_member_text(root, "type");
    transfer.is_received = type && strcmp(type, "receive") == 0;
    if (json_member_i64(root, "height", &height) && height > 0 && height < INT32_MAX)
        transfer.height = (uint64_t)height;
    if (json_member_i64(root, "confirmations", &confirmations) && confirmations > 0 &&
        confirmations < INT32_MAX)
        transfer.confirmations = (uint64_t)confirmations;
    if (fee_text && fee_text[0]) {
        if (!u256_parse(fee_text, &fee))
            return err_set(err, ERR_PROTOCOL, "a transfer with an odd fee");
        u256_text(fee, transfer.fee_units);
    }
    if (!entries_read(root, &transfer, err))
        return false;
    *ret_transfer = transfer;
    return true;
}

bool custody_notice_parse(const char *text, size_t length, struct custody_notice_body *ret_notice,
                          struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct custody_notice_body notice = {.is_transfer = false};

    if (!json_read(text, length, &root, err))
        return false;
    const char *type = json_member_text(root, "type");
    if (!type)
        return err_set(err, ERR_INVALID, "a webhook without its type");
    notice.is_transfer = strcmp(type, "transfer") == 0;
    notice.is_approval = strcmp(type, "pendingapproval") == 0;
    if (notice.is_transfer &&
        (!custody_id_copy(json_member_text(root, "transfer"), notice.transfer_id,
                          sizeof(notice.transfer_id)) ||
         !custody_id_copy(json_member_text(root, "wallet"), notice.wallet, sizeof(notice.wallet)) ||
         !custody_id_copy(json_member_text(root, "state"), notice.state, sizeof(notice.state))))
        return err_set(err, ERR_INVALID, "a webhook of a transfer lacks a member");
    const char *wallet = json_member_text(root, "wallet");
    if (!notice.is_transfer && wallet &&
        !custody_id_copy(wallet, notice.wallet, sizeof(notice.wallet)))
        return err_set(err, ERR_INVALID, "a webhook of an odd wallet");
    *ret_notice = notice;
    return true;
}

/* ---- the answer to a question to pay ---- */

static void said_keep(const char *text, struct custody_answer *answer)
{
    size_t used = 0;
    for (; text[used] && used + 1 < sizeof(answer->said); used++)
        answer->said[used] = (char)(text[used] < ' ' || text[used] > '~' ? '?' : text[used]);
    answer->said[used] = '\0';
}

void custody_answer_parse(long status, const char *text, size_t length,
                          struct custody_answer *ret_answer)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct custody_answer answer = {.outcome = CUSTODY_NO_WORD};
    struct err ignored;
    if (!json_read(text, length, &root, &ignored)) {
        said_keep("an answer that is no JSON", &answer);
    } else if (status == 202) {
        const char *id = json_member_text(json_member(root, "pendingApproval"), "id");
        answer.outcome = CUSTODY_HELD;
        if (!id || !custody_id_copy(id, answer.approval_id, sizeof(answer.approval_id)))
            answer.approval_id[0] = '\0';
    } else if (status == 200 || status == 201) {
        answer.outcome = CUSTODY_TAKEN;
    } else if (status == 400 || status == 422) {
        const char *why = json_member_text(root, "error");
        why = why ? why : json_member_text(root, "message");
        answer.outcome = why ? CUSTODY_REFUSED : CUSTODY_NO_WORD;
        said_keep(why ? why : "a refusal without a reason", &answer);
        answer.is_short = why && strcasestr(why, "insufficient");
    } else {
        snprintf(answer.said, sizeof(answer.said), "HTTP status %ld", status);
    }
    *ret_answer = answer;
}

/* ---- is it ours? ---- */

static bool is_same_address(const char *a, const char *b)
{
    /* Ethereum-like addresses are the same in both cases of letters. */
    return strncmp(a, "0x", 2) == 0 ? strcasecmp(a, b) == 0 : strcmp(a, b) == 0;
}

static bool sum_to(const struct custody_transfer *transfer, const char *to, struct u256 *ret_sum)
{
    *ret_sum = U256_ZERO;
    for (size_t i = 0; i < transfer->entries_count; i++) {
        struct u256 units;
        if (is_same_address(transfer->entries[i].address, to) &&
            (!u256_parse(transfer->entries[i].units, &units) ||
             !u256_add(*ret_sum, units, ret_sum)))
            return false;
    }
    return true;
}

static bool fee_is_possible(const struct custody_transfer *transfer,
                            const struct custody_wanted *wanted)
{
    struct u256 fee, most;
    if (!transfer->fee_units[0])
        return true;
    if (!u256_parse(transfer->fee_units, &fee) || !u256_parse(wanted->fee_estimate, &most))
        return false;
    bool is_bounded = u256_is_zero(most) ? u256_parse(wanted->units, &most)
                                         : u256_mul_u64(most, FEE_TIMES_MAX, &most);
    return is_bounded && u256_cmp(fee, most) <= 0;
}

bool custody_transfer_is(const struct custody_transfer *transfer,
                         const struct custody_wanted *wanted, struct err *err)
{
    struct u256 sum, units;
    if (transfer->is_received)
        return err_set(err, ERR_PROTOCOL, "transfer %s came in", transfer->id);
    if (transfer->sequence_id[0] && strcmp(transfer->sequence_id, wanted->payout_id) != 0)
        return err_set(err, ERR_PROTOCOL, "transfer %s is of another payout", transfer->id);
    if (transfer->wallet[0] && strcmp(transfer->wallet, wanted->wallet) != 0)
        return err_set(err, ERR_PROTOCOL, "transfer %s is of another wallet", transfer->id);
    /* Before it is approved some providers don't say what it will pay. */
    bool is_nothing_yet = transfer->entries_count == 0 && !transfer->txid[0] &&
                          (transfer->state == CUSTODY_PENDING || transfer->state == CUSTODY_FAILED);
    if (!is_nothing_yet && (!u256_parse(wanted->units, &units) ||
                            !sum_to(transfer, wanted->to, &sum) || u256_cmp(sum, units) != 0))
        return err_set(err, ERR_PROTOCOL, "transfer %s pays something else", transfer->id);
    if (transfer->state == CUSTODY_CONFIRMED && (!transfer->txid[0] || !transfer->fee_units[0]))
        return err_set(err, ERR_PROTOCOL, "transfer %s is confirmed without txid or fee",
                       transfer->id);
    return fee_is_possible(transfer, wanted) ||
           err_set(err, ERR_PROTOCOL, "transfer %s has an absurd fee", transfer->id);
}
