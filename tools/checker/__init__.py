"""The independent checker: reads the database and the API of a running exchange, derives every
balance, trade and order again with its own code, and says what does not fit. It shares nothing with
the services but the documents that describe their tables and messages."""
