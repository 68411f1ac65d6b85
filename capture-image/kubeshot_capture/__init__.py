"""The capture: one job in, images in the bucket and one result out. Runs in a pod of its own, or without a cluster."""
