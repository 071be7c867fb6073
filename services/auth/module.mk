DEPS := service yaml secret auth/http auth/bus auth/actions auth/domain auth/store auth/state
