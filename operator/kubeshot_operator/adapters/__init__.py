"""The systems outside: one module each, and the only ones that import its client library."""
