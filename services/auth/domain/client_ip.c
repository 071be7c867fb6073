#include "auth/domain/client_ip.h"

#include <arpa/inet.h>
#include <string.h>

enum { NETWORK_TEXT_SIZE = 64, MAPPED_BYTES = 12 };

bool client_ip_parse(const char *text, size_t length, char ret_ip[static VISITOR_IP_SIZE])
{
    char copy[VISITOR_IP_SIZE];
    struct address address;
    while (length > 0 && (text[0] == ' ' || text[0] == '\t'))
        text++, length--;
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    if (length == 0 || length >= sizeof(copy))
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (!address_parse(copy, &address))
        return false;
    return address_is_v4(&address)
               ? inet_ntop(AF_INET, address.bytes + MAPPED_BYTES, ret_ip, VISITOR_IP_SIZE) != NULL
               : inet_ntop(AF_INET6, address.bytes, ret_ip, VISITOR_IP_SIZE) != NULL;
}

bool proxy_networks_parse(const char *list, struct proxy_networks *ret_networks, struct err *err)
{
    struct proxy_networks networks = {.count = 0};
    while (*list) {
        char item[NETWORK_TEXT_SIZE];
        size_t length = strcspn(list, ",");
        if (length >= sizeof(item) || networks.count == PROXY_NETWORKS_MAX)
            return err_set(err, ERR_CONFIG, "TRUSTED_PROXIES is too long");
        memcpy(item, list, length);
        item[length] = '\0';
        if (length > 0 && !subnet_parse(item, &networks.networks[networks.count++]))
            return err_set(err, ERR_CONFIG, "TRUSTED_PROXIES: %s is no network", item);
        list += length + (list[length] == ',');
    }
    *ret_networks = networks;
    return true;
}

bool proxy_networks_have(const struct proxy_networks *networks, const char *ip)
{
    struct address address;
    if (!address_parse(ip, &address))
        return false;
    for (size_t i = 0; i < networks->count; i++)
        if (subnet_has(&networks->networks[i], &address))
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
