#include "accounting/actions/statement_import.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "accounting/actions/fiat_payment.h"
#include "accounting/actions/fiat_payout.h"
#include "accounting/domain/fiat_account.h"
#include "base/arena.h"
#include "base/auto.h"
#include "base/clock.h"
#include "crypto/crypto.h"
#include "iso20022/camt053.h"
#include "json/field.h"

enum { ENTRY_ARENA_BYTES_MAX = 8 << 20, NAME_SIZE = 2 * SHA256_SIZE + 1, REFERENCE_MAX = 140 };

DEFINE_AUTO(struct arena, arena_free);

enum line_result {
    LINE_CREDITED,
    LINE_WAITING,
    LINE_PARKED,
    LINE_REVERSED,
    LINE_PAID,     /* a withdrawal is */
    LINE_RETURNED, /* a withdrawal has failed, and is refunded */
    LINE_KNOWN,    /* done by an earlier import */
    LINE_IGNORED,  /* not booked, or nothing of ours */
    LINE_REFUSED,  /* an operator must look: nothing was done */
    LINE_RESULTS_COUNT
};
static const char *const result_words[LINE_RESULTS_COUNT] = {
    "credited", "waiting", "parked", "reversed", "paid", "returned", "known", "ignored", "refused"};

struct import {
    struct accounting *app;
    struct db *db;
    struct arena *arena; /* until the end of the entry */
    uint64_t maker_id;
    struct str *report;
    size_t counts[LINE_RESULTS_COUNT], entries;
};

/* ---- first: the whole file ---- */

static bool check_entry(void *arg, const struct statement *statement,
                        const struct statement_entry *entry, struct err *err)
{
    const struct fiat_accounts *accounts = arg;
    char iban[IBAN_SIZE];
    for (size_t i = 0; i < accounts->count && iban_read(statement->iban, iban); i++)
        if (strcmp(accounts->rows[i].iban, iban) == 0)
            return true;
    return err_set_key(err, ERR_BODY_INVALID, "admin.fiat_statement.other_account",
                       "line %zu: account %s is none of FIAT_ACCOUNTS", entry->line,
                       statement->iban);
}

/* ---- names ---- */

static void name_of(const struct statement *statement, const struct statement_entry *entry,
                    bool of_reversed, char ret_name[static NAME_SIZE])
{
    static const char hex[] = "0123456789abcdef";
    AUTO(str_release) struct str text = STR_INIT(1024);
    uint8_t digest[SHA256_SIZE];
    char number[32], detail[32];
    bool has_servicer = *entry->servicer_ref && strcmp(entry->servicer_ref, "NONREF") != 0;
    bool is_credit = of_reversed ? !entry->is_credit : entry->is_credit;
    bool is_reversal = of_reversed ? false : entry->is_reversal;
    snprintf(number, sizeof(number), "%zu", entry->number);
    snprintf(detail, sizeof(detail), "%zu", entry->detail);
    const char *parts[] = {
        statement->iban,
        has_servicer        ? "servicer"
        : *entry->entry_ref ? "entry"
                            : "place",
        has_servicer ? "" : statement->id,
        has_servicer        ? entry->servicer_ref
        : *entry->entry_ref ? entry->entry_ref
                            : number,
        detail,
        is_credit ? "credit" : "debit",
        is_reversal ? "reversal" : "",
    };
    /* A part ends with a byte that no text has. */
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        str_add_bytes(&text, parts[i], strlen(parts[i]) + 1);
    assert(str_ok(&text));
    sha256(str_data(&text), text.length, digest);
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        ret_name[2 * i] = hex[digest[i] >> 4];
        ret_name[2 * i + 1] = hex[digest[i] & 15];
    }
    ret_name[2 * SHA256_SIZE] = '\0';
}

/* ---- the report ---- */

struct line {
    enum line_result result;
    const char *reason; /* NULL: none */
    uint64_t payment;   /* 0: none */
};

static bool report_line(struct import *import, const struct statement_entry *entry,
                        const struct line *line, struct err *err)
{
    struct str *out = import->report;
    import->counts[line->result]++;
    str_add_format(out, "%s{\"line\":%zu,\"entry\":", import->entries++ ? "," : "", entry->line);
    json_write_string(out, *entry->servicer_ref ? entry->servicer_ref : entry->entry_ref);
    str_add_format(out, ",\"direction\":\"%s\",\"amount\":", entry->is_credit ? "credit" : "debit");
    json_write_dec(out, entry->amount);
    str_add(out, ",\"currency\":");
    json_write_string(out, entry->currency);
    str_add_format(out, ",\"result\":\"%s\",\"reason\":", result_words[line->result]);
    json_write_string(out, line->reason);
    if (line->payment)
        str_add_format(out, ",\"payment\":%lu", (unsigned long)line->payment);
    str_add_char(out, '}');
    return str_ok(out) || err_set(err, ERR_BUSY, "no memory for the report");
}

