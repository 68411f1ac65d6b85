"""A page that takes what it can get harms its own capture at most: it ends, in a few words, and the next is good."""

from dataclasses import dataclass

import pytest

from e2e.classes import MakeClass, unchanged
from e2e.space import MakeSpace, Shot, Space
from e2e.warm import warm
from e2e.website import Website

GREEDY = {
    "disk, by blobs": """
        const kept = [];
        for (let n = 0; n < 48; n++) kept.push(new Blob([new Uint8Array(32 << 20).fill(n)]));
        document.title = kept.length + " blobs";
    """,
    "memory": """
        const kept = [];
        for (let n = 0; n < 4000; n++) kept.push(new Uint8Array(1 << 20).fill(n % 256));
    """,
    "processes, by workers": """
        const source = URL.createObjectURL(new Blob(["setInterval(() => {}, 1000)"]));
        for (let n = 0; n < 300; n++) new Worker(source);
    """,
    "processes, by frames": """
        for (let n = 0; n < 200; n++) {
          const frame = document.createElement("iframe");
          frame.srcdoc = "<p>" + n;
          document.body.append(frame);
        }
    """,
    "the console": """
        for (let n = 0; n < 50000; n++) console.error("\\u001b[31m" + "x".repeat(200) + n);
    """,
    "the title": """
        document.title = "\\u202e\\u0000\\n<script>" + "\\u{1F600}".repeat(1 << 20);
    """,
    "cookies": """
        for (let n = 0; n < 5000; n++) document.cookie = "c" + n + "=" + "x".repeat(3000);
    """,
    "storage": """
        try { for (let n = 0; ; n++) localStorage["k" + n] = "x".repeat(1 << 20); } catch { document.title = "full" }
    """,
    "downloads": """
        for (let n = 0; n < 100; n++) {
          const link = document.createElement("a");
          link.href = URL.createObjectURL(new Blob([new Uint8Array(1 << 20)]));
          link.download = "file" + n;
          document.body.append(link);
          link.click();
        }
    """,
    "history": """
        for (let n = 0; n < 500; n++) history.pushState({ big: "x".repeat(10000) }, "", "#" + n);
    """,
}
ENDS = {
    "OutOfMemory",
    "RendererCrashed",
    "NotSettled",
    "BlankImage",
    "NavigationTimeout",
    "DeadlineExceeded",
    "Evicted",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A namespace and a class in it."""

    space: Space
    class_name: str

    def capture(self, name: str, **spec: object) -> Shot:
        """Capture something to its end, good or bad."""
        common = {"captureClassName": self.class_name, "retry": {"limit": 0}, "wait": {"timeout": "15s"}}
        shot = self.space.requests({name: {**common, **spec}})[name]
        return shot.until("Succeeded", "Failed", within=180)


@pytest.fixture(scope="module", params=[unchanged, warm()], ids=["isolated", "warm"])
def place(request: pytest.FixtureRequest, make_space: MakeSpace, make_class: MakeClass) -> Place:
    return Place(make_space(), make_class(request.param))


@pytest.mark.parametrize("what", GREEDY)
def test_a_greedy_page_ends_and_the_next_one_is_good(place: Place, site: Website, what: str) -> None:
    name = what.replace(", by ", "-").replace("the ", "")
    html = f"<!doctype html><title>Greedy</title><h1>It wants {what}</h1><body><script>{GREEDY[what]}</script>"
    shot = place.capture(name, html=html)
    assert shot.phase == "Succeeded" or shot.reason in ENDS, f"{shot.reason}: {shot.message}"
    assert len(shot.message) <= 1024
    assert shot.message.isprintable()
    title = shot.status.get("page", {}).get("title", "")
    assert len(title) <= 256
    assert title.isprintable()
    beside = place.capture(f"beside-{name}", url=site.url(f"/good?of={place.space.namespace}-{name}"))
    assert (beside.phase, len(beside.attempts)) == ("Succeeded", 1), beside.message
