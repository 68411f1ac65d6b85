"""Many requests at once all finish, one capture each."""

from e2e.bucket import Storage
from e2e.space import Space
from e2e.website import Website

MANY = 12


def test_requests_applied_at_once_all_finish(space: Space, site: Website, storage: Storage) -> None:
    specs = {f"burst-{n:02}": {"url": site.url(f"/good?of=burst-{n:02}")} for n in range(MANY)}
    shots = space.requests(specs)
    for shot in shots.values():
        shot.until("Succeeded", within=120)
    runs = [(shot.status["run"], len(shot.attempts)) for shot in shots.values()]
    visits = site.all_hits()
    stored = storage.keys("screenshots", f"{space.namespace}/")
    assert runs == [(1, 1)] * MANY
    assert [visits.get(f"/good?of={name}", 0) for name in shots] == [1] * MANY
    assert stored == sorted(shot.status["storageKey"] for shot in shots.values())
