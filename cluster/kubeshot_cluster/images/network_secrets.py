"""The two files that tell a build about the network: certificate authorities and pip's settings."""

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kubeshot_cluster.commands import Commands
from kubeshot_cluster.problems import ClusterError

BUNDLE_VARIABLES = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")
BUNDLES = (
    Path("/etc/ssl/certs/ca-certificates.crt"),
    Path("/etc/pki/tls/certs/ca-bundle.crt"),
    Path("/etc/ssl/cert.pem"),
)
MOUNTED_BUNDLE = "/run/secrets/ca.pem"
# Settings of pip that say how to reach an index, and hold inside a build as well as outside.
CARRIED = ("index-url", "extra-index-url", "trusted-host", "timeout", "default-timeout", "retries", "proxy")


def bundle(environment: Mapping[str, str]) -> Path | None:
    """Return the host's bundle of certificate authorities: a named one first, then the system's."""
    named = (Path(environment[name]) for name in BUNDLE_VARIABLES if environment.get(name))
    return next((file for file in (*named, *BUNDLES) if file.is_file()), None)


def pip_settings(listing: str, has_bundle: bool) -> str:
    """Turn `pip config list` into a pip.conf for the build. The bundle is where the build mounts it."""
    values = {"cert": MOUNTED_BUNDLE} if has_bundle else {}
    for name, value in _settings(listing.splitlines()):
        if name in CARRIED:
            values["timeout" if name == "default-timeout" else name] = value.replace("\n", "\n    ")
    return "\n".join(["[global]", *(f"{name} = {value}" for name, value in values.items()), ""])


def prepare(environment: Mapping[str, str], folder: Path, commands: Commands) -> dict[str, Path]:
    """Return the secret files by id. `folder` receives the pip.conf."""
    authorities = bundle(environment)
    try:
        listing = commands.read([sys.executable, "-m", "pip", "config", "list"])
    except ClusterError:
        listing = ""  # A Python without pip has no settings of pip's.
    settings = folder / "pip.conf"
    settings.write_text(pip_settings(listing, has_bundle=authorities is not None), encoding="utf-8")
    return {"pip": settings} | ({"ca": authorities} if authorities else {})


def _settings(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Parse lines like `global.index-url='…'`, those from the environment last, because they win."""
    for line in sorted(lines, key=lambda line: line.startswith(":env:")):
        name, found, quoted = line.partition("=")
        if found:
            yield name.rpartition(".")[2].replace("_", "-"), str(ast.literal_eval(quoted))
