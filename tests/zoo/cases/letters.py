"""Cases of writing."""

from zoo.case import Case, Check, Complaint
from zoo.checks import both, ink, lamp_is_on, settles
from zoo.developed import Developed
from zoo.site.pages.text import CELL, CJK, EMOJI, SCRIPTS

# The least number of dark pixels in a letter of 40 pixels.
LEAST_INK = 40
SATURATED = 64


def letters(count: int) -> Check:
    """Return a check that each cell has a letter of its own: boxes would all be alike."""

    def check(shot: Developed) -> None:
        picture = shot.picture()
        assert picture.width >= count * CELL
        cells = [picture.crop((place * CELL, 0, (place + 1) * CELL, CELL)) for place in range(count)]
        assert [place for place in range(count) if ink(cells[place], (0, 0, CELL, CELL)) < LEAST_INK] == []
        assert len({cell.tobytes() for cell in cells}) == count

    return check


def coloured(count: int) -> Check:
    """Return a check that each cell has colours that letters don't have."""

    def check(shot: Developed) -> None:
        picture = shot.picture().convert("HSV")
        for place in range(count):
            saturation = picture.crop((place * CELL, 0, (place + 1) * CELL, CELL)).getchannel("S").histogram()
            assert sum(saturation[SATURATED:]) > LEAST_INK, f"the emoji {place} has no colours"

    return check


def stands_right(shot: Developed) -> None:
    """Check that the text is in the right half, up to its edge."""
    picture = shot.picture()
    half = picture.width // 2
    assert ink(picture, (half, 100, picture.width, 160)) > LEAST_INK
    assert ink(picture, (0, 100, half, 160)) == 0


WIDE = {"viewport": {"width": 480, "height": 240}}

CASES = (
    Case(
        "emoji",
        "emoji are coloured pictures, joined ones and flags too",
        "/text/emoji",
        both(coloured(len(EMOJI)), settles),
        complaints=(Complaint.EMOJI_AND_CJK,),
    ),
    Case(
        "cjk",
        "Chinese, Korean and Japanese letters are letters",
        "/text/cjk",
        letters(len(CJK)),
        complaints=(Complaint.EMOJI_AND_CJK,),
    ),
    Case("scripts", "letters of eight more scripts are letters", "/text/scripts", letters(len(SCRIPTS)), WIDE),
    Case(
        "hebrew",
        "text from right to left begins at the right edge",
        "/text/hebrew",
        stands_right,
        complaints=(Complaint.RIGHT_TO_LEFT,),
    ),
    Case(
        "arabic",
        "letters that join are joined",
        "/text/arabic",
        lamp_is_on,
        complaints=(Complaint.RIGHT_TO_LEFT,),
    ),
    Case(
        "charset",
        "a page in Shift JIS that says it is UTF-8 is read by its header",
        "/text/charset",
        lamp_is_on,
        complaints=(Complaint.WRONG_CHARSET,),
    ),
    Case(
        "charset-in-a-tag",
        "a page whose header says no encoding is read by its tag",
        "/text/no-charset",
        lamp_is_on,
        complaints=(Complaint.WRONG_CHARSET,),
    ),
)
