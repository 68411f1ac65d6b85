"""The classes by name, the default among them, and what to say where there is none."""

from collections.abc import Mapping

from kubeshot_operator.api import crd
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.decide.observation import MissingClass


class ClassIndex:
    """Classes as last seen; one that cannot be read is known by what is wrong with it."""

    def __init__(self) -> None:
        self._classes: dict[str, CaptureClass] = {}
        self._broken: dict[str, str] = {}

    @property
    def usable(self) -> Mapping[str, CaptureClass]:
        """The classes that can be read, by name."""
        return self._classes

    def put(self, capture_class: CaptureClass) -> None:
        """Remember a class."""
        self._broken.pop(capture_class.name, None)
        self._classes[capture_class.name] = capture_class

    def put_broken(self, name: str, problem: str) -> None:
        """Remember a class that cannot be used, and why."""
        self._classes.pop(name, None)
        self._broken[name] = problem

    def drop(self, name: str) -> None:
        """Forget a class that was deleted."""
        self._classes.pop(name, None)
        self._broken.pop(name, None)

    def keep(self, names: set[str]) -> None:
        """Forget all classes but these."""
        for name in (self._classes.keys() | self._broken.keys()) - names:
            self.drop(name)

    def get(self, name: str | None) -> CaptureClass | MissingClass:
        """Return the class of this name, the default one for `None`, or what is missing."""
        if name is None:
            return self._default()
        if name in self._broken:
            return MissingClass(self._broken[name])
        known = ", ".join(sorted(self._classes)) or "none"
        missing = MissingClass(f"there is no CaptureClass {name}: create it, or name one that exists ({known})")
        return self._classes.get(name, missing)

    def _default(self) -> CaptureClass | MissingClass:
        defaults = sorted(item.name for item in self._classes.values() if item.is_default)
        if not defaults:
            return MissingClass(
                f"no CaptureClass is the default: annotate one with {crd.DEFAULT_CLASS_ANNOTATION}: "
                '"true", or set spec.captureClassName'
            )
        if len(defaults) > 1:
            return MissingClass(
                f"{len(defaults)} CaptureClasses are marked as default ({', '.join(defaults)}): keep the annotation on "
                "one, or set spec.captureClassName"
            )
        return self._classes[defaults[0]]
