"""What keeps the decisions going: queue, cache, the pass over one request, health."""
