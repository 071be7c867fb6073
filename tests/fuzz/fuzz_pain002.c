/*
 * Any bytes as what a bank says of an order: refused, or with every text ended, a status in each row, every amount
 * positive, and nothing accepted within something rejected.
 */
#include <string.h>

#include "iso20022/pain002.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ENDS(text) assert(memchr((text), '\0', sizeof(text)))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pain002 report;
    struct err err;
    if (pain002_read((const char *)data, size, &report, &err)) {
        assert(report.count > 0 && report.count <= PAIN002_STATUSES_MAX + 1);
        assert(*report.id && *report.original_id);
        for (size_t i = 0; i < report.count; i++) {
            const struct pain002_status *status = &report.statuses[i];
            ENDS(status->payment_id);
            ENDS(status->end_to_end_id);
            ENDS(status->reason);
            ENDS(status->text);
            ENDS(status->currency);
            assert(*status->status && (!status->has_amount || dec_is_positive(status->amount)));
            if (status->level == PAIN002_GROUP && strcmp(status->status, "RJCT") == 0)
                for (size_t j = 0; j < report.count; j++)
                    assert(strcmp(report.statuses[j].status, "RJCT") == 0);
        }
    }
    pain002_end(&report);
    return 0;
}
