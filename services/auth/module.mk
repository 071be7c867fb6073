DEPS := service yaml jwks secret mail auth/http auth/bus auth/actions auth/domain auth/store auth/state
