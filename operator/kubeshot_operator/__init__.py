"""The operator: turns each ScreenshotRequest into a capture pod, and the pod's end into a status."""
