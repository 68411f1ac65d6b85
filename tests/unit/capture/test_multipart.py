"""The form is one that other people's parsers read."""

from email.message import Message
from email.parser import BytesParser
from pathlib import Path

from kubeshot_capture.multipart import CHUNK_BYTES, FormBody, form_body


def file_with(folder: Path, content: bytes) -> Path:
    file = folder / "file"
    file.write_bytes(content)
    return file


def parse(body: FormBody) -> list[Message]:
    """Return the parts as the standard library's mail parser sees them."""
    whole = b"".join(body.chunks())
    assert len(whole) == body.length
    message = BytesParser().parsebytes(f"Content-Type: {body.content_type}\r\n\r\n".encode() + whole)
    parts = message.get_payload()
    assert isinstance(parts, list)
    return [part for part in parts if isinstance(part, Message)]


def test_fields_keep_their_order_and_the_file_is_last(tmp_path: Path) -> None:
    fields = {"key": "a/b.png", "policy": "e30=", "x-amz-meta-uid": "ünï"}
    parts = parse(form_body(fields, "b.png", file_with(tmp_path, bytes(range(256))), "xyz"))
    names = [part.get_param("name", header="content-disposition") for part in parts]
    assert names == ["key", "policy", "x-amz-meta-uid", "file"]
    assert parts[2].get_payload(decode=True) == "ünï".encode()
    assert parts[3].get_filename() == "b.png"


def test_the_file_is_neither_changed_nor_read_as_a_whole(tmp_path: Path) -> None:
    content = bytes(range(256)) * (CHUNK_BYTES // 256 * 2) + b"\r\n--xyz-not-the-end"
    chunks = list(form_body({"key": "k"}, "b.png", file_with(tmp_path, content), "boundary").chunks())
    assert content in b"".join(chunks)
    assert max(map(len, chunks)) <= CHUNK_BYTES


def test_a_name_can_not_break_out_of_its_quotes(tmp_path: Path) -> None:
    body = form_body({'a"\r\nX: y': "1"}, 'b".png', file_with(tmp_path, b""), "xyz")
    assert b'name="a%22%0D%0AX: y"' in body.head
    assert b'filename="b%22.png"' in body.head
