#include "iso20022/pain002.h"

#include <stdlib.h>
#include <string.h>

#include "iso20022/xml_stream.h"

#define REPORT "/Document/CstmrPmtStsRpt"
#define GROUP REPORT "/OrgnlGrpInfAndSts"
#define PAYMENT REPORT "/OrgnlPmtInfAndSts"
#define TRANSACTION PAYMENT "/TxInfAndSts"
#define ORIGINAL_NAME "pain.001"
#define REJECTED "RJCT"

/* What is said at one level; amounts and numbers are still text. */
struct said {
    char id[ISO_ID_SIZE], status[ISO_ID_SIZE], reason[ISO_ID_SIZE];
    char amount[ISO_ID_SIZE], currency[ISO_CURRENCY_SIZE];
    char text[PAIN002_TEXT_SIZE];
};

struct reader {
    struct xml_stream *stream;
    struct pain002 *report;
    char original_name[ISO_ID_SIZE], payments[ISO_ID_SIZE], sum[ISO_ID_SIZE];
    bool has_group;
    struct said group, payment, transaction;
    struct pain002_status told_of_group;
};

static const struct xml_place places[] = {
#define P(path_, member)                                                                           \
    {                                                                                              \
        path_, offsetof(struct reader, member), sizeof(((struct reader *)0)->member)               \
    }
    P(GROUP "/OrgnlMsgId", group.id),
    P(GROUP "/OrgnlMsgNmId", original_name),
    P(GROUP "/OrgnlNbOfTxs", payments),
    P(GROUP "/OrgnlCtrlSum", sum),
    P(GROUP "/GrpSts", group.status),
    P(PAYMENT "/OrgnlPmtInfId", payment.id),
    P(PAYMENT "/PmtInfSts", payment.status),
    P(TRANSACTION "/OrgnlEndToEndId", transaction.id),
    P(TRANSACTION "/TxSts", transaction.status),
    P(TRANSACTION "/OrgnlTxRef/Amt/InstdAmt", transaction.amount),
#undef P
};

/* Reasons are a list: the first one is kept. */
#define REASON "/StsRsnInf/Rsn/Cd"
#define OWN_REASON "/StsRsnInf/Rsn/Prtry"
#define TEXT "/StsRsnInf/AddtlInf"

static bool keep_reason(struct xml_stream *stream, struct said *said)
{
    if (*said->reason)
        return true;
    if (stream->value_cut || stream->value_length >= sizeof(said->reason))
        return xml_fail(stream, "a text is longer than the standard has it");
    memcpy(said->reason, stream->value, stream->value_length + 1);
    return true;
}

/* Cut between characters. */
static bool keep_text(const struct xml_stream *stream, struct said *said)
{
    size_t length = stream->value_length;
    if (*said->text)
        return true;
    if (length >= sizeof(said->text))
        for (length = sizeof(said->text) - 1;
             length > 0 && ((unsigned char)stream->value[length] & 0xc0) == 0x80;)
            length--;
    memcpy(said->text, stream->value, length);
    said->text[length] = '\0';
    return true;
}

/* ---- statuses ---- */

static bool status_of(struct reader *reader, const struct said *said, enum pain002_level level,
                      struct pain002_status *ret_status)
{
    *ret_status = (struct pain002_status){.level = level, .line = xml_line(reader->stream)};
    memcpy(ret_status->status, said->status, sizeof(ret_status->status));
    memcpy(ret_status->reason, said->reason, sizeof(ret_status->reason));
    memcpy(ret_status->text, said->text, sizeof(ret_status->text));
    memcpy(ret_status->currency, said->currency, sizeof(ret_status->currency));
    if (level != PAIN002_GROUP)
        memcpy(ret_status->payment_id, reader->payment.id, sizeof(ret_status->payment_id));
    if (level == PAIN002_TRANSACTION)
        memcpy(ret_status->end_to_end_id, said->id, sizeof(ret_status->end_to_end_id));
    ret_status->has_amount = *said->amount;
    return !*said->amount ||
           (dec_parse(said->amount, &ret_status->amount) && dec_is_positive(ret_status->amount)) ||
           xml_fail(reader->stream, "an amount is no positive number");
}

static bool put(struct reader *reader, const struct said *said, enum pain002_level level)
{
    struct pain002 *report = reader->report;
    if (report->count == PAIN002_STATUSES_MAX)
        return xml_fail(reader->stream, "too many statuses");
    return status_of(reader, said, level, &report->statuses[report->count++]);
}

static bool group_end(struct reader *reader)
{
    struct pain002 *report = reader->report;
    char *end;
    if (reader->has_group)
        return xml_fail(reader->stream, "there are two groups");
    reader->has_group = true;
    memcpy(report->original_id, reader->group.id, sizeof(report->original_id));
    if (*reader->original_name &&
        strncmp(reader->original_name, ORIGINAL_NAME, sizeof(ORIGINAL_NAME) - 1) != 0)
        return xml_fail(reader->stream, "it tells of something else than a pain.001");
    report->has_payments = *reader->payments;
    report->payments = strtoul(reader->payments, &end, 10);
    report->has_sum = *reader->sum;
    if (*end || (report->has_sum && !dec_parse(reader->sum, &report->sum)))
        return xml_fail(reader->stream, "a number is none");
    return status_of(reader, &reader->group, PAIN002_GROUP, &reader->told_of_group);
}

/* ---- the stream ---- */

