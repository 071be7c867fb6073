DEPS := base decimal json contract log metrics
LIBS := -lmicrohttpd
