"""Pages on which the options of a request can be seen."""

import struct

from zoo.site.exhibit import Answer, Exhibit, page
from zoo.site.images import one_colour

# Writes down what was done, in order.
WORKSHOP = """<button id="go" style="width:60px">Go</button><input id="name" style="width:60px"><br>
<div id="menu" style="width:60px;height:20px;background:#808080">Menu</div>
<select id="language"><option>en<option>de</select><div style="width:3000px;height:2000px"></div><p id="far">Far</p>
<script>const log = []; const note = word => { if (log.at(-1) !== word) { log.push(word); tell(log.join(' ')) } };
go.onclick = () => note('click'); menu.onmouseenter = () => note('hover');
document.getElementById('name').oninput = event => note(`type:${event.target.value}`);
document.getElementById('name').onkeydown = event => { if (event.key.length > 1) note(`press:${event.key}`) };
language.onchange = () => note(`select:${language.value}`);
addEventListener('scroll', () => tell(`${scrollX},${scrollY}`))</script>"""
# Each click starts a wait of the kind that a request can wait for.
PATIENCE = """<button id="go">Go</button><script>let begun; const log = [];
const note = word => { log.push(word); tell(log.join(' ')) };
go.onclick = () => { begun = performance.now(); window.ready = false; document.getElementById('done')?.remove();
  setTimeout(() => { window.ready = true; document.body.insertAdjacentHTML('beforeend', '<p id="done">Done') }, 700) };
const look = word => note(document.getElementById('done') && window.ready ? word : 'early');
const since = word => note(performance.now() - begun >= 700 ? word : 'early')</script>"""
BLOCKS = """<style>main div { width: 100px; height: 30px } #a { background: #0000c0 } #b { background: #c08000 }
#c { background: #800080 } #d { background: #008080 }</style>
<main><div id="a"></div><div id="b"></div><div id="c"></div><div id="d"></div></main>"""
# A font that is none: what counts is whether it was fetched, which the browser tells of every resource.
RESOURCES = """<link rel="stylesheet" href="/loaded/style.css"><link rel="prefetch" href="/loaded/later">
<style>@font-face { font-family: odd; src: url(/loaded/font.woff2) } b { font-family: odd }</style><b>text</b>
<img src="/loaded/image.png" width="9" height="9"><audio src="/loaded/tone.wav" preload="auto"></audio>
<script src="/loaded/script.js"></script><script>
const found = {XHR: false, Fetch: false, WebSocket: false};
const ask = new XMLHttpRequest(); ask.onload = () => { found.XHR = true }; ask.open('GET', '/loaded/xhr'); ask.send();
fetch('/loaded/fetch').then(() => { found.Fetch = true });
new WebSocket(`ws://${location.host}/socket`).onmessage = () => { found.WebSocket = true };
const files = {Stylesheet: 'style.css', Image: 'image.png', Media: 'tone.wav', Font: 'font.woff2', Script: 'script.js',
  Other: 'later'};
const came = file => performance.getEntriesByName(`${location.origin}/loaded/${file}`).some(
  ({responseStatus}) => responseStatus === 200 || responseStatus === 206);
setInterval(() => tell([...Object.keys(files).filter(kind => came(files[kind])),
  ...Object.keys(found).filter(kind => found[kind])].join(' ')), 100)</script>"""
MOMENTS = """<img src="/slow.png" width="9" height="9"><script>tell('dom');
addEventListener('load', () => { tell('load');
  fetch('/idle/slow?seconds=6').then(() => tell('settled')) })</script>"""
LATER = """<script>addEventListener('load', () => setTimeout(() => { on(); window.ready = true;
  document.body.insertAdjacentHTML('beforeend', '<p id="ready">Ready') }, 2500))</script>"""
BOXES = """<style>#lamp { display: none } div { position: absolute; width: 100px; height: 60px }
#first { left: 40px; top: 100px; background: #0000c0 } #second { left: 180px; top: 150px; background: #800080 }
#low { left: 0; top: 500px; background: #00a000 }</style>
<div id="first"></div><div id="second"></div><div id="low"></div>"""
TRANSPARENT = """<style>html { background: none } </style><script>on()</script>"""
# Bands at all four sides, so that each way to fit a picture into a square is seen.
BANDS = """<style>#lamp { display: none } body { height: 100vh; box-sizing: border-box; background: #00a000;
border: solid #0000c0; border-width: 0 40px; }</style>"""
PAPER = """<style>#lamp { width: 100px; height: 100px; background: #00a000 }
section { height: 600px }</style><section>one</section><section>two</section><section>three</section>
<section>four</section><script>on()</script>"""
SCRIPTED = "<noscript><style>#lamp { background: #00a000 }</style></noscript>"
BYTES = "<img src='/green.png' width='50' height='50'><p>Text of the page</p><script>on()</script>"


def _tone() -> bytes:
    samples = bytes(800)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    data = struct.pack("<4sI", b"data", len(samples)) + samples
    return struct.pack("<4sI4s", b"RIFF", 4 + len(form) + len(data), b"WAVE") + form + data


def _loaded(name: str, body: bytes, content_type: str) -> Exhibit:
    return Exhibit(f"/loaded/{name}", lambda _: Answer(body, content_type))


EXHIBITS = (
    page("/options/workshop", "writes down what is done on it", "a code of all actions in their order", WORKSHOP),
    page("/options/patience", "does what it is asked after 0.7 seconds", "a code without the word early", PATIENCE),
    page("/options/blocks", "has four blocks below the lamp", "those that were asked for", BLOCKS),
    page("/options/resources", "loads one resource of each kind", "a code with the kinds that came", RESOURCES),
    page("/options/moments", "tells how far it is: dom, load, settled", "the code of what was waited for", MOMENTS),
    page(
        "/options/later", "turns the lamp on 2.5 seconds after its load, without any sign before", "the lamp on", LATER
    ),
    page("/options/boxes", "has three boxes at known places", "the boxes, and what is around them", BOXES),
    page("/options/transparent", "has no background", "a transparent picture where that is asked for", TRANSPARENT),
    page("/options/bands", "is green with blue bands left and right", "the part that the fit leaves", BANDS),
    page(
        "/options/paper",
        "is 2,500 rows to print, on a green ground where the lamp is",
        "as many pages as asked for",
        PAPER,
    ),
    page("/options/scripted", "turns the lamp on where scripts are off", "the lamp on, without scripts", SCRIPTED),
    page("/options/whole", "has an image and a text", "a document that shows both without the zoo", BYTES),
    _loaded("style.css", b"b { color: #000 }", "text/css"),
    _loaded("image.png", one_colour(4, 4, (0, 160, 0)), "image/png"),
    _loaded("font.woff2", b"no font", "font/woff2"),
    _loaded("tone.wav", _tone(), "audio/wav"),
    _loaded("script.js", b"", "text/javascript"),
    _loaded("xhr", b"", "text/plain"),
    _loaded("fetch", b"", "text/plain"),
    _loaded("later", b"later", "text/plain"),
)
