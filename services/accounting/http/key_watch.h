/* key_watch.h: a thread that looks for changed keys of users' tokens at JWKS_URL, each JWKS_REFRESH
 * seconds, and each second as long as none is known. */
#ifndef ACCOUNTING_HTTP_KEY_WATCH_H
#define ACCOUNTING_HTTP_KEY_WATCH_H

struct accounting;

void key_watch_run(struct accounting *app);

#endif
