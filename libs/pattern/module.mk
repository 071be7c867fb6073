DEPS := base
LIBS := -lpcre2-8
