/*
 * Which tokens were used: a hash table with chains over a fixed array. Entries hold a part of a
 * SHA-256, so a long jti costs no more than a short one, and nobody can choose where his lands.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"
#include "token/token.h"

enum { MARK_BYTES = 16, SECOND_US = 1000000, INPUT_BYTES_MAX = 2 * TOKEN_BYTES_MAX };

struct entry {
    uint8_t mark[MARK_BYTES];
    int64_t expires_at_s;
    size_t next; /* of the chain, or of the free ones; index + 1, 0 ends */
};

struct token_seen {
    pthread_mutex_t lock;
    size_t entries_max, free; /* `free`: like entry.next */
    size_t *heads;            /* entries_max of them; like entry.next */
    struct entry *entries;
};

struct token_seen *token_seen_new(size_t entries_max)
{
    assert(entries_max > 0);
    struct token_seen *seen = calloc(1, sizeof(*seen));
    if (!seen)
        return NULL;
    pthread_mutex_init(&seen->lock, NULL);
    seen->entries_max = entries_max;
    seen->heads = calloc(entries_max, sizeof(seen->heads[0]));
    seen->entries = calloc(entries_max, sizeof(seen->entries[0]));
    if (!seen->heads || !seen->entries) {
        token_seen_free(seen);
        return NULL;
    }
    for (size_t i = 0; i < entries_max; i++)
        seen->entries[i].next = i + 1 < entries_max ? i + 2 : 0;
    seen->free = 1;
    return seen;
}

void token_seen_free(struct token_seen *seen)
{
    if (!seen)
        return;
    pthread_mutex_destroy(&seen->lock);
    free(seen->heads);
    free(seen->entries);
    free(seen);
}

static size_t *head_of(struct token_seen *seen, const uint8_t mark[static MARK_BYTES])
{
    uint64_t number;
    memcpy(&number, mark, sizeof(number));
    return &seen->heads[number % seen->entries_max];
}

static struct entry *find_locked(struct token_seen *seen, const uint8_t mark[static MARK_BYTES])
{
    for (size_t at = *head_of(seen, mark); at; at = seen->entries[at - 1].next)
        if (memcmp(seen->entries[at - 1].mark, mark, MARK_BYTES) == 0)
            return &seen->entries[at - 1];
    return NULL;
}

/* Walks all chains; runs only when every entry is taken, so at most once for entries_max tokens
 * unless all of them live, and then the caller hears that it is too many. */
static void sweep_locked(struct token_seen *seen, int64_t now_s)
{
    for (size_t i = 0; i < seen->entries_max; i++) {
        size_t *link = &seen->heads[i];
        while (*link) {
            size_t at = *link;
            struct entry *entry = &seen->entries[at - 1];
            if (entry->expires_at_s > now_s) {
                link = &entry->next;
                continue;
            }
            *link = entry->next;
            entry->next = seen->free;
            seen->free = at;
        }
    }
}

static bool mark_locked(struct token_seen *seen, const uint8_t mark[static MARK_BYTES],
                        int64_t expires_at_s, int64_t now_s, struct err *err)
{
    struct entry *known = find_locked(seen, mark);
    if (known && known->expires_at_s > now_s)
        return err_set(err, ERR_UNAUTHENTICATED, "token: used before");
    if (known) {
        known->expires_at_s = expires_at_s;
        return true;
    }
    if (!seen->free)
        sweep_locked(seen, now_s);
    if (!seen->free)
        return err_set(err, ERR_TOO_MANY, "%zu signed commands have not expired yet",
                       seen->entries_max);
    size_t at = seen->free, *head = head_of(seen, mark);
    struct entry *entry = &seen->entries[at - 1];
    seen->free = entry->next;
    memcpy(entry->mark, mark, MARK_BYTES);
    entry->expires_at_s = expires_at_s;
    entry->next = *head;
    *head = at;
    return true;
}

bool token_seen_first(struct token_seen *seen, const char *signer, const char *jti,
                      int64_t expires_at_s, int64_t now_us, struct err *err)
{
    uint8_t digest[SHA256_SIZE];
    char input[INPUT_BYTES_MAX];
    size_t signer_length = strlen(signer), jti_length = strlen(jti);
    if (signer_length + 1 + jti_length > sizeof(input))
        return err_set(err, ERR_UNAUTHENTICATED, "token: jti too long");
    memcpy(input, signer, signer_length + 1); /* the NUL keeps "a","bc" and "ab","c" apart */
    memcpy(input + signer_length + 1, jti, jti_length);
    sha256(input, signer_length + 1 + jti_length, digest);
    pthread_mutex_lock(&seen->lock);
    bool first = mark_locked(seen, digest, expires_at_s, now_us / SECOND_US, err);
    pthread_mutex_unlock(&seen->lock);
    return first;
}
