DEPS := base contract db decimal json http jwks token yaml crypto
