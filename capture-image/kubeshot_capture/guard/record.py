"""What a capture asked the network for: how much came and went, what was refused, and what could not be reached."""

from dataclasses import dataclass, field

from kubeshot_contract.reasons import Reason

# Of a page that tries ten thousand hosts, the first ones say enough.
MOST_HOSTS = 32


class ExhaustedError(Exception):
    """As many bytes have come and gone as one capture may have."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a host was not reached, in a sentence."""

    reason: Reason
    message: str


@dataclass(slots=True)
class Record:
    """`received` and `sent` are bytes; at `most` of both together nothing more comes through."""

    most: int
    received: int = 0
    sent: int = 0
    exhausted: bool = False
    troubles: dict[tuple[str, int], Trouble] = field(default_factory=dict)
    """By host and port, the first trouble with each."""

    @property
    def refused(self) -> tuple[str, ...]:
        """The hosts that were refused, in the order in which they were asked for."""
        hosts = (host for (host, _), it in self.troubles.items() if it.reason is Reason.BLOCKED_BY_POLICY)
        return tuple(dict.fromkeys(hosts))

    def note(self, host: str, port: int, trouble: Trouble) -> None:
        """Write down why a host was not reached."""
        if len(self.troubles) < MOST_HOSTS:
            self.troubles.setdefault((host, port), trouble)

    def count(self, *, received: int = 0, sent: int = 0) -> None:
        """Count bytes; raise `ExhaustedError` when these are more than may be."""
        self.received += received
        self.sent += sent
        if self.received + self.sent > self.most:
            self.exhausted = True
            raise ExhaustedError
