"""Pages that never go idle, and what they load."""

import itertools
import struct

from zoo.site.exhibit import HTML, Answer, Exhibit, Silence, Socket, Stream, Visit, framed, page

FONT = "<style>@font-face { font-family: late; src: url(/never) } p { font-family: late, sans-serif }</style>"
SPIN = """<style>@keyframes spin { to { rotate: 1turn } }
#wheel { width: 60px; height: 60px; margin: 20px; background: #0000c0; animation: spin 1s linear infinite }</style>"""
GROW = """<style>@keyframes grow { from { width: 0 } to { width: 200px } }
#bar { height: 50px; background: #0000c0; animation: grow 1.5s linear forwards }</style>"""
# 8,000 samples a second, one byte each, and a length that takes 74 hours.
ENDLESS_WAVE = (
    b"RIFF\xff\xff\xff\x7fWAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"data\xdb\xff\xff\x7f"
)
SILENCE = b"\x80" * 8000
# Whoever draws without waiting for the decoding of this picture draws a hole.
LATE_IMAGE = """<img id="late" width="100" height="50"><script>
setTimeout(() => { late.src = '/slow.png'; late.onload = () => on() }, 200)</script>"""


def slow(visit: Visit) -> Answer:
    """Answer a page after so many seconds."""
    return Answer(framed("slow", "<script>on()</script>").encode(), wait=visit.number("seconds", 2))


def drip(visit: Visit) -> Stream:
    """Send a page of 60 lines, a line every 50 ms; the last one turns the lamp on."""
    head, tail = framed("drip", "@rest").split("@rest")
    lines = (f"<p style='margin:0'>drop {number}" for number in range(60))
    pieces = itertools.chain([head], lines, ["<script>on()</script>", tail])
    return Stream(HTML, (piece.encode() for piece in pieces), 0.05)


def endless_drip(visit: Visit) -> Stream:
    """Send a page that has no end."""
    head, _ = framed("endless drip", "@rest").split("@rest")
    pieces = itertools.chain([head, "<script>on()</script>"], itertools.repeat("<p style='margin:0'>drop"))
    return Stream(HTML, (piece.encode() for piece in pieces), 0.3)


def endless_wave() -> Stream:
    """Send ten seconds of silence every second, for ever."""
    return Stream("audio/wav", itertools.chain([ENDLESS_WAVE], itertools.repeat(SILENCE)), 0.1)


EXHIBITS = (
    page(
        "/idle/polling",
        "asks the server again as soon as it got an answer, for ever",
        "settled, in a few seconds; the lamp is on",
        "<script>const ask = () => fetch('/ping').then(() => { on(); setTimeout(ask, 50) }); ask()</script>",
    ),
    page(
        "/idle/interval",
        "polls every 2 seconds, for ever",
        "settled between two polls; the lamp is on",
        "<script>on(); setInterval(() => fetch('/ping'), 2000)</script>",
    ),
    page(
        "/idle/events",
        "listens to server-sent events",
        "settled; the lamp is on, since one has come",
        "<script>new EventSource('/events').onmessage = () => on()</script>",
    ),
    page(
        "/idle/fetched-stream",
        "reads an endless response of fetch()",
        "settled; the lamp is on",
        "<script>fetch('/events').then(answer => answer.body.getReader().read()).then(() => on())</script>",
    ),
    page(
        "/idle/socket",
        "keeps a WebSocket open on which something comes every 0.2 seconds",
        "settled; the lamp is on, since something has come",
        "<script>new WebSocket(`ws://${location.host}/socket`).onmessage = () => on()</script>",
    ),
    page(
        "/idle/long-poll",
        "keeps one request open that the server never answers",
        "a picture with the lamp on; settled once the request is older than 10 seconds",
        "<script>on(); fetch('/never')</script>",
    ),
    page(
        "/idle/video",
        "plays a video that arrives for ever",
        "settled; the lamp is on",
        '<video src="/endless.wav" width="100" height="50" autoplay muted></video><script>on()</script>',
    ),
    page(
        "/idle/font",
        "has text in a font that never arrives",
        "a picture within a few seconds, with the text in another font; the lamp is on",
        "<p id='text'>Text in another font</p><script>on()</script>",
        FONT,
    ),
    page(
        "/idle/image",
        "has an image that never arrives",
        "a picture at the end of the timeout that says it is not settled; the lamp is on",
        '<img src="/never" width="50" height="50"><script>on()</script>',
    ),
    page(
        "/idle/late-image",
        "adds an image 0.2 seconds after its load, which takes another 0.8 seconds",
        "the lamp is on and the green image below it is painted",
        LATE_IMAGE,
    ),
    page(
        "/idle/animation",
        "has an animation that never ends",
        "settled; the square stands upright, as at the animation's start",
        '<div id="wheel"></div><script>on()</script>',
        SPIN,
    ),
    page(
        "/idle/transition",
        "has an animation of 1.5 seconds that leads to a bar 200 pixels wide",
        "the bar at its end",
        '<div id="bar"></div><script>on()</script>',
        GROW,
    ),
    page(
        "/idle/frames",
        "draws in every frame, for ever",
        "settled; the lamp is on",
        "<script>const draw = () => { on(); requestAnimationFrame(draw) }; draw()</script>",
    ),
    page(
        "/idle/growing",
        "gets 10 pixels higher every 0.1 seconds, for ever",
        "a picture that says it is not settled, or NotSettled when the request asks for that",
        "<div id='more'></div><script>on(); let height = 0; "
        "setInterval(() => { more.style.height = `${height += 10}px` }, 100)</script>",
    ),
    page(
        "/idle/busy",
        "runs while (true) after its load",
        "an end by the deadline, with a result that says so",
        "<script>addEventListener('load', () => setTimeout(() => { on(); while (true); }, 100))</script>",
    ),
    page(
        "/idle/busy-at-once",
        "runs while (true) before its end is read",
        "an end by the deadline, with a result that says so",
        "<script>while (true);</script>",
    ),
    Exhibit("/idle/slow", slow, "answers after 2 seconds", "the lamp is on"),
    Exhibit("/idle/drip", drip, "arrives line by line, 3 seconds long", "settled; the lamp is on, all 60 lines there"),
    Exhibit(
        "/idle/endless-drip",
        endless_drip,
        "arrives line by line and has no end",
        "a picture of what has come; not settled",
    ),
    Exhibit("/never", lambda _: Silence(), "is never answered", "NavigationTimeout"),
    Exhibit("/ping", lambda _: Answer(b"pong", "text/plain")),
    Exhibit("/events", lambda _: Stream("text/event-stream", itertools.repeat(b"data: 1\n\n"), 0.2)),
    Exhibit("/socket", lambda _: Socket("hi", 0.2)),
    Exhibit("/endless.wav", lambda _: endless_wave()),
)
