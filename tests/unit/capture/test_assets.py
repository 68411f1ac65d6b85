"""Where the consent engine and the filter lists are looked for."""

import os
from pathlib import Path

from kubeshot_capture.assets import assets_folder


def test_a_named_folder_is_taken(tmp_path: Path) -> None:
    assert assets_folder({"KUBESHOT_ASSETS": "/opt/assets", "HOME": str(tmp_path)}) == Path("/opt/assets")


def test_the_newest_whole_folder_of_the_cache_is_taken(tmp_path: Path) -> None:
    made = [tmp_path / "kubeshot" / name for name in ("assets-2026.9.1", "assets-2026.11.22", "assets-2026.12.1.part")]
    for age, folder in enumerate(made):
        folder.mkdir(parents=True)
        os.utime(folder, (age, age))
    assert assets_folder({"XDG_CACHE_HOME": str(tmp_path)}) == made[1]


def test_without_any_there_is_none(tmp_path: Path) -> None:
    assert assets_folder({"HOME": str(tmp_path)}) is None
