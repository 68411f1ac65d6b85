"""The ways to get a cluster: kind, native, or the one the kubeconfig names."""
