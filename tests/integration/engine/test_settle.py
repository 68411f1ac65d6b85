"""A page is settled when what it shows is there, in every root of it; what goes on for ever does not hold it up."""

import pytest

from integration.engine.opened import OnPage, Opened, within
from integration.engine.pictures import BARE
from kubeshot_capture.stages import settle
from kubeshot_capture.stages.settle import Settling
from kubeshot_capture.tab import Tab

LATE = """const late = new Promise(done => setTimeout(done, 1200));
  const end = () => { document.title = 'done' };"""
SHIFT = (
    "<style>@keyframes move {{ to {{ left: 90px }} }} i {{ position: absolute; animation: move {} }}</style><i>i</i>"
)
# Both set the title of the outermost page when they have ended.
ANIMATION = SHIFT.format("1.2s") + "<script>setTimeout(() => { top.document.title = 'done' }, 1000)</script>"
IN_SHADOW = f"""<p id=host></p><script>host.attachShadow({{mode: 'open'}}).innerHTML = `{SHIFT.format("1.2s")}`;
  setTimeout(() => {{ document.title = 'done' }}, 1000)</script>"""
TEXTS = f"""<p id=text>0</p><script>{LATE} let number = 0;
  const count = setInterval(() => {{ text.textContent = String(++number).repeat(number) }}, 100);
  late.then(() => {{ clearInterval(count); end() }})</script>"""

UNFINISHED: dict[str, str | dict[str, str]] = {
    "an animation": BARE + ANIMATION,
    "an animation in a shadow root": BARE + IN_SHADOW,
    "an animation in a frame": {"/": "<iframe src=/frame></iframe>", "/frame": BARE + ANIMATION},
    "a text that is written letter by letter": BARE + TEXTS,
    "a page that becomes higher": f"""{BARE}<p id=more></p><script>{LATE} let height = 0;
      const grow = setInterval(() => {{ more.style.height = `${{height += 10}}px` }}, 50);
      late.then(() => {{ clearInterval(grow); end() }})</script>""",
}
ENDLESS = {
    "an animation": SHIFT.format("1s infinite"),
    "an animation of the layout": "<style>@keyframes w { to { width: 9px } } p { animation: w 1s infinite }</style><p>",
    "a script that draws in every frame": """<canvas id=c></canvas><script>const x = c.getContext('2d'); let n = 0;
      const draw = () => { x.fillRect(n++ % 90, 0, 9, 9); requestAnimationFrame(draw) }; draw()</script>""",
    "a script that moves things in every frame": """<p id=p style='position:absolute'>p</p><script>let n = 0;
      const move = () => { p.style.left = `${n++ % 90}px`; requestAnimationFrame(move) }; move()</script>""",
    "a script that asks again and again": """<script>
      const ask = () => fetch('/?' + Math.random()).then(() => setTimeout(ask, 30)); ask()</script>""",
    "an answer that nobody reads": "<script>setInterval(() => fetch('/'), 100)</script>",
    "a video": "<video autoplay muted src=/never></video>",
}


def settling(on_page: OnPage, page: str | dict[str, str]) -> tuple[Settling, str]:
    """Return how settling ended, and the title at that moment."""

    async def work(opened: Opened) -> tuple[Settling, str]:
        found = await settle.run(opened.tab, False, within(8))
        return found, await opened.title()

    return on_page(page, work)


@pytest.mark.parametrize("name", UNFINISHED)
def test_what_ends_is_waited_for(on_page: OnPage, name: str) -> None:
    found, title = settling(on_page, UNFINISHED[name])
    assert found.settled, found.complaint
    assert title == "done"


@pytest.mark.parametrize("name", ENDLESS)
def test_what_has_no_end_is_not(on_page: OnPage, name: str) -> None:
    found, _ = settling(on_page, BARE + ENDLESS[name])
    assert found.settled, found.complaint


def test_a_page_that_grows_for_ever_is_not_settled(on_page: OnPage) -> None:
    growing = """<p id=more></p><script>let height = 0;
      setInterval(() => { more.style.height = `${height += 10}px` }, 50)</script>"""
    found, _ = settling(on_page, BARE + growing)
    assert not found.settled
    assert found.complaint == "the page kept changing"


def test_a_page_that_does_not_answer_says_so(on_page: OnPage) -> None:
    async def work(opened: Opened) -> Settling:
        await opened.page.evaluate("setTimeout(() => { while (true); }, 0)")
        return await settle.run(opened.tab, False, within(2))

    assert on_page(BARE, work) == Settling(False, "the page did not answer")


def test_images_that_come_one_by_one_are_waited_for_beyond_the_usual_time(on_page: OnPage) -> None:
    page = """<title>waiting</title><img><img><img><script>
      const dot = 'data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=';
      addEventListener('load', () => [...document.images].forEach((image, number) => {
        image.src = '/never?' + number;
        setTimeout(() => {
          image.src = dot;
          if (number === 2) document.title = 'done';
        }, 800 * (number + 1));
      }));
    </script>"""

    async def work(opened: Opened) -> tuple[Settling, str]:
        found = await settle.run(opened.tab, True, within(0.9), within(30))
        return found, await opened.title()

    async def before(tab: Tab) -> None:
        await tab.page.route("**/never*", lambda _: None)

    found, title = on_page(page, work, before=before)
    assert found.settled, found.complaint
    assert title == "done"


def test_ten_thousand_elements_settle(on_page: OnPage) -> None:
    found, _ = settling(on_page, BARE + "<b>x</b>" * 10_000)
    assert found.settled, found.complaint
