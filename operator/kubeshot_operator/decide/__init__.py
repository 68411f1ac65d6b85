"""What to do, as pure functions of values: no clock, no network, no client."""
