/* config.h: the table over struct auth_config (state/config.h). */
#ifndef AUTH_CONFIG_H
#define AUTH_CONFIG_H

#include "service/service.h"

extern const struct config_row auth_config_rows[];

#endif
