DEPS := base decimal json http token yaml crypto
