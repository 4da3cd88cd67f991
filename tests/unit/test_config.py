from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from hotline.config import BadSetting, Settings, read_settings

EVERYWHERE = "0.0.0.0"  # noqa: S104 - read, never bound


def test_without_variables_everything_has_the_contracts_value() -> None:
    settings = read_settings({})
    assert (settings.host, settings.port, settings.clock_speed) == ("127.0.0.1", 8345, 1.0)
    assert settings.data_dir == Path("var").absolute()
    assert settings.city == Path("cities/yunzhou").absolute()
    assert settings.database_url is None
    assert not settings.demo
    assert (settings.chatbot, settings.chatbot_port) == (True, 5005)


def test_every_variable_is_taken_over() -> None:
    settings = read_settings(
        {
            "HOTLINE_HOST": EVERYWHERE,
            "HOTLINE_PORT": "80",
            "HOTLINE_CLOCK_SPEED": "3600",
            "HOTLINE_DATA_DIR": "/data",
            "HOTLINE_DATABASE_URL": "postgresql://h/d",
            "HOTLINE_REPLICA_URL": "postgres://r1,r2/d",
            "HOTLINE_REPLICA_BEHIND_S": "10",
            "HOTLINE_CITY": "/city",
            "HOTLINE_KEYRING": "/keys",
            "HOTLINE_MODEL_DIR": "/model",
            "HOTLINE_CONSOLE_DIR": "/console",
            "HOTLINE_DEMO": "on",
            "HOTLINE_SERVERS": "4",
            "HOTLINE_PUBLIC_URL": "https://12345.example/",
            "HOTLINE_CHATBOT": "off",
            "HOTLINE_CHATBOT_PORT": "5006",
            "HOTLINE_WEBHOOK_NETWORKS": "10.20.0.0/16, fd12::/32",
            "HOTLINE_TRACES": "http://collector:4318/",
            "HOTLINE_TRACE_SHARE": "0.05",
            "HOTLINE_PROXIES": "127.0.0.1,10.9.0.0/24",
        }
    )
    assert settings == Settings(
        host=EVERYWHERE,
        port=80,
        clock_speed=3600.0,
        data_dir=Path("/data"),
        database_url="postgresql://h/d",
        replica_url="postgres://r1,r2/d",
        replica_behind_s=10.0,
        city=Path("/city"),
        keyring=Path("/keys"),
        model_dir=Path("/model"),
        console_dir=Path("/console"),
        demo=True,
        servers=4,
        public_url="https://12345.example",
        chatbot=False,
        chatbot_port=5006,
        webhook_networks=(ip_network("10.20.0.0/16"), ip_network("fd12::/32")),
        traces="http://collector:4318",
        trace_share=0.05,
        proxies=(ip_network("127.0.0.1/32"), ip_network("10.9.0.0/24")),
    )


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert read_settings({"HOTLINE_PORT": "", "HOTLINE_DATABASE_URL": "", "HOTLINE_DEMO": ""}) == read_settings({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("WEBHOOK_NETWORKS", "10.20.0.0/33"),
        ("WEBHOOK_NETWORKS", "10.20.0.1/16"),
        ("WEBHOOK_NETWORKS", "intranet"),
        ("PROXIES", "haproxy"),
        ("PORT", "65536"),
        ("PORT", "eighty"),
        ("PORT", "8345.5"),
        ("PORT", "-1"),
        ("PORT", "٨٣٤٥"),
        ("CIPHER_SUITE", "sm4"),
        ("CLOCK_SPEED", "0"),
        ("CLOCK_SPEED", "nan"),
        ("CLOCK_SPEED", "inf"),
        ("CLOCK_SPEED", "fast"),
        ("REPLICA_BEHIND_S", "1"),
        ("SERVERS", "0"),
        ("SERVERS", "2.5"),
        ("SERVERS", "1000"),
        ("PUBLIC_URL", "12345.example"),
        ("PUBLIC_URL", "ftp://12345.example"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://12345.example/hub"),
        ("PUBLIC_URL", "https://12345.example?x=1"),
        ("PUBLIC_URL", "https://me:word@12345.example"),
        ("PUBLIC_URL", "https://12345.example:port"),
        ("PUBLIC_URL", "https://12345.example:0"),
        ("PUBLIC_URL", "https://[::1"),
        ("TRACES", "collector:4318"),
        ("TRACES", "http://collector:4318/v1/traces"),
        ("TRACE_SHARE", "1.5"),
        ("DEMO", "yes"),
        ("DEMO", "ON"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_its_variable(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as caught:
        read_settings({f"HOTLINE_{name}": value})
    assert f"HOTLINE_{name}={value}" in caught.value.detail
    assert "应为" in caught.value.detail


def test_an_address_of_a_replica_that_is_none_is_refused_without_its_password() -> None:
    with pytest.raises(BadSetting, match="HOTLINE_REPLICA_URL 无效：应如 postgresql://") as caught:
        read_settings({"HOTLINE_REPLICA_URL": "db2:5432/hotline?password=word"})
    assert "password=word" not in caught.value.detail


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8345"),
        (EVERYWHERE, "http://127.0.0.1:8345"),
        ("::", "http://127.0.0.1:8345"),
        ("::1", "http://[::1]:8345"),
        ("hub.example", "http://hub.example:8345"),
    ],
)
def test_the_address_is_one_that_can_be_called(host: str, url: str) -> None:
    assert Settings(host=host).url == url


def test_people_reach_it_where_it_answers_unless_told_otherwise() -> None:
    assert read_settings({"HOTLINE_PORT": "80"}).address == "http://127.0.0.1:80"
    assert read_settings({"HOTLINE_PUBLIC_URL": "https://Hub.Example:8443"}).address == "https://hub.example:8443"
    assert Settings(public_url="https://hub.example").url == Settings().url


def test_the_keys_lie_in_the_data_folder_unless_told_otherwise() -> None:
    assert Settings(data_dir=Path("/data")).keyring_file == Path("/data/keyring.json")
    assert Settings(data_dir=Path("/data"), keyring=Path("/keys")).keyring_file == Path("/keys")
