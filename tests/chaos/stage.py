"""Which scenes may be under way at the same time: those whose faults leave the others alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from chaos.catalogue import Company


class Stage:
    """A scene is present from its preparations to its clean-up, and under way in between, while its fault strikes."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._present: list[Company] = []
        self._under_way: list[Company] = []

    @contextmanager
    def present(self, company: Company) -> Iterator[None]:
        """Wait until a scene may begin, and have it there."""
        with self._changed:
            self._changed.wait_for(lambda: not self._present if company is Company.NONE else self._is_open)
            self._present.append(company)
        yield from self._until_left(self._present, company)

    @contextmanager
    def under_way(self, company: Company) -> Iterator[None]:
        """Wait until a fault may strike, and have it strike."""
        with self._changed:
            self._changed.wait_for(
                lambda: all(Company.OTHERS is one for one in (company, *self._under_way)) or self._is_idle
            )
            self._under_way.append(company)
        yield from self._until_left(self._under_way, company)

    @property
    def _is_open(self) -> bool:
        return Company.NONE not in self._present

    @property
    def _is_idle(self) -> bool:
        return not self._under_way

    def _until_left(self, where: list[Company], company: Company) -> Iterator[None]:
        try:
            yield
        finally:
            with self._changed:
                where.remove(company)
                self._changed.notify_all()
