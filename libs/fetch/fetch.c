#include "fetch/fetch.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/auto.h"

enum {
    CONNECT_TIMEOUT_MS = 2000,
    TIMEOUT_MS = 30000,
    HEADER_BYTES_MAX = 16 * 1024,
    HEADER_NAME_MAX = 64
};

struct fetch {
    CURL *curl;
    char story[CURL_ERROR_SIZE];
};

struct fetch *fetch_new(void)
{
    struct fetch *fetch = calloc(1, sizeof(*fetch));
    if (!fetch)
        return NULL;
    fetch->curl = curl_easy_init();
    if (!fetch->curl) {
        free(fetch);
        return NULL;
    }
    return fetch;
}

void fetch_free(struct fetch *fetch)
{
    if (!fetch)
        return;
    curl_easy_cleanup(fetch->curl);
    free(fetch);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *user)
{
    struct str *out = user;
    str_add_bytes(out, bytes, size * count);
    /* Less than what came makes curl give up. */
    return str_ok(out) ? size * count : 0;
}

/* Adds a line, NULL adds none. A value that would end the line is not for a header. */
static bool add_header(struct curl_slist **headers, const char *name, const char *value,
                       struct err *err)
{
    AUTO(str_release) struct str line = STR_INIT(HEADER_BYTES_MAX);
    if (!value)
        return true;
    if (strpbrk(value, "\r\n"))
        return err_set(err, ERR_INTERNAL, "fetch: a line break in a header (%s)", name);
    str_add(&line, name);
    str_add(&line, value);
    if (!str_ok(&line))
        return err_set(err, ERR_INTERNAL, "fetch: a header (%s) is too long", name);
    struct curl_slist *longer = curl_slist_append(*headers, line.data);
    if (!longer)
        return err_set(err, ERR_INTERNAL, "fetch: no memory");
    *headers = longer;
    return true;
}

static bool add_headers(struct curl_slist **headers, const struct fetch_request *request,
                        struct err *err)
{
    char name[HEADER_NAME_MAX];
    for (size_t i = 0; i < request->headers_count; i++) {
        const struct fetch_header *header = &request->headers[i];
        int length = snprintf(name, sizeof(name), "%s: ", header->name);
        if (length < 0 || (size_t)length >= sizeof(name))
            return err_set(err, ERR_INTERNAL, "fetch: a header name is too long");
        if (!add_header(headers, name, header->value, err))
            return false;
    }
    /* curl asks for leave ("Expect: 100-continue") before larger bodies, which costs a round trip;
     * and it takes a body without a type for a form. */
    return add_header(headers, "Authorization: Bearer ", request->bearer, err) &&
           add_header(headers, "Content-Type: ", request->content_type ? request->content_type : "",
                      err) &&
           add_header(headers, "Expect:", "", err);
}

/* The method decides whether a body is announced: a POST without one has an empty one. */
static void prepare_method(CURL *curl, const struct fetch_request *request)
{
    const char *method = request->method ? request->method : "GET";
    bool is_head = strcmp(method, "HEAD") == 0, is_get = strcmp(method, "GET") == 0;

    if (is_head) {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
        return;
    }
    if (is_get && !request->body)
        return;
    bool has_none = !request->body && strcmp(method, "DELETE") == 0;
    if (!has_none) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body ? request->body : "");
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
}

/* Not a host of the open network: private, local, multicast, or not given to anybody. */
static bool is_closed_v4(uint32_t ip)
{
    static const struct {
        uint32_t network;
        unsigned bits;
    } closed[] = {{0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},
                  {0xa9fe0000, 16}, {0xac100000, 12}, {0xc0000000, 24}, {0xc0a80000, 16},
                  {0xc6120000, 15}, {0xe0000000, 3}};
    for (size_t i = 0; i < ARRAY_LEN(closed); i++)
        if ((ip ^ closed[i].network) >> (32 - closed[i].bits) == 0)
            return true;
    return false;
}

static bool is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof(v4));
        return !is_closed_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (address->sa_family != AF_INET6)
        return false;
    struct sockaddr_in6 v6;
    memcpy(&v6, address, sizeof(v6));
    const uint8_t *bytes = v6.sin6_addr.s6_addr;
    /* 2000::/3 is all that is routed; 2002::/16 holds an IPv4 address that would have to be asked. */
    return bytes[0] >> 5 == 1 && !(bytes[0] == 0x20 && bytes[1] == 0x02);
}

static curl_socket_t open_public(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)user;
    (void)purpose;
    if (!is_public(&address->addr))
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype, address->protocol);
}

/* Everything is set anew for each request; the connection stays. */
static void prepare(struct fetch *fetch, const struct fetch_request *request, struct str *out,
                    struct curl_slist *headers)
{
    CURL *curl = fetch->curl;
    long connect_timeout_ms =
        request->connect_timeout_ms > 0 ? request->connect_timeout_ms : CONNECT_TIMEOUT_MS;
    long timeout_ms = request->timeout_ms > 0 ? request->timeout_ms : TIMEOUT_MS;

    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, fetch->story);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_MAXCONNECTS, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "bourse");
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
    if (request->once)
        curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    if (request->authorities && request->authorities[0]) {
        /* Only read, and copied here. */
        union {
            const char *from;
            void *to;
        } pem = {.from = request->authorities};
        struct curl_blob blob = {
            .data = pem.to, .len = strlen(request->authorities), .flags = CURL_BLOB_COPY};
        curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &blob);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    if (request->user) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(curl, CURLOPT_USERNAME, request->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, request->password);
    }
    if (request->public_only) {
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_public);
        curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    }
    prepare_method(curl, request);
}

static bool failed(const struct fetch *fetch, CURLcode code, const struct fetch_request *request,
                   const struct str *out, struct err *err)
{
    const char *story = fetch->story[0] ? fetch->story : curl_easy_strerror(code);
    /* The query of a URL may hold a secret. */
    int url_length = (int)strcspn(request->url, "?");
    if (code == CURLE_WRITE_ERROR && !str_ok(out))
        return err_set(err, ERR_PROTOCOL, "%.*s: the answer is above %zu bytes", url_length,
                       request->url, out->max);
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
        return err_set(err, ERR_CONFIG, "%.*s: %s", url_length, request->url, story);
    return err_set(err, ERR_PEER_UNAVAILABLE, "%.*s: %s", url_length, request->url, story);
}

bool fetch_run(struct fetch *fetch, const struct fetch_request *request, long *ret_status,
               struct str *out, struct err *err)
{
    struct curl_slist *headers = NULL;

    assert(request->url != NULL);
    assert(request->body != NULL || request->body_length == 0);
    if (!add_headers(&headers, request, err)) {
        curl_slist_free_all(headers);
        return false;
    }
    fetch->story[0] = '\0';
    prepare(fetch, request, out, headers);
    CURLcode code = curl_easy_perform(fetch->curl);
    long status = 0;
    curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    if (code != CURLE_OK)
        return failed(fetch, code, request, out, err);
    *ret_status = status;
    return true;
}
