"""Cases of pages whose size is the difficulty."""

from kubeshot_contract.reasons import Reason
from zoo.case import Case, Check, Complaint, Where
from zoo.checks import (
    BLUE,
    GREEN,
    PURPLE,
    both,
    colour,
    fails,
    height_between,
    lamp_is_on,
    near,
    settles,
    size,
    succeeds,
)
from zoo.developed import Developed
from zoo.site.pages.size import STRIPE_ROWS, TILE, TILES, TILES_IN_ROW, stripe_colour, tile_colour

FULL_PAGE = {"outputs": [{"name": "screenshot", "area": "FullPage"}]}
TALLEST = 60_000


def every_row_is_right(shot: Developed) -> None:
    """Check every row of a page of stripes, in three columns."""
    picture = shot.picture()
    for column in (0, picture.width // 2, picture.width - 1):
        found = picture.crop((column, 0, column + 1, picture.height))
        rows = range(picture.height)
        wrong = next((row for row in rows if found.getpixel((0, row)) != stripe_colour(row // STRIPE_ROWS)), None)
        assert wrong is None, f"row {wrong} of column {column} has another colour"


def every_tile_is_painted(shot: Developed) -> None:
    """Check the middle of each of the lazy images."""
    picture = shot.picture()
    missing = []
    for number in range(TILES):
        row, column = divmod(number, TILES_IN_ROW)
        at = column * (TILE + 10) + TILE // 2, 100 + row * (TILE + 140) + TILE // 2
        if not near(picture.getpixel(at), tile_colour(number)):
            missing.append(number)
    assert not missing, f"not painted: {missing}"


def has_all_stripes(shot: Developed) -> None:
    """Check that the content of the inner scroller is there from its beginning to its end."""
    picture = shot.picture()
    column = [picture.getpixel((20, row)) for row in range(picture.height)]
    places = [column.index(stripe_colour(number)) for number in (0, 50, 100, 199)]
    assert places == [places[0] + number * STRIPE_ROWS for number in (0, 50, 100, 199)]


def rows_of(wanted: tuple[int, int, int], count: int) -> Check:
    """Return a check that so many rows have a colour, in the middle of the picture."""

    def check(shot: Developed) -> None:
        picture = shot.picture()
        rows = [row for row in range(picture.height) if near(picture.getpixel((200, row)), wanted)]
        assert rows == list(range(rows[0], rows[0] + count)) if rows else not count, f"{len(rows)} rows, not {count}"

    return check


CASES = (
    Case(
        "tall",
        "a page of 60,000 rows is exact to the pixel",
        f"/size/tall?rows={TALLEST}",
        both(size(320, TALLEST), every_row_is_right),
        FULL_PAGE,
        complaints=(Complaint.TALL_PAGES,),
    ),
    Case(
        "tall-at-scale-2",
        "a page of 20,000 rows at twice the scale has 40,000, none white",
        "/size/tall?rows=20000",
        both(size(640, 40_000), lambda shot: _doubled(shot)),
        {"viewport": {"width": 320, "height": 240, "scale": 2}, **FULL_PAGE},
        complaints=(Complaint.TALL_PAGES,),
    ),
    Case(
        "lazy",
        "200 lazy images are all painted in a full page",
        "/size/lazy",
        both(lamp_is_on, every_tile_is_painted),
        FULL_PAGE,
        complaints=(Complaint.LAZY_IMAGES,),
    ),
    Case(
        "scroller",
        "the content of an element that scrolls is there whole",
        "/size/scroller",
        both(height_between(2000, 2400), has_all_stripes),
        FULL_PAGE,
        complaints=(Complaint.INNER_SCROLLERS,),
    ),
    Case(
        "endless",
        "a page that grows as one scrolls is followed for a while, and then taken as it is",
        "/size/endless",
        both(succeeds, lamp_is_on, height_between(1500, 60_000)),
        FULL_PAGE,
        complaints=(Complaint.INFINITE_SCROLL,),
    ),
    Case(
        "sticky",
        "a sticky header and a fixed footer are there once",
        "/size/sticky",
        both(height_between(3100, 3300), rows_of(BLUE, 40), rows_of(PURPLE, 30)),
        FULL_PAGE,
        complaints=(Complaint.STICKY_HEADERS,),
    ),
    Case(
        "window-high",
        "a block of 100vh is as high as the window in a full page",
        "/size/window-high",
        both(size(320, 100 + 240 + 2000), rows_of(BLUE, 240)),
        FULL_PAGE,
        complaints=(Complaint.WINDOW_HEIGHT,),
    ),
    Case(
        "huge-image",
        "a picture of 36 million pixels is painted",
        "/size/image",
        both(lamp_is_on, colour((100, 280 - 50), GREEN), settles),
        complaints=(Complaint.HUGE_IMAGES, Complaint.SHARED_MEMORY),
    ),
    Case(
        "nodes",
        "a page of 10,000 elements settles",
        "/size/nodes",
        both(lamp_is_on, settles),
        FULL_PAGE,
        complaints=(Complaint.MANY_NODES,),
    ),
    Case(
        "memory",
        "a page that takes more memory than the pod has says so",
        "/size/memory",
        fails("OutOfMemory"),
        complaints=(Complaint.MEMORY,),
        reason=Reason.OUT_OF_MEMORY,
        where=Where.CLUSTER,
    ),
    Case(
        "crash",
        "a page that crashes its renderer says so",
        "/size/deep",
        fails("RendererCrashed"),
        reason=Reason.RENDERER_CRASHED,
    ),
)


def _doubled(shot: Developed) -> None:
    picture = shot.picture()
    for row in range(0, picture.height, 1000):
        assert near(picture.getpixel((639, row)), stripe_colour(row // 2 // STRIPE_ROWS))
