"""A page with a clock of its own is the same page whenever it is captured."""

from pathlib import Path
from typing import Any

import pytest

from integration.engine.locally import capture
from integration.engine.prepared import Prepared, Preparing
from kubeshot_capture.clock import HORIZON_MS

MOMENT = "2026-01-02T03:04:05Z"
MILLISECONDS = 1767323045000
CLOCK: dict[str, Any] = {"clock": MOMENT, "timezone": "UTC", "locale": "en-US"}


def after(prepare: Preparing, script: str, expression: str, **spec: Any) -> Any:
    """Return what an expression is when the page's time has come to its end."""

    async def ask(prepared: Prepared) -> Any:
        await prepared.tab.advance_clock(last=False)
        await prepared.tab.advance_clock(last=True)
        return await prepared.ask(expression)

    return prepare(ask, **{"html": f"<!doctype html><body><script>{script}</script>", "emulate": CLOCK, **spec})


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("Date.now()", MILLISECONDS),
        ("new Date().toISOString()", "2026-01-02T03:04:05.000Z"),
        ("+new Date(5)", 5),
        ("Date().slice(0, 24)", "Fri Jan 02 2026 03:04:05"),
        ("new Date() instanceof Date && new Date().constructor === Date", True),
        ("new Intl.DateTimeFormat().format()", "1/2/2026"),
        ("new Intl.DateTimeFormat().formatToParts().map(part => part.value).join('')", "1/2/2026"),
        ("performance.timeOrigin + performance.now()", MILLISECONDS),
        ("window.Temporal ? Temporal.Now.instant().epochMilliseconds : 1767323045000", MILLISECONDS),
        ("window.Temporal ? String(Temporal.Now.plainDateISO()) : '2026-01-02'", "2026-01-02"),
    ],
)
def test_time_begins_at_the_moment(prepare: Preparing, expression: str, value: Any) -> None:
    assert after(prepare, f"window.told = {expression}", "told") == value


@pytest.mark.parametrize(
    "expression",
    [
        "[Math.random(), Math.random()]",
        "[...crypto.getRandomValues(new Uint32Array(4))]",
        "window.isSecureContext && crypto.randomUUID()",
    ],
)
def test_chance_is_the_same_every_time(prepare: Preparing, expression: str) -> None:
    first, second = (after(prepare, f"window.told = {expression}", "told") for _ in range(2))
    assert first == second
    assert after(prepare, f"window.told = {expression}", "told", emulate={}) != first


def test_chance_looks_like_chance(prepare: Preparing) -> None:
    numbers = after(prepare, "window.told = Array.from({length: 1000}, Math.random)", "told")
    assert all(0 <= number < 1 for number in numbers)
    assert len(set(numbers)) == 1000
    assert 0.4 < sum(numbers) / 1000 < 0.6


def test_frames_have_the_same_clock(prepare: Preparing) -> None:
    frame = (
        "document.body.innerHTML = '<iframe srcdoc=\"<script>parent.told = Date.now() + Math.random()<\\/script>\">'"
    )
    first, second = (after(prepare, frame, "window.told") for _ in range(2))
    assert first == second
    assert int(first) == MILLISECONDS


COUNT = "let count = 0; (function step(t) { count++; window.last = t; requestAnimationFrame(step) })()"


def test_an_endless_animation_by_frames_stops_at_the_same_one(prepare: Preparing) -> None:
    first, second = (after(prepare, COUNT, "[count, window.last]") for _ in range(2))
    assert first == second
    assert first[0] == pytest.approx(HORIZON_MS * 60 / 1000, abs=2)


def test_an_animation_that_begins_late_stops_at_the_same_frame(prepare: Preparing) -> None:
    late = f"setTimeout(() => {{ {COUNT.replace('let count', 'window.count')} }}, 30)"
    first, second = (after(prepare, late, "[count, window.last]") for _ in range(2))
    assert first == second


@pytest.mark.parametrize("clock", ["Date.now()", "performance.now()", "+new Date()"])
@pytest.mark.parametrize(
    "tick",
    ["requestAnimationFrame(step)", "setTimeout(step, 13)", "sleep(13).then(step)"],
    ids=["frames", "timers", "promises"],
)
def test_what_moves_in_arrives(prepare: Preparing, clock: str, tick: str) -> None:
    script = f"""const sleep = wait => new Promise(done => setTimeout(done, wait));
      const start = {clock}; window.share = 0;
      const step = () => {{ share = Math.min(1, ({clock} - start) / 800); if (share < 1) {tick} }}; {tick}"""
    assert after(prepare, script, "share") == 1


def test_a_debounced_function_is_called(prepare: Preparing) -> None:
    script = """let since; const wait = 200;
      const left = () => wait - (Date.now() - since);
      const expired = () => { left() > 0 ? setTimeout(expired, left()) : window.called = 1 };
      since = Date.now(); setTimeout(expired, wait)"""
    assert after(prepare, script, "window.called") == 1


