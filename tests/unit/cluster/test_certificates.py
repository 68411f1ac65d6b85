"""The certificates name who the API server's roles expect, and are really signed."""

import shutil
import ssl
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from kubeshot_cluster.commands import Shell
from kubeshot_cluster.native import certificates, kubeconfigs, settings
from kubeshot_cluster.native.certificates import Certificate, Pki
from unit.cluster.fakes import PLAN, FakeCommands

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("node", "/O=system:nodes/CN=system:node:kubeshot"),
        ("scheduler", "/CN=system:kube-scheduler"),
        ("proxy", "/CN=system:kube-proxy"),
        ("admin", "/O=system:masters/CN=kubeshot-admin"),
    ],
)
def test_clients_have_the_names_of_built_in_roles(name: str, expected: str) -> None:
    by_name = {certificate.name: certificate for certificate in certificates.wanted(PLAN, "kubeshot")}
    assert certificates.subject(by_name[name]) == expected


def test_addresses_and_names_are_told_apart() -> None:
    assert "subjectAltName=DNS:localhost,IP:127.0.0.1" in certificates.extensions(["localhost", "127.0.0.1"])


def test_a_client_has_no_alternative_names() -> None:
    assert "subjectAltName" not in certificates.extensions(Certificate("c", "c").addresses)


@needs_openssl
def test_issues_what_a_tls_server_and_client_can_load(tmp_path: Path) -> None:
    pki = Pki(tmp_path / "pki")
    certificates.issue(pki, PLAN, "kubeshot", Shell(tmp_path / "log", _path()))
    context = ssl.create_default_context(cafile=str(pki.authority))
    context.load_cert_chain(str(pki.certificate("kube-apiserver")), str(pki.key("kube-apiserver")))
    assert [entry["subject"] for entry in context.get_ca_certs()] == [((("commonName", "kubeshot"),),)]
    assert stat.S_IMODE(pki.folder.stat().st_mode) == 0o700
    assert '"kubeshot"' in kubeconfigs.render(PLAN, pki, "admin")


@needs_openssl
def test_issues_only_once(tmp_path: Path) -> None:
    pki = Pki(tmp_path / "pki")
    for _ in range(2):
        certificates.issue(pki, PLAN, "kubeshot", Shell(tmp_path / "log", _path()))
    assert (tmp_path / "log").read_text().count("-x509") == 1


def test_what_is_left_of_an_interrupted_run_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "pki.new").mkdir()
    (tmp_path / "pki.new" / "half").touch()
    with pytest.raises(FileNotFoundError, match=r"\.csr"):
        # The fake makes no files, so issuing ends at the first request it wants to remove.
        certificates.issue(Pki(tmp_path / "pki"), PLAN, "kubeshot", FakeCommands())
    assert not (tmp_path / "pki").exists()
    assert not (tmp_path / "pki.new" / "half").exists()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("kubelet", {"PATH": "/bin"}, id="a program of the cluster gets no proxy"),
        pytest.param("containerd", {"PATH": "/bin", "HTTPS_PROXY": "http://proxy"}, id="containerd pulls through it"),
    ],
)
def test_passes_on_little_of_the_environment(name: str, expected: Mapping[str, str]) -> None:
    environment = {"PATH": "/bin", "HTTPS_PROXY": "http://proxy", "KUBECONFIG": "/home/x", "AWS_SECRET_ACCESS_KEY": "s"}
    assert settings.daemon_environment(environment, name) == expected


def test_a_changed_file_asks_for_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "kubelet.json"
    file.write_text("1")
    before = settings.fingerprint(["kubelet", f"--config={file}"])
    same = settings.fingerprint(["kubelet", f"--config={file}"])
    file.write_text("2")
    assert before == same
    assert settings.fingerprint(["kubelet", f"--config={file}"]) != before


def test_profiles_of_the_checkout_are_installed_anew(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    (source / "notes.md").touch()
    for content in ("{}", '{"defaultAction": "SCMP_ACT_ERRNO"}'):
        (source / "chromium.json").write_text(content)
        settings.install_seccomp_profiles(source, target)
        assert (target / "chromium.json").read_text() == content
    assert [file.name for file in target.iterdir()] == ["chromium.json"]


def _path() -> dict[str, str]:
    return {"PATH": str(Path(shutil.which("openssl") or "/usr/bin/openssl").parent)}
