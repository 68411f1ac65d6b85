"""The base image: pulled if it can be, else made from Debian's packages under the same name."""

import os
import shutil
import tempfile
from pathlib import Path

from kubeshot_cluster import packages
from kubeshot_cluster.commands import Commands
from kubeshot_cluster.images import mirrors
from kubeshot_cluster.images.catalogue import BASE
from kubeshot_cluster.images.engines import Engine, Order
from kubeshot_cluster.places import Places
from kubeshot_cluster.steps import Steps

# What the official slim image leaves out, and dpkg keeps leaving out in what is built upon it.
LEFT_OUT = ("doc", "man", "groff", "info", "lintian", "linda", "locale")
EXCLUDES = "\n".join(
    [
        *(f"path-exclude /usr/share/{name}/*" for name in LEFT_OUT),
        "path-include /usr/share/doc/*/copyright",
        "path-include /usr/share/locale/locale.alias",
        "",
    ]
)
APT_SETTINGS = """Acquire::Languages "none";
Acquire::GzipIndexes "true";
APT::Keep-Downloaded-Packages "false";
APT::AutoRemove::SuggestsImportant "false";
"""
# An image that is cut off in the middle is built anew: no file has to be on the disk before the next is unpacked.
NO_SYNC = "force-unsafe-io\n"
# Services must not be started while an image is built.
NO_SERVICES = "#!/bin/sh\nexit 101\n"
UPGRADE = "apt-get update && apt-get upgrade --yes && apt-get clean && rm -rf /var/lib/apt/lists/* /var/log/*.log"
DOCKERFILE = f'FROM scratch\nADD root.tar /\nRUN {UPGRADE}\nCMD ["bash"]\n'
ARCHIVE = "debian-bookworm-slim.tar"


def ensure(engine: Engine, places: Places, steps: Steps) -> str:
    """Return the id of the base image, made or fetched if the engine has none."""
    commands = steps.quiet("base-image")
    found = engine.identity(BASE, commands)
    if found is None:
        _provide(engine, places, steps)
        found = engine.identity(BASE, commands)
    return found or ""


def _provide(engine: Engine, places: Places, steps: Steps) -> None:
    archive = places.cache / "images" / ARCHIVE
    if archive.exists():
        engine.restore(archive, steps.quiet("base-image"))
        return
    with steps.step(f"Pulling {BASE}", "base-image") as commands:
        pulled = engine.pull(BASE, commands)
    if pulled:
        return
    packages.install(packages.DEBOOTSTRAP, places, steps)
    with steps.step(f"It can't be pulled; making {BASE} with debootstrap", "base-image", "a minute") as commands:
        _make(engine, archive.parent, commands)
        unfinished = archive.with_suffix(".new")
        engine.save(BASE, unfinished, commands)
        unfinished.rename(archive)


def _make(engine: Engine, cache: Path, commands: Commands) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="debootstrap-", dir=cache))
    try:
        # The folder becomes `/` of the image, for every user.
        root = folder / "root"
        root.mkdir(mode=0o755)
        found = mirrors.ask(commands)
        source = [found.archive] if found.archive else []
        options = ["--variant=minbase", "--merged-usr", *_trusted(found.archive)]
        commands.run(["debootstrap", *options, mirrors.SUITE, str(root), *source], extra=mirrors.proxy(commands))
        _slim(root)
        _configure(root, found)
        commands.run(["tar", "--directory", str(root), "--create", "--file", str(folder / "root.tar"), "."])
        (folder / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")
        engine.build(Order(BASE, folder / "Dockerfile", folder, {}, {}), commands)
    finally:
        shutil.rmtree(folder)


def _trusted(archive: str | None) -> list[str]:
    """A mirror by https needs the authorities in the image too."""
    return ["--include=ca-certificates"] if (archive or "").startswith("https:") else []


def _slim(root: Path) -> None:
    for name in LEFT_OUT:
        _empty(root / "usr/share" / name)
    for name in ("var/cache/apt", "var/lib/apt/lists", "var/log"):
        _empty(root / name)


def _empty(folder: Path) -> None:
    """Remove the files, but licences, and keep the folders: packages expect some of them."""
    for parent, _, files in os.walk(folder):
        for name in files:
            if name not in ("copyright", "locale.alias"):
                (Path(parent) / name).unlink()


def _configure(root: Path, found: mirrors.Mirrors) -> None:
    listed = root / "etc/apt/sources.list"
    archive = found.archive or mirrors.archive_in(listed.read_text(encoding="utf-8"))
    files = {
        "etc/apt/sources.list": mirrors.sources(archive, found.security),
        "etc/apt/apt.conf.d/80-image": APT_SETTINGS,
        "etc/dpkg/dpkg.cfg.d/80-slim": EXCLUDES,
        "etc/dpkg/dpkg.cfg.d/80-no-sync": NO_SYNC,
        "usr/sbin/policy-rc.d": NO_SERVICES,
    }
    for name, content in files.items():
        (root / name).write_text(content, encoding="utf-8")
    (root / "usr/sbin/policy-rc.d").chmod(0o755)
    for name in ("etc/hostname", "etc/resolv.conf"):
        (root / name).unlink(missing_ok=True)
