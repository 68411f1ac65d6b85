"""What a capture makes: pictures and documents as they came from the browser, and the files they become."""

from dataclasses import dataclass
from pathlib import Path

from kubeshot_contract.options import Format
from kubeshot_contract.output import Output


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in PNG files of the same width, one below the other. Sizes are in device pixels."""

    output: Output
    width: int
    height: int
    tiles: tuple[Path, ...]

    @property
    def is_final(self) -> bool:
        """Whether it is stored as it came from the browser, which has encoded it as well as it can."""
        return len(self.tiles) == 1 and may_be_final(self.output)


def may_be_final(output: Output) -> bool:
    """Say whether an output that is taken in one piece needs no further work."""
    return output.format is Format.PNG and output.resize is None


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF, or the page as HTML or MHTML, finished."""

    output: Output
    path: Path


Shot = Picture | Document


@dataclass(frozen=True, slots=True)
class EncodedFile:
    """A finished output: its size in bytes, its sha256 in hex; of a picture its size in pixels and difference hash."""

    output: Output
    path: Path
    bytes: int
    sha256: str
    width: int | None = None
    height: int | None = None
    perceptual_hash: str | None = None
