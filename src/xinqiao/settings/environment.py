"""The settings, their limits, and what to say when one is wrong."""

import ipaddress
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from xinqiao.kernel.refusals import Refusal

PREFIX = "XINQIAO_"
# The SQL engine takes a path with these for a pattern, and would read what lies beside it too.
_WILDCARDS = "*?["


class UnusableSetting(Refusal):
    """An environment variable holds a value that cannot be used."""

    code = "unusable_setting"


def _home(value: Path) -> Path:
    try:
        folder = value.expanduser().absolute()
    except RuntimeError as error:
        raise ValueError("no such user") from error
    if folder.exists() and not folder.is_dir():
        raise ValueError("not a folder")
    if any(each in str(folder) for each in _WILDCARDS):
        raise ValueError("a pattern to the SQL engine")
    return folder


def _postgresql(value: SecretStr) -> SecretStr:
    if urlsplit(value.get_secret_value()).scheme not in ("postgresql", "postgres"):
        raise ValueError("not an address of PostgreSQL")
    return value


def _host(value: str) -> str:
    if re.fullmatch(
        r"(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(\.(?!-)[A-Za-z0-9-]{1,63})*", value
    ):
        return value
    return str(ipaddress.ip_address(value))


def _memory(value: str) -> str:
    if re.fullmatch(r"(?=.*[1-9])\d+(\.\d+)? ?[KMGT]i?B", value, re.ASCII | re.IGNORECASE) is None:
        raise ValueError("not an amount of memory")
    return value


class Settings(BaseSettings):
    """The product's settings; each field is the variable of its name with `XINQIAO_` before it.

    Attributes:
        home: Folder of everything the product keeps, absolute.
        database_url: The city's own PostgreSQL; without it an embedded one under `home`.
        host: Address to listen on.
        port: Port to listen on.
        memory_limit: Memory the SQL engine may use, such as "12GB"; its own default when None.
        threads: Threads the SQL engine may use; all cores when None.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    home: Annotated[Path, AfterValidator(_home)] = Field(default=Path("var"), validate_default=True)
    database_url: Annotated[SecretStr, AfterValidator(_postgresql)] | None = None
    host: Annotated[str, AfterValidator(_host)] = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    memory_limit: Annotated[str, AfterValidator(_memory)] | None = None
    threads: int | None = Field(default=None, ge=1, le=1024)


_REMEDIES = {
    "home": "应为目录的路径，例如 /var/lib/xinqiao；不能是已有的文件，路径中不能有通配符 *、?、[。",
    "database_url": "应以 postgresql:// 开头，例如 postgresql://用户:口令@主机:5432/库名；留空则使用内置数据库。",
    "host": "应为本机的 IP 地址或主机名，例如 127.0.0.1。",
    "port": "应为 1 到 65535 的整数，例如 8000。",
    "memory_limit": "应为数字加单位（KB、MB、GB、TB），例如 12GB；留空则由系统决定。",
    "threads": "应为 1 到 1024 的整数，例如 4；留空则使用全部处理器。",
}


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        UnusableSetting: One or more variables hold unusable values; all of them are named in one message.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = dict.fromkeys(str(problem["loc"][0]) for problem in error.errors(include_input=False))
        listed = "；".join(f"{PREFIX}{name.upper()} {_REMEDIES[name].rstrip('。')}" for name in wrong)
    raise UnusableSetting(f"环境变量的值不可用：{listed}。", remedy="请改正或取消设置后重试。")
