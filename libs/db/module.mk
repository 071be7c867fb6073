DEPS := base decimal crypto
LIBS := -lmariadb
# The calls that we refuse are named by the connector's header: connector.h has the refusal.
MODULE_CFLAGS := $(include_mariadb) -DBASE_BANNED_H
