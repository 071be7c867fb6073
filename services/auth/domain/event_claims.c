#include "auth/domain/event_claims.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "crypto/crypto.h"
#include "json/field.h"

enum { SEED_SIZE = 160 };

/* A version 4 UUID in form; its bits are a hash of what the event is. */
static struct uuid jti_of(const struct event *event)
{
    char seed[SEED_SIZE];
    uint8_t digest[SHA256_SIZE];
    struct uuid jti;
    int length = snprintf(seed, sizeof(seed), "bourse-auth event %llu %lld %s",
                          (unsigned long long)event->id, (long long)event->created_at, event->name);
    size_t bytes = (size_t)length < sizeof(seed) ? (size_t)length : sizeof(seed) - 1;
    sha256(seed, bytes, digest);
    memcpy(jti.bytes, digest, sizeof(jti.bytes));
    jti.bytes[6] = (uint8_t)((jti.bytes[6] & 0x0f) | 0x40);
    jti.bytes[8] = (uint8_t)((jti.bytes[8] & 0x3f) | 0x80);
    return jti;
}

void event_claims_write(struct str *out, const struct event *event, int64_t now_us)
{
    char jti[UUID_TEXT_SIZE];
    int64_t now_s = now_us / 1000000;
    str_add(out, "{\"iss\":\"barong\",\"jti\":\"");
    str_add(out, uuid_text(jti_of(event), jti));
    str_add(out, "\",\"iat\":");
    str_add_i64(out, now_s);
    str_add(out, ",\"exp\":");
    str_add_i64(out, now_s + EVENT_LIFETIME_S);
    str_add(out, ",\"event\":{\"record\":");
    str_add(out, event->record);
    if (event->changes) {
        str_add(out, ",\"changes\":");
        str_add(out, event->changes);
    }
    str_add(out, ",\"name\":");
    json_write_string(out, event->name);
    str_add(out, "}}");
}

bool event_address(const char *name, char ret_category[static EVENT_CATEGORY_SIZE],
                   const char **ret_routing_key, struct err *err)
{
    size_t length = strcspn(name, ".");
    if (length == 0 || length >= EVENT_CATEGORY_SIZE || name[length] == '\0' ||
        name[length + 1] == '\0')
        return err_set(err, ERR_PROTOCOL, "no name of an event: %.40s", name);
    memcpy(ret_category, name, length);
    ret_category[length] = '\0';
    if (strcmp(ret_category, "system") != 0 && strcmp(ret_category, "model") != 0)
        return err_set(err, ERR_PROTOCOL, "no category of events: %s", ret_category);
    *ret_routing_key = name + length + 1;
    return true;
}
