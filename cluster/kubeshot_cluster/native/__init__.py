"""A one-node Kubernetes of plain processes: no container engine, no registry, nothing outside its own folders."""
