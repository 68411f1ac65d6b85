"""From what was asked to what is captured: each request checked, its defaults and its values filled in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kubeshot_capture.supplies import Supplies
from kubeshot_cli.arguments import Arguments
from kubeshot_cli.kept_values import read_given, supplies_for
from kubeshot_cli.manifest import API_VERSION, KIND, Document, Manifest, choose, name_of, read_manifest
from kubeshot_cli.problems import CommandError
from kubeshot_cli.schema import Schema, request_schema
from kubeshot_cli.validation import checked
from kubeshot_contract.fields import MalformedMessageError
from kubeshot_contract.parse_spec import parse_spec
from kubeshot_contract.spec import CaptureSpec

NAME_OF_A_URL = "screenshot"


@dataclass(frozen=True, slots=True)
class Order:
    """One request, ready to be captured into a folder."""

    name: str
    spec: CaptureSpec
    supplies: Supplies
    folder: Path


def read_orders(arguments: Arguments, text: str | None, environment: Mapping[str, str]) -> list[Order]:
    """Return what to capture, from the text of the file or the URL; raise `CommandError` with every problem."""
    if text is None:
        spec = {"url": arguments.url}
        request = {"apiVersion": API_VERSION, "kind": KIND, "metadata": {"name": NAME_OF_A_URL}, "spec": spec}
        manifest = Manifest((request,), {}, {})
        requests: Iterable[Document] = manifest.requests
    else:
        source = "standard input" if arguments.filename == "-" else str(arguments.filename)
        manifest = read_manifest(text, source)
        requests = choose(manifest.requests, arguments.name, source)
    return _orders(_specs(requests), manifest, arguments, environment)


def _specs(requests: Iterable[Document]) -> dict[str, CaptureSpec]:
    schema = request_schema()
    specs: dict[str, CaptureSpec] = {}
    problems: list[str] = []
    for request in requests:
        try:
            specs[name_of(request)] = _spec(request, schema)
        except CommandError as error:
            problems += [f"{name_of(request) or KIND}: {line}" for line in str(error).splitlines()]
    if problems:
        raise CommandError("\n".join(problems))
    return specs


def _spec(request: Document, schema: Schema) -> CaptureSpec:
    filled, problems = checked(request, schema)
    if problems:
        raise CommandError("\n".join(problems))
    try:
        return parse_spec(filled["spec"])
    except MalformedMessageError as error:
        raise CommandError(str(error)) from error


def _orders(
    specs: Mapping[str, CaptureSpec], manifest: Manifest, arguments: Arguments, environment: Mapping[str, str]
) -> list[Order]:
    given = read_given(arguments.secrets, environment)
    orders = []
    problems: list[str] = []
    for name, spec in specs.items():
        folder = arguments.folder if len(specs) == 1 else arguments.folder / name
        try:
            orders.append(Order(name, spec, supplies_for(spec, manifest, given), folder))
        except CommandError as error:
            problems += [f"{name}: {line}" for line in str(error).splitlines()]
    if problems:
        raise CommandError("\n".join(problems))
    return orders
