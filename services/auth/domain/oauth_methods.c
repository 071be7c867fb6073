#include "auth/domain/oauth_methods.h"

#include <string.h>

#include "json/field.h"

const char *oauth_acr(const char *methods)
{
    bool two = strchr(methods, ' ') != NULL || strcmp(methods, "hwk") == 0;
    return two ? OAUTH_ACR_TWO : OAUTH_ACR_ONE;
}

void oauth_amr_write(struct str *out, const char *methods)
{
    bool first = true;
    while (*methods) {
        size_t length = strcspn(methods, " ");
        if (length > 0) {
            if (!first)
                str_add_char(out, ',');
            json_write_string_bytes(out, methods, length);
            first = false;
        }
        methods += length;
        methods += *methods == ' ';
    }
}
