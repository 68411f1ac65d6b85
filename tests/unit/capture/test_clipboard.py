"""Which captures could see what another one left in the clipboard."""

from typing import Any

import pytest

from kubeshot_capture.warm.clipboard import may_paste
from unit.contract.make import make_spec


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        pytest.param([], False, id="nothing is done"),
        pytest.param([{"click": "#b"}, {"press": "Enter"}], False, id="a key without a paste"),
        pytest.param([{"press": "v"}], False, id="a letter"),
        pytest.param([{"press": "Control+A"}], False, id="another shortcut"),
        pytest.param([{"press": "Control+V"}], True, id="the usual shortcut"),
        pytest.param([{"press": "ControlOrMeta+Shift+KeyV"}], True, id="as plain text"),
        pytest.param([{"press": "Shift+Insert"}], True, id="the old shortcut"),
    ],
)
def test_keys_that_paste(actions: list[dict[str, Any]], expected: bool) -> None:
    assert may_paste(make_spec(prepare={"actions": actions})) is expected
