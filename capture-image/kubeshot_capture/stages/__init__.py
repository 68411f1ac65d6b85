"""The steps of a capture, one file each, named after what the result calls them."""
