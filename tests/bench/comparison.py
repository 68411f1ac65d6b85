"""Three ways to the same pictures: a loop in a pod, a pod for each request, and warm pods for many."""

import argparse
import datetime
import os
import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bench import kinds
from bench.bursts import Loop
from bench.chart import chart
from bench.expense import measured
from bench.figures import Comparison, Figures, Machine, keep, kept
from bench.hosting import serve, stand_by
from bench.measure import counted_calls
from bench.report import CHART, report
from bench.site.catalogue import CARDS, MIXED
from bench.sizing import sizing
from bench.trial import DEFAULT_CLASS, Ground, PageSet, Pool, isolated, naive, warm
from e2e.bucket import Storage
from e2e.groups import PROC, find_groups
from e2e.kubectl import Kubectl, from_environment
from e2e.space import OPERATOR_NAMESPACE, Space

IDLE_SECONDS = 15.0

_KIND_BY_APP = {"kubeshot-operator": kinds.OPERATOR, "minio": kinds.MINIO}


def arguments() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=16, help="captures of the page of 60 cards (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=2, help="captures of each of the 20 mixed pages (default: 2)")
    parser.add_argument("--loops", type=int, nargs="+", default=[1, 2, 4], help="pages at a time in the loop")
    parser.add_argument("--pools", type=pool, nargs="+", default=[Pool(1, 4)], help="warm pods x pages of each")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write the documents into this folder")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="keep the figures as JSON")
    parser.add_argument("--kept", type=Path, metavar="FILE", help="measure nothing: take figures that were kept")
    return parser.parse_args()


def pool(text: str) -> Pool:
    """Read pods x pages."""
    pods, _, pages = text.partition("x")
    return Pool(int(pods), int(pages))


@contextmanager
def prepared() -> Iterator[Ground]:
    """Bring up pages and loop in a namespace of their own."""
    kubectl = from_environment(os.environ)
    operator = kubectl.get("deployment", "kubeshot-operator", "-n", OPERATOR_NAMESPACE)
    default = kubectl.get("captureclass", DEFAULT_CLASS)["spec"]
    space, storage = Space(kubectl), Storage(kubectl)
    try:
        container = operator["spec"]["template"]["spec"]["containers"][0]
        [max_pods] = [int(each["value"]) for each in container["env"] if each["name"] == "KUBESHOT_MAX_PODS"]
        site = serve(kubectl, space.namespace, container["image"])
        known = {**_known_pods(kubectl), site: kinds.SITE}
        stand_by(kubectl, space.namespace, default["pod"]["image"])
        with counted_calls(kubectl):
            yield Ground(kubectl, space, storage, find_groups(), known, default["storage"]["bucket"], max_pods)
    finally:
        storage.close()
        space.close()


def measure(ground: Ground, options: argparse.Namespace) -> Comparison:
    """Measure all that was asked for, and tell on the way."""
    time.sleep(2)
    with measured(ground.groups, ground.known) as idle:
        time.sleep(IDLE_SECONDS)
    sets = (PageSet("cards", CARDS * options.cards), PageSet("mixed", MIXED * options.rounds))
    runs = [told(run) for pages in sets for run in _runs(ground, pages, options)]
    return Comparison(_machine(), idle, runs)


def _runs(ground: Ground, pages: PageSet, options: argparse.Namespace) -> Iterator[Figures]:
    if options.loops:
        with closing(Loop(ground.kubectl, ground.space.namespace, ground.bucket)) as loop:
            yield from (naive(ground, pages, concurrency, loop) for concurrency in options.loops)
    yield isolated(ground, pages)
    yield from (warm(ground, pages, each) for each in options.pools)


def told(run: Figures) -> Figures:
    """Print a figure's short form."""
    complete = f"{run.complete} of {run.count} complete"
    print(f"{run.pages}, {run.way}, {run.variant}: {run.per_minute:.0f} per minute, {complete}", flush=True)
    return run


def _known_pods(kubectl: Kubectl) -> dict[str, str]:
    """Return the kinds of the pods that are there, by UID; none of them captures."""
    pods = [pod["metadata"] for pod in kubectl.items("pods", "--all-namespaces")]
    names = {pod["uid"]: pod.get("labels", {}).get("app.kubernetes.io/name", "") for pod in pods}
    return {uid: _KIND_BY_APP.get(name, kinds.OTHER_PODS) for uid, name in names.items()}


def _machine() -> Machine:
    model = re.search(r"^model name\s*: (.*)", (PROC / "cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    day = f"{datetime.datetime.now(datetime.UTC):%-d %B %Y}"
    return Machine(os.cpu_count() or 1, model[1] if model else "an unnamed processor", round(memory, 1), day)


def write(comparison: Comparison, folder: Path) -> None:
    """Write the documents that are made from the figures."""
    documents = {"benchmarks.md": report, "sizing.md": sizing, CHART: chart}
    for name, made in documents.items():
        (folder / name).write_text(made(comparison), encoding="utf-8")


def main() -> None:
    """Measure or read, print, and write what was asked for."""
    options = arguments()
    if options.kept:
        comparison = kept(options.kept)
    else:
        with prepared() as ground:
            comparison = measure(ground, options)
    if options.keep:
        keep(comparison, options.keep)
    print(report(comparison))
    if options.write:
        write(comparison, options.write)


if __name__ == "__main__":
    main()
