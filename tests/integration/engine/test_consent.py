"""Cookie banners are answered as the request wants, and pages without one don't notice."""

import asyncio
import os
from functools import partial
from pathlib import Path

import pytest

from integration.engine.managers import DIDOMI, ONE_TRUST, USERCENTRICS
from integration.engine.opened import ORIGIN, WINDOW, OnPage, Opened, within
from kubeshot_capture.assets import assets_folder
from kubeshot_capture.guard.guard import Guard
from kubeshot_capture.stages import clean, consent, settle
from kubeshot_capture.tab import Tab
from kubeshot_cli.local import ANYWHERE
from kubeshot_contract.options import Consent
from kubeshot_contract.result import Outcome
from kubeshot_contract.spec import Preparation
from unit.contract.make import make_spec

RED, WHITE, BLUE, GREEN = (255, 0, 0), (255, 255, 255), (0, 0, 255), (0, 255, 0)
MANAGERS = {
    "OneTrust": (ONE_TRUST, "Onetrust"),
    "Usercentrics": (USERCENTRICS, "usercentrics-api"),
    "Didomi": (DIDOMI, "didomi"),
}
# The title, the colour of all of the page, and the word in the note.
ENDS = {
    Consent.DECLINE: ("declined", BLUE, "declined"),
    Consent.ACCEPT: ("accepted", GREEN, "accepted"),
    Consent.HIDE: ("asked", WHITE, "hidden"),
}
SECONDS = 15.0


@pytest.fixture(scope="session")
def assets() -> Path:
    folder = assets_folder(os.environ)
    assert folder is not None, "run `make assets` first"
    return folder


def preparation(mode: Consent) -> Preparation:
    return make_spec(prepare={"consent": mode}).prepare


async def install(mode: Consent, assets: Path | None, tab: Tab) -> None:
    await consent.install(tab.page, mode, assets, tab.banners)


async def cleaned(opened: Opened) -> tuple[str, tuple[int, int, int], tuple[int, int, int], list[str]]:
    """Return the title, the colours of the page and of the place of the banner, and the notes."""
    # As the stages do: cleaning has a limit, and what it leaves is finished when the page has settled.
    await clean.run(opened.tab, preparation(Consent.DECLINE), within(SECONDS))
    await opened.page.wait_for_timeout(700)
    await clean.finish_banners(opened.tab, within(SECONDS))
    return await opened.title(), await opened.colour(200, 150), await opened.colour(200, 290), opened.notes


@pytest.mark.parametrize(("page", "manager"), MANAGERS.values(), ids=MANAGERS)
@pytest.mark.parametrize("mode", [Consent.DECLINE, Consent.ACCEPT, Consent.HIDE])
def test_a_banner_is_gone_and_a_note_tells_how(
    on_page: OnPage, page: str, manager: str, mode: Consent, assets: Path
) -> None:
    title, colour, words = ENDS[mode]
    found = on_page(page, cleaned, before=partial(install, mode, assets))
    assert found == (title, colour, colour, [f"the cookie banner of {manager} was {words}"])


@pytest.mark.parametrize(("page", "manager"), MANAGERS.values(), ids=MANAGERS)
def test_a_banner_that_is_to_be_ignored_stays(on_page: OnPage, page: str, manager: str, assets: Path) -> None:
    found = on_page(page, cleaned, before=partial(install, Consent.IGNORE, assets))
    assert found == ("asked", WHITE, RED, [])


FRAME = (
    '<iframe src="/frame" style="position: fixed; inset: auto 0 0 0; width: 100%; height: 150px; border: 0"></iframe>'
)
# The manager is there, and has its answer already.
ANSWERED = """<title>asked</title>
  <div id="onetrust-consent-sdk"><div id="onetrust-banner-sdk" style="display: none"></div></div>"""
LATE = ONE_TRUST.replace(
    "</script>",
    """
  const banner = document.getElementById('onetrust-consent-sdk');
  banner.remove();
  setTimeout(() => document.body.append(banner), 400);
</script>""",
)


