"""Builds the Go programs, once per version, into the cache."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kubeshot_cluster import toolchain
from kubeshot_cluster.locks import held
from kubeshot_cluster.places import Places
from kubeshot_cluster.problems import ClusterError
from kubeshot_cluster.steps import Steps

KUBERNETES_PROGRAMS = (
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
    "kube-proxy",
    "kubectl",
    "etcd",
    "coredns",
)

# A build is done once and a cluster lives for hours: the compiler is spared what costs it most. Together that is four
# tenths of the CPU time (CoreDNS alone, 284 s to 163 s): no garbage collection below 2 GiB, no debug information, which
# is stripped anyway, and no inlining outside the standard library.
COMPILER_ENVIRONMENT = {"CGO_ENABLED": "0", "GOWORK": "off", "GOGC": "off", "GOMEMLIMIT": "2GiB"}
COMPILER_FLAGS = ("-gcflags=all=-dwarf=false -l", "-gcflags=std=-dwarf=false")


@dataclass(frozen=True, slots=True)
class Program:
    """A binary built from the folder of the same name under cluster/go."""

    name: str
    module: str
    expect: str
    package: str = "."
    links: tuple[str, ...] = ()
    # Linker variables; `{version}` is the module's version.
    variables: Mapping[str, str] = field(default_factory=dict)


PROGRAMS = {
    program.name: program
    for program in (
        Program(
            "kubernetes",
            "k8s.io/kubernetes",
            "5 minutes on 2 cores",
            links=KUBERNETES_PROGRAMS,
            variables={"k8s.io/component-base/version.gitVersion": "{version}"},
        ),
        Program("minio", "github.com/minio/minio", "90 seconds on 2 cores"),
        Program("kind", "sigs.k8s.io/kind", "a few seconds", package="sigs.k8s.io/kind"),
    )
}


def version_of(module: str, go_mod: str) -> str:
    """Read the pinned version of a module out of a go.mod."""
    for line in go_mod.splitlines():
        words = line.removeprefix("require").split()
        if words[:1] == [module] and len(words) >= 2:
            return words[1]
    raise ClusterError(f"The go.mod does not pin {module}; add it with `go get`.")


def fingerprint(folder: Path) -> str:
    """Hash the files that decide what is built."""
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*")):
        if file.is_file():
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def folder_of(program: Program, places: Places) -> Path:
    """Say where the binary of this version is, or will be."""
    source = places.go_modules / program.name
    version = version_of(program.module, (source / "go.mod").read_text(encoding="utf-8"))
    return places.cache / "bin" / f"{program.name}-{version}-{fingerprint(source)}"


def build(name: str, places: Places, steps: Steps) -> Path:
    """Return the folder with the program and its links, built if it is not there yet."""
    program = PROGRAMS[name]
    target = folder_of(program, places)
    if target.exists():
        return target
    with held(places.lock("binaries"), steps.say):
        if not target.exists():
            _build(program, target, places, toolchain.find(_go_mods(places), places.cache, steps), steps)
    return target


def _build(program: Program, target: Path, places: Places, go: toolchain.Go, steps: Steps) -> None:
    source = places.go_modules / program.name
    version = version_of(program.module, (source / "go.mod").read_text(encoding="utf-8"))
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{program.name}-", dir=target.parent))
    try:
        with steps.step(f"Building {program.name} {version}", f"build-{program.name}", program.expect) as commands:
            command = build_command(program, go.program, version, unfinished / program.name)
            commands.run(command, folder=source, extra={**go.environment, **COMPILER_ENVIRONMENT})
        for link in program.links:
            (unfinished / link).symlink_to(program.name)
        unfinished.chmod(0o755)
        os.replace(unfinished, target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def build_command(program: Program, go: str, version: str, output: Path) -> list[str]:
    """Write the command line: a static binary without paths and symbols, the same wherever it is built."""
    variables = [f"-X {name}={value.format(version=version)}" for name, value in program.variables.items()]
    flags = " ".join(["-s", "-w", *variables])
    options = ["-trimpath", "-buildvcs=false", *COMPILER_FLAGS, "-ldflags", flags]
    return [go, "build", *options, "-o", str(output), program.package]


def _go_mods(places: Places) -> list[str]:
    return [file.read_text(encoding="utf-8") for file in sorted(places.go_modules.glob("*/go.mod"))]
