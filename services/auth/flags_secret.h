/* flags_secret.h: the store of secrets, for operators: what it holds, and a new key for columns. */
#ifndef AUTH_FLAGS_SECRET_H
#define AUTH_FLAGS_SECRET_H

#include "service/service.h"

int secret_flag_show(struct service *service, const char *name);
int secret_flag_put(struct service *service, const char *name);
int secret_flag_rotate(struct service *service, const char *argument);

#define SECRET_FLAG_ROWS                                                                           \
    {"--secret-show", "NAME", "Print a secret of the store (keyring): to back it up or to move.",  \
     true, secret_flag_show},                                                                      \
        {"--secret-put", "NAME", "Write a secret of the store, from standard input.", true,        \
         secret_flag_put},                                                                         \
    {                                                                                              \
        "--rotate-keyring", NULL,                                                                  \
            "Make a new key of encrypted columns; what was sealed with the others still opens.",   \
            true, secret_flag_rotate                                                               \
    }

#endif
