/* visitor.h: where a request comes from: what sessions are bound to and activities record. */
#ifndef AUTH_DOMAIN_VISITOR_H
#define AUTH_DOMAIN_VISITOR_H

enum { VISITOR_IP_SIZE = 46, VISITOR_COUNTRY_SIZE = 65 };

struct visitor {
    char ip[VISITOR_IP_SIZE];           /* of the client, not of a proxy; "": unknown */
    char country[VISITOR_COUNTRY_SIZE]; /* its name in GEOIP_LANG; "": unknown */
    const char *user_agent;             /* lives with the request; "": none was sent */
};

#endif
