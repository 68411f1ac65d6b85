"""Pages that show, as a code of squares, what they were told of their visitor."""

import json

from zoo.site.exhibit import Answer, Exhibit, Visit, framed, page

FEATURES = """<script>const says = query => matchMedia(query).matches;
const show = () => tell([says('(prefers-color-scheme: dark)') ? 'dark' : 'light',
  says('(prefers-reduced-motion: reduce)') ? 'reduce' : 'motion', says('print') ? 'print' : 'screen'].join(' '));
show(); setInterval(show, 100)</script>"""
# January 1970: no summer time.
PERSON = """<script>tell([navigator.language, (1234.5).toLocaleString(), new Date(0).getHours(),
  Intl.DateTimeFormat().resolvedOptions().timeZone, navigator.userAgent].join(' '))</script>"""
WINDOW = "<script>tell(`${innerWidth}x${innerHeight}@${devicePixelRatio} ${navigator.maxTouchPoints > 0}`)</script>"
PLACE = """<script>navigator.geolocation.getCurrentPosition(
  ({coords}) => tell(`${coords.latitude} ${coords.longitude} ${coords.accuracy}`),
  ({message}) => tell(message))</script>"""
HEADERS = """<script>const ask = origin => fetch(`${origin}/header?name=x-zoo`).then(answer => answer.text());
Promise.all([ask(''), ask('@other')]).then(([own, others]) => tell(`${own}|${others}`))</script>"""
SESSION = "<script>tell(`${document.cookie}|${localStorage.getItem('theme')}`)</script>"


def request(visit: Visit) -> Answer:
    """Show what the server got: the cookie ?cookie=, the header ?header=, else the user agent."""
    cookies = dict(pair.strip().partition("=")[::2] for pair in visit.headers.get("cookie", "").split(";"))
    if "cookie" in visit.query:
        found = cookies.get(visit.query["cookie"], "none")
    else:
        found = visit.headers.get(visit.query.get("header", "user-agent").lower(), "none")
    return Answer(framed("request", f"<script>tell({json.dumps(found).replace('<', '')})</script>").encode())


def header(visit: Visit) -> Answer:
    """Answer the value of the header ?name=, to every origin."""
    value = visit.headers.get(visit.query["name"], "none")
    return Answer(value.encode(), "text/plain", headers=(("Access-Control-Allow-Origin", "*"),))


_GOOD = "the code of what the request says"

EXHIBITS = (
    page("/told/features", "tells colour scheme, reduced motion and media type", _GOOD, FEATURES),
    page("/told/person", "tells language, number format, hour, time zone and user agent", _GOOD, PERSON),
    page("/told/window", "tells size and scale of its window, and whether it can be touched", _GOOD, WINDOW),
    page("/told/place", "tells where its visitor is (https only)", _GOOD, PLACE),
    page("/told/headers", "tells the header X-Zoo that came to its own and to the other origin", _GOOD, HEADERS),
    page("/told/session", "tells its cookies and what local storage has as theme", _GOOD, SESSION),
    Exhibit("/told/request", request, "tells the cookie ?cookie= or the header ?header= that came with it", _GOOD),
    Exhibit("/header", header),
)
