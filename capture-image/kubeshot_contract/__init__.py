"""The two messages between operator and capture pod, and the words both sides use. Standard library only."""
