-- What accounting told has the passwords of nodes and the tokens of custodians: it is sealed from now on. What is
-- here in clear is forgotten; accounting tells it again at once.

DELETE FROM catalogue;
