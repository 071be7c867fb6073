DEPS := base log json http api token yaml crypto service fetch geo mail qr secret template webauthn auth/actions auth/domain auth/store auth/state
