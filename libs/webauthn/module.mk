DEPS := base crypto json
LIBS := -lcrypto
