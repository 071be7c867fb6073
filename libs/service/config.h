/* config.h: inside the module. A table of rows, filled from the environment. */
#ifndef SERVICE_CONFIG_H
#define SERVICE_CONFIG_H

#include "base/str.h"
#include "service/service.h"

/*
 * Makes the config struct. All mistakes are written to `mistakes`, one line each with the name,
 * what is wrong and an example; their number is returned through ret_mistakes. Never shows a
 * secret. False (and nothing to free) if there are any.
 */
bool config_read(const struct service_spec *spec, void **ret_config, struct str *mistakes,
                 size_t *ret_mistakes) MUST_CHECK;
void config_free(const struct service_spec *spec, void *config); /* wipes; NULL is fine */

const struct config_row *config_row_find(const struct service_spec *spec, const char *name);

void config_print(const struct service_spec *spec, struct str *out); /* Markdown table */

#endif