/* ---- entries ---- */

/* What the column holds: the structured reference, the one in the text, or how the text begins. */
static const char *reference_of(struct arena *arena, const struct statement_entry *entry)
{
    char reference[CREDITOR_REFERENCE_SIZE];
    size_t length = strnlen(entry->text, REFERENCE_MAX);
    if (*entry->reference)
        return entry->reference;
    if (creditor_reference_find(entry->text, PAYMENT_REFERENCE_LENGTH, reference))
        return arena_strdup(arena, reference);
    while (length > 0 && ((unsigned char)entry->text[length] & 0xc0) == 0x80)
        length--;
    return arena_strndup(arena, entry->text, length);
}

static enum line_result result_of(const struct fiat_payment *payment)
{
    switch (payment->state) {
    case FIAT_CREDITED:
        return LINE_CREDITED;
    case FIAT_WAITING:
        return LINE_WAITING;
    case FIAT_PARKED:
    case FIAT_REFUSED:
    case FIAT_REVERSED:
    case FIAT_SETTLING:
    case FIAT_SETTLED:
    case FIAT_STATES_COUNT:
        break;
    }
    return LINE_PARKED;
}

static void currency_of(const struct statement_entry *entry,
                        char ret_currency[static ISO_CURRENCY_SIZE])
{
    for (size_t i = 0; i < ISO_CURRENCY_SIZE; i++)
        ret_currency[i] = (char)tolower((unsigned char)entry->currency[i]);
}

enum heard { HEARD, HEARD_NOBODY, HEARD_LATE };

static bool refused_payout(const struct err *err, struct line *line)
{
    if (err->code != ERR_CONFLICT && err->code != ERR_STATE_CONFLICT)
        return false;
    *line = (struct line){LINE_REFUSED,
                          err->code == ERR_CONFLICT ? "payout_differs" : "payout_not_due", 0};
    return true;
}

/* A payout of ours is paid, or came back: what the bank calls its end-to-end id is the tid. */
static bool hear_payout(struct import *import, const struct statement *statement,
                        const struct statement_entry *entry, struct line *line,
                        enum heard *ret_heard, uint64_t *ret_member_id, struct err *err)
{
    const struct outgoing outgoing = {.app = import->app,
                                      .db = import->db,
                                      .arena = import->arena,
                                      .now_us = clock_now_us(import->app->clock),
                                      .actor = STATEMENT_SOURCE};
    char name[NAME_SIZE], currency[ISO_CURRENCY_SIZE];
    enum fiat_payout_outcome outcome;
    struct withdraw row;
    name_of(statement, entry, false, name);
    currency_of(entry, currency);
    const struct fiat_payout_told told = {.tid = entry->end_to_end_id,
                                          .source = STATEMENT_SOURCE,
                                          .event_id = name,
                                          .is_paid = !entry->is_credit,
                                          .currency_id = currency,
                                          .amount = entry->amount,
                                          .reason = entry->return_reason};
    *ret_heard = HEARD;
    if (!fiat_payout_hear(&outgoing, &told, &outcome, &row, err)) {
        *ret_heard = err->code == ERR_NOT_FOUND ? HEARD_NOBODY : HEARD;
        return err->code == ERR_NOT_FOUND || refused_payout(err, line);
    }
    if (outcome == FIAT_PAYOUT_LATE) {
        *ret_heard = HEARD_LATE;
        *ret_member_id = row.member_id;
        return true;
    }
    *line = (struct line){outcome == FIAT_PAYOUT_KNOWN ? LINE_KNOWN
                          : entry->is_credit           ? LINE_RETURNED
                                                       : LINE_PAID,
                          NULL, 0};
    return true;
}

/* Debits: a payout of ours, or the bank's own business. */
static bool take_debit(struct import *import, const struct statement *statement,
                       const struct statement_entry *entry, struct line *line, struct err *err)
{
    enum heard heard;
    uint64_t member_id;
    return !*entry->end_to_end_id ||
           hear_payout(import, statement, entry, line, &heard, &member_id, err);
}

