"""Dialogs and windows that a page opens hold nothing up."""

from typing import Any

import pytest

from integration.engine.prepared import Prepared, Preparing
from integration.engine.recording import Recorder

ASKING = "<!doctype html><script>alert('stop'); window.told = [confirm('sure?'), prompt('name?', 'Ann')]</script>"


async def told(prepared: Prepared) -> Any:
    return await prepared.ask("window.told")


@pytest.mark.parametrize(
    ("dialogs", "answers"), [("Dismiss", [False, None]), ("Accept", [True, "Ann"])], ids=["dismissed", "accepted"]
)
def test_dialogs_are_answered_as_asked(prepare: Preparing, dialogs: str, answers: list[Any]) -> None:
    assert prepare(told, html=ASKING, prepare={"dialogs": dialogs}) == answers


async def sentences(prepared: Prepared) -> list[str]:
    return list(prepared.tab.tally.sentences())


def test_how_many_dialogs_there_were_is_told(prepare: Preparing) -> None:
    page = "<script>for (let n = 0; n < 30; n++) alert(n)</script><p>there"
    assert prepare(sentences, html=page) == ["the page opened 30 dialogs, which were answered"]


@pytest.mark.parametrize("script", ["while (confirm('again?'));", "while (!confirm('please?'));", "for (;;) alert(1)"])
@pytest.mark.parametrize("dialogs", ["Dismiss", "Accept"])
def test_a_page_that_asks_for_ever_is_shown_all_the_same(prepare: Preparing, script: str, dialogs: str) -> None:
    async def text(prepared: Prepared) -> Any:
        return await prepared.ask("document.body.innerText")

    page = f"<p>above<script>{script}</script><p>below"
    assert "below" in prepare(text, html=page, prepare={"dialogs": dialogs})


@pytest.mark.parametrize(("dialogs", "title"), [("Dismiss", "first"), ("Accept", "second")], ids=["stays", "leaves"])
def test_a_page_that_asks_before_it_is_left(prepare: Preparing, server: Recorder, dialogs: str, title: str) -> None:
    async def leave(prepared: Prepared) -> str:
        # Chromium asks only for a page that somebody has used.
        await prepared.page.mouse.click(10, 10)
        await prepared.ask("setTimeout(() => { location = '/second' })")
        await prepared.page.wait_for_timeout(1000)
        return await prepared.page.title()

    server.site = {
        "/": "<title>first</title><p>one<script>onbeforeunload = event => { event.preventDefault() }</script>",
        "/second": "<title>second</title><p>two",
    }
    assert prepare(leave, url=server.own + "/", prepare={"dialogs": dialogs}) == title


def test_windows_are_closed_and_told(prepare: Preparing, server: Recorder) -> None:
    async def windows(prepared: Prepared) -> list[str]:
        context = prepared.page.context
        while prepared.tab.tally.windows < 2 or len(context.pages) > 1:
            await prepared.page.wait_for_timeout(50)
        return await sentences(prepared)

    server.site = {"/": "<p>page<script>open('/second'); open('/third', '', 'width=200')</script>", "/second": "2"}
    found = prepare(windows, url=server.own + "/")
    assert found == ["the page opened 2 windows, which were closed"]
