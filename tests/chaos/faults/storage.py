"""The storage is away: when a bucket is looked at before forms are signed, at the upload, at the last look.

Back again after uploads it says of some more that it has them, and has not.
"""

from collections.abc import Iterator

from chaos.rules import Down, Losing
from chaos.scene import Scene, Strike

_AWAY = 8.0


def down_at(*names: str) -> Strike:
    """Return a strike that breaks these calls off until they were tried, and for some seconds more."""

    def strike(scene: Scene) -> Iterator[None]:
        down = Down(lambda call: call.name in names and scene.owns(call))
        with scene.ground.storage.rule(down):
            yield
            scene.until(lambda: down.hits, f"somebody tries to {' or '.join(names)}")
            scene.let_pass(_AWAY)
        scene.count(times=down.hits)

    return strike


def down_and_forgetful(scene: Scene) -> Iterator[None]:
    """Break uploads off for a while; of those after that, lose two that were answered well."""
    losing = Losing(lambda call: call.name == "post bucket" and scene.owns(call), times=2)
    with scene.ground.storage.rule(losing):
        yield from down_at("post bucket")(scene)
        scene.until(lambda: losing.hits, "an upload is lost")
    scene.count(times=losing.hits)


AT_PRESIGN = down_at("head bucket")
AT_UPLOAD = down_and_forgetful
AT_STAT = down_at("head object")
