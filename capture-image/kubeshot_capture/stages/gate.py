"""Lets only pages through: a picture of an error must never pass as a success."""

from collections.abc import Sequence

from kubeshot_capture.challenge import SELECTORS, VARIABLES, Signs, protection
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.neterrors import ERROR_PAGE
from kubeshot_capture.stages.script import NoAnswerError, ask
from kubeshot_capture.tab import MainResponse, Tab
from kubeshot_contract.fields import Fields
from kubeshot_contract.reasons import Reason
from kubeshot_contract.spec import FailOn

LOOK_SECONDS = 1.0

# Walls are small. Reading the text of a large page would cost more than all the rest of the look. Hidden fields and
# those of the captcha itself are part of a wall, and so is a button.
_LOOK = """({selectors, variables}) => {
  const small = document.getElementsByTagName('*').length < 300;
  const fields = [...document.querySelectorAll('input, textarea, select')];
  return {
    title: String(document.title).slice(0, 1000).toWellFormed(),
    found: [
      ...selectors.filter(selector => document.querySelector(selector)),
      ...variables.filter(name => name in window),
    ],
    text: small ? `${document.title}\\n${document.body?.innerText ?? ''}`.slice(0, 4000).toWellFormed() : '',
    form: fields.some(field => field.checkVisibility({visibilityProperty: true})
      && !['hidden', 'submit', 'button', 'checkbox'].includes(field.type)),
  };
}"""


async def run(tab: Tab, fail_on: FailOn, deadline: Deadline) -> None:
    """Raise `CaptureError` for whatever stands where the page should be, as far as the request calls it a failure."""
    if fail_on.challenge:
        # Many walls have a status from 400 on, and are told by their name all the same.
        check_challenge(await _signs(tab, deadline))
    check(tab.page.url, tab.main_response, fail_on_http_status=fail_on.http_status)
    # Empty where errors in the console don't count.
    check_console(tab.console.errors)


def check(url: str, response: MainResponse | None, *, fail_on_http_status: bool) -> None:
    """Raise `CaptureError` for Chromium's own error page, and for a status from 400 on when that is a failure."""
    if url.startswith(ERROR_PAGE):
        raise CaptureError(Reason.CONNECTION_FAILED, "the browser shows an error of its own instead of the page")
    if fail_on_http_status and response and response.status >= 400:
        raise CaptureError(Reason.HTTP_ERROR, f"the server answered {response.status}", http_status=response.status)


def check_challenge(signs: Signs) -> None:
    """Raise `CaptureError` for a page that asks whether its visitor is human."""
    if name := protection(signs):
        sentence = f"a page of {name} stands before the page, and asks whether its visitor is human"
        raise CaptureError(Reason.CHALLENGE_PAGE, sentence)


def check_console(errors: Sequence[str]) -> None:
    """Raise `CaptureError` for errors of the page's scripts; the first one is mostly the cause of the others."""
    if errors:
        others = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
        raise CaptureError(Reason.SCRIPT_FAILED, f"the console has an error: {errors[0]}{others}")


async def _signs(tab: Tab, deadline: Deadline) -> Signs:
    headers = tab.main_response.headers if tab.main_response else {}
    asked = {"selectors": SELECTORS, "variables": VARIABLES}
    try:
        look = Fields(await ask(tab.page, _LOOK, asked, min(LOOK_SECONDS, deadline.left())))
    except NoAnswerError:
        # A page that doesn't answer is judged by what its server said.
        return Signs(headers, frozenset(), "", form=False)
    tab.title = look.text("title")
    return Signs(headers, frozenset(look.optional_strings("found")), look.text("text").lower(), look.boolean("form"))
