"""Each action does what it says, in order; the first that can't be done is named, with the reason."""

from collections.abc import Mapping

import pytest

from integration.engine.opened import OnPage, Opened, within
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.stages import clean
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Outcome
from unit.contract.make import make_spec

SECONDS = 20.0

# Says in its title what was done to it.
PAGE = """<!doctype html><title></title><body style="height: 3000px">
  <button id="go" onclick="say('clicked')">Go</button>
  <input id="text" oninput="say('typed ' + value)" onkeydown="say('pressed ' + event.key)">
  <a id="over" onmouseover="say('hovered')">Over</a>
  <select id="kind" onchange="say('selected ' + value)"><option value="a">A<option value="b">B</select>
  <p id="far" style="position: absolute; top: 2500px">Far</p>
  <script>
    const say = words => { document.title += (document.title && ', ') + words; };
    addEventListener('scroll', () => { window.scrolled = true; });
  </script>"""


def done(on_page: OnPage, actions: list[object], page: str | Mapping[str, str] = PAGE, seconds: float = SECONDS) -> str:
    """Return the title after the actions."""

    async def work(opened: Opened) -> str:
        prepare = make_spec(prepare={"actions": actions}).prepare
        assert await clean.run(opened.tab, prepare, within(seconds)) is Outcome.SETTLED
        return await opened.title()

    return on_page(page, work)


DONE = {
    "click": ([{"click": "#go"}], "clicked"),
    "type": ([{"type": {"selector": "#text", "text": "a b"}}], "typed a b"),
    "press": ([{"click": "#text"}, {"press": "Enter"}], "pressed Enter"),
    "hover": ([{"hover": "#over"}], "hovered"),
    "select": ([{"select": {"selector": "#kind", "value": "b"}}], "selected b"),
    "evaluate": ([{"evaluate": "document.title = 'evaluated'"}], "evaluated"),
    "evaluate statements": ([{"evaluate": "const words = 'evaluated'; say(words)"}], "evaluated"),
    "evaluate a promise": (
        [{"evaluate": "new Promise(done => setTimeout(() => { say('later'); done() }, 300))"}],
        "later",
    ),
    "the order": ([{"evaluate": "say('one')"}, {"click": "#go"}, {"evaluate": "say('two')"}], "one, clicked, two"),
    "the first of several": ([{"click": "button, a, input"}], "clicked"),
}


@pytest.mark.parametrize(("actions", "title"), DONE.values(), ids=DONE)
def test_it_is_done(on_page: OnPage, actions: list[object], title: str) -> None:
    assert done(on_page, actions) == title


SCROLLS = {
    "to a place": ({"x": 0, "y": 700}, 700),
    "to an element": ({"selector": "#far"}, 2400),
}


@pytest.mark.parametrize(("scroll", "least"), SCROLLS.values(), ids=SCROLLS)
def test_the_page_is_scrolled_at_once(on_page: OnPage, scroll: object, least: int) -> None:
    page = PAGE.replace("<title>", "<style>html {scroll-behavior: smooth}</style><title>")
    place = float(done(on_page, [{"scroll": scroll}, {"evaluate": "document.title = scrollY"}], page))
    assert least - 300 <= place <= least


LATE = """<title>early</title><p hidden>Here</p><script>
  setTimeout(() => { document.querySelector('p').hidden = false; document.title = 'late'; }, 600);
</script>"""
WAITS = {"a selector": {"selector": "p"}, "an expression": {"expression": "document.title === 'late'"}}


@pytest.mark.parametrize("wait", [*WAITS.values(), {"duration": "800ms"}], ids=[*WAITS, "a while"])
def test_a_wait_holds_what_comes_after_it(on_page: OnPage, wait: object) -> None:
    assert done(on_page, [{"wait": wait}, {"evaluate": "document.title += ', then'"}], LATE) == "late, then"


LINKED = {
    "/": '<title>first</title><a href="/next">Next</a><form action="/next"><input></form>',
    "/next": """<title>second</title><script>
      addEventListener('load', () => { document.title = 'loaded'; });
    </script><img src="/none">""",
}
JOURNEYS = {
    "a click on a link": [{"click": "a"}],
    "a key in a form": [{"click": "input"}, {"press": "Enter"}],
    "a script": [{"evaluate": "location.href = '/next'"}],
}


@pytest.mark.parametrize("actions", JOURNEYS.values(), ids=JOURNEYS)
def test_the_next_document_is_waited_for(on_page: OnPage, actions: list[object]) -> None:
    assert done(on_page, actions, LINKED) == "loaded"


def test_a_page_that_takes_its_time_to_go_on_is_waited_for(on_page: OnPage) -> None:
    slow = """<input onkeyup="setTimeout(() => {
      const end = Date.now() + 300;
      while (Date.now() < end);
      location.href = '/next';
    })">"""
    actions: list[object] = [*JOURNEYS["a key in a form"]]
    assert done(on_page, actions, {**LINKED, "/": slow}) == "loaded"


