"""What a keeper tells Prometheus. One registry a keeper, so that several fit into one process."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
BREAKERS = ("node_failing", "node_slow", "head_stale", "gas_price", "oracle_gone")


class Metrics:
    """The keeper's counters, gauges and times."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.steps = Counter(
            "lockstep_keeper_steps", "Looks at the world.", ["outcome"], registry=self.registry
        )
        self.transactions = Counter(
            "lockstep_keeper_transactions",
            "Transactions by what became of them.",
            ["outcome"],
            registry=self.registry,
        )
        self.sent = Counter(
            "lockstep_keeper_sent", "Transactions sent, by urgency.", ["urgency"], registry=self.registry
        )
        self.orders = Counter(
            "lockstep_keeper_order_transitions", "Orders' transitions.", ["status"], registry=self.registry
        )
        self.refused = Counter(
            "lockstep_keeper_simulations_refused",
            "Simulations that the hub refused.",
            ["error"],
            registry=self.registry,
        )
        self.left = Gauge(
            "lockstep_keeper_left", "Things to do that are not done now.", ["why"], registry=self.registry
        )
        self.breaker = Gauge(
            "lockstep_keeper_breaker",
            "1 while the breaker holds something back.",
            ["breaker"],
            registry=self.registry,
        )
        self.carries = Gauge(
            "lockstep_keeper_carries",
            "Last urgency carried: 3 upkeep, 2 entries, 1 stops, 0 exits, -1 nothing.",
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "lockstep_keeper_in_flight", "Own transactions on their way.", registry=self.registry
        )
        self.head = Gauge("lockstep_keeper_head_block", "Newest block seen.", registry=self.registry)
        self.step_seconds = Histogram(
            "lockstep_keeper_step_seconds",
            "One look and what follows.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.submit_seconds = Histogram(
            "lockstep_keeper_submit_seconds",
            "From an order's receipt to its transaction.",
            buckets=_SECONDS,
            registry=self.registry,
        )

    def serve(self, host: str, port: int) -> None:
        """Answer `GET /metrics` on a port of its own, in a thread that ends with the process."""
        start_http_server(port, addr=host, registry=self.registry)
