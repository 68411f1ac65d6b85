"""What hostile pages are told to try: URLs of all that is not theirs, in every spelling."""

import json
import shutil
from pathlib import Path

from e2e.kubectl import Kubectl
from e2e.space import OPERATOR, OPERATOR_NAMESPACE
from hostile.underworld.names import DOMAIN
from hostile.underworld.servers import LOOPBACK_PORT
from hostile.underworlds import FORBIDDEN

SITE = Path(__file__).parent / "site"
EVIL = f"http://evil.{DOMAIN}"

# 169.254.169.254, as browsers and resolvers read it.
SPELLINGS = (
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "169.16689662",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "169.254.169.254.",
    "①⑥⑨.②⑤④.①⑥⑨.②⑤④",
)
LOOPBACK = tuple(f"{host}:{LOOPBACK_PORT}" for host in ("127.0.0.1", "localhost", "[::1]", "0.0.0.0"))
NAMES = (f"private.{DOMAIN}", "metadata.google.internal", f"rebind-in-page.{DOMAIN}")


def url_of(host: str) -> str:
    """Return the URL of a host, an address of either version among them."""
    return f"http://[{host}]/" if host.count(":") > 1 and not host.startswith("[") else f"http://{host}/"


DIRECT = tuple(url_of(host) for host in (*FORBIDDEN, *SPELLINGS, *LOOPBACK, *NAMES[:2]))
"""What a request may ask for by its own URL: all of it forbidden."""


def inside_of(kubectl: Kubectl) -> dict[str, str]:
    """Return the URLs of what is in the cluster and no page's business, by what it is."""
    node = kubectl.items("nodes")[0]["status"]["addresses"][0]["address"]
    operator = kubectl.items("pods", "-n", OPERATOR_NAMESPACE, "-l", OPERATOR)[0]["status"]["podIP"]
    api_server = kubectl.get("service", "kubernetes", "-n", "default")["spec"]["clusterIP"]
    return {
        "the API server": f"https://{api_server}/api",
        "the API server by name": "https://kubernetes.default.svc/api",
        "the kubelet": f"https://{node}:10250/pods",
        "the operator's figures": f"http://{operator}:8080/metrics",
        "the dispatch port": f"http://{operator}:8444/claims",
        "the dispatch port by name": f"http://kubeshot-dispatch.{OPERATOR_NAMESPACE}.svc:8444/claims",
        "the bucket": "http://minio.kubeshot-system.svc:9000/",
    }


def write_site(folder: Path, kubectl: Kubectl) -> None:
    """Put the pages into a folder, with the plan that they follow."""
    for page in SITE.iterdir():
        shutil.copy(page, folder)
    inside = [*inside_of(kubectl).values()]
    every_way = [url_of(host) for host in (FORBIDDEN[0], NAMES[0], LOOPBACK[0])]
    plan = {"all": [*DIRECT, *map(url_of, NAMES), *inside], "some": every_way}
    (folder / "plan.js").write_text(f"const TARGETS = {json.dumps(plan)};\n")
