DEPS := base contract db decimal json http token yaml crypto
