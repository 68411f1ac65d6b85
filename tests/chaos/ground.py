"""What all scenes share: wires to the API server, the storage and the dispatch, the operator, a site and a MinIO."""

import base64
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from pathlib import Path
from random import choice
from tempfile import TemporaryDirectory
from uuid import uuid4

import yaml
from minio import Minio

from chaos.call import System
from chaos.replica import Post, Replica
from chaos.rules import Doorkeeper
from chaos.site import Site, serve
from chaos.wire import Backstage, Wire
from e2e.classes import class_like_default, unchanged
from e2e.kubectl import Kubectl, Object
from e2e.warm import warm
from integration.minio_server import Running, running_minio
from kubeshot_operator.api.crd import ACCESS_KEY_FIELD, LEASE_NAME, SECRET_KEY_FIELD

_SECRET = "chaos-storage"


class Ground:
    """A cluster in which no operator works but ours. What it made is gone at the end."""

    def __init__(self, kubectl: Kubectl, server: Running, host: str, folder: Path) -> None:
        """Bring everything up; `host` is this machine as the pods see it."""
        self.kubectl = kubectl
        self.unique = uuid4().hex[:6]
        self._host, self._server, self._folder = host, server, folder
        self._backstage = Backstage()
        self.replicas: list[Replica] = []
        self.doorkeeper = Doorkeeper(set())
        address, tls = api_server(kubectl.kubeconfig)
        self.api = Wire(self._backstage, System.API, lambda: address, tls)
        self.storage = Wire(self._backstage, System.STORAGE, lambda: f"http://{server.endpoint}")
        self.dispatch = Wire(self._backstage, System.DISPATCH, self._any_dispatch)
        self.site: Site = serve(host)
        self._like = class_like_default(kubectl, "like", unchanged)
        self.bucket = Minio(
            server.endpoint,
            access_key=server.access_key,
            secret_key=server.secret_key,
            secure=False,
            region="us-east-1",
        )

    @contextmanager
    def replica(self, name: str) -> Iterator[Replica]:
        """Have an operator work for a while, in a namespace and with a Lease of its own."""
        namespace = f"chaos-{self.unique}-{name}"
        self.kubectl.apply(*_home(namespace, self._server))
        dispatch = f"{self._host}:{self.dispatch.port}"
        post = Post(namespace, f"http://127.0.0.1:{self.api.port}", dispatch, self._folder / name)
        replica = Replica(post, lambda: self._bury(namespace))
        self.doorkeeper.good.add(replica.token)
        self.replicas.append(replica)
        try:
            replica.until_it_leads()
            yield replica
        finally:
            self.replicas.remove(replica)
            replica.close()
            self.kubectl.run("delete", "namespace", namespace, "--wait=false", "--ignore-not-found")

    @contextmanager
    def stage(self, name: str) -> Iterator[dict[str, str]]:
        """Have a bucket, and a class of each kind that stores there; return the classes' names by kind."""
        classes = {kind: f"chaos-{self.unique}-{name}-{kind}" for kind in ("isolated", "warm")}
        self.bucket.make_bucket(name)
        self.apply_classes(name, classes)
        try:
            yield classes
        finally:
            self.kubectl.run("delete", "captureclass", *classes.values(), "--ignore-not-found", "--wait=false")

    def apply_classes(self, bucket: str, classes: dict[str, str]) -> None:
        """Apply classes of each kind, by the names that they are given."""
        self.kubectl.apply(*(self._class(kind, classes[kind], bucket) for kind in classes))

    def stored(self, bucket: str) -> set[str]:
        """Return the keys of all that is in a bucket."""
        return {str(found.object_name) for found in self.bucket.list_objects(bucket, recursive=True)}

    def close(self) -> None:
        """Take everything away."""
        self.site.close()
        for wire in (self.api, self.storage, self.dispatch):
            wire.close()
        self._backstage.close()

    def _class(self, kind: str, name: str, bucket: str) -> Object:
        def change(spec: Object) -> None:
            spec["storage"] = {
                "endpoint": f"http://{self._host}:{self.storage.port}",
                "bucket": bucket,
                "credentialsSecretName": _SECRET,
            }
            spec["egress"] = {"allowPrivate": {"cidrs": [f"{self._host}/32"]}}
            spec["limits"] = {**spec.get("limits", {}), "perNamespace": 20, "perHost": 20, "attemptTimeout": "60s"}
            if kind == "warm":
                # Longer than it takes to write a claim down when patches are slow: else a pod goes meanwhile.
                warm(idleTimeout="6s")(spec)

        like = deepcopy(self._like)
        change(like["spec"])
        return {**like, "metadata": {"name": name}}

    def _any_dispatch(self) -> str:
        """Return one of the operators, as a Service does."""
        return f"http://127.0.0.1:{choice(self.replicas).dispatch_port}"

    def _bury(self, namespace: str) -> None:
        """Take the Lease of an operator that is certainly dead, for which the next one would wait ten seconds."""
        self.kubectl.run("delete", "lease", LEASE_NAME, "-n", namespace, "--ignore-not-found", "--wait=false")


@contextmanager
def ground(kubectl: Kubectl) -> Iterator[Ground]:
    """Have all that scenes need."""
    with ExitStack() as leftovers:
        folder = Path(leftovers.enter_context(TemporaryDirectory(prefix="kubeshot-chaos-")))
        server = leftovers.enter_context(running_minio(folder))
        made = Ground(kubectl, server, host_for(kubectl), folder)
        leftovers.callback(made.close)
        leftovers.enter_context(made.api.rule(made.doorkeeper))
        yield made


def host_for(kubectl: Kubectl) -> str:
    """Return the address of this machine that faces the cluster's node: pods reach it by that one."""
    [node, *_] = kubectl.items("nodes")
    [address, *_] = [item["address"] for item in node["status"]["addresses"] if item["type"] == "InternalIP"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # Nothing is sent: it only chooses the way.
        probe.connect((address, 9))
        return str(probe.getsockname()[0])


def api_server(kubeconfig: Path) -> tuple[str, ssl.SSLContext]:
    """Return where the API server is and what it takes to be let in, from a kubeconfig of client certificates."""
    config = yaml.safe_load(kubeconfig.read_text("utf-8"))
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    tls = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    with TemporaryDirectory() as folder:
        pair = Path(folder) / "pair.pem"
        parts = (base64.b64decode(user[f"client-{name}-data"]) for name in ("certificate", "key"))
        pair.write_bytes(b"\n".join(parts))
        tls.load_cert_chain(pair)
    return cluster["server"], tls


def _home(namespace: str, server: Running) -> list[Object]:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": _SECRET, "namespace": namespace},
        "stringData": {ACCESS_KEY_FIELD: server.access_key, SECRET_KEY_FIELD: server.secret_key},
    }
    return [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}, secret]
