/*
 * access.h: who may call a route: the column `access` of the route tables. context_before() checks
 * it, before the parameters are looked at.
 */
#ifndef ACCOUNTING_HTTP_ACCESS_H
#define ACCOUNTING_HTTP_ACCESS_H

enum access {
    ACCESS_PUBLIC = 0, /* everybody */
    ACCESS_MEMBER,     /* a user token */
    ACCESS_TRADING,    /* and the level that trading needs */
    ACCESS_DEPOSIT,    /* and the level that deposits need */
    ACCESS_WITHDRAW,   /* and the level that withdrawals need */
    ACCESS_ADMIN, /* a user token; the admin table of abilities decides, by action and subject */
    ACCESS_MANAGEMENT, /* a signed document of configured signers */
    ACCESS_INTERNAL    /* a token of another service of the platform */
};

#endif
