"""The one thing that Chromium shares between contexts and that a page can read: its clipboard."""

from playwright.async_api import Browser

from kubeshot_contract.actions import Press
from kubeshot_contract.spec import CaptureSpec

# Any page can fill the clipboard. A script can't read it without a permission; keys that an action presses can.
_PASTING_KEYS = frozenset({"v", "keyv", "insert"})

_OVERWRITE = """() => {
  const input = document.body.appendChild(document.createElement('input'));
  input.value = ' ';
  input.select();
  return document.execCommand('copy');
}"""


def may_paste(spec: CaptureSpec) -> bool:
    """Say whether a capture presses keys that bring what is in the clipboard into its page."""
    pressed = (action.key for action in spec.prepare.actions if isinstance(action, Press))
    return any("+" in key and key.rpartition("+")[2].lower() in _PASTING_KEYS for key in pressed)


async def overwrite(browser: Browser) -> None:
    """Leave nothing in the clipboard but a space."""
    context = await browser.new_context()
    try:
        page = await context.new_page()
        await page.evaluate(_OVERWRITE)
    finally:
        await context.close()
