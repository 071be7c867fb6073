#include "api/csv.h"

#include "base/clock.h"

#include <string.h>

bool csv_is_asked_for(const char *format)
{
    return format && strcmp(format, "csv") == 0;
}

struct str *csv_begin(struct http_request *request, const char *header)
{
    struct str *out = http_reply_builder(request);
    http_reply_header(request, "Content-Type", "text/csv; charset=utf-8");
    str_add(out, header);
    str_add_char(out, '\n');
    return out;
}

void csv_text(struct str *out, const char *text)
{
    if (!text)
        text = "";
    bool formula = text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
    bool quoted = text[strcspn(text, ",\"\n\r")] != '\0';
    if (quoted)
        str_add_char(out, '"');
    if (formula)
        str_add_char(out, '\'');
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            str_add_char(out, '"');
        str_add_char(out, *c);
    }
    str_add(out, quoted ? "\"," : ",");
}

void csv_u64(struct str *out, uint64_t number)
{
    str_add_u64(out, number);
    str_add_char(out, ',');
}

void csv_dec(struct str *out, struct dec value)
{
    char text[DEC_TEXT_SIZE];
    str_add(out, dec_text(value, text));
    str_add_char(out, ',');
}

void csv_time(struct str *out, int64_t time_us)
{
    char text[CLOCK_ISO_SIZE];
    str_add(out, time_us ? clock_iso(time_us, text) : "");
    str_add_char(out, ',');
}

void csv_end_row(struct str *out)
{
    if (!str_ok(out))
        return;
    assert(out->length > 0 && out->data[out->length - 1] == ',');
    out->data[out->length - 1] = '\n';
}
