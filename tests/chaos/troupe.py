"""Plays scenes ahead of when their outcomes are asked for, as far as they may be under way together."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from chaos.catalogue import Company, fault_named
from chaos.play import Played, Theatre

# The preparations of the next ones, and the clean-up of the last ones, take as long as a short scene.
_AHEAD = 2


@dataclass(frozen=True, slots=True, order=True)
class Title:
    """Which scene: the name of a fault, and a seed."""

    fault: str
    seed: int

    @property
    def company(self) -> Company:
        """Who may be under way beside it."""
        return fault_named(self.fault, self.seed).company


@dataclass
class Troupe:
    """`programme` is the order in which outcomes are asked for."""

    theatre: Theatre
    programme: Sequence[Title]
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=16))
    _playing: dict[Title, Future[Played]] = field(default_factory=dict)
    _begun: set[Title] = field(default_factory=set)

    def played(self, title: Title) -> Played:
        """Return what came of a scene; who asks again has it played again."""
        self._begin(title)
        for following in self._following(title):
            if following not in self._begun:
                self._begin(following)
        return self._playing.pop(title).result()

    def close(self) -> None:
        """Wait for what is under way, and begin nothing more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self, title: Title) -> None:
        if title not in self._playing:
            self._begun.add(title)
            self._playing[title] = self._pool.submit(
                self.theatre.play, fault_named(title.fault, title.seed), title.seed
            )

    def _following(self, title: Title) -> list[Title]:
        """Return the next few scenes, and with one that may have company all of its seed that may."""
        at = self.programme.index(title) if title in self.programme else len(self.programme)
        soon = self.programme[at : at + 1 + _AHEAD]
        sociable = {one.seed for one in soon if one.company is Company.OTHERS}
        with_them = (one for one in self.programme if one.company is Company.OTHERS and one.seed in sociable)
        return list(dict.fromkeys((*soon, *with_them)))
