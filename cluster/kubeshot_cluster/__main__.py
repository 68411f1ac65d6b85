"""The command: reads arguments and environment, puts the parts together, and prints what went wrong in a sentence."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from kubeshot_cluster.composition import compose
from kubeshot_cluster.native.patience import last_lines
from kubeshot_cluster.privileges import become_root
from kubeshot_cluster.problems import ClusterError, CommandFailedError
from kubeshot_cluster.providers.choice import NAMES
from kubeshot_cluster.verbs import VERBS

REPOSITORY = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str]) -> int:
    """Run one verb. Returns 1 after a failure that was explained."""
    asked = _parser().parse_args(arguments)
    verb = VERBS[asked.verb]
    try:
        parts = compose(os.environ, REPOSITORY, asked.provider, asked.yes)
        if verb.needs_root(parts) and os.geteuid() != 0:
            verb.as_user(parts)
            become_root(parts.places, os.environ, arguments)
        verb.run(parts, asked.names)
    except ClusterError as error:
        print(f"error: {error}", file=sys.stderr)
        if isinstance(error, CommandFailedError):
            print(last_lines(error.log, 20), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; run it again to go on", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kubeshot_cluster", description="Brings up a cluster for Kubeshot.")
    parser.add_argument("--provider", choices=NAMES, help="the way to a cluster; or set CLUSTER")
    parser.add_argument("--yes", action="store_true", help="take the current context without asking")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, verb in VERBS.items():
        described = verbs.add_parser(name, help=verb.help)
        described.add_argument("--provider", choices=NAMES, default=argparse.SUPPRESS)
        described.add_argument("--yes", action="store_true", default=argparse.SUPPRESS)
        if verb.takes_names:
            described.add_argument("names", nargs="*", metavar="NAME", help="an image; none means all")
        described.set_defaults(names=[])
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
