"""Who led while one operator followed another: by their own word, and by the Lease."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from e2e.kubectl import Kubectl, Object
from e2e.operators import leads, operators
from e2e.space import OPERATOR_NAMESPACE
from e2e.watch import Watch

LEASE = "kubeshot-operator"


@dataclass(frozen=True, slots=True)
class Look:
    """What a pod said when it was asked whether it leads, and the seconds between which it said so."""

    pod: str
    asked: float
    answered: float
    leads: bool


class Leaders:
    """Asks all operators now and then, and sees every change of the Lease."""

    def __init__(self, kubectl: Kubectl) -> None:
        """Begin to watch."""
        self._kubectl = kubectl
        self._leases = Watch(kubectl, f"/apis/coordination.k8s.io/v1/namespaces/{OPERATOR_NAMESPACE}/leases")
        self._looks: list[Look] = []

    def look(self) -> dict[str, bool]:
        """Ask each operator once; return which of them say that they lead."""
        return {name: self._ask(name) for name in (pod["metadata"]["name"] for pod in operators(self._kubectl))}

    def that_led(self) -> set[str]:
        """Return the pods that ever said that they lead."""
        return {look.pod for look in self._looks if look.leads}

    def together(self) -> set[tuple[str, str]]:
        """Return which pods led at the same time, by their own word."""
        return led_together(self._looks)

    def holders(self) -> list[str]:
        """Return who held the Lease, one after the other."""
        return holders(self._leases.states(LEASE))

    def transitions(self) -> list[int]:
        """Return how often the Lease had changed hands, by each state of it."""
        return [int(state["spec"]["leaseTransitions"]) for state in self._leases.states(LEASE)]

    def close(self) -> None:
        """End the watch."""
        self._leases.close()

    def _ask(self, name: str) -> bool:
        asked = time.monotonic()
        it_leads = leads(self._kubectl, name)
        self._looks.append(Look(name, asked, time.monotonic(), it_leads))
        return it_leads


def led_together(looks: Sequence[Look]) -> set[tuple[str, str]]:
    """Return the pods that certainly led at the same time: one said so before and after the other did.

    They are asked one after the other: that both said so once means nothing.
    """
    leading = [look for look in looks if look.leads]
    return {
        (before.pod, between.pod)
        for between in leading
        for before in leading
        for after in leading
        if before.pod == after.pod != between.pod and before.answered < between.asked and between.answered < after.asked
    }


def holders(states: Iterable[Object]) -> list[str]:
    """Return who held a Lease, one after the other; nobody does once it is given up."""
    named = (str(state["spec"].get("holderIdentity") or "") for state in states)
    return [holder for holder, _ in groupby(named) if holder]
