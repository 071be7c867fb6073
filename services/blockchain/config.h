/* config.h: the table of the settings; see state/config.h. */
#ifndef BLOCKCHAIN_CONFIG_H
#define BLOCKCHAIN_CONFIG_H

#include "service/service.h"

extern const struct config_row blockchain_config_rows[];

#endif
