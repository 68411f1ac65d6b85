"""An HTML form with one file, as `multipart/form-data` (RFC 7578)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# Small enough to notice an early answer, large enough not to cost system calls.
CHUNK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class FormBody:
    """A form's body in three parts, so that the file is never in memory as a whole."""

    head: bytes
    file: Path
    file_bytes: int
    tail: bytes
    content_type: str

    @property
    def length(self) -> int:
        """The number of bytes of the whole body."""
        return len(self.head) + self.file_bytes + len(self.tail)

    def chunks(self) -> Iterator[bytes]:
        """Yield the body in pieces."""
        yield self.head
        with self.file.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
        yield self.tail


def form_body(fields: Mapping[str, str], filename: str, file: Path, boundary: str) -> FormBody:
    """Return a form with the fields in their order and the file last, where S3 wants it."""
    parts = [_part(boundary, f'name="{_quoted(name)}"') + f"{value}\r\n" for name, value in fields.items()]
    parts.append(_part(boundary, f'name="file"; filename="{_quoted(filename)}"'))
    return FormBody(
        head="".join(parts).encode(),
        file=file,
        file_bytes=file.stat().st_size,
        tail=f"\r\n--{boundary}--\r\n".encode(),
        content_type=f"multipart/form-data; boundary={boundary}",
    )


def _part(boundary: str, disposition: str) -> str:
    return f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n"


def _quoted(name: str) -> str:
    # The escapes of the HTML standard, "multipart/form-data encoding algorithm".
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
