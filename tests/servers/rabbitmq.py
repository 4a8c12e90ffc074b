"""RabbitMQ for tests: a node of one's own on the loopback address, or the broker that `AMQP_URL` names.

Each test gets a virtual host, made through the management API: 15 ms, where `rabbitmqctl` takes a second.
"""

import base64
import json
import os
import secrets
import shutil
import socket
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self
from urllib.parse import unquote, urlsplit

from tests.servers.processes import PrivateServer, ServerUnavailableError, free_ports, launch

_DEBIAN = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""Debian's own command in /usr/sbin insists on the account `rabbitmq`; this one, which it calls, does not."""

_AMQP_GREETING = b"AMQP\x00\x00\x09\x01"
"""Protocol header of AMQP 0-9-1: a broker that is ready replies with a frame (specification 4.2.2)."""


@dataclass
class RabbitMQ:
    """A broker that runs, and virtual hosts to be had from it."""

    url: str
    """Its AMQP address."""
    management_url: str
    """The http address of its management API."""

    @classmethod
    def from_environment(cls) -> Self | None:
        """The broker that `AMQP_URL` names, if it is set; its management API is at `AMQP_MANAGEMENT_URL`, else on port 15672."""
        url = os.environ.get("AMQP_URL")
        return cls(url, os.environ.get("AMQP_MANAGEMENT_URL") or f"http://{urlsplit(url).hostname}:15672") if url else None

    def answers(self) -> bool:
        """Whether the broker takes connections now."""
        address = urlsplit(self.url)
        try:
            with socket.create_connection((address.hostname, address.port or 5672), timeout=5) as connection:
                connection.sendall(_AMQP_GREETING)
                return bool(connection.recv(1))
        except OSError:
            return False

    def new_vhost(self) -> str:
        """Make a virtual host that nobody else uses; its AMQP address."""
        name = f"test-{secrets.token_hex(6)}"
        self._ask("PUT", f"/api/vhosts/{name}")
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def drop_vhost(self, url: str) -> None:
        """Remove a virtual host with all that is in it, and close the connections to it."""
        self._ask("DELETE", f"/api/vhosts{urlsplit(url).path}")

    def queues(self, url: str) -> list[str]:
        """The names of the queues in a virtual host."""
        return [queue["name"] for queue in json.loads(self._ask("GET", f"/api/queues{urlsplit(url).path}?columns=name"))]

    def _ask(self, method: str, path: str) -> bytes:
        address = urlsplit(self.url)
        login = f"{unquote(address.username or 'guest')}:{unquote(address.password or 'guest')}"
        headers = {"Authorization": "Basic " + base64.b64encode(login.encode()).decode(), "Content-Type": "application/json"}
        request = urllib.request.Request(self.management_url + path, method=method, headers=headers)  # noqa: S310  http is what it speaks
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310
                return bytes(reply.read())
        except OSError as error:  # urllib's own errors are among them
            raise ServerUnavailableError(
                f"the management API of RabbitMQ at {self.management_url} does not do {method} {path}: {error}. "
                "Tests need a virtual host each: name the API in AMQP_MANAGEMENT_URL, or unset AMQP_URL"
            ) from error


class RabbitMQServer(RabbitMQ, PrivateServer):
    """A private node, with its own name, ports, accounts and port mapper (epmd)."""

    kind = "RabbitMQ"
    plugins: ClassVar[tuple[str, ...]] = ("rabbitmq_management",)
    ask_to_end = "SIGTERM"
    end_at_once = "SIGKILL"

    def __init__(self, folder: Path) -> None:
        PrivateServer.__init__(self, folder)
        amqp, management, self._distribution, self._epmd = free_ports(4)
        self._password = secrets.token_hex(16)
        RabbitMQ.__init__(self, f"amqp://tests:{self._password}@127.0.0.1:{amqp}/%2F", f"http://127.0.0.1:{management}")
        self._write_settings(amqp, management)
        self._environment = self._make_environment()

    @staticmethod
    def program() -> Path:
        program = _DEBIAN if _DEBIAN.exists() else shutil.which("rabbitmq-server")
        if program is None:
            raise ServerUnavailableError("RabbitMQ is not installed (Debian: rabbitmq-server), and AMQP_URL names none")
        return Path(program)

    def launch(self) -> None:
        # Erlang would leave its port mapper behind as a daemon; started here it belongs to the node, and ends with it.
        mapper = f"epmd -port {self._epmd} -address 127.0.0.1"
        launch(f"{mapper} & exec '{self.program()}'", self.folder, self._environment)

    def kill(self) -> None:
        """End the node at once, as a crash would.

        A quorum queue that was declared within the last seconds is then lost, confirmed messages and all: the node writes out
        the list of its queues' members a few seconds late.
        """
        super().kill()

    def _write_settings(self, amqp: int, management: int) -> None:
        settings = f"""\
listeners.tcp.1 = 127.0.0.1:{amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
default_user = tests
default_pass = {self._password}
log.console = false
log.file.level = warning
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 16MB
raft.wal_max_size_bytes = 16777216
"""
        (self.folder / "rabbitmq.conf").write_text(settings, encoding="ascii")
        (self.folder / "enabled_plugins").write_text(f"[{', '.join(self.plugins)}].\n", encoding="ascii")
        cookie = self.folder / ".erlang.cookie"
        cookie.write_text(secrets.token_hex(16), encoding="ascii")
        cookie.chmod(0o400)

    def _make_environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(self._epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_PID_FILE": str(self.folder / "rabbitmq.pid"),
            "RABBITMQ_NODENAME": f"tests-{secrets.token_hex(4)}@localhost",
            "RABBITMQ_DIST_PORT": str(self._distribution),
            # Two schedulers are plenty, and the port between Erlang nodes is nobody else's business.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +A 8 -kernel inet_dist_use_interface {127,0,0,1}",
            # The start script then becomes the node, in place of waiting for it: signals reach the node itself.
            "detached": "true",
        }


class LoneRabbitMQServer(RabbitMQServer):
    """A private node for one test, which needs no virtual host but `/`: without the management API it ends much sooner."""

    plugins = ()

    def new_vhost(self) -> str:
        """There is nothing to share here."""
        raise ServerUnavailableError("a node for one test alone has the virtual host / and no other")
