/* flags_oauth.h: what an operator does to OAuth clients and grants from a shell. Each prints JSON. */
#ifndef AUTH_FLAGS_OAUTH_H
#define AUTH_FLAGS_OAUTH_H

#include "service/service.h"

int oauth_flag_clients(struct service *service, const char *argument);
int oauth_flag_client_add(struct service *service, const char *file);
int oauth_flag_client_change(struct service *service, const char *argument); /* ID=FILE */
int oauth_flag_client_secret(struct service *service, const char *client_id);
int oauth_flag_client_remove(struct service *service, const char *client_id);
int oauth_flag_grants(struct service *service, const char *uid);
int oauth_flag_grants_end(struct service *service, const char *uid);

/* clang-format off */
#define OAUTH_FLAG_ROWS                                                                            \
    {"--oauth-clients", NULL, "Print the OAuth clients as JSON lines, then exit.", true,           \
     oauth_flag_clients},                                                                          \
    {"--oauth-client-add", "FILE",                                                                 \
     "Register the client of this JSON file (RFC 7591) and print it with its secret, then exit.",  \
     true, oauth_flag_client_add},                                                                 \
    {"--oauth-client-change", "ID=FILE", "Give the client the metadata of this file, then exit.",  \
     true, oauth_flag_client_change},                                                              \
    {"--oauth-client-secret", "ID",                                                                \
     "Make a new secret of the client; the old one works for a day more. Then exit.", true,        \
     oauth_flag_client_secret},                                                                    \
    {"--oauth-client-remove", "ID", "Remove the client with all its tokens, then exit.", true,     \
     oauth_flag_client_remove},                                                                    \
    {"--oauth-grants", "UID", "Print what this user lets clients do, as JSON lines, then exit.",   \
     true, oauth_flag_grants},                                                                     \
    {"--oauth-grants-end", "UID", "End all of that, with every token, then exit.", true,           \
     oauth_flag_grants_end}
/* clang-format on */

#endif
