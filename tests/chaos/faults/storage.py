"""The storage is away: when a bucket is looked at before forms are signed, at the upload, at the last look."""

from collections.abc import Iterator

from chaos.rules import Down
from chaos.scene import Scene, Strike

_AWAY = 8.0


def down_at(*names: str) -> Strike:
    """Return a strike that breaks these calls off until they were tried, and for some seconds more."""

    def strike(scene: Scene) -> Iterator[None]:
        down = Down(lambda call: call.name in names)
        with scene.ground.storage.rule(down):
            yield
            scene.until(lambda: down.hits, f"somebody tries to {' or '.join(names)}")
            scene.let_pass(_AWAY)
        scene.count(times=down.hits)

    return strike


AT_PRESIGN = down_at("head bucket")
AT_UPLOAD = down_at("post bucket")
AT_STAT = down_at("head object")
