"""What came of a case, wherever it ran."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from PIL import Image

from kubeshot_contract.reasons import Reason

# Of the code that a page draws: see the frame of `zoo.site.exhibit`.
_CODE_LEFT = 110
_CELL = 4
_BYTES_IN_ROW = 4
_ROWS = 50


@dataclass(frozen=True, slots=True)
class Stored:
    """An output, and what the capture says of it."""

    content: bytes = field(repr=False)
    content_type: str
    sha256: str
    bytes: int
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Developed:
    """The end of one capture. `told` is everything that was told of it: result or status, logs, events."""

    reason: Reason | None
    message: str
    outputs: Mapping[str, Stored]
    settled: bool
    stages: Mapping[str, tuple[str, int]]
    """Outcome and milliseconds, by the stage's name."""
    notes: tuple[str, ...]
    final_url: str
    http_status: int | None
    told: str = field(repr=False)

    def content(self, name: str = "screenshot") -> bytes:
        """Return an output's bytes; fail when there is none."""
        assert name in self.outputs, f"no output {name}: {self.reason}, {self.message}"
        return self.outputs[name].content

    def raw_picture(self, name: str = "screenshot") -> Image.Image:
        """Return an output, decoded, in the bands that it has."""
        with Image.open(io.BytesIO(self.content(name))) as image:
            image.load()
            return image

    def picture(self, name: str = "screenshot") -> Image.Image:
        """Return an output, decoded, in red, green and blue."""
        return self.raw_picture(name).convert("RGB")

    def code(self, name: str = "screenshot", scale: int = 1) -> str:
        """Return the text that the page shows as a code of squares."""
        picture = self.picture(name).convert("L")

        def bit(row: int, column: int) -> int:
            middle = _CELL // 2
            place = (_CODE_LEFT + column * _CELL + middle) * scale, (row * _CELL + middle) * scale
            brightness = picture.getpixel(place)
            assert isinstance(brightness, int)
            return int(brightness < 128)

        found = bytearray()
        for number in range(_ROWS * _BYTES_IN_ROW):
            row, first = number // _BYTES_IN_ROW, number % _BYTES_IN_ROW * 8
            byte = sum(bit(row, first + place) << place for place in range(8))
            if not byte:
                break
            found.append(byte)
        return found.decode(errors="replace")

    def contradictions(self) -> list[str]:
        """Return where an output is not what is said of it."""
        return [problem for name, stored in self.outputs.items() for problem in _contradictions(name, stored)]


def _contradictions(name: str, stored: Stored) -> list[str]:
    problems = []
    if hashlib.sha256(stored.content).hexdigest() != stored.sha256 or len(stored.content) != stored.bytes:
        problems.append(f"{name} has another size or digest than is said")
    if stored.content_type.startswith("image/"):
        with Image.open(io.BytesIO(stored.content)) as image:
            if image.size != (stored.width, stored.height):
                problems.append(f"{name} has {image.size}, said is {(stored.width, stored.height)}")
    return problems
