"""Real servers for the tests: a RabbitMQ and a PostgreSQL of their own, or the ones that `AMQP_URL` and `DATABASE_URL` name.

The rooms of this folder:

- `session`: the servers that one run of pytest shares between its workers, and the watcher that removes them however the run ends;
- `rabbitmq`, `postgresql`: how one server is started, asked and stopped;
- `processes`: what both have in common: ports, processes, waiting.

Tests take them through the fixtures in `tests/conftest.py`.
"""

from tests.servers.postgresql import PostgreSQL, PostgreSQLServer
from tests.servers.processes import ServerUnavailable
from tests.servers.rabbitmq import RabbitMQ, RabbitMQServer
from tests.servers.session import ServerSession

__all__ = ["PostgreSQL", "PostgreSQLServer", "RabbitMQ", "RabbitMQServer", "ServerSession", "ServerUnavailable"]
