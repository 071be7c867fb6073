#include "signer/actions/refusals.h"

#include <stdio.h>

#include "base/str.h"
#include "json/field.h"
#include "signer/actions/desk.h"
#include "signer/actions/signer.h"

enum { ABOUT_BYTES_MAX = 1024, TEXT_SHOWN_MAX = 64 };

static void write_shown(struct str *out, const char *key, const char *text)
{
    char shown[TEXT_SHOWN_MAX + 1];
    snprintf(shown, sizeof(shown), "%s", text);
    str_add_format(out, "%s\"%s\":", out->length > 0 ? "," : "", key);
    json_write_string(out, shown);
}

bool note_refusal(struct signer *app, const char *payout_id, const char *purpose,
                  const struct err *why)
{
    AUTO(str_release) struct str about = STR_INIT(ABOUT_BYTES_MAX);
    if (why->code != ERR_FORBIDDEN)
        return false;
    write_shown(&about, "payout", payout_id);
    write_shown(&about, "purpose", purpose);
    desk_note_refusal(app->desk, str_data(&about), why);
    return false;
}
