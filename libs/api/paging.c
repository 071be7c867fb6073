#include "api/paging.h"

#include <ctype.h>
#include <string.h>

#include "base/auto.h"
#include "base/check.h"

enum { LINK_BYTES_MAX = 16 * 1024 };

/* A page beyond this is beyond every list, and its offset still fits. */
#define PAGE_MAX ((int64_t)1 << 40)

uint64_t paging_page(const struct paging *paging)
{
    int64_t page = paging->page.value;
    if (page < 1)
        return 1;
    return (uint64_t)(page < PAGE_MAX ? page : PAGE_MAX);
}

uint64_t paging_limit(const struct paging *paging)
{
    return paging->limit.given ? (uint64_t)paging->limit.value : PAGE_LIMIT_DEFAULT;
}

uint64_t paging_offset(const struct paging *paging)
{
    return (paging_page(paging) - 1) * paging_limit(paging);
}

struct span paging_span(const struct paging *paging, size_t total)
{
    uint64_t first = paging_offset(paging), count = paging_limit(paging);
    if (first >= total)
        return (struct span){.first = total, .count = 0};
    if (count > total - first)
        count = total - first;
    return (struct span){.first = (size_t)first, .count = (size_t)count};
}

static void header_number(struct http_request *request, const char *name, uint64_t number)
{
    char text[24];
    snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
    http_reply_header(request, name, text);
}

void paging_headers(struct http_request *request, const struct paging *paging, uint64_t total)
{
    if (total != PAGING_UNCOUNTED)
        header_number(request, "Total", total);
    header_number(request, "Per-Page", paging_limit(paging));
    header_number(request, "Page", paging_page(paging));
}

/* ---- links ---- */

/* The query without its `page`, and an '&' behind it unless it is empty. */
static void add_query(struct str *out, const char *query)
{
    while (*query) {
        size_t length = strcspn(query, "&");
        if (length > 0 && strncmp(query, "page=", 5) != 0) {
            str_add_bytes(out, query, length);
            str_add_char(out, '&');
        }
        query += length + (query[length] == '&');
    }
}

void paging_link_text(const struct paging *paging, uint64_t total, const char *path,
                      const char *query, struct str *out)
{
    uint64_t page = paging_page(paging), limit = paging_limit(paging);
    uint64_t last = total ? (total + limit - 1) / limit : 1;
    const struct {
        const char *rel;
        uint64_t page;
        bool applies;
    } links[] = {
        {"first", 1, page > 1},
        {"prev", page > last ? last : page - 1, page > 1},
        {"last", last, page < last},
        {"next", page + 1, page < last},
    };
    bool any = false;
    for (size_t i = 0; i < ARRAY_LEN(links); i++) {
        if (!links[i].applies)
            continue;
        str_add_format(out, "%s<%s?", any ? ", " : "", path);
        add_query(out, query);
        str_add_format(out, "page=%llu>; rel=\"%s\"", (unsigned long long)links[i].page,
                       links[i].rel);
        any = true;
    }
}

/* The path was decoded; what is no plain character goes out as %XX. */
static void add_encoded(struct str *out, const char *path)
{
    for (; *path; path++)
        if (isalnum((unsigned char)*path) || strchr("/-._~", *path))
            str_add_char(out, *path);
        else
            str_add_format(out, "%%%02X", (unsigned)(unsigned char)*path);
}

void paging_link_header(struct http_request *request, const struct paging *paging, uint64_t total,
                        const char *route_base, const char *public_base)
{
    AUTO(str_release) struct str path = STR_INIT(LINK_BYTES_MAX);
    AUTO(str_release) struct str links = STR_INIT(LINK_BYTES_MAX);
    const char *own = http_path_of(request);
    size_t base = strlen(route_base);
    if (strncmp(own, route_base, base) == 0) {
        str_add(&path, public_base);
        own += base;
    }
    add_encoded(&path, own);
    paging_link_text(paging, total, str_data(&path), http_query_of(request), &links);
    if (str_ok(&links) && links.length > 0)
        http_reply_header(request, "Link", links.data);
}
