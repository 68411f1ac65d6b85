"""The cluster's own certificate authority, and the certificates it signs."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kubeshot_cluster.commands import Commands
from kubeshot_cluster.native.plan import Plan

DAYS = "3650"
KEY = ("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out")


@dataclass(frozen=True, slots=True)
class Certificate:
    """Who it names: a user and its group, or the addresses of a server."""

    name: str
    user: str
    group: str = ""
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pki:
    """The folder of keys and certificates, and the names of the files in it."""

    folder: Path

    def certificate(self, name: str) -> Path:
        return self.folder / f"{name}.crt"

    def key(self, name: str) -> Path:
        return self.folder / f"{name}.key"

    @property
    def authority(self) -> Path:
        return self.certificate("ca")

    @property
    def signer(self) -> Path:
        """The key that signs service account tokens."""
        return self.key("service-account")

    @property
    def verifier(self) -> Path:
        """The public half of it."""
        return self.folder / "service-account.pub"


def wanted(plan: Plan, node: str) -> list[Certificate]:
    """List every certificate of the cluster. Users and groups are those of the API server's built-in roles."""
    names = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local")
    local = ("localhost", "127.0.0.1")
    return [
        Certificate("etcd", "etcd", addresses=local),
        Certificate("kube-apiserver", "kube-apiserver", addresses=(*names, *local, plan.api_service_ip, plan.node_ip)),
        Certificate("kubelet", "kubelet", addresses=(node, plan.node_ip)),
        Certificate("kubelet-client", "kube-apiserver-kubelet-client", "system:masters"),
        Certificate("etcd-client", "kube-apiserver-etcd-client"),
        Certificate("admin", "kubeshot-admin", "system:masters"),
        Certificate("node", f"system:node:{node}", "system:nodes"),
        Certificate("controller-manager", "system:kube-controller-manager"),
        Certificate("scheduler", "system:kube-scheduler"),
        Certificate("proxy", "system:kube-proxy"),
        Certificate("coredns", "system:coredns"),
    ]


def subject(certificate: Certificate) -> str:
    organisation = f"/O={certificate.group}" if certificate.group else ""
    return f"{organisation}/CN={certificate.user}"


def extensions(addresses: Sequence[str]) -> str:
    """Write openssl's extension file: for a server its names, for a client none."""
    lines = ["basicConstraints=CA:FALSE", "keyUsage=digitalSignature", "extendedKeyUsage=serverAuth,clientAuth"]
    if addresses:
        kinds = (f"IP:{address}" if address.replace(".", "").isdigit() else f"DNS:{address}" for address in addresses)
        lines.append(f"subjectAltName={','.join(kinds)}")
    return "\n".join([*lines, ""])


def issue(pki: Pki, plan: Plan, node: str, commands: Commands) -> None:
    """Make all keys and certificates, in one go: the folder appears complete or not at all."""
    if pki.folder.exists():
        return
    unfinished = Pki(pki.folder.with_suffix(".new"))
    shutil.rmtree(unfinished.folder, ignore_errors=True)
    unfinished.folder.mkdir(parents=True, mode=0o700)
    _authority(unfinished, commands)
    commands.run(["openssl", *KEY, str(unfinished.signer)])
    commands.run(["openssl", "pkey", "-in", str(unfinished.signer), "-pubout", "-out", str(unfinished.verifier)])
    for certificate in wanted(plan, node):
        _sign(unfinished, certificate, commands)
    unfinished.folder.rename(pki.folder)


def _authority(pki: Pki, commands: Commands) -> None:
    commands.run(["openssl", *KEY, str(pki.key("ca"))])
    self_signed = [
        "req",
        "-x509",
        "-new",
        "-sha256",
        "-days",
        DAYS,
        "-subj",
        "/CN=kubeshot",
        "-key",
        str(pki.key("ca")),
    ]
    commands.run(["openssl", *self_signed, "-out", str(pki.authority)])


def _sign(pki: Pki, certificate: Certificate, commands: Commands) -> None:
    request = pki.folder / f"{certificate.name}.csr"
    options = pki.folder / f"{certificate.name}.cnf"
    options.write_text(extensions(certificate.addresses), encoding="utf-8")
    key = pki.key(certificate.name)
    commands.run(["openssl", *KEY, str(key)])
    asked = ["req", "-new", "-sha256", "-subj", subject(certificate), "-key", str(key), "-out", str(request)]
    commands.run(["openssl", *asked])
    authority = ["-CA", str(pki.authority), "-CAkey", str(pki.key("ca")), "-CAcreateserial"]
    answer = ["-days", DAYS, "-sha256", "-extfile", str(options), "-out", str(pki.certificate(certificate.name))]
    commands.run(["openssl", "x509", "-req", "-in", str(request), *authority, *answer])
    request.unlink()
    options.unlink()
