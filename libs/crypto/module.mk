DEPS := base
LIBS := -lcrypto
