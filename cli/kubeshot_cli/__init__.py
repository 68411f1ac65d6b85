"""The command `kubeshot`: what works without a cluster."""
