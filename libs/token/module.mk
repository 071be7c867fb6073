DEPS := base json crypto
LIBS := -ljwt -lcrypto
