/*
 * request_site.h: whether a page of ours sent a request, by what browsers say of themselves. A foreign
 * page could else sign somebody in to an account of its own, or out, without knowing any token (login
 * CSRF). Pure.
 *
 * Fetch Metadata first (`Sec-Fetch-Site`: same-origin, or none for an address that was typed), then
 * `Origin`: it must be listed, or have the host that was asked, at any port. Cookies do not tell ports
 * apart either. Who sends neither header is no browser of this decade, and passes.
 */
#ifndef AUTH_DOMAIN_REQUEST_SITE_H
#define AUTH_DOMAIN_REQUEST_SITE_H

#include <stdbool.h>

struct request_site {
    const char *fetch_site, *origin, *host; /* headers; NULL: absent */
};

/* `origins`: "https://example.com", ends with NULL. */
bool request_site_is_ours(const struct request_site *site, const char *const *origins);

#endif
