"""Pages whose content is not plain elements of one document."""

from zoo.site.exhibit import Answer, Exhibit, Visit, addressed, framed, page

# Whatever stands in a frame of 60 x 60 pixels is green when it is there.
GREEN = "<body style='margin:0;background:#00a000'>"
FRAMES = f"""<style>iframe, object {{ width: 60px; height: 60px; border: 0; display: block }}</style>
<iframe src="/green.html"></iframe><iframe src="@other/green.html"></iframe><iframe srcdoc="{GREEN}"></iframe>
<iframe src="/nested.html"></iframe><object data="/green.html" type="text/html"></object><script>on()</script>"""
SHADOW = """<open-box></open-box><closed-box></closed-box>
<div><template shadowrootmode="open"><b style="display:block;width:60px;height:60px;background:#00a000"></b></template>
</div><script>
const define = (name, mode) => customElements.define(name, class extends HTMLElement {
  connectedCallback() { this.style.display = 'block';
    this.attachShadow({mode}).innerHTML =
      '<b style="display:block;width:60px;height:60px;background:#00a000"></b>' } });
define('open-box', 'open'); define('closed-box', 'closed'); on()</script>"""
# Without preserveDrawingBuffer, as most pages do it: what was drawn is gone after the frame is shown.
WEBGL = """<canvas id="scene" width="100" height="100" style="display:block"></canvas><script>
const gl = scene.getContext('webgl');
if (gl) { gl.clearColor(0, 160 / 255, 0, 1); gl.clear(gl.COLOR_BUFFER_BIT); on() }</script>"""
WORKER = """<script>navigator.serviceWorker.register('/worker.js')
  .then(() => navigator.serviceWorker.ready).then(() => {
  if (!navigator.serviceWorker.controller) {
    return new Promise(done => navigator.serviceWorker.addEventListener('controllerchange', done)) } })
  .then(() => fetch('/from-the-worker')).then(answer => answer.text())
  .then(text => { if (text === 'worker') on() }, () => on('blue'))</script>"""
WORKER_SCRIPT = b"""addEventListener('install', () => skipWaiting());
addEventListener('activate', event => event.waitUntil(clients.claim()));
addEventListener('fetch', event => {
  if (new URL(event.request.url).pathname === '/from-the-worker') event.respondWith(new Response('worker')) })"""
NO_LAMP = "<style>#lamp { display: none }</style>"
COVER = "<canvas style='position:fixed;inset:0;width:100vw;height:100vh;background:#fff'></canvas>"
PRINTED = """<style>@media print { #lamp { background: #00a000; print-color-adjust: exact } nav { display: none } }
nav { height: 100px; background: #0000c0 }</style>"""


def nested(visit: Visit) -> Answer:
    """Answer a frame with a frame of the other origin in it."""
    inner = "<iframe src='@other/green.html' style='border:0;width:60px;height:60px'></iframe>"
    return Answer(addressed(f"<!doctype html><body style='margin:0'>{inner}", visit.places).encode())


def counted(visit: Visit) -> Answer:
    """Answer a page that shows random numbers, the time, an animation and how often it was visited before."""
    body = """<canvas id="noise" width="200" height="100"></canvas><p id="clock"></p><p class="moving">&nbsp;</p>
    <script>
    const context = noise.getContext('2d');
    for (let n = 0; n < 500; n++) {
      context.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`;
      context.fillRect(Math.random() * 200, Math.random() * 100, 9, 9) }
    const show = () => { clock.textContent = `${new Date().toISOString()} ${Date.now()} ${performance.now()}`;
      requestAnimationFrame(show) };
    show(); tell(new Date().toISOString())</script>"""
    style = """<style>@keyframes move { to { translate: 100px } }
    .moving { width: 40px; background: #0000c0; animation: move 3.7s ease-in-out infinite alternate }</style>"""
    return Answer(framed("restless", body, style).encode())


EXHIBITS = (
    page(
        "/content/frames",
        "has frames: of its own origin, of another, of text, a frame in a frame, and an object",
        "five green squares below the lamp, which is on",
        FRAMES,
    ),
    page(
        "/content/shadow",
        "has shadow trees: open, closed and declared",
        "three green squares below the lamp, which is on",
        SHADOW,
    ),
    page("/content/webgl", "draws by WebGL", "the lamp is on and the scene below it green", WEBGL),
    page(
        "/content/worker",
        "asks a service worker",
        "the lamp is on, since the worker has answered; blue where the browser refuses, as for a bad certificate",
        WORKER,
    ),
    page(
        "/content/blank-canvas",
        "has text behind a canvas that stays white",
        "BlankImage",
        f"<p>Figures of the year</p>{COVER}",
        NO_LAMP,
    ),
    page(
        "/content/late-canvas",
        "has text behind a white canvas, which goes 1.5 seconds after the load",
        "the text, or at least no white picture",
        f"<p>Figures of the year</p>{COVER}<script>addEventListener('load', () => "
        "setTimeout(() => document.querySelector('canvas').remove(), 1500))</script>",
        NO_LAMP,
    ),
    page("/content/empty-body", "is a page without anything in it", "a white picture, and no failure", "", NO_LAMP),
    page(
        "/content/printed",
        "has a blue navigation that print styles remove; they also make the lamp green",
        "on screen a red lamp and the navigation, on paper a green lamp without it",
        "<nav></nav>",
        PRINTED,
    ),
    Exhibit(
        "/content/restless",
        counted,
        "shows the time, random colours and an animation",
        "with a frozen clock the same bytes twice",
    ),
    Exhibit("/green.html", lambda _: Answer(f"<!doctype html>{GREEN}".encode())),
    Exhibit("/nested.html", nested),
    Exhibit("/worker.js", lambda _: Answer(WORKER_SCRIPT, "text/javascript")),
    Exhibit("/from-the-worker", lambda _: Answer(b"server", "text/plain")),
)
