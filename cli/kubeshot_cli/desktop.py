"""Shows a file with whatever the desktop shows such files with."""

import shutil
import subprocess
import sys
from pathlib import Path

from kubeshot_cli.problems import CommandError

_OPENER = "open" if sys.platform == "darwin" else "xdg-open"


def show(file: Path) -> None:
    """Open a file and don't wait; raise `CommandError` where there is no desktop."""
    opener = shutil.which(_OPENER)
    if opener is None:
        raise CommandError(f"--open: there is no desktop here that could show {file} ({_OPENER} is not installed)")
    quiet = subprocess.DEVNULL
    subprocess.Popen([opener, file], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
