"""One way to make the pictures of one set of pages, with all that is measured around it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from bench.bursts import Burst, Loop, Picture, burst
from bench.completeness import look
from bench.demand import added, demand
from bench.expense import measured
from bench.figures import Figures, Taken, Way
from bench.hosting import LOOP, MEMORY, SITE
from bench.measure import calls, differences, peak_memory_mib
from bench.site.page import Page
from e2e.bucket import Storage
from e2e.classes import class_like_default
from e2e.eventually import eventually
from e2e.groups import PodGroups
from e2e.kubectl import Kubectl, Object
from e2e.space import Space

DEFAULT_CLASS = "default"


@dataclass(frozen=True, slots=True)
class PageSet:
    """Pages under a name, each as often as it is captured."""

    name: str
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where it all happens."""

    kubectl: Kubectl
    space: Space
    storage: Storage
    groups: PodGroups
    known: Mapping[str, str]
    bucket: str
    max_pods: int


@dataclass(frozen=True, slots=True)
class Pool:
    """How many warm pods there may be, with how many pages each."""

    pods: int
    pages: int

    def __str__(self) -> str:
        return f"{self.pods} pod{'s' * (self.pods > 1)} x {self.pages} pages"


@dataclass(frozen=True, slots=True)
class Variant:
    """A way, how it is set up, how many pods that makes at most, and what its first pictures took."""

    way: Way
    name: str
    slots: int = 1
    first: float = 0.0


def naive(ground: Ground, pages: PageSet, concurrency: int, loop: Loop) -> Figures:
    """Measure the loop, whose browser is warm."""
    loop.burst(pages.pages[:1] * concurrency, concurrency)
    return _figures(
        ground, pages, Variant(Way.NAIVE, f"{concurrency} at a time"), lambda: loop.burst(pages.pages, concurrency)
    )


def isolated(ground: Ground, pages: PageSet) -> Figures:
    """Measure a pod for each request, with all of the pods' end."""

    def make() -> Burst:
        done = burst(ground.space, DEFAULT_CLASS, pages.pages, f"isolated-{pages.name}")
        _until_no_capture_pod(ground)
        return done

    return _figures(ground, pages, Variant(Way.ISOLATED, f"{ground.max_pods} pods", ground.max_pods), make)


def warm(ground: Ground, pages: PageSet, pool: Pool) -> Figures:
    """Measure warm pods, whose browsers are warm."""
    name = f"bench-{pages.name}-{pool.pods}x{pool.pages}"
    with _warm_class(ground, name, pool):
        first = burst(ground.space, name, pages.pages[:1] * (pool.pods * pool.pages), f"first-{name}")
        variant = Variant(Way.WARM, str(pool), pool.pods, first.seconds)
        return _figures(ground, pages, variant, lambda: burst(ground.space, name, pages.pages, name))


@contextmanager
def _warm_class(ground: Ground, name: str, pool: Pool) -> Iterator[None]:
    def change(spec: Object) -> None:
        spec["reuse"] = {"mode": "Warm", "pages": pool.pages, "maxPods": pool.pods}
        spec["pod"]["resources"]["limits"]["memory"] = MEMORY

    ground.kubectl.apply(class_like_default(ground.kubectl, name, change))
    try:
        yield
    finally:
        ground.kubectl.run("delete", "captureclass", name)
        _until_no_capture_pod(ground)


def _until_no_capture_pod(ground: Ground) -> None:
    eventually(
        lambda: ground.space.pods_now() <= {SITE, LOOP}, within=90, what="no pod of a capture is left", interval=0.2
    )


def _figures(ground: Ground, pages: PageSet, variant: Variant, make: Callable[[], Burst]) -> Figures:
    calls_before, demand_before = calls(ground.kubectl), demand(ground.kubectl)
    with measured(ground.groups, ground.known) as expense:
        done = make()
    return Figures(
        variant.way,
        variant.name,
        pages.name,
        seconds=done.seconds,
        taken=[_taken(ground, picture) for picture in done.pictures],
        slots=variant.slots,
        retried=done.retried,
        expense=expense,
        calls=differences(calls_before, calls(ground.kubectl)),
        demand=added(demand_before, demand(ground.kubectl)),
        operator_memory=peak_memory_mib(ground.kubectl),
        first=variant.first,
        object_bytes=done.object_bytes,
    )


def _taken(ground: Ground, picture: Picture) -> Taken:
    page = picture.page
    if picture.key is None:
        return Taken(page.path, picture.wait, picture.work, 0, len(page.marks))
    content = ground.storage.download(ground.bucket, picture.key).content
    size, shown = look(content, page.marks)
    return Taken(page.path, picture.wait, picture.work, shown, len(page.marks), size, len(content))
