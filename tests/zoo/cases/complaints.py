"""Cases of pages whose content is not plain elements of one document."""

from zoo.case import Case, Check, Complaint, Where
from zoo.cases.doors import at
from zoo.checks import BLUE, GREEN, RED, both, colour, lamp_is_on, pdf_fills, settles, succeeds
from zoo.developed import Developed

SQUARE = 60
BELOW_LAMP = 100
TLS = {"request": {"ignoreHTTPSErrors": True}}
TALL_WINDOW = {"viewport": {"width": 320, "height": 480}}


def squares(count: int) -> Check:
    """Return a check that so many green squares stand below the lamp."""
    middles = [(SQUARE // 2, BELOW_LAMP + SQUARE * place + SQUARE // 2) for place in range(count)]
    return both(lamp_is_on, *(colour(middle, GREEN) for middle in middles))


def is_not_white(shot: Developed) -> None:
    """Check that the picture has something in it."""
    assert shot.picture().convert("L").getextrema() != (255, 255)


def prints_without_navigation(shot: Developed) -> None:
    """Check that the print styles hold on paper: a green lamp, and no blue navigation."""
    fills = pdf_fills(shot.content("paper"))
    assert (0, 160, 0) in fills, str(fills)
    assert (0, 0, 192) not in fills, str(fills)


CASES = (
    Case(
        "frames",
        "frames are painted, of another origin too",
        "/content/frames",
        both(squares(5), settles),
        TALL_WINDOW,
        complaints=(Complaint.FRAMES,),
    ),
    Case(
        "shadow-trees",
        "shadow trees are painted",
        "/content/shadow",
        both(squares(3), settles),
        TALL_WINDOW,
        complaints=(Complaint.SHADOW_DOM,),
    ),
    Case(
        "webgl",
        "what WebGL drew is in the picture",
        "/content/webgl",
        both(lamp_is_on, colour((50, 150), GREEN)),
        complaints=(Complaint.WEBGL,),
    ),
    Case(
        "service-worker",
        "a page of a service worker settles with the worker's answer",
        "/content/worker",
        both(lamp_is_on, settles),
        complaints=(Complaint.SERVICE_WORKERS,),
        where=Where.HERE,
    ),
    Case(
        "service-worker-refused",
        "a page whose service worker the browser refuses, for its certificate, settles without it",
        "@tls/content/worker",
        both(colour((50, 50), BLUE), settles),
        TLS,
        complaints=(Complaint.SERVICE_WORKERS,),
    ),
    Case(
        "popups",
        "windows that the page opens leave the picture of the page",
        "/manners/popups",
        both(lamp_is_on, at("/manners/popups"), settles),
        complaints=(Complaint.POPUPS,),
    ),
    Case(
        "link-to-a-new-window",
        "a click on a link to a new window leaves the picture of the page",
        "/manners/popups",
        both(lamp_is_on, at("/manners/popups")),
        {"prepare": {"actions": [{"click": "#new"}]}},
        complaints=(Complaint.POPUPS,),
    ),
    Case(
        "late-content",
        "a page that is blank at first is looked at again",
        "/content/late-canvas",
        both(succeeds, is_not_white),
        complaints=(Complaint.BLANK_FRAMES,),
    ),
    Case(
        "print",
        "a picture has the styles of the screen, a PDF those of paper",
        "/content/printed",
        both(
            colour((50, 50), RED, "screen"),
            colour((50, 150), BLUE, "screen"),
            prints_without_navigation,
        ),
        {"outputs": [{"name": "screen"}, {"name": "paper", "format": "PDF"}]},
        complaints=(Complaint.PRINT_STYLES,),
    ),
)
