#include "auth/state/passkey_party.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"

enum { ORIGINS_MAX = 16, TEXT_SIZE = 2048, HOST_SIZE = 256 };

struct passkey_party {
    struct webauthn_party party;
    char id[HOST_SIZE];
    char text[TEXT_SIZE]; /* the origins, each with its end */
    const char *origins[ORIGINS_MAX + 1];
};

DEFINE_AUTO(struct passkey_party, passkey_party_free);

void passkey_party_free(struct passkey_party *party)
{
    free(party);
}

const struct webauthn_party *passkey_party_get(const struct passkey_party *party)
{
    return &party->party;
}

/* The host of "scheme://host[:port]"; nothing may follow, as browsers write origins. */
static bool origin_host(const char *origin, char ret_host[static HOST_SIZE])
{
    size_t scheme = strncmp(origin, "https://", 8) == 0  ? 8
                    : strncmp(origin, "http://", 7) == 0 ? 7
                                                         : 0;
    size_t length = scheme > 0 ? strcspn(origin + scheme, ":/?#@") : 0;
    if (length == 0 || length >= HOST_SIZE || strpbrk(origin + scheme + length, "/?#@"))
        return false;
    memcpy(ret_host, origin + scheme, length);
    ret_host[length] = '\0';
    return true;
}

/* "example.com" is for itself and for its subdomains. */
static bool id_covers(const char *id, const char *host)
{
    size_t id_length = strlen(id), length = strlen(host);
    if (id_length > length || strcmp(host + length - id_length, id) != 0)
        return false;
    return id_length == length || host[length - id_length - 1] == '.';
}

static bool add_origin(struct passkey_party *party, size_t count, const char *origin,
                       struct err *err)
{
    char host[HOST_SIZE];
    if (count == ORIGINS_MAX)
        return err_set(err, ERR_CONFIG, "WEBAUTHN_ORIGINS: more than %d", ORIGINS_MAX);
    if (!origin_host(origin, host))
        return err_set(err, ERR_CONFIG, "WEBAUTHN_ORIGINS: \"%.100s\" is no origin", origin);
    if (party->id[0] == '\0')
        snprintf(party->id, sizeof(party->id), "%s", host);
    /* An address has no domain: browsers make no passkeys there, and nothing depends on it. */
    if (!id_covers(party->id, host) && host[strspn(host, "0123456789.")] != '\0')
        return err_set(err, ERR_CONFIG, "WEBAUTHN_RP_ID %s is not for %.100s", party->id, origin);
    party->origins[count] = origin;
    return true;
}

bool passkey_party_open(const struct auth_config *config, struct passkey_party **ret_party,
                        struct err *err)
{
    AUTO_FREE(passkey_party_free) struct passkey_party *party = calloc(1, sizeof(*party));
    const char *origins = config->webauthn_origins[0] ? config->webauthn_origins : config->domain;
    size_t count = 0;
    if (!party)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (strlen(origins) >= TEXT_SIZE || strlen(config->webauthn_rp_id) >= HOST_SIZE)
        return err_set(err, ERR_CONFIG, "WEBAUTHN_ORIGINS or WEBAUTHN_RP_ID is too long");
    snprintf(party->text, sizeof(party->text), "%s", origins);
    snprintf(party->id, sizeof(party->id), "%s", config->webauthn_rp_id);
    for (char *at = party->text; *at;) {
        size_t length = strcspn(at, ",");
        bool is_last = at[length] == '\0';
        at[length] = '\0';
        /* DOMAIN may end with a slash. */
        if (length > 0 && at[length - 1] == '/')
            at[length - 1] = '\0';
        if (length > 0 && !add_origin(party, count++, at, err))
            return false;
        at += is_last ? length : length + 1;
    }
    if (count == 0)
        return err_set(err, ERR_CONFIG, "WEBAUTHN_ORIGINS and DOMAIN name no origin");
    party->party = (struct webauthn_party){.id = party->id, .origins = party->origins};
    *ret_party = TAKE(party);
    return true;
}
