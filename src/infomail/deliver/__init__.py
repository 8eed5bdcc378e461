"""Deliver: takes deliveries from the ledger to the transport and brings back what became of them.

loop (the clerk) -> lanes, pace, warmup, breaker: which deliveries may go now
                 -> ledger.turn: results and claims, durable together
                 -> crew (workers, one connection each): write, transport.send
                 <- tally, blame, weighing, retry: what an outcome means for the delivery
"""

from __future__ import annotations

from infomail.deliver.job import Activity, Ending, Fleet, Job, Ledger, Progress, Report, Transport
from infomail.deliver.loop import deliver

__all__ = [
    "Activity",
    "Ending",
    "Fleet",
    "Job",
    "Ledger",
    "Progress",
    "Report",
    "Transport",
    "deliver",
]