/* Credits: a payment of a member, money of ours that came back, or something for a person to look at. */
static bool take_credit(struct import *import, const struct statement *statement,
                        const struct statement_entry *entry, struct line *line, struct err *err)
{
    const struct change change = {import->db, import->arena, clock_now_us(import->app->clock)};
    char name[NAME_SIZE], currency[ISO_CURRENCY_SIZE];
    struct fiat_payment payment;
    enum heard heard = HEARD_NOBODY;
    uint64_t member_id = 0;
    bool known;
    if ((entry->is_return || entry->is_reversal) && *entry->end_to_end_id &&
        !hear_payout(import, statement, entry, line, &heard, &member_id, err))
        return false;
    if (heard == HEARD)
        return true;
    name_of(statement, entry, false, name);
    currency_of(entry, currency);
    const struct fiat_incoming incoming = {
        .source = STATEMENT_SOURCE,
        .event_id = name,
        .currency_id = currency,
        .reference = reference_of(import->arena, entry),
        .payer = entry->payer,
        .payer_account = entry->payer_account,
        .amount = entry->amount,
        .maker_id = import->maker_id,
        .member_id = member_id,
        .park_reason = entry->is_return || entry->is_reversal ? FIAT_RETURNED
                       : entry->is_unclear                    ? FIAT_UNCLEAR
                                                              : NULL,
    };
    if (!incoming.reference)
        return err_set(err, ERR_BUSY, "no memory for an entry");
    if (!fiat_payment_take(import->app, &change, &incoming, &payment, &known, err)) {
        if (err->code != ERR_CONFLICT)
            return false;
        *line = (struct line){LINE_REFUSED, "differs", 0};
        return true;
    }
    *line = (struct line){known ? LINE_KNOWN : result_of(&payment), payment.reason, payment.id};
    return true;
}

/* The bank takes an earlier credit back. Which one, says its own reference alone. */
static bool take_reversal(struct import *import, const struct statement *statement,
                          const struct statement_entry *entry, struct line *line, struct err *err)
{
    const struct change change = {import->db, import->arena, clock_now_us(import->app->clock)};
    char name[NAME_SIZE];
    const struct fiat_reversal reversal = {STATEMENT_SOURCE, name, entry->amount};
    struct fiat_payment payment;
    bool known;
    name_of(statement, entry, true, name);
    if (fiat_payment_reverse(import->app, &change, &reversal, &payment, &known, err)) {
        *line = (struct line){known ? LINE_KNOWN : LINE_REVERSED, NULL, payment.id};
        return true;
    }
    if (err->code != ERR_NOT_FOUND && err->code != ERR_CONFLICT && err->code != ERR_STATE_CONFLICT)
        return false;
    *line = (struct line){LINE_REFUSED, "reversal_of_unknown", 0};
    return true;
}

static bool take_entry(void *arg, const struct statement *statement,
                       const struct statement_entry *entry, struct err *err)
{
    struct import *import = arg;
    struct line line = {LINE_IGNORED, "debit", 0};
    arena_reset(import->arena);
    bool ok = true;
    if (!entry->is_booked)
        line.reason = "not_booked";
    else if (entry->is_credit)
        ok = take_credit(import, statement, entry, &line, err);
    else if (entry->is_reversal)
        ok = take_reversal(import, statement, entry, &line, err);
    else
        ok = take_debit(import, statement, entry, &line, err);
    return ok && report_line(import, entry, &line, err);
}

bool statement_import(struct accounting *app, struct db *db, const struct statement_file *file,
                      struct str *ret_report, struct err *err)
{
    AUTO(str_release) struct str lines = STR_INIT(STATEMENT_REPORT_BYTES_MAX);
    AUTO_FREE(arena_free) struct arena *arena = arena_new(ENTRY_ARENA_BYTES_MAX);
    struct import import = {
        .app = app, .db = db, .arena = arena, .maker_id = file->maker_id, .report = &lines};
    if (!arena)
        return err_set(err, ERR_BUSY, "no memory for a statement");
    if (!camt053_read(file->text, file->length, check_entry, app->fiat_accounts, err)) {
        if (!err->key)
            err->key = "admin.fiat_statement.invalid";
        return false;
    }
    if (!camt053_read(file->text, file->length, take_entry, &import, err))
        return false;
    str_add_format(ret_report, "{\"entries\":%zu", import.entries);
    for (size_t i = 0; i < LINE_RESULTS_COUNT; i++)
        str_add_format(ret_report, ",\"%s\":%zu", result_words[i], import.counts[i]);
    str_add(ret_report, ",\"lines\":[");
    str_add(ret_report, str_data(&lines));
    str_add(ret_report, "]}");
    return str_ok(ret_report) || err_set(err, ERR_BUSY, "no memory for the report");
}
