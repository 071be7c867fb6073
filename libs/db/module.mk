DEPS := base decimal crypto
LIBS := -lmariadb
# The header of the connector names calls that we refuse; see connector.h.
MODULE_CFLAGS := $(include_mariadb) -DBASE_BANNED_H -DDB_BANS_LATER
