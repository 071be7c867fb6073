/* letters.h: the thread that makes the mails that were asked for by an address alone
 * (actions/letter_request.h). Any number of processes: each request is taken once. */
#ifndef AUTH_BUS_LETTERS_H
#define AUTH_BUS_LETTERS_H

struct auth;

void letters_run(struct auth *app);

#endif
