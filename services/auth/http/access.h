/*
 * access.h: who may call a route: the column `access` of the route tables. context_before() checks
 * it, before the parameters are looked at.
 */
#ifndef AUTH_HTTP_ACCESS_H
#define AUTH_HTTP_ACCESS_H

enum access {
    ACCESS_PUBLIC = 0, /* everybody; also what has rules of its own: OAuth */
    ACCESS_AUTHZ,      /* the edge, which asks about others (http/authz.h) */
    ACCESS_USER,       /* a session token (made by authz) of a user that exists */
    ACCESS_FACTOR,     /* the same, who has a second factor, and shows it to the handler */
    ACCESS_ADMIN,      /* and an ability of his role, by action and subject */
    ACCESS_MANAGEMENT, /* a signed document of configured signers */
    ACCESS_INTERNAL    /* a token of another service of the platform */
};

#endif
