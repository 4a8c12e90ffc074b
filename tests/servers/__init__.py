"""Real servers for the tests: a RabbitMQ and a PostgreSQL of their own, or the ones that `AMQP_URL` and `DATABASE_URL` name.

- `rabbitmq`, `postgresql`: how one server is laid out, started, asked for a virtual host or a database, and ended;
- `processes`: what both have in common: ports, a process in a folder, waiting until it answers;
- `session`: the servers that one run of pytest shares between its workers;
- `watcher`: ends them, however the run ends.

Tests take them through the fixtures in `tests/conftest.py`.
"""
