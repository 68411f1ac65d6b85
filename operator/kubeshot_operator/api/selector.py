"""A Kubernetes LabelSelector as a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from kubeshot_operator.api.crd import SelectorOperator

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition that labels must meet. `values` are those of In and NotIn."""

    key: str
    operator: SelectorOperator
    values: frozenset[str] = frozenset()

    def __str__(self) -> str:
        match self.operator:
            case SelectorOperator.EXISTS:
                return self.key
            case SelectorOperator.DOES_NOT_EXIST:
                return f"!{self.key}"
            case SelectorOperator.IN if len(self.values) == 1:
                return f"{self.key}={next(iter(self.values))}"
            case SelectorOperator.IN | SelectorOperator.NOT_IN:
                return f"{self.key} {self.operator.lower()} ({', '.join(sorted(self.values))})"
            case _:
                assert_never(self.operator)

    def is_met_by(self, labels: Mapping[str, str]) -> bool:
        """Say whether these labels meet it; as in Kubernetes a label that is not there is in no list of values."""
        match self.operator:
            case SelectorOperator.EXISTS:
                return self.key in labels
            case SelectorOperator.DOES_NOT_EXIST:
                return self.key not in labels
            case SelectorOperator.IN:
                return labels.get(self.key) in self.values
            case SelectorOperator.NOT_IN:
                return labels.get(self.key) not in self.values
            case _:
                assert_never(self.operator)


@dataclass(frozen=True, slots=True)
class Selector:
    """Labels match when they meet every requirement; as kubectl writes it, which `kubectl get ns -l` takes."""

    requirements: tuple[Requirement, ...] = ()

    def __str__(self) -> str:
        return ",".join(map(str, self.requirements))

    def unmet(self, labels: Mapping[str, str]) -> "Selector":
        """Return what of it these labels do not meet."""
        return Selector(tuple(item for item in self.requirements if not item.is_met_by(labels)))


def parse_selector(raw: Raw) -> Selector:
    """Return the selector in a raw LabelSelector."""
    equal = (
        Requirement(key, SelectorOperator.IN, frozenset({value}))
        for key, value in (raw.get("matchLabels") or {}).items()
    )
    others = (
        Requirement(item["key"], SelectorOperator(item["operator"]), frozenset(item.get("values") or ()))
        for item in raw.get("matchExpressions") or ()
    )
    return Selector((*equal, *others))
