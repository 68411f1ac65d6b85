"""What captures cases: the port, and what all who implement it share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from kubeshot_contract.reasons import Reason
from zoo.case import Case
from zoo.developed import Developed, Stored

# Small, so that two cores take many of them.
VIEWPORT = {"width": 320, "height": 240}
SECOND = "-again"


class Runner(Protocol):
    """Captures cases, several at a time."""

    def start(self, cases: Iterable[Case]) -> None:
        """Begin with these cases."""

    def developed(self, name: str) -> Developed:
        """Wait for a capture that was begun: a case's name, with `SECOND` behind it for the second of two."""

    def close(self) -> None:
        """Give up what is not finished, and tidy."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the browser finds the zoo; `refused` is an address of its machine at which nobody listens."""

    main: str
    other: str
    tls: str
    refused: str

    def of(self, page: str) -> str:
        """Return the address of a case's page."""
        return self._filled(page if page.startswith(("@", "http")) else f"@main{page}")

    def fill(self, value: Any) -> Any:
        """Return a copy with the words for addresses replaced, as far down as it goes."""
        if isinstance(value, Mapping):
            return {name: self.fill(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.fill(item) for item in value]
        return self._filled(value) if isinstance(value, str) else value

    def _filled(self, text: str) -> str:
        words = {
            "@main-host": urlsplit(self.main).hostname or "",
            "@other-host": urlsplit(self.other).hostname or "",
            "@main": self.main,
            "@other": self.other,
            "@tls": self.tls,
            "@refused": self.refused,
        }
        for word, address in words.items():
            text = text.replace(word, address)
        return text


def spec_of(case: Case, addresses: Addresses) -> dict[str, Any]:
    """Return the spec of a case's request."""
    source = {"url": addresses.of(case.page)} if case.page else {}
    window = {} if case.spec.keys() & {"viewport", "device"} else {"viewport": VIEWPORT}
    return {**source, **window, **addresses.fill(case.spec)}


def manifest_of(name: str, case: Case, addresses: Addresses, **more: Any) -> dict[str, Any]:
    """Return the request of a case under this name, with more fields in its spec."""
    spec = {**spec_of(case, addresses), **more}
    return {
        "apiVersion": "kubeshot.dev/v1alpha1",
        "kind": "ScreenshotRequest",
        "metadata": {"name": name},
        "spec": spec,
    }


def kept_by(cases: Iterable[Case], addresses: Addresses) -> list[dict[str, Any]]:
    """Return the Secrets and ConfigMaps that the cases name."""
    secrets = {name: values for case in cases for name, values in case.secrets.items()}
    config_maps = {name: values for case in cases for name, values in case.config_maps.items()}
    return [
        *(_keeper("Secret", "stringData", name, addresses.fill(values)) for name, values in secrets.items()),
        *(_keeper("ConfigMap", "data", name, addresses.fill(values)) for name, values in config_maps.items()),
    ]


def names_of(case: Case) -> list[str]:
    """Return the names of a case's requests."""
    return [case.name, case.name + SECOND] if case.twice else [case.name]


def read(
    answer: Mapping[str, Any], failure: tuple[str, str] | None, contents: Mapping[str, bytes], told: str
) -> Developed:
    """Return what a status says, or a command's answer, which has the same words."""
    page = answer.get("page") or {}
    verdict = answer.get("verdict") or {}
    return Developed(
        reason=Reason(failure[0]) if failure else None,
        message=failure[1] if failure else "",
        outputs={
            output["name"]: Stored(
                content=contents[output["name"]],
                content_type=output["contentType"],
                sha256=output["sha256"],
                bytes=output["bytes"],
                width=output.get("width"),
                height=output.get("height"),
            )
            for output in answer.get("outputs") or ()
        },
        settled=bool(verdict.get("settled")),
        stages={stage["name"]: (stage["outcome"], stage["milliseconds"]) for stage in verdict.get("stages") or ()},
        notes=tuple(verdict.get("notes") or ()),
        final_url=page.get("finalURL", ""),
        http_status=page.get("httpStatus"),
        told=told,
    )


def _keeper(kind: str, field: str, name: str, values: Mapping[str, str]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, field: dict(values)}
