#include "iso20022/camt053.h"

#include <stdlib.h>
#include <string.h>

#include "iso20022/xml_stream.h"

#define STATEMENT "/Document/BkToCstmrStmt/Stmt"
#define ENTRY STATEMENT "/Ntry"
#define DETAIL ENTRY "/NtryDtls/TxDtls"

/* What an entry, or one transaction of it, says; amounts are still text. */
struct part {
    char amount[ISO_ID_SIZE], currency[ISO_CURRENCY_SIZE];
    char end_to_end_id[ISO_ID_SIZE], reference[ISO_ID_SIZE], text[STATEMENT_TEXT_SIZE];
    char payer[ISO_NAME_SIZE], payer_account[IBAN_SIZE], return_reason[ISO_ID_SIZE];
    bool is_return;
};

struct balance {
    char code[ISO_ID_SIZE], amount[ISO_ID_SIZE], sign[ISO_ID_SIZE];
};

struct reader {
    struct xml_stream *stream;
    camt053_take *take;
    void *arg;
    struct err *err;

    struct statement statement;
    bool has_opening, has_closing;
    struct dec opening, closing, sum; /* what is owed by the account holder is negative */
    struct balance balance;

    size_t entries, number, line;
    char entry_amount[ISO_ID_SIZE], entry_currency[ISO_CURRENCY_SIZE], sign[ISO_ID_SIZE];
    char status[ISO_ID_SIZE], reversal[ISO_ID_SIZE];
    char entry_ref[ISO_ID_SIZE], servicer_ref[ISO_ID_SIZE];
    bool entry_is_return;
    struct part *parts;
    size_t parts_count;
    struct part part;
};

/* ---- what is read from where ---- */

static const struct xml_place places[] = {
#define P(path_, member)                                                                           \
    {                                                                                              \
        path_, offsetof(struct reader, member), sizeof(((struct reader *)0)->member)               \
    }
    P(STATEMENT "/Id", statement.id),
    P(STATEMENT "/Acct/Id/IBAN", statement.iban),
    P(STATEMENT "/Acct/Ccy", statement.currency),
    P(STATEMENT "/Bal/Tp/CdOrPrtry/Cd", balance.code),
    P(STATEMENT "/Bal/Amt", balance.amount),
    P(STATEMENT "/Bal/CdtDbtInd", balance.sign),
    P(ENTRY "/NtryRef", entry_ref),
    P(ENTRY "/Amt", entry_amount),
    P(ENTRY "/CdtDbtInd", sign),
    P(ENTRY "/RvslInd", reversal),
    P(ENTRY "/Sts", status),    /* versions 1 to 7 */
    P(ENTRY "/Sts/Cd", status), /* from version 8 */
    P(ENTRY "/AcctSvcrRef", servicer_ref),
    P(DETAIL "/Refs/EndToEndId", part.end_to_end_id),
    P(DETAIL "/Amt", part.amount),
    P(DETAIL "/AmtDtls/TxAmt/Amt", part.amount),
    P(DETAIL "/RltdPties/Dbtr/Nm", part.payer),
    P(DETAIL "/RltdPties/Dbtr/Pty/Nm", part.payer),
    P(DETAIL "/RltdPties/DbtrAcct/Id/IBAN", part.payer_account),
    P(DETAIL "/RmtInf/Strd/CdtrRefInf/Ref", part.reference),
    P(DETAIL "/RtrInf/Rsn/Cd", part.return_reason),
#undef P
};

static bool fail(struct reader *reader, const char *why)
{
    return xml_fail(reader->stream, why);
}

/* Lines of free text are joined without a blank: a bank may have broken one within a reference. Cut
 * between characters. */
static void add_text(struct part *part, const char *text)
{
    size_t have = strlen(part->text), add = strlen(text);
    if (have + add + 1 >= sizeof(part->text))
        add = sizeof(part->text) - 1 - have;
    while (add > 0 && ((unsigned char)text[add] & 0xc0) == 0x80)
        add--;
    memcpy(part->text + have, text, add);
    part->text[have + add] = '\0';
}

/* ---- amounts ---- */

