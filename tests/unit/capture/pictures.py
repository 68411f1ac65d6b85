"""Pictures made by hand, cut into tiles as they come from the browser."""

from pathlib import Path
from typing import Any

from PIL import Image

from kubeshot_capture.material import Picture
from unit.contract.make import make_spec


def painted(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Return a picture without two equal rows: gradients, and a pattern that no format can guess."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    noise = Image.effect_noise((width, max(1, height // 4)), 60).resize((width, height), Image.Resampling.NEAREST)
    return Image.merge(mode, (across, down, noise, down)[: len(mode)])


def make_picture(folder: Path, image: Image.Image, *heights: int, **output: Any) -> Picture:
    """Return a picture in tiles of these heights, the last one with what is left; `output` as the CRD spells it."""
    [asked] = make_spec(outputs=[{"name": "screenshot", **output}]).outputs
    tiles: list[Path] = []
    top = 0
    for height in (*heights, image.height):
        if top < image.height:
            tiles.append(folder / f"tile-{len(tiles)}.png")
            image.crop((0, top, image.width, min(top + height, image.height))).save(tiles[-1])
            top += height
    return Picture(asked, image.width, image.height, tuple(tiles))
