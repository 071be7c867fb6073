DEPS := service yaml secret mail auth/http auth/bus auth/actions auth/domain auth/store auth/state