static bool signed_amount(struct reader *reader, const char *amount, const char *sign,
                          struct dec *ret_amount)
{
    if (!dec_parse(amount, ret_amount) || dec_is_negative(*ret_amount))
        return fail(reader, "an amount is no decimal number");
    if (strcmp(sign, "CRDT") == 0)
        return true;
    if (strcmp(sign, "DBIT") != 0)
        return fail(reader, "CdtDbtInd is neither CRDT nor DBIT");
    *ret_amount = dec_neg(*ret_amount);
    return true;
}

/* An opening balance is that of the booked entries, or the closing one of before. */
static bool balance_end(struct reader *reader)
{
    const char *code = reader->balance.code;
    struct dec amount;
    bool is_opening = strcmp(code, "OPBD") == 0 || strcmp(code, "PRCD") == 0;
    if (!is_opening && strcmp(code, "CLBD") != 0)
        return true;
    if (!signed_amount(reader, reader->balance.amount, reader->balance.sign, &amount))
        return false;
    if (is_opening ? reader->has_opening && dec_cmp(reader->opening, amount) != 0
                   : reader->has_closing)
        return fail(reader, "there are two balances of one kind");
    if (is_opening)
        reader->has_opening = true, reader->opening = amount;
    else
        reader->has_closing = true, reader->closing = amount;
    return true;
}

/* ---- entries ---- */

static bool tell(struct reader *reader, struct statement_entry *entry, const struct part *part)
{
    memcpy(entry->end_to_end_id, part->end_to_end_id, sizeof(entry->end_to_end_id));
    memcpy(entry->reference, part->reference, sizeof(entry->reference));
    memcpy(entry->text, part->text, sizeof(entry->text));
    memcpy(entry->payer, part->payer, sizeof(entry->payer));
    memcpy(entry->payer_account, part->payer_account, sizeof(entry->payer_account));
    memcpy(entry->return_reason, part->return_reason, sizeof(entry->return_reason));
    entry->is_return = part->is_return;
    if (reader->take(reader->arg, &reader->statement, entry, reader->err))
        return true;
    return xml_stop(reader->stream);
}

/* Whether each transaction has an amount of the entry's currency, and they add up to it. */
static bool adds_up(const struct reader *reader, struct dec total)
{
    struct dec sum = DEC_ZERO, amount;
    for (size_t i = 0; i < reader->parts_count; i++) {
        const struct part *part = &reader->parts[i];
        if (strcmp(part->currency, reader->entry_currency) != 0 ||
            !dec_parse(part->amount, &amount) || !dec_is_positive(amount) ||
            !dec_add(sum, amount, &sum))
            return false;
    }
    return dec_cmp(sum, total) == 0;
}

static bool tell_each(struct reader *reader, struct statement_entry *entry)
{
    static const struct part nothing;
    entry->details = reader->parts_count;
    if (reader->parts_count <= 1)
        return tell(reader, entry, reader->parts_count ? reader->parts : &nothing);
    if (!adds_up(reader, entry->amount)) {
        entry->is_unclear = true;
        return tell(reader, entry, &nothing);
    }
    for (size_t i = 0; i < reader->parts_count; i++) {
        bool ok = dec_parse(reader->parts[i].amount, &entry->amount);
        assert(ok);
        entry->detail = i;
        if (!tell(reader, entry, &reader->parts[i]))
            return false;
    }
    return true;
}

static bool entry_end(struct reader *reader)
{
    struct statement_entry entry = {.line = reader->line, .number = reader->number++};
    struct dec amount;
    if (++reader->entries > CAMT053_ENTRIES_MAX)
        return fail(reader, "too many entries");
    if (!signed_amount(reader, reader->entry_amount, reader->sign, &amount))
        return false;
    entry.is_credit = strcmp(reader->sign, "CRDT") == 0;
    entry.is_booked = strcmp(reader->status, "BOOK") == 0;
    entry.is_reversal = strcmp(reader->reversal, "true") == 0 || strcmp(reader->reversal, "1") == 0;
    entry.amount = entry.is_credit ? amount : dec_neg(amount);
    if (dec_is_zero(amount))
        return true;
    if (entry.is_booked && !dec_add(reader->sum, amount, &reader->sum))
        return fail(reader, "the sum of the entries is too large");
    memcpy(entry.currency, reader->entry_currency, sizeof(entry.currency));
    memcpy(entry.entry_ref, reader->entry_ref, sizeof(entry.entry_ref));
    memcpy(entry.servicer_ref, reader->servicer_ref, sizeof(entry.servicer_ref));
    return tell_each(reader, &entry);
}

