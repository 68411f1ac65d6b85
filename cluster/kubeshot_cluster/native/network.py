"""The host's side of the cluster's network: a device with the node's address, one table of rules, and a few sysctls."""

import json
from collections.abc import Mapping
from pathlib import Path

from kubeshot_cluster.commands import Commands
from kubeshot_cluster.native.layout import DEVICE, SYSTEM_TABLES, TABLE
from kubeshot_cluster.native.plan import Plan

# What kubelet and kube-proxy write, and what we do. `down` puts the former values back.
CHANGED_SYSCTLS = (
    "net/ipv4/ip_forward",
    "net/ipv4/conf/all/route_localnet",
    "net/ipv4/vs/conntrack",
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
)
SYSCTLS = Path("/proc/sys")


def rules(plan: Plan) -> str:
    """Render the table by which pods reach the world with the host's address. Replaces an older one at once."""
    return f"""table ip {TABLE} {{}}
delete table ip {TABLE}
table ip {TABLE} {{
    chain postrouting {{
        type nat hook postrouting priority srcnat; policy accept;
        ip saddr {plan.pod_range} ip daddr != {plan.pod_range} masquerade
    }}
}}
"""


def set_up(plan: Plan, commands: Commands) -> None:
    """Make the device and the rules. Doing it again changes nothing."""
    if not commands.succeeds(["ip", "link", "show", DEVICE]):
        commands.run(["ip", "link", "add", DEVICE, "type", "bridge"])
    commands.run(["ip", "address", "replace", f"{plan.node_ip}/32", "dev", DEVICE])
    commands.run(["ip", "link", "set", DEVICE, "up"])
    commands.read(["nft", "-f", "-"], rules(plan))
    (SYSCTLS / "net/ipv4/ip_forward").write_text("1")


def tear_down(commands: Commands) -> None:
    """Remove the links and all tables of the cluster's. None of them need be there."""
    remove_pod_links(commands)
    if commands.succeeds(["ip", "link", "show", DEVICE]):
        commands.run(["ip", "link", "delete", DEVICE])
    for family, table in our_tables(commands.read(["nft", "list", "tables"])):
        commands.run(["nft", "delete", "table", family, table])


def remove_pod_links(commands: Commands) -> None:
    """Remove the host's ends of the pods' veth pairs.

    They outlive their pods where another program's mount namespace holds on to a pod's network namespace, and their
    routes would lead a new pod's traffic astray.
    """
    for link in pod_links(commands.read(["ip", "-json", "address"])):
        commands.succeeds(["ip", "link", "delete", link])


def pod_links(addresses: str) -> list[str]:
    """Pick out of `ip -json address` the other links that carry an address of the node's device."""
    links = {link["ifname"]: {entry["local"] for entry in link["addr_info"]} for link in json.loads(addresses)}
    ours = {address for address in links.pop(DEVICE, set()) if "." in address}
    return [name for name, carried in links.items() if carried & ours]


def our_tables(listing: str) -> list[tuple[str, str]]:
    """Pick the cluster's tables out of `nft list tables`: its own, and kube-proxy's."""
    rows = (line.split() for line in listing.splitlines())
    return [(family, name) for _, family, name in rows if name in (TABLE, *SYSTEM_TABLES)]


def remember_sysctls(file: Path) -> None:
    """Keep the values found on the machine, unless they are kept already."""
    if file.exists():
        return
    found = {name: (SYSCTLS / name).read_text().strip() for name in CHANGED_SYSCTLS if (SYSCTLS / name).exists()}
    file.write_text(json.dumps(found), encoding="utf-8")


def restore_sysctls(file: Path) -> None:
    if not file.exists():
        return
    kept: Mapping[str, str] = json.loads(file.read_text(encoding="utf-8"))
    for name, value in kept.items():
        if (SYSCTLS / name).read_text().strip() != value:
            (SYSCTLS / name).write_text(value)
