"""How much the tests of warm pods do: little, so that everybody runs them, or as much as is promised."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many requests are applied at once in each test."""

    burst: int
    kills: int

    @property
    def seconds(self) -> float:
        """How long a machine that is slow and busy may take for any of them."""
        return 120.0 + 3.0 * max(self.burst, self.kills)

    @property
    def deadline(self) -> str:
        """The deadline of each request: none of them is to end for having waited for the others."""
        return f"{self.seconds:.0f}s"