static bool detail_end(struct reader *reader)
{
    if (reader->parts_count == CAMT053_DETAILS_MAX)
        return fail(reader, "an entry has too many transactions");
    reader->parts[reader->parts_count++] = reader->part;
    return true;
}

static bool statement_end(struct reader *reader)
{
    char iban[IBAN_SIZE];
    struct dec reached;
    if (!iban_read(reader->statement.iban, iban))
        return fail(reader, "the statement's account has no right IBAN");
    if (!reader->has_opening || !reader->has_closing)
        return fail(reader, "the statement lacks its opening or closing balance");
    if (!dec_add(reader->opening, reader->sum, &reached) || dec_cmp(reached, reader->closing) != 0)
        return fail(reader, "opening balance and entries don't make the closing balance");
    return true;
}

/* ---- the stream ---- */

static void begin_scope(struct reader *reader)
{
    const struct xml_stream *stream = reader->stream;
    if (xml_is_at(stream, STATEMENT)) {
        memset(&reader->statement, 0, sizeof(reader->statement));
        reader->has_opening = reader->has_closing = false;
        reader->sum = DEC_ZERO;
        reader->number = 0;
    } else if (xml_is_at(stream, STATEMENT "/Bal")) {
        memset(&reader->balance, 0, sizeof(reader->balance));
    } else if (xml_is_at(stream, ENTRY)) {
        reader->line = xml_line(stream);
        reader->entry_amount[0] = reader->entry_currency[0] = reader->sign[0] = '\0';
        reader->status[0] = reader->reversal[0] = '\0';
        reader->entry_ref[0] = reader->servicer_ref[0] = '\0';
        reader->parts_count = 0;
    } else if (xml_is_at(stream, DETAIL)) {
        memset(&reader->part, 0, sizeof(reader->part));
    } else if (xml_is_at(stream, DETAIL "/RtrInf")) {
        reader->part.is_return = true;
    }
}

static void begin(struct xml_stream *stream, void *arg, const char **attributes)
{
    struct reader *reader = arg;
    reader->stream = stream;
    begin_scope(reader);
    if (xml_is_at(stream, ENTRY "/Amt"))
        xml_currency(attributes, reader->entry_currency);
    else if (xml_is_at(stream, DETAIL "/Amt") || xml_is_at(stream, DETAIL "/AmtDtls/TxAmt/Amt"))
        xml_currency(attributes, reader->part.currency);
}

static bool end(struct xml_stream *stream, void *arg)
{
    struct reader *reader = arg;
    if (xml_is_at(stream, DETAIL "/RmtInf/Ustrd")) {
        add_text(&reader->part, stream->value);
        return true;
    }
    if (xml_is_at(stream, STATEMENT "/Bal"))
        return balance_end(reader);
    if (xml_is_at(stream, DETAIL))
        return detail_end(reader);
    if (xml_is_at(stream, ENTRY))
        return entry_end(reader);
    if (xml_is_at(stream, STATEMENT))
        return statement_end(reader);
    return xml_keep(stream);
}

static const struct xml_format format = {
    .name_space = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.",
    .refusal = "this is no camt.053 document",
    .places = places,
    .places_count = ARRAY_LEN(places),
    .begin = begin,
    .end = end,
};

bool camt053_read(const char *text, size_t length, camt053_take *take, void *arg, struct err *err)
{
    if (length > CAMT053_BYTES_MAX)
        return err_set(err, ERR_BODY_TOO_LARGE, "a statement of %zu bytes", length);
    struct reader *reader = calloc(1, sizeof(*reader));
    struct part *parts = calloc(CAMT053_DETAILS_MAX, sizeof(*parts));
    bool ok = false;
    if (reader && parts) {
        *reader = (struct reader){.take = take, .arg = arg, .err = err, .parts = parts};
        ok = xml_read(&format, reader, text, length, err);
    } else {
        err_set(err, ERR_BUSY, "no memory for a statement");
    }
    free(parts);
    free(reader);
    return ok;
}
