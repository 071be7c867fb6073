/* openapi.h: the documents of the API, printed from the route tables. */
#ifndef BLOCKCHAIN_OPENAPI_H
#define BLOCKCHAIN_OPENAPI_H

#include <stdbool.h>

#include "base/str.h"

/* `part`: "admin" (operators), "internal" (other services). False: no such part. */
bool openapi_print(const char *part, struct str *out);

#endif
