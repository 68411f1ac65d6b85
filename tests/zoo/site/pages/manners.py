"""Pages that want something of their visitor: consent, an answer, a new window, attention for errors."""

from zoo.site.exhibit import Answer, Exhibit, page
from zoo.site.images import one_colour

# The markup that OneTrust's script leaves in a page, with its ids, and the variable by which its choice is seen.
WALL = """<div id="onetrust-consent-sdk"><div class="onetrust-pc-dark-filter"></div>
<div id="onetrust-banner-sdk" role="dialog" aria-label="Privacy"><p>We value your privacy</p>
<button id="onetrust-reject-all-handler">Reject all</button>
<button id="onetrust-accept-btn-handler">Accept all</button></div></div>
<script>window.OnetrustActiveGroups = ',C0001,';
const wall = document.getElementById('onetrust-consent-sdk');
const choose = (name, groups) => { window.OnetrustActiveGroups = groups; wall.remove(); on(name) };
document.getElementById('onetrust-reject-all-handler').onclick = () => choose('on', ',C0001,');
document.getElementById('onetrust-accept-btn-handler').onclick = () => choose('blue', ',C0001,C0002,C0004,');
</script>"""
WALL_STYLE = """<style>.onetrust-pc-dark-filter { position: fixed; inset: 0; background: #800080 }
#onetrust-banner-sdk { position: fixed; inset: auto 0 0 0; padding: 10px; background: #ffff00 }
#lamp { background: #808080 }</style>"""
OVERLAY = """<div style="position:fixed;inset:0;background:#800080;z-index:9" id="overlay">
<h2>Subscribe to our newsletter</h2></div><p>The first paragraph</p><p>The second paragraph</p><script>on()</script>"""
POPUPS = """<a id="new" href="/plain" target="_blank">A new window</a><script>on();
window.open('/doors/status?code=404'); window.open('/plain', 'second', 'width=200,height=200')</script>"""
ADVERTISEMENT = """<img src="@other/adserver/banner/728x90.gif" id="ad" width="60" height="60" style="display:block">
<script>on(); ad.onload = () => on('blue')</script>"""

EXHIBITS = (
    page(
        "/manners/consent",
        "is covered by a cookie wall in OneTrust's markup",
        "no wall; the lamp is green when it was declined, blue when accepted, grey when it only went",
        WALL,
        WALL_STYLE,
    ),
    page("/manners/overlay", "is covered by a layer that nobody closes", "a picture that says so", OVERLAY),
    page(
        "/manners/dialogs",
        "alerts, asks for a confirmation and for a text, before anything else",
        "the lamp is green when the question was denied, blue when it was confirmed",
        "<script>alert('Welcome'); on(confirm('Go on?') ? 'blue' : 'on'); prompt('Your name?')</script>",
    ),
    page(
        "/manners/many-dialogs",
        "alerts 30 times",
        "the lamp is on",
        "<script>for (let n = 0; n < 30; n++) alert(`Number ${n}`); on()</script>",
    ),
    page("/manners/popups", "opens two windows at its load", "this page itself, with the lamp on", POPUPS),
    page(
        "/manners/console-error",
        "writes an error into the console",
        "the lamp is on; a failure when the request asks for that",
        "<script>on(); console.error('the zoo is on fire')</script>",
    ),
    page(
        "/manners/exception",
        "has a script that throws",
        "the lamp is on; a failure when the request asks for that",
        "<script>on()</script><script>null.fire()</script>",
    ),
    page(
        "/manners/advertisement",
        "shows a banner of another origin, under a path that filter lists know",
        "the lamp is blue, since the banner came; green when ads are blocked",
        ADVERTISEMENT,
    ),
    Exhibit("/adserver/banner/728x90.gif", lambda _: Answer(one_colour(4, 4, (192, 0, 0)), "image/png")),
)
