"""Windows, brakes, meters and the warm-up plan."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.deliver.brake import Brake, Meter
from infomail.deliver.pace import Pace
from infomail.deliver.warmup import DAY_SECONDS, WarmingUp, allowance
from infomail.deliver.window import Log
from infomail.model.sending import Rate, WarmUp

RATES = st.builds(
    Rate,
    per_second=st.none() | st.integers(1, 5),
    per_minute=st.none() | st.integers(1, 40),
    per_hour=st.none() | st.integers(1, 60),
)


@given(RATES, st.lists(st.floats(0.0, 90.0), max_size=150), st.integers(1, 4))
def test_no_window_ever_holds_too_many(rate: Rate, durations: list[float], hands: int) -> None:
    """Whoever asks before each claim never exceeds a rate at the wire, with letters in hand too."""
    log, tick = Log(rate), 0.0
    ends: list[float] = []
    wires: list[float] = []
    for duration in durations:
        ends.sort()
        while len(ends) >= hands or (ends and ends[0] <= tick) or log.wait(len(ends), tick):
            wait = log.wait(len(ends), tick)
            if ends and (ends[0] <= tick + wait or len(ends) >= hands):
                tick = max(tick, ends.pop(0))
                log.add(tick)
            else:
                tick += wait
        wires.append(tick + duration * 0.7)
        ends.append(tick + duration)
    wires.sort()
    for span, number in ((1.0, rate.per_second), (60.0, rate.per_minute), (3600.0, rate.per_hour)):
        if number is not None:
            for first, over in zip(wires, wires[number:], strict=False):
                assert over - first >= span - 1e-6


def test_a_log_forgets_what_no_window_needs() -> None:
    """However many letters leave, only those of the longest span are kept, about."""
    log = Log(Rate(per_second=10))
    for number in range(10_000):
        log.add(number / 10)
    assert len(log._ticks) < 100
    assert log.is_idle(1002.0)
    assert not log.is_idle(1000.5)


def test_room_and_wait_agree() -> None:
    """There is room exactly when there is no wait; letters in hand take room."""
    log = Log(Rate(per_minute=3))
    log.add(0.0)
    log.add(10.0)
    assert (log.room(0, 10.0), log.wait(0, 10.0)) == (1, 0.0)
    assert (log.room(1, 10.0), log.wait(1, 10.0)) == (0, 50.0)
    assert (log.room(2, 10.0), log.wait(2, 10.0)) == (0, 60.0)
    assert (log.room(3, 10.0), log.wait(3, 10.0)) == (0, math.inf)
    log.add(20.0)
    assert (log.room(0, 59.9), log.room(0, 60.0), log.wait(0, 60.0)) == (0, 1, 0.0)
    assert (Log(Rate()).room(1000, 0.0), Log(Rate()).wait(1000, 0.0)) == (math.inf, 0.0)


def test_a_brake_halves_and_grows_back() -> None:
    """Each complaint halves the rate down to the floor; without any it grows until let go."""
    brake = Brake(8.0, floor=0.5, tick=100.0)
    assert brake.rate == 4.0
    brake.cut(100.0, 101.0)
    assert brake.rate == 4.0  # those letters were under way when the first complaint came
    for tick in (102.0, 103.0, 104.0, 105.0):
        brake.cut(tick, tick)
    assert brake.rate == 0.5
    assert not brake.is_let_go(135.0)
    assert brake.rate == pytest.approx(0.5 + 8.0 / 2)
    assert brake.is_let_go(105.0 + 60.0 * (16.0 - 0.5) / 8.0 + 0.1)


def test_a_brake_spaces_letters() -> None:
    """Under a brake of two a second half a second lies between letters."""
    brake = Brake(4.0, floor=0.1, tick=0.0)
    assert (brake.room(0.0), brake.wait(0.0)) == (0.0, 0.5)
    assert (brake.room(0.5), brake.wait(0.5)) == (1.0, 0.0)
    brake.took(0.5)
    assert brake.wait(0.5) == 0.5


def test_a_fast_brake_allows_groups() -> None:
    """Under a brake of a thousand a second as many may go at once as a tenth of a second allows."""
    brake = Brake(2000.0, floor=0.1, tick=0.0)
    assert brake.room(1.0) == 101.0
    for _ in range(100):
        brake.took(1.0)
    assert brake.room(1.0) == pytest.approx(1.0)


def test_a_meter_tells_the_rate_of_late() -> None:
    """Old letters no longer count, and domains are told apart."""
    meter = Meter(0.0)
    for number in range(1000):
        meter.add("a.example" if number % 4 else "b.example", number / 100)
    assert meter.rate_of_all(10.0) == pytest.approx(100.0, rel=0.01)
    assert meter.rate("b.example", 10.0) == pytest.approx(25.0, rel=0.02)
    meter.add("a.example", 100.0)
    meter.add("a.example", 106.0)
    assert meter.rate_of_all(106.0) < 1


def test_a_slowed_server_slows_all_and_a_slowed_domain_only_itself() -> None:
    """A domain's brake leaves the others alone; the server's holds everybody."""
    pace = Pace(Rate(), Rate(), 0.0)
    assert not pace.limits_domains
    pace.slow_domain("a.example", 0.0, 1.0)
    assert pace.domain_wait("a.example", 0, 1.0) > 0
    assert pace.domain_wait("b.example", 0, 1.0) == 0
    assert pace.room(0, 1.0) == math.inf
    pace.slow_server(0.0, 1.0)
    assert pace.room(0, 1.0) == 0.0
    assert pace.wait(0, 1.0) == pytest.approx(10.0)
    assert pace.domain_wait("a.example", 0, 5000.0) == 0
    assert not pace.limits_domains
    assert pace.room(0, 5000.0) == math.inf


def test_a_pace_forgets_domains_without_letters() -> None:
    """A list with very many domains does not fill the memory."""
    pace = Pace(Rate(), Rate(per_second=1), 0.0)
    for number in range(1000):
        pace.left(f"d{number}.example", float(number))
    assert len(pace._logs) < 150


@pytest.mark.parametrize(
    ("day", "letters"), [(0, 200), (1, 300), (2, 450), (3, 675), (-5, 200), (100_000, math.inf)]
)
def test_a_plan_grows_by_its_factor(day: int, letters: float) -> None:
    """Day by day the allowance is multiplied, until it limits nothing any more."""
    assert allowance(WarmUp(first_day=200, growth=1.5), day) == letters


def test_a_plan_without_growth_stays() -> None:
    """With a factor of one every day is like the first."""
    assert allowance(WarmUp(first_day=50, growth=1), 10_000) == 50


def test_a_day_ends_at_midnight_utc() -> None:
    """Letters of earlier runs count today; the first second of the next day has a new allowance."""
    noon = 20_000 * DAY_SECONDS + 43_200
    warming = WarmingUp(WarmUp(first_day=10, growth=2), noon - DAY_SECONDS, {20_000: 15})
    assert warming.room(0, noon) == 5
    assert warming.room(2, noon) == 3
    warming.left(noon)
    assert warming.room(0, noon) == 4
    midnight = warming.resumes_at(noon)
    assert midnight == 20_001 * DAY_SECONDS
    assert (warming.room(0, midnight - 1), warming.room(0, midnight)) == (4, 40)
    warming.left(midnight)
    assert warming.room(0, midnight) == 39
