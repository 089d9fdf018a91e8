"""Real servers for tests and benchmarks, from the system's packages: started in a folder, on ports of their own."""

from tests.servers.nginx import Nginx
from tests.servers.postgres import Postgres
from tests.servers.rabbitmq import RabbitMQ
from tests.servers.redis import Redis
from tests.servers.server import Missing

__all__ = ["Missing", "Nginx", "Postgres", "RabbitMQ", "Redis"]
