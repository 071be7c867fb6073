#include "auth/http/management_support.h"

#include <string.h>

#include "base/auto.h"

enum { SENTENCE_BYTES_MAX = 1024 };

/* The messages of Barong, which its clients show to people. */
static const struct {
    const char *code, *sentence;
} sentences[] = {
    {"address.invalid", "Address is invalid"},
    {"address.too_long", "Address is too long (maximum is 255 characters)"},
    {"city.invalid", "City is invalid"},
    {"city.too_long", "City is too long (maximum is 255 characters)"},
    {"country.must have alpha2 or alpha3 format", "Country must have alpha2 or alpha3 format"},
    {"data.invalid_format", "Data invalid_format"},
    {"data.too_long", "Data is too long (maximum is 1024 characters)"},
    {"dob.invalid", "Dob is invalid"},
    {"dob.invalid_format", "Dob invalid_format"},
    {"doc_number.invalid", "Doc number is invalid"},
    {"doc_number.too_long", "Doc number is too long (maximum is 128 characters)"},
    {"doc_type.inclusion", "Doc type is not included in the list"},
    {"email.invalid", "Email is invalid"},
    {"email.taken", "Email has already been taken"},
    {"first_name.invalid", "First name is invalid"},
    {"first_name.too_long", "First name is too long (maximum is 255 characters)"},
    {"last_name.invalid", "Last name is invalid"},
    {"last_name.too_long", "Last name is too long (maximum is 255 characters)"},
    {"metadata.invalid_format", "Metadata invalid_format"},
    {"number.invalid", "Number is invalid"},
    {"number.taken", "Number has already been taken"},
    {"password.requirements", "Password requirements"},
    {"password.too_long", "Password is too long"},
    {"password.weak", "Password weak"},
    {"password_digest.invalid", "Password digest is invalid"},
    {"postcode.invalid", "Postcode is invalid"},
    {"postcode.too_long", "Postcode is too long (maximum is 255 characters)"},
    {"postcode.too_short", "Postcode is too short (minimum is 2 characters)"},
    {"referral.doesnt_exist", "Referral doesnt_exist"},
    {"role.doesnt_exist", "Role doesnt_exist"},
    {"state.exists", "State already exists"},
    {"state.invalid", "State is invalid"},
    {"upload.blank", "Upload can't be blank"},
};

const char *sentence_of(const char *code)
{
    for (size_t i = 0; i < ARRAY_LEN(sentences); i++)
        if (strcmp(sentences[i].code, code) == 0)
            return sentences[i].sentence;
    return code;
}

void reply_sentence(struct http_request *request, const char *sentence)
{
    struct str *out = http_reply_builder(request);
    str_add(out, "{\"error\":");
    json_write_string(out, sentence);
    str_add_char(out, '}');
    http_reply_built(request, 422);
}

void reply_sentences(struct http_request *request, const char *const *codes, size_t count)
{
    struct str *out = http_reply_builder(request);
    str_add(out, "{\"error\":[");
    for (size_t i = 0; i < count; i++) {
        str_add(out, i ? "," : "");
        json_write_string(out, sentence_of(codes[i]));
    }
    str_add(out, "]}");
    http_reply_built(request, 422);
}

void reply_refused(struct http_request *request, const struct err *err)
{
    if ((err->code == ERR_INVALID || err->code == ERR_CONFLICT) && err->key)
        reply_sentences(request, &err->key, 1);
    else
        http_reply_err(request, err);
}

bool exactly_one_given(struct http_request *request, const char *const *names)
{
    AUTO(str_release) struct str list = STR_INIT(SENTENCE_BYTES_MAX);
    size_t given = 0;
    for (const char *const *name = names; *name; name++) {
        given += http_param_given(request, *name);
        str_add_format(&list, "%s%s", name == names ? "" : ", ", *name);
    }
    if (given == 1)
        return true;
    str_add(&list, given ? " are mutually exclusive"
                         : " are missing, exactly one parameter must be provided");
    reply_sentence(request, str_data(&list));
    return false;
}
