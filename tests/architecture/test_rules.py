"""The product keeps the rules of the house, and each rule notices when it is broken."""

from pathlib import Path

import pytest

from architecture.modules import read_modules
from architecture.rules import RULES, Rule

REPOSITORY = Path(__file__).parents[2]

DECIDE = "operator/kubeshot_operator/decide/sample.py"
ADAPTER = "operator/kubeshot_operator/adapters/sample.py"
API = "operator/kubeshot_operator/api/sample.py"
RUNTIME = "operator/kubeshot_operator/runtime/sample.py"
HANDLERS = "operator/kubeshot_operator/handlers.py"
CAPTURE = "capture-image/kubeshot_capture/sample.py"
COMMAND = "cli/kubeshot_cli/sample.py"
CONTRACT = "capture-image/kubeshot_contract/sample.py"

BROKEN = [
    ("layers_point_one_way", DECIDE, "from kubeshot_operator.runtime import queue"),
    ("layers_point_one_way", DECIDE, "from kubeshot_operator.adapters.storage import S3Storage"),
    ("layers_point_one_way", API, "from kubeshot_operator.decide.naming import pod_name"),
    ("layers_point_one_way", API, "from ..decide import naming"),
    ("layers_point_one_way", ADAPTER, "import kubeshot_operator.runtime.cache"),
    ("layers_point_one_way", RUNTIME, "def late() -> None:\n    from kubeshot_operator import handlers"),
    ("layers_point_one_way", RUNTIME, "from kubeshot_operator.settings import Settings"),
    ("layers_point_one_way", HANDLERS, "from kubeshot_operator.__main__ import main"),
    ("every_layer_has_its_place", "operator/kubeshot_operator/extras/sample.py", ""),
    ("layers_point_one_way", ADAPTER, "from kubeshot_operator.decide.uploads import grant_uploads"),
    ("layers_point_one_way", ADAPTER, "from kubeshot_operator.decide import uploads"),
    ("operator_and_capture_share_the_contract_only", CAPTURE, "from kubeshot_operator.api import crd"),
    ("operator_and_capture_share_the_contract_only", RUNTIME, "import kubeshot_capture.pipeline"),
    ("operator_and_capture_share_the_contract_only", CONTRACT, "import kubeshot_capture.pipeline"),
    ("operator_and_capture_share_the_contract_only", CAPTURE, "from kubeshot_cli import schema"),
    ("operator_and_capture_share_the_contract_only", COMMAND, "from kubeshot_operator.api import crd"),
    ("libraries_stay_where_they_belong", RUNTIME, "import kopf"),
    ("libraries_stay_where_they_belong", DECIDE, "from aiohttp import web"),
    ("libraries_stay_where_they_belong", ADAPTER, "from kubernetes.client import V1Pod"),
    ("libraries_stay_where_they_belong", CAPTURE, "from kubernetes import client"),
    ("libraries_stay_where_they_belong", RUNTIME, "import minio"),
    ("libraries_stay_where_they_belong", ADAPTER, "import urllib3"),
    ("libraries_stay_where_they_belong", COMMAND, "from jsonschema import Draft7Validator"),
    ("libraries_stay_where_they_belong", CAPTURE, "from playwright.async_api import Page"),
    ("libraries_stay_where_they_belong", COMMAND, "from PIL import Image"),
    ("contract_needs_nothing", CONTRACT, "import attrs"),
    ("decisions_are_pure", DECIDE, "import asyncio"),
    ("decisions_are_pure", DECIDE, "import logging.handlers"),
    ("decisions_are_pure", DECIDE, "from os import environ"),
    ("decisions_are_pure", DECIDE, "from time import monotonic"),
    ("decisions_are_pure", DECIDE, "import random"),
    ("decisions_never_ask_what_time_it_is", DECIDE, "from datetime import datetime\nNOW = datetime.now()"),
    ("only_entry_points_read_the_environment", RUNTIME, "import os\nHOME = os.environ['HOME']"),
    ("only_entry_points_read_the_environment", CAPTURE, "from os import getenv"),
    ("modules_are_small", API, "\n" * 250),
    ("names_mean_something", "operator/kubeshot_operator/api/utils.py", ""),
    ("names_mean_something", "operator/kubeshot_operator/runtime/pod_manager.py", ""),
    ("names_mean_something", "capture-image/kubeshot_capture/common/sample.py", ""),
    ("operator_folder_is_no_package", "operator/__init__.py", ""),
]
CLEAN = [
    (DECIDE, "from datetime import datetime\nfrom kubeshot_operator.api.model import Key\n"),
    (RUNTIME, "import asyncio\nfrom kubeshot_operator.adapters.errors import GoneError\n"),
    (HANDLERS, "import kopf\nfrom kubeshot_operator.runtime.intake import Intake\n"),
    (COMMAND, "from kubeshot_capture.capture import capture\n"),
    (ADAPTER, "import aiohttp\nfrom kubeshot_operator.api.bucket import UploadGrant\n"),
    ("capture-image/kubeshot_capture/stages/encode.py", "from PIL import Image\n"),
    ("capture-image/kubeshot_capture/__main__.py", "import os\nJOB = os.environ\n"),
]


def by_name(name: str) -> Rule:
    return next(rule for rule in RULES if rule.__name__ == name)


def write(folder: Path, path: str, text: str) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_product_keeps(rule: Rule) -> None:
    assert rule(read_modules(REPOSITORY)) == []


def test_rules_see_the_whole_product() -> None:
    names = {module.name for module in read_modules(REPOSITORY)}
    expected = {"kubeshot_operator.decide.run", "kubeshot_capture.stages.shoot", "kubeshot_contract.job"}
    assert expected < names, "without modules every rule would be kept"


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN, ids=[f"{rule}: {text[:60]!r}" for rule, _, text in BROKEN])
def test_rule_notices(tmp_path: Path, rule: str, path: str, text: str) -> None:
    write(tmp_path, path, f'"""A bad sample."""\n{text}\n')
    (found,) = by_name(rule)(read_modules(tmp_path))
    assert path in found


def test_rule_notices_a_module_without_a_docstring(tmp_path: Path) -> None:
    write(tmp_path, API, "import re\n")
    assert by_name("modules_say_what_they_are_for")(read_modules(tmp_path)) == [f"{API}: has no docstring"]


def test_every_rule_is_proved_to_notice() -> None:
    assert {rule.__name__ for rule in RULES} - {name for name, _, _ in BROKEN} == {"modules_say_what_they_are_for"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_passes_what_is_allowed(tmp_path: Path, rule: Rule) -> None:
    for path, text in CLEAN:
        write(tmp_path, path, f'"""A good sample."""\n{text}')
    assert rule(read_modules(tmp_path)) == []
