/*
 * row_sort.h: orders rows in memory by any key that their JSON table shows: `order_by` of the lists
 * that come from the catalog. The first key of the table (the id) breaks ties, so that pages don't
 * overlap; a key that is not there means the first one.
 */
#ifndef API_ROW_SORT_H
#define API_ROW_SORT_H

#include <stddef.h>

#include "api/paging.h"
#include "json/field.h"

void rows_sort(void *rows, size_t count, size_t size, const struct json_field *fields,
               const struct ordering *ordering);

#endif
