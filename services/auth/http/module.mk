DEPS := base api crypto fetch geo http json log mail qr secret service storage template token webauthn yaml auth/actions auth/domain auth/store auth/state
