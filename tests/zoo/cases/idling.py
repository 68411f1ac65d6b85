"""Cases of pages that never go idle."""

from kubeshot_contract.reasons import Reason
from zoo.case import Case, Check, Complaint
from zoo.checks import BLUE, GREEN, WHITE, both, colour, fails, is_cut_short, lamp_is_on, settles, stage_under, succeeds
from zoo.developed import Developed

# Far above what it takes on a slow machine, and far below the timeout of 20 seconds.
SOON = both(stage_under("Settle", 9000), stage_under("Open", 9000))


def quiet(name: str, page: str, proves: str, check: Check, *complaints: Complaint) -> Case:
    """Return a case of a page that has to settle."""
    return Case(name, proves, page, both(settles, check), complaints=complaints)


def _all_drops(shot: Developed) -> None:
    assert shot.raw_picture().height >= 100 + 60 * 20


CASES = (
    quiet("interval", "/idle/interval", "polling does not keep a page from settling", lamp_is_on, Complaint.POLLING),
    quiet(
        "polling", "/idle/polling", "endless polling does not keep a page from settling", lamp_is_on, Complaint.POLLING
    ),
    quiet("events", "/idle/events", "a stream of events is not waited for", both(lamp_is_on, SOON), Complaint.EVENTS),
    quiet(
        "fetched-stream",
        "/idle/fetched-stream",
        "a stream read by fetch() is not waited for",
        both(lamp_is_on, SOON),
        Complaint.EVENTS,
    ),
    quiet("socket", "/idle/socket", "a WebSocket is not waited for", both(lamp_is_on, SOON), Complaint.WEB_SOCKET),
    quiet(
        "long-poll",
        "/idle/long-poll",
        "a request older than 10 seconds is not waited for",
        lamp_is_on,
        Complaint.LONG_POLL,
    ),
    quiet("video", "/idle/video", "a video is not waited for", both(lamp_is_on, SOON), Complaint.VIDEO),
    Case(
        "font",
        "a font that never arrives costs some seconds, not the timeout",
        "/idle/font",
        both(succeeds, lamp_is_on, SOON, stage_under("Shoot", 15_000)),
        complaints=(Complaint.FONT_WAIT,),
    ),
    Case(
        "image-that-never-comes",
        "a page whose image never comes is a picture that says so",
        "/idle/image",
        both(is_cut_short, lamp_is_on),
        {"wait": {"timeout": "6s"}},
        complaints=(Complaint.NOTHING_AT_ALL,),
    ),
    quiet(
        "late-image",
        "/idle/late-image",
        "an image that begins to load late is painted",
        both(lamp_is_on, colour((50, 125), GREEN)),
        Complaint.BLANK_FRAMES,
    ),
    quiet(
        "endless-animation",
        "/idle/animation",
        "an endless animation is shown at its start",
        both(lamp_is_on, colour((22, 122), BLUE), colour((78, 178), BLUE), colour((18, 150), WHITE)),
        Complaint.INFINITE_ANIMATION,
    ),
    quiet(
        "transition",
        "/idle/transition",
        "an animation that ends is shown at its end",
        both(lamp_is_on, colour((198, 125), BLUE)),
    ),
    quiet("frames-for-ever", "/idle/frames", "a page that draws in every frame settles", lamp_is_on),
    quiet("slow-server", "/idle/slow", "a slow server is waited for", lamp_is_on),
    Case(
        "drip",
        "a page that arrives line by line is waited for to its end",
        "/idle/drip",
        both(settles, lamp_is_on, _all_drops),
        {"outputs": [{"name": "screenshot", "area": "FullPage"}]},
        complaints=(Complaint.DRIP,),
    ),
    Case(
        "endless-drip",
        "a page that has no end is a picture that says it is not settled",
        "/idle/endless-drip",
        both(is_cut_short, lamp_is_on),
        {"wait": {"timeout": "6s"}},
        complaints=(Complaint.DRIP, Complaint.NOTHING_AT_ALL),
    ),
    Case(
        "endless-script",
        "while(true) ends by the deadline, with a reason",
        "/idle/busy",
        fails("DeadlineExceeded"),
        {"wait": {"timeout": "4s"}},
        complaints=(Complaint.ENDLESS_SCRIPT,),
        reason=Reason.DEADLINE_EXCEEDED,
    ),
    Case(
        "endless-script-at-once",
        "while(true) in the head of a page ends by the deadline, with a reason",
        "/idle/busy-at-once",
        fails("DeadlineExceeded"),
        {"wait": {"timeout": "4s"}},
        complaints=(Complaint.ENDLESS_SCRIPT,),
    ),
)
