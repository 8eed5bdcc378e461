"""How fast letters may go: the rates of newsletter.yaml and the brakes that servers pull. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from infomail.deliver.brake import Brake, Meter
from infomail.deliver.window import Log
from infomail.model.sending import Rate


class Pace:
    """The rates and brakes of one transport and of the domains it carries letters to."""

    SERVER_FLOOR = 0.1
    DOMAIN_FLOOR = 0.05
    SWEEP_SECONDS = 60.0

    def __init__(self, rate: Rate, domain_rate: Rate, tick: float) -> None:
        """Begin without letters."""
        self._domain_rate = domain_rate
        self._rates_domains = domain_rate != Rate()
        self._log = Log(rate)
        self._brake: Brake | None = None
        self._logs: dict[str, Log] = {}
        self._brakes: dict[str, Brake] = {}
        self._meter = Meter(tick)
        self._swept_at = tick

    @property
    def limits_domains(self) -> bool:
        """Whether any domain may have to wait."""
        return self._rates_domains or bool(self._brakes)

    def rate(self, tick: float) -> float:
        """Letters a second of late."""
        return self._meter.rate_of_all(tick)

    def remember(self, letters: Iterable[tuple[float, str, int]]) -> None:
        """Count letters of earlier runs: tick, domain and how many, oldest first."""
        for tick, domain, number in letters:
            self._log.add(tick, number)
            if self._rates_domains:
                self._log_of(domain).add(tick, number)

    def room(self, in_hand: int, tick: float) -> float:
        """Tell how many letters more the server may get now."""
        left = self._log.room(in_hand, tick)
        if self._brake is None:
            return left
        if self._brake.is_let_go(tick):
            self._brake = None
            return left
        return min(left, self._brake.room(tick))

    def wait(self, in_hand: int, tick: float) -> float:
        """Tell for how many seconds the server may get none."""
        braked = self._brake.wait(tick) if self._brake else 0.0
        return max(self._log.wait(in_hand, tick), braked)

    def domain_wait(self, domain: str, in_hand: int, tick: float) -> float:
        """Tell for how many seconds a domain may get no letter."""
        brake, log = self._brakes.get(domain), self._logs.get(domain)
        if brake is not None and brake.is_let_go(tick):
            del self._brakes[domain]
            brake = None
        if log is None and self._rates_domains:
            log = self._log_of(domain)
        logged = log.wait(in_hand, tick) if log else 0.0
        return max(logged, brake.wait(tick) if brake else 0.0)

    def took(self, domain: str, tick: float) -> None:
        """Note that a letter is on its way."""
        self._meter.add(domain, tick)
        if self._brake is not None:
            self._brake.took(tick)
        if self._brakes:
            if brake := self._brakes.get(domain):
                brake.took(tick)
            self._sweep(tick)

    def left(self, domain: str, tick: float) -> None:
        """Note that a letter left, or may have."""
        self._log.add(tick)
        if self._rates_domains:
            self._log_of(domain).add(tick)
            self._sweep(tick)

    def slow_domain(self, domain: str, claimed_at: float, tick: float) -> None:
        """Obey a domain that asked for fewer letters."""
        if brake := self._brakes.get(domain):
            brake.cut(claimed_at, tick)
        else:
            rate = self._meter.rate(domain, tick)
            self._brakes[domain] = Brake(rate, self.DOMAIN_FLOOR, tick)

    def slow_server(self, claimed_at: float, tick: float) -> None:
        """Obey a server that asked for fewer letters."""
        if self._brake:
            self._brake.cut(claimed_at, tick)
        else:
            self._brake = Brake(self._meter.rate_of_all(tick), self.SERVER_FLOOR, tick)

    def _log_of(self, domain: str) -> Log:
        if (log := self._logs.get(domain)) is None:
            log = self._logs[domain] = Log(self._domain_rate)
        return log

    def _sweep(self, tick: float) -> None:
        """Forget domains that had no letter for long: a list can have very many."""
        if tick - self._swept_at < self.SWEEP_SECONDS:
            return
        self._swept_at = tick
        self._logs = {name: log for name, log in self._logs.items() if not log.is_idle(tick)}
        brakes = self._brakes.items()
        self._brakes = {name: brake for name, brake in brakes if not brake.is_let_go(tick)}
