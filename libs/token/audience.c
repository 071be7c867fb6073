#include "token/audience.h"

#include <stdio.h>
#include <string.h>

bool token_audience_read(struct token_audience *audience, const char *list, struct err *err)
{
    size_t count = 0, length = list ? strlen(list) : 0;
    if (length >= sizeof(audience->text))
        return err_set(err, ERR_CONFIG, "the audience is longer than %d bytes",
                       TOKEN_AUDIENCE_BYTES_MAX - 1);
    snprintf(audience->text, sizeof(audience->text), "%s", list ? list : "");
    char *rest = audience->text, *item;
    while ((item = strsep(&rest, ",")) != NULL) {
        if (*item == '\0')
            continue;
        if (count == TOKEN_AUDIENCES_MAX)
            return err_set(err, ERR_CONFIG, "the audience has more than %d names",
                           TOKEN_AUDIENCES_MAX);
        audience->names[count++] = item;
    }
    audience->names[count] = NULL;
    return true;
}
