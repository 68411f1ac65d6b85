"""Tells pages that ask whether their visitor is human from pages that have something to show.

Each sign is one that a protection's own interstitial has and a page behind it has not: such pages carry scripts of the
protection too, and many have a captcha in a form.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signs:
    """What a page looks like: headers of its response by lower-case name, and what was found on it.

    `found` are those of `SELECTORS` that match and those of `VARIABLES` that are set. `text` is the title and what is
    to be read, in lower case; it is empty for a page of many elements, which is no wall. `form` says whether there is
    something to fill in besides: a page that wants more than a proof.
    """

    headers: Mapping[str, str]
    found: frozenset[str]
    text: str
    form: bool


# A header that says it in so many words. Sources: the protections' own documents for developers.
_HEADERS = (
    ("Cloudflare", "cf-mitigated", ("challenge",)),
    ("AWS WAF", "x-amzn-waf-action", ("challenge", "captcha")),
    ("Vercel", "x-vercel-mitigated", ("challenge",)),
    ("DataDome", "x-dd-b", ("1", "2")),
)

# A global variable or an element that only the interstitial has.
_VARIABLES = {"_cf_chl_opt": "Cloudflare", "gokuProps": "AWS WAF"}
_ELEMENTS = {
    "#challenge-form[action*='__cf_chl'], script[src*='/cdn-cgi/challenge-platform/'][src*='/chl_page/']": "Cloudflare",
    "#px-captcha": "HUMAN (PerimeterX)",
    "#sec-if-cpt-container, #sec-cpt-if, meta[http-equiv='refresh' i][content*='bm-verify=']": "Akamai",
    "iframe#main-iframe[src*='_Incapsula_Resource']": "Imperva",
    "script#anubis_challenge": "Anubis",
    "script[src*='/.well-known/ddos-guard/js-challenge']": "DDoS-Guard",
}

# An element that a page with content may have too, and words that make it the interstitial of a small page.
_ELEMENTS_WITH_WORDS = {
    "iframe[src*='captcha-delivery.com/'], script[src*='captcha-delivery.com/']": "DataDome",
    ".cf-turnstile, iframe[src*='challenges.cloudflare.com/']": "Turnstile",
    ".h-captcha, iframe[src*='hcaptcha.com/']": "hCaptcha",
    ".g-recaptcha, iframe[src*='/recaptcha/']": "reCAPTCHA",
}
_WORDS = (
    "are you human",
    "are you a human",
    "are you a robot",
    "not a robot",
    "not a bot",
    "you are human",
    "you're human",
    "being human",
    "unusual traffic",
    "automated requests",
    "security check",
    "checking your browser",
    "verify you",
    "verifying you",
    "please enable js and disable any ad blocker",
    "access is temporarily restricted",
    "additional security",
    "one more step",
)

# What a refusal without any element of its own says, every part of it.
_TEXTS = (
    ("Cloudflare", ("just a moment...", "cloudflare")),
    ("Cloudflare", ("attention required! | cloudflare",)),
    ("Akamai", ("access denied", "you don't have permission to access", "edgesuite.net")),
    ("Imperva", ("request unsuccessful. incapsula incident id",)),
    ("Imperva", ("pardon our interruption", "made us think you were a bot")),
    ("HUMAN (PerimeterX)", ("access to this page has been denied", "using automation tools to browse")),
    ("Sucuri", ("you are being redirected...", "javascript is required")),
)

SELECTORS = (*_ELEMENTS, *_ELEMENTS_WITH_WORDS)
VARIABLES = tuple(_VARIABLES)


def protection(signs: Signs) -> str | None:
    """Return whose challenge or interstitial a page is; `None` for any other page."""
    found = (_by_header(signs), _by_element(signs), _by_element_and_words(signs), _by_text(signs))
    return next((name for name in found if name), None)


def _by_header(signs: Signs) -> str | None:
    told = ((name, signs.headers.get(header, "").lower(), values) for name, header, values in _HEADERS)
    return next((name for name, value, values in told if value in values), None)


def _by_element(signs: Signs) -> str | None:
    return next((name for mark, name in {**_VARIABLES, **_ELEMENTS}.items() if mark in signs.found), None)


def _by_element_and_words(signs: Signs) -> str | None:
    if signs.form or not any(words in signs.text for words in _WORDS):
        return None
    return next((name for selector, name in _ELEMENTS_WITH_WORDS.items() if selector in signs.found), None)


def _by_text(signs: Signs) -> str | None:
    return next((name for name, parts in _TEXTS if all(part in signs.text for part in parts)), None)