def test_actions_go_on_in_the_next_document(on_page: OnPage) -> None:
    after = {"evaluate": "document.title += ', then'"}
    assert done(on_page, [{"click": "a"}, after], LINKED) == "loaded, then"


FAILURES = {
    "nothing there": ({"click": "#none"}, "action 2 (click #none) failed: no element matches, after"),
    "hidden": ({"click": "#hidden"}, "action 2 (click #hidden) failed: it is not visible, after"),
    "disabled": ({"click": "#disabled"}, "action 2 (click #disabled) failed: it is disabled, after"),
    "covered": ({"click": "#covered"}, "action 2 (click #covered) failed: another element is over it, after"),
    "moving": ({"click": "#moving"}, "action 2 (click #moving) failed: it keeps moving, after"),
    "read-only": (
        {"type": {"selector": "#fixed", "text": "x"}},
        "action 2 (type into #fixed) failed: it is read-only, after",
    ),
    "no field": (
        {"type": {"selector": "p", "text": "x"}},
        "action 2 (type into p) failed: Element is not an <input>",
    ),
    "no such option": (
        {"select": {"selector": "select", "value": "z"}},
        "action 2 (select z in select) failed: it has no such option, after",
    ),
    "no such key": ({"press": "Anykey"}, 'action 2 (press Anykey) failed: Unknown key: "Anykey"'),
    "never visible": (
        {"wait": {"selector": "#hidden"}},
        "action 2 (wait for #hidden) failed: nothing that #hidden matches was visible within",
    ),
    "never true": (
        {"wait": {"expression": "false"}},
        "action 2 (wait until false) failed: false was not true within",
    ),
}
OBSTACLES = """<!doctype html><style>button {position: absolute; width: 50px; height: 20px}
    @keyframes away {to {transform: translateX(300px)}}</style>
  <p>Text</p><button id="hidden" hidden>H</button><button id="disabled" disabled style="top: 50px">D</button>
  <button id="covered" style="top: 100px">C</button>
  <div style="position: absolute; top: 90px; left: 0; width: 100px; height: 40px; background: red"></div>
  <button id="moving" style="top: 150px; animation: away 3s linear infinite alternate">M</button>
  <input id="fixed" readonly><select><option value="a">A</select>"""


@pytest.mark.parametrize(("action", "message"), FAILURES.values(), ids=FAILURES)
def test_what_cannot_be_done_is_named_with_the_reason(on_page: OnPage, action: object, message: str) -> None:
    with pytest.raises(CaptureError) as caught:
        done(on_page, [{"hover": "p"}, action], OBSTACLES, seconds=2.0)
    assert caught.value.reason is Reason.ACTION_FAILED
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


THROWN = {
    "an error": ("null.x", "TypeError: Cannot read properties of null (reading 'x')"),
    "a syntax error": ("if (", "SyntaxError: Unexpected end of input"),
    "a rejection": ("Promise.reject(new Error('no luck'))", "Error: no luck"),
}


@pytest.mark.parametrize(("script", "error"), THROWN.values(), ids=THROWN)
def test_a_script_that_throws_fails_as_a_script(on_page: OnPage, script: str, error: str) -> None:
    with pytest.raises(CaptureError) as caught:
        done(on_page, [{"evaluate": script}])
    assert caught.value.reason is Reason.SCRIPT_FAILED
    assert str(caught.value) == f"action 1 (evaluate) failed: {error}"


@pytest.mark.parametrize("action", ["click", "hover"])
def test_what_is_no_selector_is_refused(on_page: OnPage, action: str) -> None:
    with pytest.raises(CaptureError) as caught:
        done(on_page, [{action: "text=Go"}])
    assert caught.value.reason is Reason.INVALID_REQUEST
    assert str(caught.value) == "text=Go is not a CSS selector"


def test_a_page_that_does_not_react_ends_the_action(on_page: OnPage) -> None:
    stuck = "setTimeout(() => { while (true); }, 0)"
    with pytest.raises(CaptureError) as caught:
        done(on_page, [{"evaluate": stuck}, {"press": "a"}], seconds=2.0)
    assert caught.value.reason is Reason.ACTION_FAILED


def test_actions_that_there_is_no_time_for_are_told(on_page: OnPage) -> None:
    actions = [{"wait": {"duration": "60s"}}, {"click": "#go"}]

    async def work(opened: Opened) -> tuple[Outcome, str, list[str]]:
        outcome = await clean.run(opened.tab, make_spec(prepare={"actions": actions}).prepare, within(1.0))
        return outcome, await opened.title(), opened.notes

    assert on_page(PAGE, work) == (Outcome.TIMED_OUT, "", ["there was no time left for action 2 (click #go)"])