def test_a_banner_in_a_frame_is_declined(on_page: OnPage, assets: Path) -> None:
    frame = """<div id="piano-cookie_banner">We use cookies. <button data-acceptance-button>Accept</button>
      <button data-close-button onclick="parent.document.title = 'declined'; parentNode.remove()">Close</button>
      </div>"""
    title, *_, notes = on_page(
        {"/": f"<title>asked</title>{FRAME}", "/frame": frame},
        cleaned,
        before=partial(install, Consent.DECLINE, assets),
    )
    assert (title, notes) == ("declined", ["the cookie banner of piano.io was declined"])


def test_a_banner_that_comes_late_is_declined_before_the_picture(on_page: OnPage, assets: Path) -> None:
    async def work(opened: Opened) -> tuple[Outcome, str]:
        outcome = await clean.run(opened.tab, preparation(Consent.DECLINE), within(SECONDS))
        await opened.page.wait_for_selector("#onetrust-banner-sdk", state="attached")
        await opened.page.wait_for_timeout(600)
        await clean.finish_banners(opened.tab, within(SECONDS))
        return outcome, await opened.title()

    found = on_page(LATE, work, before=partial(install, Consent.DECLINE, assets))
    assert found == (Outcome.SKIPPED, "declined")


def test_what_is_clicked_is_not_under_a_banner(on_page: OnPage, assets: Path) -> None:
    page = ONE_TRUST.replace(
        "<p>An article.</p>",
        '<button style="position: fixed; bottom: 10px" onclick="document.title += \', clicked\'">Go</button>',
    )
    prepare = make_spec(prepare={"actions": [{"click": "button"}]}).prepare

    async def work(opened: Opened) -> str:
        await clean.run(opened.tab, prepare, within(SECONDS))
        return await opened.title()

    assert on_page(page, work, before=partial(install, Consent.DECLINE, assets)) == "declined, clicked"


@pytest.mark.parametrize(
    "page", ["<title>asked</title><p>An article.", ANSWERED], ids=["no manager", "an answered one"]
)
@pytest.mark.parametrize("mode", [Consent.DECLINE, Consent.ACCEPT, Consent.HIDE])
def test_pages_without_a_banner_settle_as_they_are(on_page: OnPage, page: str, mode: Consent, assets: Path) -> None:
    errors: list[str] = []

    async def before(tab: Tab) -> None:
        tab.page.on("console", lambda message: errors.append(message.text))
        tab.page.on("pageerror", lambda error: errors.append(error.message))
        await install(mode, assets, tab)

    async def work(opened: Opened) -> tuple[bool, str, list[str]]:
        before = await opened.page.content()
        settling = await settle.run(opened.tab, False, within(SECONDS))
        await clean.finish_banners(opened.tab, within(SECONDS))
        assert await opened.page.content() == before
        return settling.settled, await opened.title(), opened.notes

    assert on_page(page, work, before=before) == (True, "asked", [])
    assert errors == []


def test_a_strict_policy_does_not_keep_the_engine_out(on_page: OnPage, assets: Path) -> None:
    policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-none'"
    page = ONE_TRUST.replace('onclick="decline()"', "")

    async def work(opened: Opened) -> list[str]:
        await clean.run(opened.tab, preparation(Consent.HIDE), within(SECONDS))
        await opened.page.wait_for_timeout(1000)
        assert await opened.colour(200, 290) == WHITE
        return opened.notes

    found = on_page(page, work, before=partial(install, Consent.HIDE, assets), policy=policy)
    assert found == ["the cookie banner of Onetrust was hidden"]


def test_missing_assets_are_told_and_the_banner_stays(on_page: OnPage) -> None:
    *_, colour, notes = on_page(ONE_TRUST, cleaned, before=partial(install, Consent.DECLINE, None))
    assert colour == RED
    assert notes == ["cookie banners were left alone: the consent engine is not installed here"]


def test_a_page_that_closes_amid_the_search_harms_no_other_page_of_its_browser(
    on_page: OnPage, assets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def close_others(opened: Opened) -> str:
        for number in range(40):
            page = await opened.page.context.new_page()
            await page.route("**/*", lambda route: route.fulfill(body="<p>nothing", content_type="text/html"))
            await install(Consent.DECLINE, assets, Tab(page, WINDOW, opened.notes.append, Guard(ANYWHERE)))
            await page.goto(ORIGIN)
            await asyncio.sleep(number % 10 / 1000)
            await page.close()
        return await opened.title()

    monkeypatch.setattr(consent, "START_SECONDS", 0.0)
    assert on_page("<title>still here</title>", close_others) == "still here"
