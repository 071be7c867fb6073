DEPS := base json crypto
LIBS := -ljwt -lcjson -lcrypto
