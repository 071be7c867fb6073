/*
 * client_ip.h: the address of a client behind proxies (reference barong.md §0.7): X-Forwarded-For
 * from the right, as long as the addresses are those of proxies that we trust. Pure.
 */
#ifndef AUTH_DOMAIN_CLIENT_IP_H
#define AUTH_DOMAIN_CLIENT_IP_H

#include <stdbool.h>
#include <stddef.h>

#include "auth/domain/address.h"
#include "auth/domain/visitor.h"
#include "base/err.h"

enum { PROXY_NETWORKS_MAX = 128 };

struct proxy_networks {
    struct subnet networks[PROXY_NETWORKS_MAX];
    size_t count;
};

/* "127.0.0.0/8,::1/128". ERR_CONFIG. */
bool proxy_networks_parse(const char *list, struct proxy_networks *ret_networks, struct err *err)
    MUST_CHECK;
bool proxy_networks_have(const struct proxy_networks *networks, const char *ip);

/* `forwarded`: the header, NULL: none. "" when it names no address. The result is normalised. */
void client_ip_find(const struct proxy_networks *proxies, const char *forwarded,
                    char ret_ip[static VISITOR_IP_SIZE]);
/* Normal form of one address (a mapped IPv4 becomes plain); false: it is none. */
bool client_ip_parse(const char *text, size_t length, char ret_ip[static VISITOR_IP_SIZE]);

#endif
