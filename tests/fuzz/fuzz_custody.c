/*
 * Any bytes as a webhook's body and as a transfer of a custody provider: refused, or with every text
 * ended, bounded, and without characters that a path or an SQL text would care about.
 */
#include <stdlib.h>
#include <string.h>

#include "blockchain/family/custody.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_id(const char *id, size_t size)
{
    size_t length = strnlen(id, size);
    assert(length < size);
    assert(strcspn(id, "/\\\"'%?#. ") == length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct custody_notice_body notice;
    struct custody_transfer transfer;
    struct custody_answer answer;
    struct err err;
    static const struct custody_wanted wanted = {.payout_id = "withdraw-1",
                                                 .wallet = "wallet",
                                                 .to = "tb1qoutside",
                                                 .units = "50000",
                                                 .fee_estimate = "0"};

    if (custody_notice_parse((const char *)data, size, &notice, &err) && notice.is_transfer) {
        assert(notice.transfer_id[0] && notice.wallet[0] && notice.state[0]);
        check_id(notice.transfer_id, sizeof(notice.transfer_id));
        check_id(notice.state, sizeof(notice.state));
    }
    if (custody_transfer_parse((const char *)data, size, &transfer, &err)) {
        assert(transfer.entries_count <= CUSTODY_ENTRIES_MAX);
        check_id(transfer.id, sizeof(transfer.id));
        check_id(transfer.txid, sizeof(transfer.txid));
        check_id(transfer.said, sizeof(transfer.said));
        check_id(transfer.sequence_id, sizeof(transfer.sequence_id));
        check_id(transfer.approval_id, sizeof(transfer.approval_id));
        /* What is believed to be confirmed has what the books need. */
        if (custody_transfer_is(&transfer, &wanted, &err) && transfer.state == CUSTODY_CONFIRMED)
            assert(transfer.txid[0] && transfer.fee_units[0] && transfer.entries_count > 0);
        for (size_t i = 0; i < transfer.entries_count; i++) {
            assert(transfer.entries[i].units[0] != '-' && transfer.entries[i].units[0] != '0');
            assert(strlen(transfer.entries[i].address) < CHAIN_ADDRESS_SIZE);
        }
    }
    static const long statuses[] = {200, 202, 400, 422, 500};
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        long status = statuses[i];
        custody_answer_parse(status, (const char *)data, size, &answer);
        check_id(answer.approval_id, sizeof(answer.approval_id));
        assert(strnlen(answer.said, sizeof(answer.said)) < sizeof(answer.said));
        assert(answer.outcome != CUSTODY_REFUSED || status == 400 || status == 422);
    }
    return 0;
}
