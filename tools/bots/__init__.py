"""Trading clients for the demo and the chaos run: plain HTTP, one connection and one thread each."""
