"""Brings up a cluster for Kubeshot: kind where Docker is, plain processes of upstream Kubernetes where it is not."""
