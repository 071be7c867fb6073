#include "auth/domain/client_ip.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool client_ip_parse(const char *text, size_t length, char ret_ip[static VISITOR_IP_SIZE])
{
    char copy[VISITOR_IP_SIZE];
    uint8_t bytes[16];
    while (length > 0 && (text[0] == ' ' || text[0] == '\t'))
        text++, length--;
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    if (length == 0 || length >= sizeof(copy))
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(AF_INET, copy, bytes) == 1)
        return inet_ntop(AF_INET, bytes, ret_ip, VISITOR_IP_SIZE) != NULL;
    if (inet_pton(AF_INET6, copy, bytes) != 1)
        return false;
    if (memcmp(bytes, mapped_prefix, sizeof(mapped_prefix)) == 0)
        return inet_ntop(AF_INET, bytes + 12, ret_ip, VISITOR_IP_SIZE) != NULL;
    return inet_ntop(AF_INET6, bytes, ret_ip, VISITOR_IP_SIZE) != NULL;
}

static bool network_parse(char *text, struct proxy_network *ret_network)
{
    char *slash = strchr(text, '/');
    uint64_t bits;
    struct proxy_network network = {.bits = 0};
    if (slash)
        *slash++ = '\0';
    if (inet_pton(AF_INET, text, network.address) != 1) {
        network.is_v6 = true;
        if (inet_pton(AF_INET6, text, network.address) != 1)
            return false;
    }
    uint64_t all = network.is_v6 ? 128 : 32;
    if (!slash)
        bits = all;
    else if (!str_to_u64(slash, &bits) || bits > all)
        return false;
    network.bits = (uint8_t)bits;
    *ret_network = network;
    return true;
}

bool proxy_networks_parse(const char *list, struct proxy_networks *ret_networks, struct err *err)
{
    struct proxy_networks networks = {.count = 0};
    while (*list) {
        char item[64];
        size_t length = strcspn(list, ",");
        if (length >= sizeof(item) || networks.count == PROXY_NETWORKS_MAX)
            return err_set(err, ERR_CONFIG, "TRUSTED_PROXIES is too long");
        memcpy(item, list, length);
        item[length] = '\0';
        if (length > 0 && !network_parse(item, &networks.networks[networks.count++]))
            return err_set(err, ERR_CONFIG, "TRUSTED_PROXIES: %s is no network", item);
        list += length + (list[length] == ',');
    }
    *ret_networks = networks;
    return true;
}

static bool network_has(const struct proxy_network *network, const uint8_t *address, bool is_v6)
{
    if (network->is_v6 != is_v6)
        return false;
    size_t whole = network->bits / 8;
    unsigned rest = network->bits % 8;
    if (memcmp(network->address, address, whole) != 0)
        return false;
    unsigned mask = 0xff00u >> rest;
    return rest == 0 || ((network->address[whole] ^ address[whole]) & mask & 0xff) == 0;
}

bool proxy_networks_have(const struct proxy_networks *networks, const char *ip)
{
    uint8_t address[16];
    bool is_v6 = inet_pton(AF_INET, ip, address) != 1;
    if (is_v6 && inet_pton(AF_INET6, ip, address) != 1)
        return false;
    for (size_t i = 0; i < networks->count; i++)
        if (network_has(&networks->networks[i], address, is_v6))
            return true;
    return false;
}

void client_ip_find(const struct proxy_networks *proxies, const char *forwarded,
                    char ret_ip[static VISITOR_IP_SIZE])
{
    ret_ip[0] = '\0';
    size_t end = forwarded ? strlen(forwarded) : 0;
    while (end > 0) {
        size_t begin = end;
        while (begin > 0 && forwarded[begin - 1] != ',')
            begin--;
        /* Behind what we can't read is nothing that we may believe. */
        if (!client_ip_parse(forwarded + begin, end - begin, ret_ip) ||
            !proxy_networks_have(proxies, ret_ip))
            return;
        end = begin > 0 ? begin - 1 : 0;
    }
}
