"""What uploader and verifier agree on about a stored object's metadata."""

UID_METADATA = "uid"
RUN_METADATA = "run"
SHA256_METADATA = "sha256"

# The policy asks for a digest by prefix. With an empty prefix MinIO and SeaweedFS accept a form without the field.
SHA256_PREFIX = "sha256-"


def form_field(metadata: str) -> str:
    """Return the name of the form field that sets this metadata."""
    return f"x-amz-meta-{metadata}"
