"""What one capture leaves in the browser of a warm pod, the next one does not find, nor one beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.capture.conftest import Shelf
from integration.capture.dispatching import DispatchServer, dispatching
from integration.capture.warm import job_for, warm_pod
from integration.engine.recording import Recorder, Reply, recording

READY = {"expression": "document.title.startsWith('ready')"}
SECRET = "left behind"

# Leaves all that a page can leave.
LEAVE = f"""<!doctype html><script src=/library.js></script><input id=i value='{SECRET}'><script>
(async () => {{
  document.cookie = 'script={SECRET}; max-age=9999';
  localStorage.a = sessionStorage.a = '{SECRET}';
  await new Promise(done => {{ indexedDB.open('base').onsuccess = done; }});
  await (await caches.open('cache')).put('/cached', new Response('{SECRET}'));
  await navigator.serviceWorker.register('/worker.js');
  await navigator.serviceWorker.ready;
  await new Promise(done => navigator.geolocation.getCurrentPosition(done));
  document.title = 'ready';
}})();
</script>"""
WORKER = "onfetch = event => event.respondWith(new Response('<title>ready stolen</title>'))"

# Says what it finds, with the name of each thing that is not as a first visitor has it.
LOOK = """<!doctype html><script src=/library.js></script><p>look<script>
(async () => {
  const found = {
    cookies: document.cookie,
    localStorage: localStorage.length,
    sessionStorage: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    permission: (await navigator.permissions.query({name: 'geolocation'})).state === 'granted',
    history: history.length > 2,
    name: window.name,
  };
  document.title = 'ready ' + Object.keys(found).filter(name => found[name]).join();
})();
</script>"""

TALK = """<!doctype html><p>talk<script>
const channel = new BroadcastChannel('channel');
let heard = '';
channel.onmessage = event => { heard = event.data; };
setInterval(() => channel.postMessage('heard'), 20);
setInterval(() => { localStorage.a = 1; }, 20);
addEventListener('storage', () => { heard = 'storage'; });
setTimeout(() => { document.title = 'ready ' + heard; }, 2000);
</script>"""

COPY = f"""<!doctype html><input id=i value='{SECRET}'><button id=b onclick="i.select();
document.title = 'ready ' + document.execCommand('copy')">copy</button>"""
PASTE = "<!doctype html><input id=i oninput=\"document.title = 'ready ' + i.value\">"


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """Serve pages that leave things, and pages that look for them."""
    with recording() as server:
        library = Reply("1", headers={"Cache-Control": "max-age=9999"}, content_type="text/javascript")
        server.site = {
            "/leave": Reply(LEAVE, headers={"Set-Cookie": "server=1; Max-Age=9999; HttpOnly"}),
            "/look": LOOK,
            "/talk": TALK,
            "/copy": COPY,
            "/paste": PASTE,
            "/library.js": library,
            "/worker.js": Reply(WORKER, content_type="text/javascript"),
        }
        yield server


def title(server: DispatchServer, uid: str) -> str:
    result = server.result(uid)
    assert result.failure is None, result.failure
    assert result.page is not None
    return result.page.title


def test_the_next_capture_finds_nothing(recorder: Recorder, shelf: Shelf, tmp_path: Path) -> None:
    place = {"geolocation": {"latitude": 52.5, "longitude": 13.4}}
    jobs = [
        job_for(shelf, "before", recorder.own + "/look", wait=READY),
        job_for(shelf, "leaving", recorder.own + "/leave", wait=READY, emulate=place),
        job_for(shelf, "after", recorder.own + "/look", wait=READY),
    ]
    with dispatching(*jobs) as server, warm_pod(server, tmp_path, pages=1, max_captures=3) as pod:
        pod.end()
    assert title(server, "leaving") == "ready"
    assert title(server, "after") == title(server, "before") == "ready"
    assert "cookie" not in recorder.to("/look").headers
    assert sum(asked.path == "/library.js" for asked in recorder.asked) == 3, "each one has a cache of its own"


def test_captures_beside_each_other_do_not_hear_each_other(recorder: Recorder, shelf: Shelf, tmp_path: Path) -> None:
    jobs = [job_for(shelf, uid, recorder.own + "/talk", wait=READY) for uid in ("one", "other")]
    with dispatching(*jobs) as server, warm_pod(server, tmp_path, max_captures=2) as pod:
        pod.end()
    assert (title(server, "one"), title(server, "other")) == ("ready", "ready")


def test_what_was_copied_can_not_be_pasted_by_the_next_one(recorder: Recorder, shelf: Shelf, tmp_path: Path) -> None:
    copying = [{"click": "#b"}]
    pasting = [{"click": "#i"}, {"press": "Control+V"}]
    jobs = [
        job_for(shelf, "copying", recorder.own + "/copy", prepare={"actions": copying}),
        job_for(shelf, "pasting", recorder.own + "/paste", prepare={"actions": pasting}),
    ]
    with dispatching(*jobs) as server, warm_pod(server, tmp_path, max_captures=2) as pod:
        pod.end()
    assert title(server, "copying") == "ready true"
    assert title(server, "pasting") == "ready"
