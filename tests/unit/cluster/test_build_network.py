"""Builds reach the network the way the host does."""

import sys
from pathlib import Path

import pytest

from kubeshot_cluster.images import mirrors, network_secrets
from kubeshot_cluster.images.mirrors import Mirrors
from kubeshot_cluster.problems import ClusterError
from unit.cluster.fakes import FakeCommands

LISTING = """:env:.default-timeout='180'
:env:.index-url='https://env.example/simple'
:env:.find-links='/opt/wheels'
global.cert='/etc/own.pem'
global.index-url='https://file.example/simple'
install.trusted-host='a\\nb'
"""


def test_pip_settings_carry_how_an_index_is_reached() -> None:
    expected = "[global]\ncert = /run/secrets/ca.pem\nindex-url = https://env.example/simple\n"
    expected += "trusted-host = a\n    b\ntimeout = 180\n"
    assert network_secrets.pip_settings(LISTING, has_bundle=True) == expected


def test_pip_settings_without_a_bundle_name_none() -> None:
    assert network_secrets.pip_settings("", has_bundle=False) == "[global]\n"


def test_a_named_bundle_comes_before_the_systems(tmp_path: Path) -> None:
    own = tmp_path / "own.pem"
    own.touch()
    assert network_secrets.bundle({"PIP_CERT": str(tmp_path / "absent"), "SSL_CERT_FILE": str(own)}) == own


def test_npm_settings_carry_how_a_registry_is_reached() -> None:
    listing = "registry=https://npm.example/\nproxy=null\nhttps-proxy=http://proxy.example\nnoproxy=\nstrict-ssl=true\n"
    expected = "registry=https://npm.example/\nhttps-proxy=http://proxy.example\nstrict-ssl=true\n"
    assert network_secrets.npm_settings(listing, has_bundle=False) == expected
    assert network_secrets.npm_settings(listing, has_bundle=True) == f"{expected}cafile=/run/secrets/ca.pem\n"


def test_a_host_without_pip_and_npm_has_no_settings(tmp_path: Path) -> None:
    secrets = network_secrets.prepare({}, tmp_path, FakeCommands(failing=[sys.executable, "npm"]))
    assert secrets["pip"].read_text().startswith("[global]\n")
    assert "registry" not in secrets["npm"].read_text()


def test_the_hosts_own_mirrors_are_taken() -> None:
    targets = [
        "Google|other|https://packages.example/apt/",
        "Debian|Debian|http://mirror.example/debian/",
        "Debian|Debian|http://second.example/debian/",
        "Debian|Debian-Security|http://mirror.example/debian-security/",
    ]
    assert mirrors.parse(targets) == Mirrors("http://mirror.example/debian", "http://mirror.example/debian-security")


@pytest.mark.parametrize(
    "commands",
    [
        pytest.param(FakeCommands(answers={"apt-get": "Ubuntu|Ubuntu|http://mirror.example/ubuntu/\n"}), id="Ubuntu"),
        pytest.param(FakeCommands(failing=["apt-get"]), id="no apt"),
    ],
)
def test_a_host_that_is_not_debian_has_none(commands: FakeCommands) -> None:
    assert mirrors.ask(commands) == Mirrors(None, None)


def test_security_updates_lie_beside_the_archive_unless_named() -> None:
    assert mirrors.sources("http://m.example/debian", None).splitlines() == [
        "deb http://m.example/debian bookworm main",
        "deb http://m.example/debian bookworm-updates main",
        "deb http://m.example/debian-security bookworm-security main",
    ]


def test_finds_the_mirror_that_debootstrap_took() -> None:
    assert mirrors.archive_in("# made\ndeb http://m.example/debian bookworm main\n") == "http://m.example/debian"


def test_an_empty_list_of_sources_is_said() -> None:
    with pytest.raises(ClusterError, match="left no mirror"):
        mirrors.archive_in("")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param("http://proxy:3142\n", {"http_proxy": "http://proxy:3142"}, id="a proxy"),
        pytest.param("DIRECT\n", {}, id="explicitly none"),
        pytest.param("", {}, id="none"),
    ],
)
def test_apts_proxy_is_followed(answer: str, expected: dict[str, str]) -> None:
    assert mirrors.proxy(FakeCommands(answers={"apt-config": answer})) == expected
