"""Settings, read once from the environment (docs/operations.md)."""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from models.errors import HotlineError
from models.suite import Suite

MAX_CLOCK_SPEED = 100_000.0
ATTACHMENTS = "attachments"


class BadSetting(HotlineError):
    """An environment variable cannot be used."""

    code = "bad_setting"


class Settings(Struct, frozen=True, kw_only=True):
    """What an operator can set; every field is the variable HOTLINE_<NAME>."""

    host: str = "127.0.0.1"
    port: int = 8345
    clock_speed: float = 1.0
    data_dir: Path = Path("var")
    database_url: str | None = None
    replica_url: str | None = None
    replica_behind_s: float = 5.0
    city: Path = Path("cities/yunzhou")
    keyring: Path | None = None
    model_dir: Path = Path("build/model")
    console_dir: Path = Path("build/console")
    demo: bool = False
    servers: int = 2
    public_url: str | None = None
    chatbot: bool = False
    chatbot_port: int = 5005
    wechat: Path | None = None
    cipher_suite: Suite = Suite.STANDARD
    webhook_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    oidc: Path | None = None
    traces: str | None = None
    trace_share: float = 1.0

    @property
    def url(self) -> str:
        """Where the hub answers."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def address(self) -> str:
        """Where people reach the hub, which a proxy may make another place than where it answers: for links."""
        return self.public_url or self.url

    @property
    def keyring_file(self) -> Path:
        """Where the encryption keys lie."""
        return self.keyring or self.data_dir / "keyring.json"

    @property
    def models_dir(self) -> Path:
        """Where candidates, promoted models and their register lie."""
        return self.data_dir / "models"

    @property
    def attachments_dir(self) -> Path:
        """Where uploaded files lie."""
        return self.data_dir / ATTACHMENTS

    @property
    def anchors_dir(self) -> Path:
        """Where the daily anchors of the trails lie, and the key that signs them."""
        return self.data_dir / "anchors"

    @property
    def access_file(self) -> Path:
        """Where `hotline up` writes tokens and demo accounts (mode 0600)."""
        return self.data_dir / "access.json"


def read_settings(environ: dict[str, str] | None = None) -> Settings:
    """Read HOTLINE_* variables; raises BadSetting naming the variable and what it should be."""
    env = dict(os.environ) if environ is None else environ

    def get(name: str) -> str | None:
        return env.get(f"HOTLINE_{name}") or None

    keyring, wechat, oidc = get("KEYRING"), get("WECHAT"), get("OIDC")
    return Settings(
        host=get("HOST") or "127.0.0.1",
        port=_whole("PORT", get("PORT"), 8345, 1, 65535),
        clock_speed=_number("CLOCK_SPEED", get("CLOCK_SPEED"), 1.0, 0.001, MAX_CLOCK_SPEED),
        data_dir=Path(get("DATA_DIR") or "var").absolute(),
        database_url=get("DATABASE_URL"),
        replica_url=_postgresql("REPLICA_URL", get("REPLICA_URL")),
        replica_behind_s=_number("REPLICA_BEHIND_S", get("REPLICA_BEHIND_S"), 5.0, 2.0, 300.0),
        city=Path(get("CITY") or "cities/yunzhou").absolute(),
        keyring=Path(keyring).absolute() if keyring else None,
        model_dir=Path(get("MODEL_DIR") or "build/model").absolute(),
        console_dir=Path(get("CONSOLE_DIR") or "build/console").absolute(),
        demo=_switch("DEMO", get("DEMO")),
        servers=_whole("SERVERS", get("SERVERS"), 2, 1, 64),
        public_url=_origin("PUBLIC_URL", get("PUBLIC_URL")),
        chatbot=_switch("CHATBOT", get("CHATBOT") or "on"),
        wechat=Path(wechat).absolute() if wechat else None,
        cipher_suite=_suite(get("CIPHER_SUITE")),
        oidc=Path(oidc).absolute() if oidc else None,
        traces=_origin("TRACES", get("TRACES")),
        trace_share=_number("TRACE_SHARE", get("TRACE_SHARE"), 1.0, 0.0, 1.0),
        chatbot_port=_whole("CHATBOT_PORT", get("CHATBOT_PORT"), 5005, 1, 65535),
        webhook_networks=_networks("WEBHOOK_NETWORKS", get("WEBHOOK_NETWORKS")),
        proxies=_networks("PROXIES", get("PROXIES")),
    )


def _number(name: str, value: str | None, default: float, low: float, high: float) -> float:
    try:
        number = default if value is None else float(value)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise BadSetting(f"环境变量 HOTLINE_{name}={value} 无效：应为 {low:g} 到 {high:g} 之间的数")
    return number


def _whole(name: str, value: str | None, default: int, low: int, high: int) -> int:
    is_whole = value is None or (value.isascii() and value.isdigit() and len(value) < 10)
    number = int(value) if value is not None and is_whole else default
    if not is_whole or not low <= number <= high:
        raise BadSetting(f"环境变量 HOTLINE_{name}={value} 无效：应为 {low} 到 {high} 之间的整数")
    return number


def _origin(name: str, value: str | None) -> str | None:
    """Return an address as a browser writes it in Origin: the hub's pages lie at its root."""
    if value is None:
        return None
    try:
        parsed = urlsplit(value)
        is_usable = parsed.scheme in {"http", "https"} and bool(parsed.hostname) and parsed.port != 0
    except ValueError:
        is_usable = False
    authority = value.partition("//")[2].removesuffix("/")
    if not is_usable or not authority.isprintable() or set(authority) & set("/?#@\\ "):
        raise BadSetting(
            f"环境变量 HOTLINE_{name}={value} 无效：应为协议和主机，如 https://12345.example.gov.cn，不含路径"
        )
    return f"{parsed.scheme}://{authority.lower()}"


def _postgresql(name: str, value: str | None) -> str | None:
    """Return an address of PostgreSQL; what stands in it is the driver's, and a password is repeated nowhere."""
    if value is not None and not value.startswith(("postgresql://", "postgres://")):
        raise BadSetting(f"环境变量 HOTLINE_{name} 无效：应如 postgresql://用户:密码@主机:5432/数据库")
    return value


def _suite(value: str | None) -> Suite:
    if value not in {None, *Suite}:
        raise BadSetting(f"环境变量 HOTLINE_CIPHER_SUITE={value} 无效：应为 {' 或 '.join(Suite)}")
    return Suite(value or Suite.STANDARD)


def _networks(name: str, value: str | None) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the networks of a list, as in 10.20.0.0/16,fd12::/32."""
    try:
        return tuple(ip_network(one.strip()) for one in (value or "").split(",") if one.strip())
    except ValueError as error:
        raise BadSetting(f"环境变量 HOTLINE_{name}={value} 无效：应为以逗号分隔的网段，如 10.20.0.0/16") from error


def _switch(name: str, value: str | None) -> bool:
    if value not in {None, "on", "off"}:
        raise BadSetting(f"环境变量 HOTLINE_{name}={value} 无效：应为 on 或 off")
    return value == "on"
