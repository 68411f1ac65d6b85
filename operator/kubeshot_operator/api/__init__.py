"""Names and values of the Kubernetes objects that the operator reads and writes."""
