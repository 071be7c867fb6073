#include "iso20022/pain001.h"

#include <string.h>

#include "base/clock.h"
#include "iso20022/camt053.h"
#include "iso20022/reference.h"

enum { DATE_LENGTH = 10, SECONDS_LENGTH = 19, AMOUNT_SIZE = DEC_TEXT_SIZE + 3 };

/* Cut between characters at `max` bytes; what XML has no place for becomes a blank. */
static void text_add(struct str *out, const char *text, size_t max)
{
    size_t length = strnlen(text, max);
    if (text[length])
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    for (size_t i = 0; i < length; i++)
        switch (text[i]) {
        case '&':
            str_add(out, "&amp;");
            break;
        case '<':
            str_add(out, "&lt;");
            break;
        case '>':
            str_add(out, "&gt;");
            break;
        default:
            str_add_char(out, (unsigned char)text[i] < ' ' ? ' ' : text[i]);
        }
}

static void element(struct str *out, const char *name, const char *text)
{
    str_add_format(out, "<%s>", name);
    text_add(out, text, PAIN001_NAME_MAX);
    str_add_format(out, "</%s>", name);
}

/* With two fractional digits or more, as banks write money. */
static const char *amount_text(struct dec amount, char text[static AMOUNT_SIZE])
{
    static const char zeros[] = ".00";
    const char *point = strchr(dec_text(amount, text), '.');
    size_t fraction = point ? strlen(point) : 0;
    if (fraction < sizeof(zeros) - 1)
        memcpy(text + strlen(text), zeros + fraction, sizeof(zeros) - fraction);
    return text;
}

bool pain001_amount_fits(struct dec amount)
{
    char text[DEC_TEXT_SIZE];
    size_t digits = 0;
    for (const char *c = dec_text(amount, text); *c; c++)
        digits += *c >= '0' && *c <= '9';
    return dec_is_positive(amount) && dec_digits(amount) <= PAIN001_FRACTION_MAX &&
           digits <= PAIN001_DIGITS_MAX;
}

static void head_add(const struct pain001 *batch, struct str *out)
{
    char time[CLOCK_ISO_SIZE], amount[AMOUNT_SIZE];
    clock_iso(batch->created_us, time);
    time[SECONDS_LENGTH] = '\0';
    str_add(out, "<GrpHdr>");
    element(out, "MsgId", batch->message_id);
    element(out, "CreDtTm", time);
    str_add_format(out, "<NbOfTxs>%zu</NbOfTxs><CtrlSum>%s</CtrlSum><InitgPty>", batch->count,
                   amount_text(batch->sum, amount));
    element(out, "Nm", batch->name);
    str_add(out, "</InitgPty></GrpHdr>\n<PmtInf>");
    element(out, "PmtInfId", batch->message_id);
    str_add_format(out,
                   "<PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg><NbOfTxs>%zu</NbOfTxs>"
                   "<CtrlSum>%s</CtrlSum>",
                   batch->count, amount);
    time[DATE_LENGTH] = '\0';
    element(out, "ReqdExctnDt", time);
    str_add(out, "<Dbtr>");
    element(out, "Nm", batch->name);
    str_add(out, "</Dbtr><DbtrAcct><Id>");
    element(out, "IBAN", batch->iban);
    str_add(out, "</Id></DbtrAcct><DbtrAgt><FinInstnId>");
    element(out, "BIC", batch->bic);
    str_add(out, "</FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr>\n");
}

/* BtchBookg false and one id for each: the statement tells of each payment by itself. */
static void payment_add(const struct pain001 *batch, const struct pain001_payment *payment,
                        struct str *out)
{
    char amount[AMOUNT_SIZE];
    str_add(out, "<CdtTrfTxInf><PmtId>");
    element(out, "EndToEndId", payment->end_to_end_id);
    str_add(out, "</PmtId><Amt><InstdAmt Ccy=\"");
    text_add(out, batch->currency, PAIN001_NAME_MAX);
    str_add_format(out, "\">%s</InstdAmt></Amt>", amount_text(payment->amount, amount));
    if (payment->bic) {
        str_add(out, "<CdtrAgt><FinInstnId>");
        element(out, "BIC", payment->bic);
        str_add(out, "</FinInstnId></CdtrAgt>");
    }
    str_add(out, "<Cdtr>");
    element(out, "Nm", payment->name);
    str_add(out, "</Cdtr><CdtrAcct><Id>");
    element(out, "IBAN", payment->iban);
    str_add(out, "</Id></CdtrAcct><RmtInf>");
    element(out, "Ustrd", payment->end_to_end_id);
    str_add(out, "</RmtInf></CdtTrfTxInf>\n");
}

/* ---- what a bank would refuse the whole file for ---- */

static bool refuse(struct err *err, const char *whose, const char *field)
{
    return err_set(err, ERR_INVALID, "%s of %s", field, whose);
}

static bool id_fits(const char *id)
{
    size_t length = strlen(id);
    return length > 0 && length < ISO_ID_SIZE;
}

static bool iban_fits(const char *text)
{
    char iban[IBAN_SIZE];
    return iban_read(text, iban);
}

static bool head_check(const struct pain001 *batch, struct err *err)
{
    if (!id_fits(batch->message_id))
        return refuse(err, "the payer", "MsgId");
    if (!*batch->name)
        return refuse(err, "the payer", "Nm");
    if (!iban_fits(batch->iban))
        return refuse(err, "the payer", "IBAN");
    return (strlen(batch->currency) == PAIN001_CURRENCY_LENGTH &&
            strspn(batch->currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == PAIN001_CURRENCY_LENGTH) ||
           refuse(err, "the payer", "Ccy");
}

static bool payments_check(const struct pain001 *batch, struct err *err)
{
    struct dec sum = DEC_ZERO;
    assert(batch->count <= PAIN001_PAYMENTS_MAX);
    for (size_t i = 0; i < batch->count; i++) {
        const struct pain001_payment *payment = &batch->payments[i];
        if (!id_fits(payment->end_to_end_id))
            return refuse(err, payment->end_to_end_id, "EndToEndId");
        if (!*payment->name)
            return refuse(err, payment->end_to_end_id, "Nm");
        if (!iban_fits(payment->iban))
            return refuse(err, payment->end_to_end_id, "IBAN");
        if (!pain001_amount_fits(payment->amount))
            return refuse(err, payment->end_to_end_id, "InstdAmt");
        if (!dec_add(sum, payment->amount, &sum))
            return refuse(err, "the batch", "CtrlSum");
    }
    return (batch->count > 0 && dec_cmp(sum, batch->sum) == 0) ||
           refuse(err, "the batch", "CtrlSum");
}

bool pain001_write(const struct pain001 *batch, struct str *out, struct err *err)
{
    if (!head_check(batch, err) || !payments_check(batch, err))
        return false;
    str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                 "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.03\">"
                 "<CstmrCdtTrfInitn>");
    head_add(batch, out);
    for (size_t i = 0; i < batch->count; i++)
        payment_add(batch, &batch->payments[i], out);
    str_add(out, "</PmtInf></CstmrCdtTrfInitn></Document>\n");
    return str_ok(out) || err_set(err, ERR_BUSY, "no memory for a batch");
}
