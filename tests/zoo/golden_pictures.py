"""Pictures that are compared with stored ones; only where the fonts are pinned, in the image."""

from pathlib import Path

from PIL import Image, ImageChops

FOLDER = Path(__file__).parent / "golden"
# A newer Chromium may round an edge differently; another font changes thousands of pixels.
MOST_DIFFERENT = 60
TOLERANCE = 24


def store(name: str, actual: Image.Image) -> None:
    """Make this the golden picture."""
    actual.save(FOLDER / f"{name}.png", optimize=True)


def complaint(name: str, actual: Image.Image) -> str:
    """Return how a picture differs from the golden one, nothing when it doesn't; then it is saved beside that."""
    stored = FOLDER / f"{name}.png"
    if not stored.exists():
        return f"there is no {stored.name}: make it with --update-golden"
    with Image.open(stored) as image:
        problem = difference(actual, image.convert("RGB"))
    if not problem:
        return ""
    beside = stored.with_suffix(".actual.png")
    actual.save(beside)
    return f"{problem}: compare {stored.name} with {beside.name}, or use --update-golden"


def difference(actual: Image.Image, wanted: Image.Image) -> str:
    """Return how a picture differs from the wanted one, nothing when it doesn't to the eye."""
    if actual.size != wanted.size:
        return f"the picture is {actual.size}, the stored one {wanted.size}"
    shades = ImageChops.difference(actual, wanted).convert("L").histogram()
    different = sum(shades[TOLERANCE:])
    return f"{different} pixels differ" if different > MOST_DIFFERENT else ""
