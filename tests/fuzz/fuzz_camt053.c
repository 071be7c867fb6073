/*
 * Any bytes as a statement of a bank: refused, or with every text ended, every amount positive, and no
 * document type. What a member could have written on his transfer is searched for a reference.
 */
#include <stdlib.h>
#include <string.h>

#include "iso20022/camt053.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ENDS(text) assert(memchr((text), '\0', sizeof(text)))

static bool take(void *arg, const struct statement *statement, const struct statement_entry *entry,
                 struct err *err)
{
    char reference[CREDITOR_REFERENCE_SIZE];
    size_t *count = arg;
    (void)err;
    ENDS(statement->id);
    ENDS(statement->iban);
    ENDS(entry->currency);
    ENDS(entry->entry_ref);
    ENDS(entry->servicer_ref);
    ENDS(entry->end_to_end_id);
    ENDS(entry->reference);
    ENDS(entry->text);
    ENDS(entry->payer);
    ENDS(entry->payer_account);
    assert(dec_is_positive(entry->amount));
    assert(entry->details <= CAMT053_DETAILS_MAX);
    if (creditor_reference_find(entry->text, 16, reference))
        assert(strlen(reference) == 16);
    ++*count;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    size_t count = 0;
    if (camt053_read((const char *)data, size, take, &count, &err))
        assert(count <= CAMT053_ENTRIES_MAX * (size_t)CAMT053_DETAILS_MAX);
    return 0;
}
