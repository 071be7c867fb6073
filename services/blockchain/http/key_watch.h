/* key_watch.h: a thread that looks for changed keys of users' tokens at JWKS_URL, each JWKS_REFRESH
 * seconds, and each second as long as none is known. */
#ifndef BLOCKCHAIN_HTTP_KEY_WATCH_H
#define BLOCKCHAIN_HTTP_KEY_WATCH_H

struct blockchain;

void key_watch_run(struct blockchain *app);

#endif
