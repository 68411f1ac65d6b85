"""One scene: requests of both kinds, a fault that strikes amid them, and what is left when all is over."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from time import monotonic

from chaos.call import Call
from chaos.ground import Ground
from chaos.replica import Replica
from chaos.verdict import Page, Seen, named_ever, why_doubled, why_lost
from e2e.eventually import eventually
from e2e.kubectl import Object, condition
from e2e.space import Shot, Space, is_running

_ENDED = ("Succeeded", "Failed")
# The pictures of one are deleted with it.
_GOES = "isolated-goes"


@dataclass(frozen=True, slots=True)
class Patience:
    """For how many seconds requests may take to end, and what they leave behind to go."""

    end: float = 200.0
    tidy: float = 60.0


@dataclass
class Scene:
    """`random` is seeded; `deadline` is that of each request."""

    ground: Ground
    replica: Replica
    bucket: str
    classes: dict[str, str]
    space: Space
    random: Random
    patience: Patience = Patience()
    deadline: str = "20m"
    slow_pages: int = 1
    injected: Counter[str] = field(default_factory=Counter)
    pages: dict[str, Page] = field(default_factory=dict)
    doomed: set[str] = field(default_factory=set)

    def apply(self) -> None:
        """Apply the requests."""
        pages = {f"{kind}-{name}": page for kind in self.classes for name, page in self._pages(kind).items()}
        # One page that is missing says as much as two.
        spare = f"{self.random.choice(sorted(self.classes))}-missing"
        self.pages = {name: page for name, page in pages.items() if name != spare}
        self.space.requests({name: self._spec(name) for name in self.pages})

    def apply_doomed(self, name: str, kind: str) -> Shot:
        """Apply a request that is to be deleted before it ends."""
        self.doomed.add(name)
        url = self.ground.site.url(f"/slow?seconds=20&of={self.bucket}-{name}")
        return self.space.request(name, url, captureClassName=self.classes[kind], wait={"timeout": "60s"})

    def owns(self, call: Call) -> bool:
        """Say whether a call is about what is of this scene only: its namespace, its bucket."""
        return f"/namespaces/{self.space.namespace}/" in call.path or call.path.startswith(f"/{self.bucket}")

    def ended(self) -> int:
        """Return how many have ended."""
        last = self.space.last_states()
        return sum(last[name].get("status", {}).get("phase") in _ENDED for name in self.pages if name in last)

    def reasons(self) -> set[str]:
        """Return the reasons of all Ready conditions."""
        ready = (condition(body, "Ready") for body in self.space.last_states().values())
        return {item["reason"] for item in ready if item}

    @property
    def is_over(self) -> bool:
        """Whether all have ended."""
        return bool(self.pages) and self.ended() == len(self.pages)

    def running_pods(self) -> list[str]:
        """Return the names of the pods that run and are not on their way out."""
        last = {name: self.space.pod_states(name)[-1] for name in sorted(self.space.pods_now())}
        return [name for name, pod in last.items() if is_running(pod) and "deletionTimestamp" not in pod["metadata"]]

    def until(self, holds: Callable[[], object], what: str, within: float = 120) -> None:
        """Wait until something holds, or all is over before it does."""
        eventually(lambda: holds() or self.is_over, within=within, what=what, interval=0.2)

    def let_pass(self, seconds: float) -> None:
        """Let so much time pass in which a fault is there, less if all is over before."""
        end = monotonic() + seconds
        self.until(lambda: monotonic() > end, "time has passed", within=seconds + 10)

    def count(self, what: str = "", times: int = 1) -> None:
        """Note that the fault was there, so many times."""
        self.injected[what] += times

    def until_under_way(self) -> None:
        """Wait until a pod runs."""
        self.until(self.running_pods, "a pod runs")

    def finish(self) -> None:
        """Wait until all have ended, and the one that goes is gone."""
        eventually(self._all_ended, within=self.patience.end, what="all requests have ended")
        self.send_off()

    def until_no_pod(self) -> None:
        """Wait until no pod is left."""
        eventually(lambda: not self.space.pods_now(), within=self.patience.tidy, what="no pod is left")

    def send_off(self) -> None:
        """Delete the request whose images go with it, and wait until it is gone."""
        kubectl, place = self.ground.kubectl, ("-n", self.space.namespace)
        kubectl.run("delete", "shot", _GOES, *place, "--wait=false", "--ignore-not-found")
        eventually(lambda: _GOES not in self.space.requests_now(), within=self.patience.tidy, what=f"{_GOES} is gone")

    def lost(self) -> list[str]:
        """Return which requests did not end right, a sentence each."""
        return [why for seen in self._seen() if (why := why_lost(seen))]

    def doubled(self, *, once: bool) -> list[str]:
        """Return which requests did something twice, a sentence each."""
        return [why for seen in self._seen() if (why := why_doubled(seen, once=once))]

    def nameless(self) -> set[str]:
        """Return the keys of what is stored and no status names."""
        return self.ground.stored(self.bucket) - self._named()

    def until_tidy(self) -> None:
        """Wait until nothing is stored that no status names."""

        def tidy() -> bool:
            assert not self.nameless(), f"stored, and named by no status: {sorted(self.nameless())}"
            return True

        eventually(tidy, within=self.patience.tidy, what="nothing is stored that no status names", interval=1.0)

    def close(self) -> None:
        """Take the namespace away; a request that is still there waits for no bucket and no class."""
        kubectl, place = self.ground.kubectl, ("-n", self.space.namespace)
        if _GOES in self.space.requests_now():
            kubectl.run("patch", "shot", _GOES, *place, "--type=merge", '--patch={"spec": {"retention": "Retain"}}')
        self.space.close()

    def told(self) -> str:
        """Return what the operator said of this scene, and how often it has ended so far."""
        lines = self.replica.log.read_text(errors="replace").splitlines()
        mine = [line for line in lines if self.space.namespace in line or "Traceback" in line]
        return "\n".join([f"it has ended with {self.replica.deaths}", *mine[-80:]])

    def _pages(self, kind: str) -> dict[str, Page]:
        whole = f"of={self.bucket}-{kind}"
        slow = {
            f"slow-{n}": Page(f"/slow?seconds={self.random.randint(1, 4)}&n={n}&{whole}")
            for n in range(self.slow_pages)
        }
        good = {"goes": Page(f"/good?goes&{whole}")} if f"{kind}-goes" == _GOES else {"good": Page(f"/good?{whole}")}
        return {**good, **slow, "missing": Page(f"/status/404?{whole}", "Failed")}

    def _spec(self, name: str) -> Object:
        spec: Object = {
            "url": self.ground.site.url(self.pages[name].path),
            "captureClassName": self.classes[name.partition("-")[0]],
            "deadline": self.deadline,
        }
        return {**spec, "retention": "Delete"} if name == _GOES else spec

    def _all_ended(self) -> bool:
        assert self.is_over, f"{self.ended()} of {len(self.pages)} have ended: {self.lost()}"
        return True

    def _seen(self) -> list[Seen]:
        last, hits, stored = self.space.last_states(), self.ground.site.hits(), self.ground.stored(self.bucket)
        bodies = {name: last.get(name, {"metadata": {"name": name}}) for name in self.pages}
        # The pictures of one have gone with it.
        missing = {name: set() if name == _GOES else _outputs(body) - stored for name, body in bodies.items()}
        return [
            Seen(bodies[name], page, hits.get(page.path, 0), frozenset(missing[name]))
            for name, page in self.pages.items()
        ]

    def _named(self) -> set[str]:
        """Return the keys that statuses name; of those that were deleted amid, what they ever named."""
        there = self.ground.kubectl.items("shots", "-n", self.space.namespace)
        now = {key for body in there for key in _outputs(body)}
        gone = self.doomed - {body["metadata"]["name"] for body in there}
        return now | {key for name in gone for key in named_ever(self.space.states(name))}


def _outputs(body: Object) -> set[str]:
    return {str(output["key"]) for output in body.get("status", {}).get("outputs", ())}


Strike = Callable[[Scene], Iterator[None]]
"""A fault: what is before the `yield` happens before the requests are applied, the rest amid them."""
