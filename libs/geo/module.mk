DEPS := base
LIBS := -lmaxminddb