static void begin(struct xml_stream *stream, void *arg, const char **attributes)
{
    struct reader *reader = arg;
    reader->stream = stream;
    if (xml_is_at(stream, PAYMENT))
        memset(&reader->payment, 0, sizeof(reader->payment));
    else if (xml_is_at(stream, TRANSACTION))
        memset(&reader->transaction, 0, sizeof(reader->transaction));
    else if (xml_is_at(stream, TRANSACTION "/OrgnlTxRef/Amt/InstdAmt"))
        xml_currency(attributes, reader->transaction.currency);
}

static bool reason_end(struct xml_stream *stream, struct reader *reader, bool *ret_is_one)
{
    const struct {
        const char *code, *own, *text;
        struct said *said;
    } levels[] = {
        {GROUP REASON, GROUP OWN_REASON, GROUP TEXT, &reader->group},
        {PAYMENT REASON, PAYMENT OWN_REASON, PAYMENT TEXT, &reader->payment},
        {TRANSACTION REASON, TRANSACTION OWN_REASON, TRANSACTION TEXT, &reader->transaction},
    };
    *ret_is_one = true;
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        if (xml_is_at(stream, levels[i].code) || xml_is_at(stream, levels[i].own))
            return keep_reason(stream, levels[i].said);
        if (xml_is_at(stream, levels[i].text))
            return keep_text(stream, levels[i].said);
    }
    *ret_is_one = false;
    return true;
}

static bool end(struct xml_stream *stream, void *arg)
{
    struct reader *reader = arg;
    bool is_reason;
    if (!reason_end(stream, reader, &is_reason) || is_reason)
        return !stream->failed;
    if (xml_is_at(stream, GROUP))
        return group_end(reader);
    if (xml_is_at(stream, TRANSACTION))
        return put(reader, &reader->transaction, PAIN002_TRANSACTION);
    if (xml_is_at(stream, PAYMENT))
        return !*reader->payment.status || put(reader, &reader->payment, PAIN002_PAYMENT);
    if (xml_is_at(stream, REPORT "/GrpHdr/MsgId")) {
        if (stream->value_cut || stream->value_length >= sizeof(reader->report->id))
            return xml_fail(stream, "a text is longer than the standard has it");
        memcpy(reader->report->id, stream->value, stream->value_length + 1);
        return true;
    }
    return xml_keep(stream);
}

static const struct xml_format format = {
    .name_space = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.",
    .refusal = "this is no pain.002 document",
    .places = places,
    .places_count = ARRAY_LEN(places),
    .begin = begin,
    .end = end,
};

/* ---- the whole ---- */

static bool refuse(struct err *err, const struct pain002_status *status, const char *why)
{
    return err_set(err, ERR_BODY_INVALID, "line %zu: %s", status->line, why);
}

static bool holds(const struct pain002_status *wide, const struct pain002_status *status)
{
    return status->level > wide->level &&
           (wide->level == PAIN002_GROUP || strcmp(wide->payment_id, status->payment_id) == 0);
}

static bool inherit(const struct pain002 *report, struct pain002_status *status, struct err *err)
{
    for (size_t i = 0; i < report->count && !*status->status; i++)
        if (holds(&report->statuses[i], status) && strcmp(report->statuses[i].status, "PART") != 0)
            memcpy(status->status, report->statuses[i].status, sizeof(status->status));
    return *status->status || refuse(err, status, "a transaction has no status");
}

static bool agrees(const struct pain002 *report, const struct pain002_status *wide, struct err *err)
{
    for (size_t i = 0; i < report->count; i++)
        if (holds(wide, &report->statuses[i]) && strcmp(report->statuses[i].status, REJECTED) != 0)
            return refuse(err, &report->statuses[i], "it is rejected as a whole, and this is not");
    return true;
}

static bool check(struct reader *reader, struct err *err)
{
    struct pain002 *report = reader->report;
    if (!*report->id || !*report->original_id)
        return err_set(err, ERR_BODY_INVALID, "MsgId or OrgnlMsgId is missing");
    if (*reader->told_of_group.status)
        report->statuses[report->count++] = reader->told_of_group;
    if (report->count == 0)
        return err_set(err, ERR_BODY_INVALID, "there is no status in it");
    for (size_t i = 0; i < report->count; i++)
        if (!inherit(report, &report->statuses[i], err))
            return false;
    for (size_t i = 0; i < report->count; i++)
        if (strcmp(report->statuses[i].status, REJECTED) == 0 &&
            report->statuses[i].level != PAIN002_TRANSACTION &&
            !agrees(report, &report->statuses[i], err))
            return false;
    return true;
}

bool pain002_read(const char *text, size_t length, struct pain002 *ret_report, struct err *err)
{
    *ret_report = (struct pain002){.count = 0};
    if (length > PAIN002_BYTES_MAX)
        return err_set(err, ERR_BODY_TOO_LARGE, "a report of %zu bytes", length);
    /* One more: the group's. */
    ret_report->statuses = calloc(PAIN002_STATUSES_MAX + 1, sizeof(*ret_report->statuses));
    struct reader *reader = calloc(1, sizeof(*reader));
    bool ok = false;
    if (reader && ret_report->statuses) {
        reader->report = ret_report;
        ok = xml_read(&format, reader, text, length, err) && check(reader, err);
    } else {
        err_set(err, ERR_BUSY, "no memory for a report");
    }
    free(reader);
    return ok;
}

void pain002_end(struct pain002 *report)
{
    free(report->statuses);
    report->statuses = NULL;
}
