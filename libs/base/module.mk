DEPS :=
