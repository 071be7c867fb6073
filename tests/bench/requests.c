#include "tests/bench/requests.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MEMBERS_MAX = 4096,
    UID_SIZE = 40,
    TOKEN_SIZE = 1200,
    PRICES = 50, /* ticks away from the middle, on each side */
    MIDDLE_CENTS = 5000000,
    CROSSING_CENTS = 5
};

struct member {
    char uid[UID_SIZE], token[TOKEN_SIZE];
};

struct live {
    uint64_t order_id;
    size_t member;
};

struct requests {
    enum request_mode mode;
    struct member *members;
    size_t members_count;
    const char *cookie;
    struct request *ready; /* cross: by side, member; mix: by price, member; get: by member */
    size_t ready_count;
    struct live *live;
    size_t live_count;
    uint64_t turn, random;
};

/* ---- making the texts ---- */

static struct request post(const struct member *member, size_t at, const char *path,
                           const char *body)
{
    char text[REQUEST_BYTES_MAX];
    int length = snprintf(text, sizeof(text),
                          "POST /api/v2/peatio%s HTTP/1.1\r\nHost: bench\r\n"
                          "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
                          "Content-Length: %zu\r\n\r\n%s",
                          path, member->token, strlen(body), body);
    assert(length > 0 && length < REQUEST_BYTES_MAX);
    char *copy = strdup(text);
    assert(copy != NULL);
    return (struct request){copy, (size_t)length, at, true};
}

static struct request order(const struct requests *requests, size_t at, const char *path,
                            bool sells, long cents, const char *volume)
{
    char body[200];
    snprintf(body, sizeof(body),
             "{\"market\":\"btcusd\",\"side\":\"%s\",\"volume\":\"%s\",\"price\":\"%ld.%02ld\"}",
             sells ? "sell" : "buy", volume, cents / 100, cents % 100);
    return post(&requests->members[at], at, path, body);
}

static struct request get(const struct requests *requests, size_t at, const char *path)
{
    char text[REQUEST_BYTES_MAX];
    const char *name = requests->cookie ? requests->cookie : "";
    /* The address is for auth when it is asked without an edge, which would set it. */
    int length = snprintf(text, sizeof(text),
                          "GET %s HTTP/1.1\r\nHost: bench\r\nX-Forwarded-For: 127.0.0.1\r\n"
                          "%s%s%s%s\r\n\r\n",
                          path, requests->cookie ? "Cookie: " : "Authorization: Bearer", name,
                          requests->cookie ? "=" : " ", requests->members[at].token);
    assert(length > 0 && length < REQUEST_BYTES_MAX);
    char *copy = strdup(text);
    assert(copy != NULL);
    return (struct request){copy, (size_t)length, at, false};
}

static void make_ready(struct requests *requests, const char *path)
{
    size_t count = requests->members_count, at = 0;
    size_t kinds = requests->mode == MODE_MIX     ? 2 * PRICES + 2
                   : requests->mode == MODE_CROSS ? 2
                                                  : 1;
    requests->ready = calloc(kinds * count, sizeof(requests->ready[0]));
    assert(requests->ready != NULL);
    for (size_t kind = 0; kind < kinds; kind++)
        for (size_t member = 0; member < count; member++) {
            bool sells = kind % 2 == 0;
            long away = requests->mode == MODE_CROSS ? 0
                        : kind < 2                   ? -CROSSING_CENTS
                                                     : (long)(kind / 2);
            requests->ready[at++] =
                requests->mode == MODE_GET
                    ? get(requests, member, path)
                    : order(requests, member, path, sells, MIDDLE_CENTS + (sells ? away : -away),
                            requests->mode == MODE_CROSS ? "0.01" : "0.0025");
        }
    requests->ready_count = at;
}

/* ---- life ---- */

static bool read_people(struct requests *requests, const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    requests->members = calloc(MEMBERS_MAX, sizeof(requests->members[0]));
    assert(requests->members != NULL);
    while (requests->members_count < MEMBERS_MAX) {
        struct member *member = &requests->members[requests->members_count];
        if (fscanf(file, "%39s %1199s", member->uid, member->token) != 2)
            break;
        requests->members_count++;
    }
    fclose(file);
    return requests->members_count >= 2;
}

struct requests *requests_new(enum request_mode mode, const char *people, const char *path,
                              const char *cookie)
{
    struct requests *requests = calloc(1, sizeof(*requests));
    assert(requests != NULL);
    requests->mode = mode;
    requests->cookie = cookie;
    requests->random = 42;
    if (!read_people(requests, people)) {
        fprintf(stderr, "%s: no lines of UID TOKEN\n", people);
        requests_free(requests);
        return NULL;
    }
    requests->live = calloc(LIVE_MAX, sizeof(requests->live[0]));
    assert(requests->live != NULL);
    make_ready(requests, path);
    return requests;
}

void requests_free(struct requests *requests)
{
    if (!requests)
        return;
    for (size_t i = 0; i < requests->ready_count; i++)
        free((void *)(uintptr_t)requests->ready[i].text);
    free(requests->ready);
    free(requests->live);
    free(requests->members);
    free(requests);
}

/* ---- the next one ---- */

static uint64_t draw(struct requests *requests, uint64_t below)
{
    uint64_t z = (requests->random += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z ^ (z >> 31)) % below;
}

static struct request next_cancel(struct requests *requests, char room[static REQUEST_BYTES_MAX])
{
    size_t at = draw(requests, requests->live_count);
    struct live victim = requests->live[at];
    requests->live[at] = requests->live[--requests->live_count];
    int length =
        snprintf(room, REQUEST_BYTES_MAX,
                 "POST /api/v2/peatio/market/orders/%llu/cancel HTTP/1.1\r\nHost: bench\r\n"
                 "Authorization: Bearer %s\r\nContent-Length: 0\r\n\r\n",
                 (unsigned long long)victim.order_id, requests->members[victim.member].token);
    assert(length > 0 && length < REQUEST_BYTES_MAX);
    return (struct request){room, (size_t)length, victim.member, false};
}

struct request requests_next(struct requests *requests, char room[static REQUEST_BYTES_MAX])
{
    size_t count = requests->members_count, half = count / 2;
    uint64_t turn = requests->turn++, share;
    switch (requests->mode) {
    case MODE_GET:
        return requests->ready[turn % count];
    case MODE_CROSS: {
        /* Sellers and buyers change places now and then, so that nobody runs dry. */
        size_t side = turn % 2, swap = turn >> 16 & 1;
        return requests->ready[side * count + ((side ^ swap) ? half : 0) + turn / 2 % half];
    }
    case MODE_MIX:
        share = draw(requests, 100);
        if (share < 35 && requests->live_count > 0)
            return next_cancel(requests, room);
        size_t kind =
            share < 40 && share >= 35 ? draw(requests, 2) : 2 + draw(requests, 2 * PRICES);
        return requests->ready[kind * count + draw(requests, count)];
    }
    assert(!"a mode");
    return requests->ready[0];
}

void requests_rests(struct requests *requests, size_t member, uint64_t order_id)
{
    if (requests->live_count < LIVE_MAX)
        requests->live[requests->live_count++] = (struct live){order_id, member};
}

size_t requests_members(const struct requests *requests)
{
    return requests->members_count;
}

const char *requests_uid(const struct requests *requests, size_t member)
{
    return requests->members[member].uid;
}
