"""The one way in which the command refuses to begin."""

from kubeshot_contract.reasons import ExitCode


class CommandError(Exception):
    """What was asked can't be done as it was asked; the sentences say what to do, a line each."""

    def __init__(self, message: str, exit_code: ExitCode = ExitCode.INVALID_REQUEST) -> None:
        super().__init__(message)
        self.exit_code = exit_code
