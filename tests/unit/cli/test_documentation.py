"""docs/command.md says every exit code, option and variable that there is."""

from pathlib import Path

import pytest

from kubeshot_cli.arguments import read_arguments
from kubeshot_contract.reasons import ExitCode, reason_of

TEXT = (Path(__file__).parents[3] / "docs" / "command.md").read_text()


@pytest.mark.parametrize("code", ExitCode, ids=lambda code: code.name)
def test_an_exit_code_is_explained(code: ExitCode) -> None:
    reason = reason_of(code)
    [row] = [line for line in TEXT.splitlines() if line.startswith(f"| {int(code)} |")]
    assert reason is None or f"`{reason}`" in row


def test_an_option_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_arguments(["capture", "--help"])
    options = {word.strip(",[]") for word in capsys.readouterr().out.split() if word.startswith(("--", "[--"))}
    assert {"--secret", "--open"} < options
    assert [option for option in options - {"--help", "--output", "--filename"} if option not in TEXT] == []
