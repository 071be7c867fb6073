DEPS := base log json http api token yaml crypto service fetch qr secret template webauthn auth/actions auth/domain auth/store auth/state
