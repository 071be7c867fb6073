/* config.h: the table over struct accounting_config (state/config.h). */
#ifndef ACCOUNTING_CONFIG_H
#define ACCOUNTING_CONFIG_H

#include "service/service.h"

extern const struct config_row accounting_config_rows[];

#endif
