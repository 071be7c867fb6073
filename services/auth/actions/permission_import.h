/* permission_import.h: the whole permission table from one YAML file in the shape of the seeds
 * (permissions.yml): what the file does not have is gone. One transaction: authz sees the old table or
 * the new one. */
#ifndef AUTH_ACTIONS_PERMISSION_IMPORT_H
#define AUTH_ACTIONS_PERMISSION_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/actions/call.h"
#include "base/err.h"

/* ERR_CONFIG or ERR_INVALID, "FILE:LINE: what is wrong"; then nothing changed. A file without a row
 * for superadmin is refused: nobody could put it right. */
bool permission_import(struct call *call, const char *path, uint64_t *ret_count, struct err *err)
    MUST_CHECK;

#endif
