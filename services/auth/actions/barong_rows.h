/* barong_rows.h: what the files of the import of a Barong dump share. For them alone. */
#ifndef AUTH_ACTIONS_BARONG_ROWS_H
#define AUTH_ACTIONS_BARONG_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "auth/actions/barong_import.h"
#include "auth/domain/barong_sealed.h"
#include "auth/domain/dump.h"
#include "auth/store/api_keys.h"

/* The dump has its tables in the order of their names, users last, and what belongs to service accounts
 * before them: so it is read three times. */
enum pass { PASS_USERS, PASS_ACCOUNTS, PASS_REST, PASS_MAX };

struct pair {
    uint64_t old_id, new_id; /* new_id 0: he was here before, nothing of his is taken */
    uint64_t old_referrer;
};
struct pairs {
    struct pair *list; /* by old_id after the pass that fills it */
    size_t count, room;
};

struct import {
    struct call *call;
    FILE *file;
    enum pass pass;
    struct pairs users, accounts;
    struct import_counts counts;
    struct barong_keys keys;
};

const char *dump_text(const struct dump_row *row,
                      const char *column);                            /* NULL: NULL, or no column */
uint64_t dump_number(const struct dump_row *row, const char *column); /* 0: none */
int64_t dump_time(const struct import *import, const struct dump_row *row, const char *column);
/* Always false. */
bool dump_refuse(const struct dump_row *row, struct err *err, const char *what);
bool dump_copy(char *room, size_t size, const char *text); /* false: NULL, or too long */

/* Sealed rows of a user. Without the key that opens them they are counted as left out. */
bool barong_take_profile(struct import *import, const struct dump_row *row, uint64_t user_id,
                         struct err *err) MUST_CHECK;
bool barong_take_phone(struct import *import, const struct dump_row *row, uint64_t user_id,
                       struct err *err) MUST_CHECK;
bool barong_take_document(struct import *import, const struct dump_row *row, uint64_t user_id,
                          struct err *err) MUST_CHECK;
bool barong_take_api_key(struct import *import, const struct dump_row *row,
                         struct key_holder holder, struct err *err) MUST_CHECK;

#endif
