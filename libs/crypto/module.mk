DEPS := base
LIBS := -lcrypt -lcrypto -lsodium -lzxcvbn
