"""What the demonstration shows besides the officer who walks the chain: made through the services, by made-up people."""
