DEPS := base api crypto fetch geo http json log mail phone qr secret service sms storage template token webauthn yaml auth/actions auth/domain auth/store auth/state
