/* access.h: who may call a route: the column `access` of the route tables. */
#ifndef BLOCKCHAIN_HTTP_ACCESS_H
#define BLOCKCHAIN_HTTP_ACCESS_H

enum access {
    ACCESS_PUBLIC = 0,
    ACCESS_READ,  /* a token of another service of the platform */
    ACCESS_SPEND, /* the same, of a service that may have money sent: accounting alone */
    ACCESS_ADMIN  /* a user token of an administrator */
};

#endif
