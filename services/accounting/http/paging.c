#include "accounting/http/paging.h"

#include "base/check.h"

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
