"""A leak of each kind is found, and where there is none, none."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from soak.report import document, progress, verdict
from soak.sample import Ending, Sample, Soak
from soak.verdict import Judgement, checks, fails, memory_trend

IDLE = Sample(
    seconds=0.0,
    captures=0,
    life="kubeshot-operator-1 17",
    memory_kib=70_000,
    fds=20,
    threads=3,
    connections=8,
    pods=0,
    processes=0,
    shims=5,
    requests=0,
    stored=0,
    named=0,
)
PER_MINUTE = 60
Leak = Callable[[Sample], Sample]


def soak(leak: Leak = lambda sample: sample, ending: Ending | None = None, minutes: int = 60) -> Soak:
    """Return a soak with a sample each ten seconds; `leak` is what happens to those under the load and after it."""
    random = Random(1)
    busy = [
        replace(
            IDLE,
            seconds=10.0 * number,
            captures=10 * number,
            memory_kib=90_000 + random.randint(-100, 100),
            fds=40 + random.randint(0, 5),
            threads=20,
            connections=25 + random.randint(0, 3),
            pods=6,
            processes=60 + random.randint(0, 9),
            shims=11,
            requests=100,
            stored=70,
            named=80,
        )
        for number in range(1, 6 * minutes + 1)
    ]
    rest = replace(IDLE, seconds=busy[-1].seconds + 90, captures=busy[-1].captures + 30, fds=30, threads=20)
    return Soak((IDLE, *map(leak, busy), leak(rest)), ending or Ending({"Succeeded": 3600}))


def leaking(whole: Soak) -> list[str]:
    """Return what leaks, in the verdict's words."""
    return [check.what for check in checks(whole) if check.judgement is Judgement.LEAKS]


def test_nothing_leaks_where_nothing_leaks() -> None:
    assert [check.judgement for check in checks(soak())] == [Judgement.HOLDS] * len(checks(soak()))
    assert not fails(soak())


def test_memory_that_grows_by_one_kib_with_each_capture() -> None:
    found = soak(lambda sample: replace(sample, memory_kib=sample.memory_kib + sample.captures))
    assert leaking(found) == ["memory of the operator, at most 16 MiB more a day"]
    assert 950 < 1000 * memory_trend(found).slope < 1050
    assert fails(found)


def test_memory_that_grows_in_a_short_run_is_no_leak_yet() -> None:
    found = soak(lambda sample: replace(sample, memory_kib=sample.memory_kib + sample.captures), minutes=6)
    assert checks(found)[0].judgement is Judgement.UNSURE
    assert not fails(found)


def test_memory_that_grows_little_is_no_leak() -> None:
    found = soak(lambda sample: replace(sample, memory_kib=sample.memory_kib + sample.captures // 10))
    assert leaking(found) == []


# One of fifty captures leaves one.
@pytest.mark.parametrize(
    ("leak", "what"),
    [
        pytest.param(lambda s: replace(s, fds=s.fds + s.captures // 50), "file descriptors of the operator", id="fds"),
        pytest.param(
            lambda s: replace(s, threads=s.threads + s.captures // 50), "threads of the operator", id="threads"
        ),
        pytest.param(
            lambda s: replace(s, connections=s.connections + s.captures // 50),
            "TCP connections of the operator",
            id="connections",
        ),
        pytest.param(lambda s: replace(s, pods=s.pods + 1), "pods of captures", id="a pod"),
        pytest.param(lambda s: replace(s, processes=s.processes + 1), "processes of their containers", id="a process"),
        pytest.param(lambda s: replace(s, shims=s.shims + 1), "containerd's shims", id="a shim"),
        pytest.param(lambda s: replace(s, requests=s.requests + 1), "requests", id="a request"),
        pytest.param(lambda s: replace(s, life="another"), "restarts of the operator", id="a restart"),
    ],
)
def test_a_leak_is_found(leak: Leak, what: str) -> None:
    assert leaking(soak(leak)) == [what]
    assert fails(soak(leak))


def test_few_descriptors_that_stay_are_found_by_their_trend() -> None:
    one_of_four_hundred = soak(lambda sample: replace(sample, fds=sample.fds + sample.captures // 400))
    assert leaking(one_of_four_hundred) == ["file descriptors of the operator"]


@pytest.mark.parametrize(
    ("ending", "what"),
    [
        pytest.param(Ending({}, wrong=["good-1 ended as Failed"]), "requests that ended wrong", id="a request"),
        pytest.param(Ending({}, nameless=["team/good-1/uid/1/x.png"]), "objects that no status names", id="an object"),
        pytest.param(Ending({}, missing=["team/kept-1/uid/1/x.png"]), "images of a status that are not", id="a loss"),
    ],
)
def test_what_is_wrong_in_the_end_is_told(ending: Ending, what: str) -> None:
    [found] = [check for check in checks(soak(ending=ending)) if check.judgement is Judgement.LEAKS]
    assert found.what.startswith(what)
    assert found.found.startswith("1; ")


def test_many_of_them_are_told_by_their_number() -> None:
    [found] = [check for check in checks(soak(ending=Ending({}, wrong=["no"] * 9))) if check.found.startswith("9")]
    assert found.found == "9; no; no; no; no; no; ..."


def test_doubt_counts_in_a_long_run_only() -> None:
    def jumpy(sample: Sample) -> Sample:
        return replace(sample, memory_kib=90_000 + 20_000 * (round(sample.seconds) // 500 % 2))

    assert checks(soak(jumpy))[0].judgement is Judgement.UNSURE
    assert fails(soak(jumpy))
    assert checks(soak(minutes=2))[0].judgement is Judgement.UNSURE
    assert not fails(soak(minutes=2))


def test_it_is_told_in_words() -> None:
    found = soak(ending=Ending({"HTTPError": 600, "Succeeded": 3000}))
    assert "60 minutes, 3,630 captures, 60 a minute: Succeeded 3,000, HTTPError 600." in document(found)
    assert verdict(found).endswith("Nothing leaks.")
    assert "87.9 MiB" in progress(replace(IDLE, memory_kib=90_000, seconds=60.0, captures=60), {"Succeeded": 60})
