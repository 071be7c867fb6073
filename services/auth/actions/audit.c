#include "auth/actions/audit.h"

#include <stddef.h>
#include <stdio.h>

#include "auth/domain/label.h"
#include "auth/store/activities.h"
#include "base/auto.h"

enum { AUDIT_BYTES_MAX = 256 * 1024 };

#define AT(member) offsetof(struct user, member)
const struct json_field audit_user_fields[] = {
    {"uid", JSON_CHARS, AT(uid)},
    {"email", JSON_CHARS, AT(email)},
    {"role", JSON_CHARS, AT(role)},
    {"level", JSON_I32, AT(level)},
    {"otp", JSON_BOOL, AT(otp)},
    {"state", JSON_CHARS, AT(state)},
    {NULL},
};
#undef AT

#define AT(member) offsetof(struct label, member)
const struct json_field audit_label_fields[] = {
    {"key", JSON_CHARS, AT(key)},
    {"value", JSON_CHARS, AT(value)},
    {"description", JSON_TEXT, AT(description)},
    {NULL},
};
#undef AT

static void add_side(struct str *out, const struct json_field *fields, const void *side)
{
    if (side)
        json_write_object(out, fields, side);
    else
        str_add(out, "null");
}

/* Rows without an address or a browser are not stored; a change by an administrator is, always. */
static struct visitor visitor_named(const struct visitor *visitor)
{
    struct visitor named = *visitor;
    if (named.ip[0] == '\0')
        snprintf(named.ip, sizeof(named.ip), "unknown");
    if (!named.user_agent || named.user_agent[0] == '\0')
        named.user_agent = "unknown";
    return named;
}

bool audit_record(struct call *call, const struct user *admin, const struct audit *audit,
                  struct err *err)
{
    AUTO(str_release) struct str data = STR_INIT(AUDIT_BYTES_MAX);
    str_add(&data, "{\"before\":");
    add_side(&data, audit->fields, audit->before);
    str_add(&data, ",\"after\":");
    add_side(&data, audit->fields, audit->after);
    str_add_char(&data, '}');
    if (!str_ok(&data))
        return err_set(err, ERR_INTERNAL, "audit of %s is above %d bytes", audit->topic,
                       AUDIT_BYTES_MAX);
    struct activity activity = {
        .user_id = admin->id,
        .target_uid = audit->target_uid,
        .by_admin = true,
        .topic = audit->topic,
        .action = audit->action,
        .result = ACTIVITY_SUCCEED,
        .data = str_data(&data),
    };
    struct visitor visitor = visitor_named(&call->visitor);
    return activity_record(call->db, &activity, &visitor, err);
}
