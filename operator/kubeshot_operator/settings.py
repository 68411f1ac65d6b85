"""What an administrator can set, read once from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


class InvalidSettingError(ValueError):
    """An environment variable does not hold what it should; the message says which and what it should hold."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the operator. `namespace` is its own: where the Secrets of the classes are.

    `dispatch_address` is where capture pods find the port on which they claim and report, host and port.
    """

    namespace: str
    max_pods: int = 20
    creates_per_second: int = 20
    workers: int = 8
    health_port: int = 8080
    dispatch_port: int = 8444
    dispatch_address: str = "kubeshot-dispatch.kubeshot-system.svc:8444"
    relist_every: timedelta = timedelta(minutes=5)
    log_level: str = "INFO"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Return the settings in these variables; raise `InvalidSettingError` when one is wrong."""
        namespace = _text(environment, "KUBESHOT_NAMESPACE", "kubeshot-system")
        dispatch_port = _number(environment, "KUBESHOT_DISPATCH_PORT", 8444)
        address = f"kubeshot-dispatch.{namespace}.svc:{dispatch_port}"
        return cls(
            namespace=namespace,
            max_pods=_number(environment, "KUBESHOT_MAX_PODS", 20),
            creates_per_second=_number(environment, "KUBESHOT_CREATES_PER_SECOND", 20),
            workers=_number(environment, "KUBESHOT_WORKERS", 8),
            health_port=_number(environment, "KUBESHOT_HEALTH_PORT", 8080),
            dispatch_port=dispatch_port,
            dispatch_address=_text(environment, "KUBESHOT_DISPATCH_ADDRESS", address),
            relist_every=timedelta(seconds=_number(environment, "KUBESHOT_RELIST_SECONDS", 300)),
            log_level=_log_level(environment),
        )


def _text(environment: Mapping[str, str], name: str, default: str) -> str:
    return environment.get(name) or default


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = _text(environment, name, str(default))
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise InvalidSettingError(f"{name} is {text!r}: set it to a whole number of at least 1, or leave it out")
    return int(text)


def _log_level(environment: Mapping[str, str]) -> str:
    level = _text(environment, "KUBESHOT_LOG_LEVEL", "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise InvalidSettingError(f"KUBESHOT_LOG_LEVEL is {level!r}: set it to DEBUG, INFO, WARNING or ERROR")
    return level
