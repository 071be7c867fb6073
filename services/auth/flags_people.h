/* flags_people.h: what an operator does to people from a shell. */
#ifndef AUTH_FLAGS_PEOPLE_H
#define AUTH_FLAGS_PEOPLE_H

#include "service/service.h"

int people_flag_create_admin(struct service *service, const char *email);
int people_flag_sessions(struct service *service, const char *uid);
int people_flag_end_sessions(struct service *service, const char *uid);
int people_flag_import(struct service *service, const char *file);
int people_flag_permissions(struct service *service, const char *file);

/* clang-format off */
#define PEOPLE_FLAG_ROWS                                                                           \
    {"--create-admin", "EMAIL",                                                                    \
     "Add a superadmin; the password is the first line of the standard input. Then exit.", true,   \
     people_flag_create_admin},                                                                    \
    {"--sessions", "UID", "Print the open sessions of a user, one a line, then exit.", true,       \
     people_flag_sessions},                                                                        \
    {"--end-sessions", "UID", "End every session of a user, then exit.", true,                     \
     people_flag_end_sessions},                                                                    \
    {"--import-barong", "FILE",                                                                    \
     "Take the people of a Barong database dump over, all or none, then exit.", true,              \
     people_flag_import},                                                                          \
    {"--import-permissions", "FILE",                                                               \
     "Replace the permission table by the rows of this YAML file, all at once, then exit.", true,  \
     people_flag_permissions}
/* clang-format on */

#endif
