"""Cases of when the picture is taken, and of what counts as a failure."""

from kubeshot_contract.reasons import Reason
from zoo.case import Case, Complaint
from zoo.checks import GREEN, both, colour, fails, is_cut_short, lamp_is_on, settles, stage_under, succeeds, tells
from zoo.developed import Developed


def has_status_404(shot: Developed) -> None:
    """Check that the status of the error page is told."""
    succeeds(shot)
    assert shot.http_status == 404


CASES = (
    Case(
        "until-settled",
        "the picture waits until the network is quiet",
        "/options/moments",
        tells("settled"),
        {"wait": {"until": "Settled"}},
        fields=("wait.until",),
    ),
    Case(
        "until-load",
        "the picture waits for the load event, not for what begins then",
        "/options/moments",
        tells("load"),
        {"wait": {"until": "Load"}},
        fields=("wait.until",),
    ),
    Case(
        "until-dom",
        "the picture waits for the document, not for its images",
        "/idle/image",
        both(lamp_is_on, settles),
        {"wait": {"until": "DOMContentLoaded"}},
        fields=("wait.until",),
    ),
    Case(
        "wait-selector",
        "the picture waits for the element",
        "/options/later",
        lamp_is_on,
        {"wait": {"selector": "#ready"}},
        fields=("wait.selector",),
    ),
    Case(
        "wait-expression",
        "the picture waits until the expression is true",
        "/options/later",
        lamp_is_on,
        {"wait": {"expression": "window.ready === true"}},
        fields=("wait.expression",),
    ),
    Case(
        "wait-delay",
        "the picture waits for a while",
        "/options/later",
        lamp_is_on,
        {"wait": {"delay": "3s"}},
        fields=("wait.delay",),
    ),
    Case(
        "wait-timeout",
        "a server that does not answer is given up after the timeout",
        "/never",
        both(fails("NavigationTimeout"), stage_under("Open", 15_000)),
        {"wait": {"timeout": "3s"}},
        fields=("wait.timeout",),
        reason=Reason.NAVIGATION_TIMEOUT,
    ),
    Case(
        "timeout-captures",
        "after the timeout there is a picture that says it is not settled",
        "/idle/growing",
        both(is_cut_short, lamp_is_on),
        {"wait": {"timeout": "4s", "onTimeout": "Capture"}},
        fields=("wait.timeout", "wait.onTimeout"),
        complaints=(Complaint.NOTHING_AT_ALL,),
    ),
    Case(
        "timeout-fails",
        "after the timeout there is a failure, when the request asks for that",
        "/idle/growing",
        fails("NotSettled"),
        {"wait": {"timeout": "4s", "onTimeout": "Fail"}},
        fields=("wait.onTimeout",),
        reason=Reason.NOT_SETTLED,
    ),
    Case(
        "selector-that-never-comes",
        "an element that never comes is a failure that names the selector",
        "/plain",
        fails("SelectorNotFound", "#ready"),
        {"wait": {"selector": "#ready", "timeout": "4s", "onTimeout": "Fail"}},
        fields=("wait.selector",),
        reason=Reason.SELECTOR_NOT_FOUND,
    ),
    Case(
        "error-page-wanted",
        "an error page is captured when the request says so",
        "/doors/status?code=404",
        has_status_404,
        {"failOn": {"httpStatus": False}},
        fields=("failOn.httpStatus",),
    ),
    Case(
        "blank-wanted",
        "a blank picture is taken when the request says so",
        "/content/blank-canvas",
        both(succeeds, colour((100, 100), (255, 255, 255))),
        {"failOn": {"blank": False}},
        fields=("failOn.blank",),
    ),
    Case(
        "challenge-wanted",
        "a bot wall is captured when the request says so",
        "/doors/challenge",
        succeeds,
        {"failOn": {"challenge": False}},
        fields=("failOn.challenge",),
    ),
    Case(
        "console-error",
        "an error in the console is a failure when the request asks for that",
        "/manners/console-error",
        fails("ScriptFailed", "on fire"),
        {"failOn": {"consoleError": True}},
        fields=("failOn.consoleError",),
        reason=Reason.SCRIPT_FAILED,
    ),
    Case(
        "exception",
        "an exception of the page's scripts is one too",
        "/manners/exception",
        fails("ScriptFailed"),
        {"failOn": {"consoleError": True}},
        fields=("failOn.consoleError",),
    ),
    Case(
        "console-error-unasked",
        "an error in the console is nobody's business otherwise",
        "/manners/console-error",
        colour((50, 50), GREEN),
        fields=("failOn.consoleError",),
    ),
)
