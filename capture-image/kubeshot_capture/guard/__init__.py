"""The egress guard: the one way from the browser to the network, and the rules of it."""
