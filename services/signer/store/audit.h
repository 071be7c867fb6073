/*
 * audit.h: the file of all decisions, and the only state of the signer. One JSON object a line:
 *
 *     {"n":7,"at":1790000000000000,"prev":"<sha-256 of line 6>","event":"signed", ...}
 *
 * Invariants: lines are only appended; n counts from 0; `at` (microseconds) never goes back; `prev` is
 * the digest of the line before, without its newline (64 zeros in the first), so a line that is
 * changed, moved or taken away in the middle shows. A line is there when its newline is: half a line at
 * the end is what a crash left, nothing was answered on its account, and opening cuts it off.
 *
 * What leaves the process on account of a line must wait for audit_sync(). When the disk refuses a line or
 * a sync, the file is closed for good (audit_is_ok()): better no signature than one that is not written.
 *
 * Threads: any; one process holds the file (a lock is taken).
 *
 *     if (!audit_open(path, replay, app, &audit, err)) ...
 *     if (!audit_append(audit, now_us, "\"event\":\"signed\",...", &number, err) ||
 *         !audit_sync(audit, number, err)) return false;
 */
#ifndef SIGNER_STORE_AUDIT_H
#define SIGNER_STORE_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/err.h"
#include "crypto/crypto.h"
#include "json/read.h"

enum { AUDIT_HEX_SIZE = 2 * SHA256_SIZE + 1, AUDIT_ID_SIZE = 40 };

struct audit;

struct audit_line {
    uint64_t number;
    int64_t at_us;
    const cJSON *root; /* the whole object */
};

/* Called for each line, in order. False refuses the file. */
typedef bool audit_replay(void *context, const struct audit_line *line, struct err *err);

struct audit_facts {
    uint64_t lines, bytes;     /* whole lines */
    uint64_t torn_bytes;       /* behind the last whole line */
    int64_t last_us;           /* of the last line */
    char head[AUDIT_HEX_SIZE]; /* digest of the last line */
    char id[AUDIT_ID_SIZE];    /* of the file: the first line has it */
};

/* Opens the file, or makes it with a first line of event "opened"; replays it; cuts a torn tail.
 * ERR_CONFIG: the chain is broken, at which line, or another process has the file. */
bool audit_open(const char *path, int64_t now_us, audit_replay *replay, void *context,
                struct audit **ret_audit, struct err *err) MUST_CHECK;
void audit_close(struct audit *audit); /* NULL is fine */
DEFINE_AUTO(struct audit, audit_close);

/* Reads a file, also one that is in use, and changes nothing. `replay` may be NULL. */
bool audit_verify(const char *path, audit_replay *replay, void *context,
                  struct audit_facts *ret_facts, struct err *err) MUST_CHECK;

/* `members` is JSON text without braces: "\"event\":\"refused\"". */
bool audit_append(struct audit *audit, int64_t now_us, const char *members, uint64_t *ret_number,
                  struct err *err) MUST_CHECK;
/* Until line `number` is on the disk. Those who wait together share a sync. */
bool audit_sync(struct audit *audit, uint64_t number, struct err *err) MUST_CHECK;

bool audit_is_ok(struct audit *audit);
/* torn_bytes: what opening cut off. */
void audit_look(struct audit *audit, struct audit_facts *ret_facts);

#endif
