"""Shows a file with whatever the desktop shows such files with."""

import shutil
import subprocess
from pathlib import Path

from kubeshot_cli.problems import CommandError

_OPENERS = ("xdg-open", "open")


def show(file: Path) -> None:
    """Open a file and don't wait; raise `CommandError` where there is no desktop."""
    opener = next((found for name in _OPENERS if (found := shutil.which(name))), None)
    if opener is None:
        raise CommandError(f"--open: there is no desktop here that could show {file}")
    quiet = subprocess.DEVNULL
    subprocess.Popen([opener, file], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
