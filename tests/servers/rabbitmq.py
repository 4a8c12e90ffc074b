"""RabbitMQ for tests: a node of one's own on the loopback address, or the broker that `AMQP_URL` names.

Each test gets a virtual host, made through the management API (15 ms; `rabbitmqctl` takes a second).
"""

import base64
import json
import os
import secrets
import shutil
import signal
import socket
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Self

from tests.servers.processes import ServerUnavailable, end, free_ports, is_alive, launch, pid_in, until

_DEBIAN = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""Debian's own command in /usr/sbin insists on the account `rabbitmq`; this one, which it calls, does not."""

_AMQP_GREETING = b"AMQP\x00\x00\x09\x01"
"""Protocol header of AMQP 0-9-1: a broker that is ready replies with a frame (specification 4.2.2)."""


class RabbitMQ:
    """A broker that runs: its AMQP address, and virtual hosts to be had from it."""

    def __init__(self, url: str, management_url: str) -> None:
        """`url` is the AMQP address of the broker, `management_url` the http address of its management API."""
        self.url = url
        self._management_url = management_url.rstrip("/")

    @classmethod
    def from_environment(cls) -> Self | None:
        """The broker that `AMQP_URL` names, if it is set. Its management API is expected at `AMQP_MANAGEMENT_URL`, else on port 15672."""
        url = os.environ.get("AMQP_URL")
        if not url:
            return None
        host = urllib.parse.urlsplit(url).hostname or "localhost"
        return cls(url, os.environ.get("AMQP_MANAGEMENT_URL") or f"http://{host}:15672")

    def new_vhost(self) -> str:
        """Make a virtual host that nobody else uses; its AMQP address."""
        name = f"test-{secrets.token_hex(6)}"
        self._ask("PUT", f"/api/vhosts/{name}")
        return urllib.parse.urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def drop_vhost(self, url: str) -> None:
        """Remove a virtual host with all that is in it, and close the connections to it."""
        self._ask("DELETE", f"/api/vhosts/{urllib.parse.urlsplit(url).path.removeprefix('/')}")

    def queues(self, url: str) -> list[str]:
        """The names of the queues in a virtual host."""
        listing = self._ask("GET", f"/api/queues/{urllib.parse.urlsplit(url).path.removeprefix('/')}?columns=name")
        return [queue["name"] for queue in json.loads(listing)]

    def _ask(self, method: str, path: str) -> bytes:
        address = urllib.parse.urlsplit(self.url)
        login = f"{urllib.parse.unquote(address.username or 'guest')}:{urllib.parse.unquote(address.password or 'guest')}"
        headers = {"Authorization": "Basic " + base64.b64encode(login.encode()).decode(), "Content-Type": "application/json"}
        request = urllib.request.Request(self._management_url + path, method=method, headers=headers)  # noqa: S310  always http
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310  always http
                return bytes(response.read())
        except urllib.error.URLError as error:
            raise ServerUnavailable(
                f"the management API of RabbitMQ at {self._management_url} refuses {method} {path}: {error}. "
                "Tests need a virtual host each: name the API in AMQP_MANAGEMENT_URL, or unset AMQP_URL"
            ) from error


class RabbitMQServer(RabbitMQ):
    """A private node in a folder: can be stopped, killed and started again, and keeps its durable messages meanwhile."""

    def __init__(self, folder: Path) -> None:
        """Lay out a node in an empty folder, with its own name, ports and password. It does not run before `start`."""
        self.folder = folder
        amqp, management, distribution, epmd = free_ports(4)
        password = secrets.token_hex(16)
        super().__init__(f"amqp://tests:{password}@127.0.0.1:{amqp}/%2F", f"http://127.0.0.1:{management}")
        self._address = ("127.0.0.1", amqp)
        self._environment = self._lay_out(amqp, management, distribution, epmd, password)
        self._program = _program()

    def launch(self) -> None:
        """Start the node and return at once."""
        # epmd, the port mapper of Erlang, would stay behind as a daemon; started by us it belongs to the node and ends with it.
        command = f'epmd -port {self._environment["ERL_EPMD_PORT"]} -address 127.0.0.1 & exec "{self._program}"'
        launch(["/bin/sh", "-c", command], self.folder, environment=self._environment)

    def wait(self) -> None:
        """Wait until the node takes connections. Raises `ServerUnavailable` when it does not."""
        pid = pid_in(self.folder) or 0
        until(self._answers, alive=lambda: is_alive(pid), server="RabbitMQ", folder=self.folder)

    def start(self) -> None:
        """Start the node, and wait until it takes connections."""
        self.launch()
        self.wait()

    def stop(self) -> None:
        """End the node in good order, as an administrator would."""
        end(self.folder, signal.SIGTERM, signal.SIGKILL)

    def kill(self) -> None:
        """End the node at once, as a power failure would."""
        end(self.folder, signal.SIGKILL)

    def restart(self) -> None:
        """Stop the node in good order, and start it again at the same address."""
        self.stop()
        self.start()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(self._address, timeout=5) as connection:
                connection.sendall(_AMQP_GREETING)
                return bool(connection.recv(1))
        except OSError:
            return False

    def _lay_out(self, amqp: int, management: int, distribution: int, epmd: int, password: str) -> dict[str, str]:
        """Write the settings of the node; the environment to start it in."""
        (self.folder / "enabled_plugins").write_text("[rabbitmq_management].\n", encoding="ascii")
        (self.folder / "rabbitmq.conf").write_text(
            f"""\
listeners.tcp.1 = 127.0.0.1:{amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
default_user = tests
default_pass = {password}
log.console = false
log.file.level = warning
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 16MB
raft.wal_max_size_bytes = 16777216
""",
            encoding="ascii",
        )
        cookie = self.folder / ".erlang.cookie"
        cookie.write_text(secrets.token_hex(16), encoding="ascii")
        cookie.chmod(0o400)
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_PID_FILE": str(self.folder / "rabbitmq.pid"),
            "RABBITMQ_NODENAME": f"tests-{secrets.token_hex(4)}@localhost",
            "RABBITMQ_DIST_PORT": str(distribution),
            # Two schedulers are plenty, and the port between Erlang nodes is nobody else's business.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +A 8 -kernel inet_dist_use_interface {127,0,0,1}",
            # The script then becomes the node, in place of waiting for it: signals reach the node itself.
            "detached": "true",
        }


def _program() -> str:
    """The command that starts a node. Raises `ServerUnavailable`."""
    program = str(_DEBIAN) if _DEBIAN.exists() else shutil.which("rabbitmq-server")
    if program is None:
        raise ServerUnavailable("RabbitMQ is not installed (Debian: apt-get install rabbitmq-server), and AMQP_URL names none")
    return program
