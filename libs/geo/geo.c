#include "geo/geo.h"

#include <maxminddb.h>
#include <stdlib.h>
#include <string.h>

enum { LANGUAGE_SIZE = 8 };

struct geo {
    bool is_open;
    char language[LANGUAGE_SIZE];
    MMDB_s database;
};

bool geo_open(const char *path, const char *language, struct geo **ret_geo, struct err *err)
{
    if (strlen(language) >= LANGUAGE_SIZE)
        return err_set(err, ERR_CONFIG, "GeoIP: no such language: %s", language);
    struct geo *geo = calloc(1, sizeof(*geo));
    if (!geo)
        return err_set(err, ERR_INTERNAL, "no memory");
    memcpy(geo->language, language, strlen(language) + 1);
    if (path && path[0] != '\0') {
        int status = MMDB_open(path, MMDB_MODE_MMAP, &geo->database);
        if (status != MMDB_SUCCESS) {
            free(geo);
            return err_set(err, ERR_CONFIG, "GeoIP: %s: %s", path, MMDB_strerror(status));
        }
        geo->is_open = true;
    }
    *ret_geo = geo;
    return true;
}

void geo_close(struct geo *geo)
{
    if (!geo)
        return;
    if (geo->is_open)
        MMDB_close(&geo->database);
    free(geo);
}

/* Texts of the file are not terminated, and as long as they like. */
static void copy(MMDB_entry_s *entry, const char *const *path, char *buffer, size_t size)
{
    MMDB_entry_data_s data;
    if (MMDB_aget_value(entry, &data, path) != MMDB_SUCCESS || !data.has_data ||
        data.type != MMDB_DATA_TYPE_UTF8_STRING || data.data_size >= size)
        return;
    memcpy(buffer, data.utf8_string, data.data_size);
    buffer[data.data_size] = '\0';
}

void geo_find(const struct geo *geo, const char *address, struct geo_place *ret_place)
{
    int failed, status;
    *ret_place = (struct geo_place){.country_code = ""};
    if (!geo->is_open)
        return;
    MMDB_lookup_result_s found = MMDB_lookup_string(&geo->database, address, &failed, &status);
    if (failed != 0 || status != MMDB_SUCCESS || !found.found_entry)
        return;
    copy(&found.entry, (const char *const[]){"country", "iso_code", NULL}, ret_place->country_code,
         sizeof(ret_place->country_code));
    copy(&found.entry, (const char *const[]){"country", "names", geo->language, NULL},
         ret_place->country_name, sizeof(ret_place->country_name));
    copy(&found.entry, (const char *const[]){"continent", "code", NULL}, ret_place->continent_code,
         sizeof(ret_place->continent_code));
    copy(&found.entry, (const char *const[]){"continent", "names", geo->language, NULL},
         ret_place->continent_name, sizeof(ret_place->continent_name));
}
