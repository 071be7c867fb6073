/*
 * reconcile.h: the coins on a chain against the books (W-34). For one currency on one chain at one height:
 *
 *     on the chain = in the books + every line that explains why they differ + the difference
 *
 * The difference is what nobody can explain. One check may be wrong (a node may lie, or be on another fork),
 * so only two in a row, at different heights, stop the withdrawals of the currency; one that balances, or an
 * operator who takes the difference on, lets them go on. Pure.
 *
 * Amounts here are exact to the unit of the chain and to the last digit of the ledger: whole numbers of
 * 10^-16, or of the chain's unit where that is smaller.
 */
#ifndef ACCOUNTING_DOMAIN_RECONCILE_H
#define ACCOUNTING_DOMAIN_RECONCILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decimal/dec.h"

enum { COINS_TEXT_SIZE = 64 };

struct coins {
    __int128 number; /* see above; below zero as well */
};

/* Each is false above 2^126, and for what is no number. `decimals` are those of the chain, at most
 * UNITS_DECIMALS_MAX. */
bool coins_of_units(const char *units, int decimals, struct coins *ret_coins);
bool coins_of_dec(struct dec amount, int decimals, struct coins *ret_coins);
bool coins_parse(const char *text, int decimals, struct coins *ret_coins); /* "-1.25" */
bool coins_add(struct coins *sum, struct coins more);
bool coins_sub(struct coins *sum, struct coins less);
/* "-1.25"; no zeros behind, but one behind the point. */
const char *coins_text(struct coins coins, int decimals, char text[static COINS_TEXT_SIZE]);

/* L(NAME, word, sign, who tells it) in the order in which they are shown. */
#define RECONCILE_LINES(L)                                                                         \
    L(IN_BOOKS, "in_books", 1, BOOKS)           /* deposits, withdrawals, refunds of the chain */  \
    L(FEES_BOOKED, "fees_booked", -1, BOOKS)    /* what networks took */                           \
    L(FEES_WAITING, "fees_waiting", -1, BOOKS)  /* the same, below 10^-16: not booked yet */       \
    L(NOT_CREDITED, "not_credited", 1, BOOKS)   /* confirmed, held or refused */                   \
    L(DUST, "dust", 1, BOOKS)                   /* units of deposits too small for the ledger */   \
    L(PARKED, "parked", 1, BOOKS)               /* told, and could not be taken */                 \
    L(FROM_OUTSIDE, "from_outside", 1, GATEWAY) /* an operator's coins, to wallets */              \
    L(DEPOSITS_NOT_FINAL, "deposits_not_final", 1, GATEWAY)                                        \
    L(PAYMENTS_NOT_FINAL, "payments_not_final", -1, GATEWAY)                                       \
    L(PAYMENTS_AHEAD, "payments_ahead", 1, GATEWAY)                                                \
    L(FEES_NOT_FINAL, "fees_not_final", -1, GATEWAY)                                               \
    L(FEES_AHEAD, "fees_ahead", 1, GATEWAY)

enum reconcile_line {
#define L(name, word, sign, source) RECONCILE_##name,
    RECONCILE_LINES(L)
#undef L
        RECONCILE_LINES_COUNT
};

const char *reconcile_line_word(enum reconcile_line line);
/* Of the lines that the gateway tells; false: it tells no such line. */
bool reconcile_line_find(const char *word, enum reconcile_line *ret_line);
/* -1: what it says makes the chain hold less than the books say. */
int reconcile_line_sign(enum reconcile_line line);

struct reconcile_sheet {
    struct coins lines[RECONCILE_LINES_COUNT]; /* with their signs */
    struct coins counted;                      /* what a node says */
    struct coins recorded;                     /* what the gateway's records say */
    bool has_counted, has_recorded;            /* one of them at least */
};

/* What is there and not explained; where both are known and differ, the one that does not balance. False:
 * above the range. */
bool reconcile_difference(const struct reconcile_sheet *sheet, struct coins *ret_difference);

/* ---- what follows from it ---- */

enum reconcile_state {
    RECONCILE_BALANCED,
    RECONCILE_DIFFERS, /* once: the next check at another height decides */
    RECONCILE_STOPPED
};
const char *reconcile_state_word(enum reconcile_state state);
enum reconcile_state reconcile_state_parse(const char *word); /* asserts that it is one */

enum reconcile_stop { RECONCILE_STOP_ANY, RECONCILE_STOP_SHORTAGE, RECONCILE_STOP_NONE };

struct reconcile_standing {
    enum reconcile_state state;
    int64_t height;            /* of the last check */
    struct coins difference;   /* as it found it */
    struct coins acknowledged; /* of it, what an operator has taken on */
};

struct reconcile_finding {
    int64_t height;
    bool has_no_blocks; /* custody: each check is another one */
    struct coins difference, tolerance;
};

/* The standing after a check. RECONCILE_STOP_SHORTAGE: that there is more than there should be is said, and
 * stops nothing; RECONCILE_STOP_NONE: nothing does. */
struct reconcile_standing reconcile_judge(const struct reconcile_standing *before,
                                          const struct reconcile_finding *finding,
                                          enum reconcile_stop stop);

#endif
