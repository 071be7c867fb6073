#include "iso20022/camt053.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 512, VALUE_SIZE = 1024, CHUNK = 64 * 1024 };

#define NAMESPACE "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
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
    XML_Parser parser;
    camt053_take *take;
    void *arg;
    struct err *err;
    bool failed;

    char path[PATH_SIZE];
    size_t path_length, depth;
    char value[VALUE_SIZE];
    size_t value_length;
    bool value_cut;

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

static const struct place {
    const char *path;
    size_t offset, size;
} places[] = {
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
    if (!reader->failed)
        err_set(reader->err, ERR_BODY_INVALID, "line %lu: %s",
                (unsigned long)XML_GetCurrentLineNumber(reader->parser), why);
    reader->failed = true;
    XML_StopParser(reader->parser, XML_FALSE);
    return false;
}

static bool is_at(const struct reader *reader, const char *path)
{
    return strcmp(reader->path, path) == 0;
}

/* Banks break long lines; ids and names stay as they are but for blanks around them. */
static void trim(struct reader *reader)
{
    size_t begin = strspn(reader->value, " \t\r\n"), end = reader->value_length;
    while (end > begin && strchr(" \t\r\n", reader->value[end - 1]))
        end--;
    memmove(reader->value, reader->value + begin, end - begin);
    reader->value_length = end - begin;
    reader->value[reader->value_length] = '\0';
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

/* An element of elements has no text of its own. */
static bool keep(struct reader *reader)
{
    if (reader->value_length == 0)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        if (!is_at(reader, places[i].path))
            continue;
        if (reader->value_cut || reader->value_length >= places[i].size)
            return fail(reader, "a text is longer than the standard has it");
        memcpy((char *)reader + places[i].offset, reader->value, reader->value_length + 1);
        return true;
    }
    return true;
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
    reader->failed = true;
    XML_StopParser(reader->parser, XML_FALSE);
    return false;
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

static bool push(struct reader *reader, const char *name)
{
    const char *bar = strrchr(name, '|');
    const char *local = bar ? bar + 1 : name;
    size_t length = strlen(local);
    if (reader->depth == 0 && (!bar || strncmp(name, NAMESPACE, sizeof(NAMESPACE) - 1) != 0 ||
                               strcmp(local, "Document") != 0))
        return fail(reader, "this is no camt.053 document");
    if (++reader->depth > CAMT053_DEPTH_MAX || reader->path_length + length + 2 > PATH_SIZE)
        return fail(reader, "elements are nested too deeply");
    reader->path[reader->path_length++] = '/';
    memcpy(reader->path + reader->path_length, local, length + 1);
    reader->path_length += length;
    return true;
}

static void begin_scope(struct reader *reader)
{
    if (is_at(reader, STATEMENT)) {
        memset(&reader->statement, 0, sizeof(reader->statement));
        reader->has_opening = reader->has_closing = false;
        reader->sum = DEC_ZERO;
        reader->number = 0;
    } else if (is_at(reader, STATEMENT "/Bal")) {
        memset(&reader->balance, 0, sizeof(reader->balance));
    } else if (is_at(reader, ENTRY)) {
        reader->line = XML_GetCurrentLineNumber(reader->parser);
        reader->entry_amount[0] = reader->entry_currency[0] = reader->sign[0] = '\0';
        reader->status[0] = reader->reversal[0] = '\0';
        reader->entry_ref[0] = reader->servicer_ref[0] = '\0';
        reader->parts_count = 0;
    } else if (is_at(reader, DETAIL)) {
        memset(&reader->part, 0, sizeof(reader->part));
    } else if (is_at(reader, DETAIL "/RtrInf")) {
        reader->part.is_return = true;
    }
}

static void take_currency(struct reader *reader, const char **attributes)
{
    bool is_entry = is_at(reader, ENTRY "/Amt");
    bool is_detail = is_at(reader, DETAIL "/Amt") || is_at(reader, DETAIL "/AmtDtls/TxAmt/Amt");
    if (!is_entry && !is_detail)
        return;
    char *slot = is_entry ? reader->entry_currency : reader->part.currency;
    for (size_t i = 0; attributes[i]; i += 2)
        if (strcmp(attributes[i], "Ccy") == 0 && strlen(attributes[i + 1]) == ISO_CURRENCY_SIZE - 1)
            memcpy(slot, attributes[i + 1], ISO_CURRENCY_SIZE);
}

static void on_start(void *user, const char *name, const char **attributes)
{
    struct reader *reader = user;
    if (reader->failed || !push(reader, name))
        return;
    reader->value_length = 0;
    reader->value[0] = '\0';
    reader->value_cut = false;
    begin_scope(reader);
    take_currency(reader, attributes);
}

static void on_text(void *user, const char *text, int length)
{
    struct reader *reader = user;
    size_t add = length > 0 ? (size_t)length : 0, room = VALUE_SIZE - 1 - reader->value_length;
    if (add > room)
        add = room, reader->value_cut = true;
    memcpy(reader->value + reader->value_length, text, add);
    reader->value_length += add;
    reader->value[reader->value_length] = '\0';
}

static bool end_scope(struct reader *reader)
{
    trim(reader);
    if (is_at(reader, DETAIL "/RmtInf/Ustrd")) {
        add_text(&reader->part, reader->value);
        return true;
    }
    if (is_at(reader, STATEMENT "/Bal"))
        return balance_end(reader);
    if (is_at(reader, DETAIL))
        return detail_end(reader);
    if (is_at(reader, ENTRY))
        return entry_end(reader);
    if (is_at(reader, STATEMENT))
        return statement_end(reader);
    return keep(reader);
}

static void on_end(void *user, const char *name)
{
    struct reader *reader = user;
    (void)name;
    if (reader->failed || !end_scope(reader))
        return;
    char *slash = strrchr(reader->path, '/');
    assert(slash && reader->depth > 0);
    *slash = '\0';
    reader->path_length = (size_t)(slash - reader->path);
    reader->depth--;
    /* What follows an inner element is no text of the outer one. */
    reader->value_length = 0;
    reader->value[0] = '\0';
}

/* Without a document type there are no entities: nothing to expand, nothing to fetch. */
static void on_doctype(void *user, const char *name, const char *system_id, const char *public_id,
                       int has_subset)
{
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_subset;
    fail(user, "a document type is not taken");
}

static bool parse(struct reader *reader, const char *text, size_t length)
{
    for (size_t at = 0; at < length || length == 0; at += CHUNK) {
        size_t some = length - at < CHUNK ? length - at : CHUNK;
        bool is_last = at + some == length;
        if (XML_Parse(reader->parser, text + at, (int)some, is_last) == XML_STATUS_ERROR)
            return reader->failed ? false
                                  : fail(reader, XML_ErrorString(XML_GetErrorCode(reader->parser)));
        if (is_last)
            break;
    }
    return !reader->failed;
}

bool camt053_read(const char *text, size_t length, camt053_take *take, void *arg, struct err *err)
{
    if (length > CAMT053_BYTES_MAX)
        return err_set(err, ERR_BODY_TOO_LARGE, "a statement of %zu bytes", length);
    struct reader *reader = calloc(1, sizeof(*reader));
    struct part *parts = calloc(CAMT053_DETAILS_MAX, sizeof(*parts));
    XML_Parser parser = XML_ParserCreateNS(NULL, '|');
    bool ok = false;
    if (reader && parts && parser) {
        *reader =
            (struct reader){.parser = parser, .take = take, .arg = arg, .err = err, .parts = parts};
        XML_SetUserData(parser, reader);
        XML_SetElementHandler(parser, on_start, on_end);
        XML_SetCharacterDataHandler(parser, on_text);
        XML_SetStartDoctypeDeclHandler(parser, on_doctype);
        ok = parse(reader, text, length);
    } else {
        err_set(err, ERR_BUSY, "no memory for a statement");
    }
    if (parser)
        XML_ParserFree(parser);
    free(parts);
    free(reader);
    return ok;
}
