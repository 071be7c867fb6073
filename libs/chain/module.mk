DEPS := base crypto decimal
LIBS := -lgmp -lsecp256k1
