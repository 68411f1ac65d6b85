"""Blank pictures are no success, and an overlay is told; pages that are as they should be are left alone."""

from pathlib import Path
from typing import Any

import pytest

from integration.engine.locally import Captured, capture

TEXT = "<h1>Title</h1>" + "".join(f"<p>Paragraph {index} of a page with something to read.</p>" for index in range(20))
COVER = "position:fixed;inset:0;background:#fffffff0;z-index:9"


def shoot(folder: Path, body: str, **spec: Any) -> Captured:
    return capture(folder, html=f"<!doctype html><style>body{{margin:0}}</style>{body}", **spec)


BLANK = {
    "white text on white": "<body style='color:#fff'>nobody sees this",
    "a canvas where nothing was drawn": "<canvas width=300 height=200></canvas>",
    "an image that is as white as the page": "<img width=90 height=90 src='data:image/svg+xml,<svg xmlns="
    '"http://www.w3.org/2000/svg" width="90" height="90"/>\'>',
    "text of a component": "<x-y></x-y><script>document.querySelector('x-y').attachShadow({mode: 'open'}).innerHTML"
    " = '<p style=\"color:#fff\">in the shadow'</script>",
}


@pytest.mark.parametrize("name", BLANK)
def test_a_blank_picture_is_a_failure(tmp_path: Path, name: str) -> None:
    captured = shoot(tmp_path, BLANK[name])
    assert captured.reason == "BlankImage", captured.log


def test_a_blank_picture_is_a_success_for_those_who_say_so(tmp_path: Path) -> None:
    captured = shoot(tmp_path, BLANK["white text on white"], failOn={"blank": False})
    assert captured.reason is None
    assert captured.picture().getcolors(1) is not None


def test_only_what_is_in_the_picture_counts(tmp_path: Path) -> None:
    outputs = [{"name": "corner", "area": "Clip", "clip": {"x": 600, "y": 300, "width": 100, "height": 100}}]
    assert shoot(tmp_path, "<p style='width:9em'>text at the top", outputs=outputs).reason is None


OVERLAYS = {
    "a newsletter": f"{TEXT}<div class='newsletter big' style='{COVER}'>Subscribe!</div>",
    "one in an application's frame": f"<div style='position:fixed;inset:0'>{TEXT}<div id=ask class=x style='{COVER}'>"
    "Allow?</div></div>",
    "a dialog": f"{TEXT}<dialog id=d style='width:100vw;height:100vh;max-width:none;max-height:none'>Sign in</dialog>"
    "<script>d.showModal()</script>",
}


@pytest.mark.parametrize(
    ("name", "words"),
    [("a newsletter", "(div.newsletter)"), ("one in an application's frame", "(div#ask)"), ("a dialog", "(dialog#d)")],
)
def test_an_overlay_is_told(tmp_path: Path, name: str, words: str) -> None:
    captured = shoot(tmp_path, OVERLAYS[name])
    assert captured.reason is None
    [note] = captured.result.notes
    assert words in note
    assert "100 % of the window" in note
    assert "prepare.remove" in note


ORDINARY = {
    "a page": TEXT,
    "an application in a fixed frame": f"<div style='position:fixed;inset:0;background:#fff'>{TEXT}</div>",
    "a fixed background": f"<div style='position:fixed;inset:0;background:teal;z-index:-1'></div>{TEXT}",
    "a bar at the top": f"<div style='position:fixed;inset:0 0 auto;height:25%;background:#eee'>Home</div>{TEXT}",
    "a layer that shows what is under it": f"{TEXT}<div style='position:fixed;inset:0;z-index:9'></div>",
    "slides": "<div style='position:relative;height:100vh'>"
    + "".join(
        f"<div style='position:absolute;inset:0;background:#fff;z-index:{10 + index};opacity:{index}'>{TEXT}</div>"
        for index in range(2)
    )
    + "</div>",
}


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_page_has_no_overlay(tmp_path: Path, name: str) -> None:
    captured = shoot(tmp_path, ORDINARY[name])
    assert captured.reason is None
    assert captured.result.notes == ()
