"""The agent's home page under load: gunicorn as in production, ten thousand agents, twelve months.

"Server time" is what gunicorn notes in its access log, from the request's head to the answer's end;
"waiting time" is what the load generator measures, the queue included. Prints both, for everybody's
first visit after a night and for those that follow. With --keep it takes the company that
`python -m bench night --keep` left.
"""

from __future__ import annotations

import argparse

from bench import company, ingest, load, night
from bench.harness import head, manage, sql
from incentives.org.models import Person
from incentives.stamps import everything_changed
from scoring.models import NightRun

OPTIONS: dict[str, tuple[float | str, str]] = {
    "rows": (300_000, "tickets a month"),
    "agents": (10_000, "people"),
    "months": (12, "months of history"),
    "path": ("/", "the page"),
    "requests": (1_500, "how many of each way"),
    "rate": (20.0, "people who come, a second"),
}
PEOPLE = 500
ONE_MS, FOUR_MS = 15, 60


def measure(options: argparse.Namespace) -> None:
    """Make the company unless it is there, serve it, load it, and print the table."""
    if not NightRun.objects.filter(status="done").exists():
        _make_company(options)
    every = max(1, Person.objects.count() // PEOPLE)
    cookies = [
        load.session_of(person) for person in Person.objects.order_by("pk")[::every][:PEOPLE]
    ]
    with load.served() as server:
        head()
        server.warm_up(options.path, cookies)
        everything_changed()  # As after a night: nobody's home is kept.
        first = server.everybody_once(options.path, cookies)
        one = server.at_a_time(1, options.path, cookies, requests=options.requests)
        four = server.at_a_time(4, options.path, cookies, requests=options.requests)
        server.arriving(options.rate, options.path, cookies, requests=options.requests)
        print(f"server time, p95: first visits {first:.1f} ms;", end=" ")
        print(f"then {one:.1f} ms one at a time, goal {ONE_MS};", end=" ")
        print(f"{four:.1f} ms four at a time, goal {FOUR_MS}")


def _make_company(options: argparse.Namespace) -> None:
    """Months of tickets, each followed by its night."""
    night.prepare(options.agents)
    company.fill_up()
    for month in reversed(range(options.months)):
        first = month * options.rows
        night.drop(ingest.write_month(month, first=first, rows=options.rows, agents=options.agents))
        manage("nightly", "--from", night.AFTER, "--to", night.AFTER)
    sql("VACUUM ANALYZE")
