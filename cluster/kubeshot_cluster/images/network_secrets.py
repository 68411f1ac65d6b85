"""The files that tell a build about the network: certificate authorities, and the settings of pip and npm."""

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
# Credentials in npm's settings are not among them: npm does not print them.
NPM_CARRIED = ("registry", "proxy", "https-proxy", "noproxy", "strict-ssl")
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


def npm_settings(listing: str, has_bundle: bool) -> str:
    """Turn what `npm config get` prints for several names into an .npmrc for the build."""
    settings = (line.partition("=")[::2] for line in listing.splitlines())
    carried = [f"{name}={value}" for name, value in settings if name in NPM_CARRIED and value not in ("", "null")]
    return "".join(f"{line}\n" for line in [*carried, *([f"cafile={MOUNTED_BUNDLE}"] if has_bundle else [])])


def prepare(environment: Mapping[str, str], folder: Path, commands: Commands) -> dict[str, Path]:
    """Return the secret files by id. `folder` receives the pip.conf and the .npmrc."""
    authorities = bundle(environment)
    pip, npm = folder / "pip.conf", folder / "npmrc"
    listing = _read(commands, [sys.executable, "-m", "pip", "config", "list"])
    pip.write_text(pip_settings(listing, has_bundle=authorities is not None), encoding="utf-8")
    listing = _read(commands, ["npm", "config", "get", *NPM_CARRIED])
    npm.write_text(npm_settings(listing, has_bundle=authorities is not None), encoding="utf-8")
    return {"pip": pip, "npm": npm} | ({"ca": authorities} if authorities else {})


def _read(commands: Commands, command: list[str]) -> str:
    try:
        return commands.read(command)
    except ClusterError:
        return ""  # A host without the program has no settings of it.


def _settings(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Parse lines like `global.index-url='…'`, those from the environment last, because they win."""
    for line in sorted(lines, key=lambda line: line.startswith(":env:")):
        name, found, quoted = line.partition("=")
        if found:
            yield name.rpartition(".")[2].replace("_", "-"), str(ast.literal_eval(quoted))
