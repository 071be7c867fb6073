DEPS := base crypto chain
LIBS := -lsecp256k1
