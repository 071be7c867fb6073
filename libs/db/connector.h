/*
 * connector.h: the header of libmariadb. It names calls that base/banned.h refuses, so this module
 * is built with the refusal off (module.mk), and it is put back here, behind that header.
 */
#ifndef DB_CONNECTOR_H
#define DB_CONNECTOR_H

#include <mysql.h>

#undef BASE_BANNED_H
#include "base/banned.h"

#endif
