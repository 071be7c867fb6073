/*
 * offline.h: signing from a file, on a machine without network: `bourse-signer --sign-file FILE ...`. The
 * transaction is shown (who is paid, what it costs, whose inputs they are) and signed with --yes. There is
 * no policy and no audit file here: the person who reads is both.
 */
#ifndef SIGNER_OFFLINE_H
#define SIGNER_OFFLINE_H

#include <stdbool.h>

/* Whether the command line asks for it. */
bool offline_is_asked(int argc, char **argv);
/* Exit status: 0 signed, or shown; 1 failed; 64 wrong command line. */
int offline_run(int argc, char **argv);

#endif
