"""What an administrator can set, read once from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


class InvalidSettingError(ValueError):
    """An environment variable does not hold what it should; the message says which and what it should hold."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the operator. `namespace` is its own: where the Secrets of the classes are.

    `dispatch_address` is where capture pods find the port on which they claim and report, host and port. `traces` says
    whether runs are told of as traces; where to is for the tracing library to read.
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
    traces: bool = False

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
            traces=_wants_traces(environment),
        )


def _text(environment: Mapping[str, str], name: str, default: str) -> str:
    return environment.get(name) or default


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = _text(environment, name, str(default))
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise InvalidSettingError(f"{name} is {text!r}: set it to a whole number of at least 1, or leave it out")
    return int(text)


def _wants_traces(environment: Mapping[str, str]) -> bool:
    """Say whether the standard variables ask for traces: nobody who names no collector wants any."""
    exporter = _text(environment, "OTEL_TRACES_EXPORTER", "")
    if exporter not in ("", "otlp", "none"):
        raise InvalidSettingError(f"OTEL_TRACES_EXPORTER is {exporter!r}: set it to otlp or none")
    protocols = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
    for name in protocols:
        if (protocol := _text(environment, name, "http/protobuf")) != "http/protobuf":
            raise InvalidSettingError(f"{name} is {protocol!r}: set it to http/protobuf, the one that there is")
    if exporter == "none" or _text(environment, "OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    endpoints = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    return exporter == "otlp" or any(_text(environment, name, "") for name in endpoints)


def _log_level(environment: Mapping[str, str]) -> str:
    level = _text(environment, "KUBESHOT_LOG_LEVEL", "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise InvalidSettingError(f"KUBESHOT_LOG_LEVEL is {level!r}: set it to DEBUG, INFO, WARNING or ERROR")
    return level
