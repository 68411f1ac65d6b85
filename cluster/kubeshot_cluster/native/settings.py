"""Writes all configuration of a native cluster into its state folder."""

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from kubeshot_cluster.native import kubeconfigs, node_settings
from kubeshot_cluster.native.layout import Layout
from kubeshot_cluster.native.node_settings import Host
from kubeshot_cluster.native.plan import Plan

USERS = ("controller-manager", "scheduler", "proxy", "coredns", "node")


def write(layout: Layout, plan: Plan, host: Host) -> None:
    """Write every file anew. A file whose content stays keeps its program running."""
    files = {
        "containerd.toml": node_settings.containerd(layout, host),
        "cni/kubeshot.conflist": node_settings.cni(layout, plan, host),
        "kubelet.json": node_settings.kubelet(layout, plan, host),
        "audit.json": node_settings.audit_policy(),
        "kube-proxy.json": node_settings.kube_proxy(layout, plan),
        "Corefile": node_settings.coredns(layout, plan, host),
    }
    for user in USERS:
        files[f"{user}.kubeconfig"] = kubeconfigs.render(plan, layout.pki, user)
    for name, content in files.items():
        _write(layout.settings / name, content)
    _write(layout.places.kubeconfig, kubeconfigs.render(plan, layout.pki, "admin"))


def install_seccomp_profiles(source: Path, target: Path) -> None:
    """Copy the checkout's profiles to where the kubelet looks for `kubeshot/<file>`."""
    target.mkdir(parents=True, exist_ok=True)
    for profile in sorted(source.glob("*.json")):
        shutil.copyfile(profile, target / profile.name)


def fingerprint(command: Iterable[str]) -> str:
    """Hash a command line with the content of the files it names: another value asks for a restart."""
    digest = hashlib.sha256()
    for word in command:
        digest.update(word.encode() + b"\0")
        file = Path(word.partition("=")[2] or word)
        if file.is_file() and file.stat().st_size < 1_000_000:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def daemon_environment(environment: Mapping[str, str], name: str) -> dict[str, str]:
    """Pass on little. Only containerd talks to the world, so only it gets the proxies."""
    kept = {"PATH", "HOME", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR"}
    if name == "containerd":
        kept |= {variant for key in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY") for variant in (key, key.lower())}
    return {key: value for key, value in environment.items() if key in kept}


def _write(file: Path, content: str) -> None:
    """Write in one go, and only what is new: containerd reads its files whenever they change."""
    if file.exists() and file.read_text(encoding="utf-8") == content:
        return
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = file.with_name(f"{file.name}.new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(content, encoding="utf-8")
    unfinished.replace(file)
