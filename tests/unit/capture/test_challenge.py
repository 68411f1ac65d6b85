"""Bot walls are known by signs that the pages behind them don't have."""

import pytest

from kubeshot_capture.challenge import SELECTORS, VARIABLES, Signs, protection


def signs(*found: str, headers: dict[str, str] | None = None, text: str = "", form: bool = False) -> Signs:
    """Return a page's signs; each of `found` is a variable, or a part of the one selector that has it."""
    marks = [mark if mark in VARIABLES else selector_with(mark) for mark in found]
    return Signs(headers or {}, frozenset(marks), text, form=form)


def selector_with(part: str) -> str:
    (selector,) = (selector for selector in SELECTORS if part in selector)
    return selector


@pytest.mark.parametrize(
    ("page", "name"),
    [
        (signs(headers={"cf-mitigated": "challenge"}), "Cloudflare"),
        (signs("_cf_chl_opt"), "Cloudflare"),
        (signs(text="just a moment...\nexample.com performance & security by cloudflare"), "Cloudflare"),
        (signs(headers={"x-amzn-waf-action": "captcha"}), "AWS WAF"),
        (signs("gokuProps"), "AWS WAF"),
        (signs("#px-captcha"), "HUMAN (PerimeterX)"),
        (signs("bm-verify"), "Akamai"),
        (signs(text="access denied\nyou don't have permission to access http://a/\nerrors.edgesuite.net"), "Akamai"),
        (signs("_Incapsula_Resource"), "Imperva"),
        (signs(text="pardon our interruption\nsomething about your browser made us think you were a bot"), "Imperva"),
        (signs("captcha-delivery", text="please enable js and disable any ad blocker"), "DataDome"),
        (signs(".cf-turnstile", text="one more step: verify you are human"), "Turnstile"),
        (signs(".h-captcha", text="security check: are you human?"), "hCaptcha"),
        (signs(".g-recaptcha", text="our systems have detected unusual traffic"), "reCAPTCHA"),
        (signs(headers={"x-vercel-mitigated": "challenge"}), "Vercel"),
        (signs("anubis_challenge"), "Anubis"),
    ],
)
def test_walls_are_known(page: Signs, name: str) -> None:
    assert protection(page) == name


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(signs(), id="a page"),
        pytest.param(signs(headers={"server": "cloudflare", "cf-ray": "8f"}), id="a page behind Cloudflare"),
        pytest.param(signs(headers={"x-amzn-waf-action": "count"}), id="a page that a firewall only counts"),
        pytest.param(signs(".g-recaptcha", text="contact us i'm not a robot", form=True), id="a form with a captcha"),
        pytest.param(signs(".cf-turnstile", text="newsletter"), id="a small page with a captcha"),
        pytest.param(signs(text="are you human? a short story"), id="a page with the words only"),
        pytest.param(signs(".h-captcha", ".g-recaptcha"), id="a large page with captchas, whose text isn't read"),
        pytest.param(signs(text="access denied\nask your administrator"), id="a refusal of the page's own"),
        pytest.param(signs(text="just a moment...\nwe load your basket"), id="a page that asks for patience"),
    ],
)
def test_pages_are_no_walls(page: Signs) -> None:
    assert protection(page) is None
