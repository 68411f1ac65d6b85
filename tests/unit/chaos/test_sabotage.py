"""Each way to break the operator still finds what it breaks."""

import os
import subprocess
import sys

import pytest

from chaos.inside.sabotage import WAYS

PROGRAM = "import sys; from chaos.inside.sabotage import WAYS; WAYS[sys.argv[1]]()"


@pytest.mark.parametrize("way", WAYS)
def test_what_is_to_be_broken_is_there(way: str) -> None:
    # In a process of its own: here it would stay broken.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run((sys.executable, "-c", PROGRAM, way), env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
