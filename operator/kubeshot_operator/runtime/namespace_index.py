"""The labels of the namespaces, by which classes say who may use them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace as last seen."""

    name: str
    resource_version: int
    labels: Mapping[str, str]


class NamespaceIndex:
    """Namespaces by name; one never goes back to an older version."""

    def __init__(self) -> None:
        self._namespaces: dict[str, Namespace] = {}

    def labels_of(self, name: str) -> Mapping[str, str] | None:
        """Return the labels of a namespace, `None` if it is not known."""
        known = self._namespaces.get(name)
        return None if known is None else known.labels

    def put(self, namespace: Namespace) -> bool:
        """Remember a namespace, unless a newer version is known; say whether that changed its labels."""
        known = self._namespaces.get(namespace.name)
        if known is not None and namespace.resource_version <= known.resource_version:
            return False
        self._namespaces[namespace.name] = namespace
        return known is None or known.labels != namespace.labels

    def drop(self, name: str, version: int) -> None:
        """Forget a namespace that was gone at this version, but not one of its name that was created since."""
        known = self._namespaces.get(name)
        if known is not None and known.resource_version <= version:
            del self._namespaces[name]

    def replace_all(self, listed: tuple[Namespace, ...], version: int) -> set[str]:
        """Take over a whole LIST as of this version; return the namespaces whose labels are others now."""
        for name in self._namespaces.keys() - {namespace.name for namespace in listed}:
            self.drop(name, version)
        return {namespace.name for namespace in listed if self.put(namespace)}
