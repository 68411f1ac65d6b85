"""The messages between operator and capture pods, and the words both sides use. Standard library only."""
