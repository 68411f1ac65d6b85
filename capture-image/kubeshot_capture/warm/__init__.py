"""A pod that makes one capture after the other, each in a fresh context of one browser."""