def test_a_ticking_clock_stops_at_the_same_second(prepare: Preparing) -> None:
    script = "setInterval(() => { window.told = new Date().toISOString() }, 100)"
    first, second = (after(prepare, script, "told") for _ in range(2))
    assert first == second == "2026-01-02T03:04:07.000Z"


def test_a_loop_that_waits_for_time_to_pass_ends(prepare: Preparing) -> None:
    script = "const start = Date.now(); while (Date.now() - start < 20); window.told = 'ended'"
    assert after(prepare, script, "told") == "ended"


def test_timers_run_at_their_time_and_can_be_taken_back(prepare: Preparing) -> None:
    script = """window.told = []; setTimeout((...given) => told.push(...given), 300, 'later', 2);
      setTimeout(() => told.push('sooner'), 100); setTimeout("told.push('text')", 0);
      clearTimeout(setTimeout(() => told.push('never'), 200));
      let times = 0; const id = setInterval(() => { told.push('tick'); if (++times === 2) clearInterval(id) }, 120);
      cancelAnimationFrame(requestAnimationFrame(() => told.push('no frame')))"""
    assert after(prepare, script, "told") == ["text", "sooner", "tick", "tick", "later", 2]


def test_a_timer_that_throws_does_not_stop_the_others(prepare: Preparing) -> None:
    script = "setTimeout(() => { throw new Error('one') }, 100); setTimeout(() => { window.told = 'two' }, 200)"
    assert after(prepare, script, "told") == "two"


def test_what_is_loaded_late_is_still_drawn(prepare: Preparing) -> None:
    async def draw(prepared: Prepared) -> Any:
        # Longer than all frames before the last ones take.
        await prepared.page.wait_for_timeout(2500)
        await prepared.ask("window.picture = 'there'")
        await prepared.tab.advance_clock(last=False)
        return await prepared.ask("drawn")

    page = (
        "<body><script>let drawn; (function draw() { drawn = window.picture; requestAnimationFrame(draw) })()</script>"
    )
    assert prepare(draw, html=page, emulate=CLOCK) == "there"


def test_a_delay_of_the_request_is_time_for_the_page(prepare: Preparing) -> None:
    frames = after(prepare, COUNT, "count", wait={"delay": "1s"})
    assert frames == pytest.approx((HORIZON_MS + 1000) * 60 / 1000, abs=2)


def test_there_is_no_service_worker(prepare: Preparing) -> None:
    assert after(prepare, "window.told = 'serviceWorker' in navigator", "told") is False
    assert after(prepare, "window.told = 'serviceWorker' in navigator", "told", emulate={}) is True


def test_without_a_clock_time_is_the_browsers(prepare: Preparing) -> None:
    native = "Date.now.toString().includes('native') && setTimeout.toString().includes('native')"
    assert after(prepare, "", native, emulate={}) is True


RESTLESS = """<!doctype html><style>@keyframes move { to { translate: 300px } }
#css { width: 40px; height: 40px; background: #00f; animation: move 3.7s ease-in-out infinite alternate }</style>
<canvas id=noise width=300 height=200></canvas><p id=time></p><div id=css></div><script>
  const pen = noise.getContext('2d');
  for (let n = 0; n < 300; n++) {
    pen.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`;
    pen.fillRect(Math.random() * 300, Math.random() * 200, 9, 9);
  }
  let turns = 0;
  const draw = at => {
    time.textContent = `${new Date().toISOString()} ${performance.now()} ${at} ${++turns}`;
    pen.fillRect(turns, 100 + 50 * Math.sin(at / 100), 3, 3);
    requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
  setInterval(() => { document.title = Date.now() }, 70);
</script>"""


def test_two_captures_of_a_restless_page_are_the_same_bytes(tmp_path: Path) -> None:
    def digest(name: str, **emulate: str) -> str:
        folder = tmp_path / name
        folder.mkdir()
        captured = capture(folder, html=RESTLESS, emulate=emulate)
        assert captured.reason is None, captured.log
        return captured.result.outputs[0].sha256

    first, second = (digest(name, clock=MOMENT, timezone="UTC") for name in ("first", "second"))
    assert first == second
    assert digest("third", clock="2027-01-01T00:00:00Z", timezone="UTC") != first
    assert digest("fourth") != first


def test_a_page_without_scripts_is_captured(tmp_path: Path) -> None:
    page = "<body style='background:#00a000'><p>text<script>document.body.style.background = '#fff'</script>"
    captured = capture(tmp_path, html=page, emulate={"javaScript": False, "clock": MOMENT})
    assert captured.reason is None, captured.log
    assert captured.picture().convert("RGB").getpixel((700, 500)) == (0, 160, 0)
