"""Cases of what is taken away from the page, and what is not loaded."""

from zoo.case import Case, Check, Complaint
from zoo.checks import BLUE, GREEN, GREY, PURPLE, WHITE, both, colour, lamp_is_on, settles, succeeds, tells
from zoo.developed import Developed

# The middle of the rows of the blocks #a to #d below the lamp.
ROW_A, ROW_B, ROW_C, ROW_D = ((50, 115 + 30 * place) for place in range(4))
OCHRE, TEAL = (192, 128, 0), (0, 128, 128)
ALL_KINDS = ("Stylesheet", "Image", "Media", "Font", "Script", "Other", "XHR", "Fetch", "WebSocket")


def is_masked(shot: Developed) -> None:
    """Check that the block has a colour that the page does not have."""
    found = shot.picture().getpixel(ROW_C)
    assert found not in (PURPLE, WHITE, OCHRE, TEAL)


def only_without(*kinds: str) -> Check:
    """Return a check that all resources came but these."""
    return tells(" ".join(kind for kind in ALL_KINDS if kind not in kinds))


def wall(name: str, lamp: tuple[int, int, int], mode: str) -> Case:
    """Return a case of an answer to a cookie wall after which nothing is left of it."""
    gone = both(colour((50, 50), lamp), colour((300, 200), WHITE), settles)
    complaints = (Complaint.COOKIE_BANNERS,) if mode == "Decline" else ()
    proves = f"with {mode} the wall is gone, and the page knows what was chosen"
    return Case(
        name, proves, "/manners/consent", gone, {"prepare": {"consent": mode}}, ("prepare.consent",), complaints
    )


CASES = (
    Case(
        "hide",
        "what is hidden leaves its place empty",
        "/options/blocks",
        both(colour(ROW_A, WHITE), colour(ROW_B, OCHRE)),
        {"prepare": {"hide": ["#a"]}},
        fields=("prepare.hide[]",),
    ),
    Case(
        "remove",
        "what is removed leaves no place",
        "/options/blocks",
        both(colour(ROW_A, BLUE), colour(ROW_B, PURPLE), colour(ROW_C, TEAL)),
        {"prepare": {"remove": ["#b"]}},
        fields=("prepare.remove[]",),
    ),
    Case(
        "mask",
        "what is masked is painted over, and its place stays",
        "/options/blocks",
        both(is_masked, colour(ROW_B, OCHRE), colour(ROW_D, TEAL)),
        {"prepare": {"mask": ["#c"]}},
        fields=("prepare.mask[]",),
    ),
    Case(
        "styles",
        "the styles hold in the page",
        "/options/blocks",
        colour(ROW_D, GREEN),
        {"prepare": {"styles": "#d { background: #00a000 !important }"}},
        fields=("prepare.styles",),
    ),
    wall("consent-declined", GREEN, "Decline"),
    wall("consent-accepted", BLUE, "Accept"),
    wall("consent-hidden", GREY, "Hide"),
    Case(
        "consent-ignored",
        "with Ignore the wall stays",
        "/manners/consent",
        colour((300, 20), PURPLE),
        {"prepare": {"consent": "Ignore"}},
        fields=("prepare.consent",),
    ),
    Case(
        "dialogs-dismissed",
        "questions are denied, and none blocks the page",
        "/manners/dialogs",
        both(colour((50, 50), GREEN), settles),
        {"prepare": {"dialogs": "Dismiss"}},
        fields=("prepare.dialogs",),
        complaints=(Complaint.DIALOGS,),
    ),
    Case(
        "dialogs-accepted",
        "questions are confirmed",
        "/manners/dialogs",
        colour((50, 50), BLUE),
        {"prepare": {"dialogs": "Accept"}},
        fields=("prepare.dialogs",),
    ),
    Case(
        "many-dialogs",
        "thirty dialogs in a row do not hold the page up",
        "/manners/many-dialogs",
        both(lamp_is_on, settles),
        complaints=(Complaint.DIALOGS,),
    ),
    Case(
        "ads-blocked",
        "a banner under a path that filter lists know is not loaded",
        "/manners/advertisement",
        both(lamp_is_on, settles),
        {"prepare": {"block": {"ads": True}}},
        fields=("prepare.block.ads",),
    ),
    Case(
        "ads-loaded",
        "the same banner is there when nobody asks for less",
        "/manners/advertisement",
        colour((50, 50), BLUE),
        fields=("prepare.block.ads",),
    ),
    Case(
        "media-blocked",
        "video and audio are not loaded, all else is",
        "/options/resources",
        only_without("Media"),
        {"prepare": {"block": {"media": True}}},
        fields=("prepare.block.media",),
    ),
    Case(
        "kinds-blocked",
        "resources of four kinds are not loaded, all else is",
        "/options/resources",
        only_without("Stylesheet", "Image", "Media", "Font"),
        {"prepare": {"block": {"resourceTypes": ["Stylesheet", "Image", "Media", "Font"]}}},
        fields=("prepare.block.resourceTypes[]",),
    ),
    Case(
        "other-kinds-blocked",
        "resources of the other five kinds are not loaded, all else is",
        "/options/resources",
        only_without("Script", "XHR", "Fetch", "WebSocket", "Other"),
        {"prepare": {"block": {"resourceTypes": ["Script", "XHR", "Fetch", "WebSocket", "Other"]}}},
        fields=("prepare.block.resourceTypes[]",),
    ),
    Case(
        "addresses-blocked",
        "what the patterns match is not loaded, all else is",
        "/options/resources",
        only_without("Image", "Fetch"),
        {"prepare": {"block": {"urls": ["*/loaded/image*", "*/fetch"]}}},
        fields=("prepare.block.urls[]",),
    ),
    Case(
        "overlay",
        "a layer over the page is told of in a note",
        "/manners/overlay",
        both(succeeds, lambda shot: _is_told(shot.notes)),
    ),
)


def _is_told(notes: tuple[str, ...]) -> None:
    assert [note for note in notes if "cover" in note], str(notes)
