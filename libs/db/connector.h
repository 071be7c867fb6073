/*
 * connector.h: the header of libmariadb, to be included first. It names calls that base/banned.h
 * refuses, so this module is built with the refusal off (module.mk); internal.h, which comes next,
 * puts it back.
 */
#ifndef DB_CONNECTOR_H
#define DB_CONNECTOR_H

#include <mysql.h>

#endif
