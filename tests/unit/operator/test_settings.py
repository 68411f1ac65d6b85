"""Settings have defaults, and a wrong one says what it should be."""

from datetime import timedelta

import pytest

from kubeshot_operator.settings import InvalidSettingError, Settings


@pytest.mark.parametrize(
    "environment", [{}, {"KUBESHOT_MAX_PODS": "", "KUBESHOT_NAMESPACE": ""}], ids=["none", "empty"]
)
def test_nothing_set_gives_the_defaults(environment: dict[str, str]) -> None:
    assert Settings.from_environment(environment) == Settings("kubeshot-system")


def test_everything_can_be_set() -> None:
    environment = {
        "KUBESHOT_NAMESPACE": "shots",
        "KUBESHOT_MAX_PODS": "5",
        "KUBESHOT_CREATES_PER_SECOND": "7",
        "KUBESHOT_WORKERS": "2",
        "KUBESHOT_HEALTH_PORT": "9090",
        "KUBESHOT_DISPATCH_PORT": "9443",
        "KUBESHOT_DISPATCH_ADDRESS": "shots.example.com:443",
        "KUBESHOT_RELIST_SECONDS": "60",
        "KUBESHOT_LOG_LEVEL": "debug",
    }
    expected = Settings("shots", 5, 7, 2, 9090, 9443, "shots.example.com:443", timedelta(minutes=1), "DEBUG")
    assert Settings.from_environment(environment) == expected


def test_pods_find_the_service_in_the_operators_namespace() -> None:
    settings = Settings.from_environment({"KUBESHOT_NAMESPACE": "shots", "KUBESHOT_DISPATCH_PORT": "9443"})
    assert settings.dispatch_address == "kubeshot-dispatch.shots.svc:9443"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("KUBESHOT_MAX_PODS", "0", "a whole number of at least 1"),
        ("KUBESHOT_MAX_PODS", "-1", "a whole number of at least 1"),
        ("KUBESHOT_WORKERS", "many", "a whole number of at least 1"),
        ("KUBESHOT_WORKERS", "1.5", "a whole number of at least 1"),
        ("KUBESHOT_WORKERS", "²", "a whole number of at least 1"),
        ("KUBESHOT_RELIST_SECONDS", "5m", "a whole number of at least 1"),
        ("KUBESHOT_LOG_LEVEL", "loud", "DEBUG, INFO, WARNING or ERROR"),
    ],
)
def test_wrong_value_is_named(name: str, value: str, told: str) -> None:
    with pytest.raises(InvalidSettingError, match=f"{name} is .*{told}"):
        Settings.from_environment({name: value})


COLLECTOR = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        (COLLECTOR, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({**COLLECTOR, "OTEL_TRACES_EXPORTER": "none"}, False),
        ({**COLLECTOR, "OTEL_SDK_DISABLED": "true"}, False),
        ({**COLLECTOR, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, True),
        ({"OTEL_SERVICE_NAME": "shots"}, False),
    ],
    ids=["nothing", "a collector", "one for traces", "asked for", "told off", "disabled", "a protocol", "a name only"],
)
def test_traces_are_sent_when_a_collector_is_named(environment: dict[str, str], wanted: bool) -> None:
    assert Settings.from_environment(environment).traces is wanted


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("OTEL_TRACES_EXPORTER", "jaeger", "otlp or none"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/protobuf"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json", "http/protobuf"),
    ],
)
def test_way_of_traces_that_there_is_not_is_named(name: str, value: str, told: str) -> None:
    with pytest.raises(InvalidSettingError, match=f"{name} is .*{told}"):
        Settings.from_environment({name: value})
