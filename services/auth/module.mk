DEPS := service yaml auth/http auth/bus auth/actions auth/domain auth/store auth/state
