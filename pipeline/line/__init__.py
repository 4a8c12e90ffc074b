"""What links the stations: the Broker port, the embedded queue, RabbitMQ, and the outbox that feeds them."""
