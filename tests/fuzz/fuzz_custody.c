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
    struct err err;

    if (custody_notice_parse((const char *)data, size, &notice, &err) && notice.is_transfer) {
        assert(notice.transfer_id[0] && notice.wallet[0] && notice.state[0]);
        check_id(notice.transfer_id, sizeof(notice.transfer_id));
        check_id(notice.state, sizeof(notice.state));
    }
    if (custody_transfer_parse((const char *)data, size, &transfer, &err)) {
        assert(transfer.entries_count <= CUSTODY_ENTRIES_MAX);
        check_id(transfer.id, sizeof(transfer.id));
        check_id(transfer.txid, sizeof(transfer.txid));
        for (size_t i = 0; i < transfer.entries_count; i++) {
            assert(transfer.entries[i].units[0] != '-' && transfer.entries[i].units[0] != '0');
            assert(strlen(transfer.entries[i].address) < CHAIN_ADDRESS_SIZE);
        }
    }
    return 0;
}
