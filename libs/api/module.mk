DEPS := base db decimal json http token yaml crypto
