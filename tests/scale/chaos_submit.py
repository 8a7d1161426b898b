"""Submit applications over HTTP while processes are killed: ``python -m tests.scale.chaos_submit --submissions 2000 --kills 20``.

Clients hand in applications at the API, a fifth of them twice with the same key (half of these at the same moment), and try
again with the same key until they are answered. Meanwhile web workers, the job worker, single database backends and the whole
database server are killed (SIGKILL) and started again by the supervisor. At the end what was acknowledged is compared with
what the database holds: none lost, none doubled, and every case with exactly one submission event, first task, acceptance
clock, audit event and message.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import queue
import random
import signal
import sys
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import psutil
import psycopg

from tests.scale.installation import Installation, installation

KINDS = ("web", "backend", "worker", "postmaster")
"""What is killed, in turn."""
DOUBLED = 0.2
PATIENCE_SECONDS = 300.0
CLIENTS = 8

INVARIANTS = {
    "submission event": "SELECT count(*) FROM cases_caseevent e WHERE e.case_id = c.id AND e.act = 'submit' AND e.seq = 1",
    "event": "SELECT count(*) FROM cases_caseevent e WHERE e.case_id = c.id",
    "first task": "SELECT count(*) FROM cases_task t WHERE t.case_id = c.id AND t.state = 'open'",
    "acceptance clock": "SELECT count(*) FROM cases_caseclock k WHERE k.case_id = c.id AND k.kind = 'acceptance' AND k.running",
    "clock start": "SELECT count(*) FROM cases_clockentry l JOIN cases_caseclock k ON k.id = l.clock_id "
    "WHERE k.case_id = c.id AND k.kind = 'acceptance' AND l.kind = 'start'",
    "application": "SELECT count(*) FROM cases_caseform f WHERE f.case_id = c.id",
    "audit event": "SELECT count(*) FROM audit_auditevent a WHERE a.stream_id = 'case:' || c.number",
    "message": "SELECT count(*) FROM messaging_message m WHERE m.about = 'case:' || c.number",
}
"""What every case must have exactly one of."""


@dataclass(slots=True)
class Tally:
    """What the clients saw."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    numbers: dict[str, set[str]] = field(default_factory=dict)
    requests: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    refused: list[str] = field(default_factory=list)

    def acknowledged(self) -> int:
        """Return how many keys have an acknowledged case."""
        with self.lock:
            return len(self.numbers)


@dataclass(frozen=True, slots=True)
class Client:
    """Someone who hands in applications and does not give up."""

    port: int
    token: str
    body: bytes
    tally: Tally

    def submit(self, key: str) -> None:
        """Hand in one application, again and again with the same key until it is acknowledged or refused."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < limit:
            with self.tally.lock:
                self.tally.requests += 1
            try:
                status, answer = self._post(key)
            except (OSError, http.client.HTTPException, ValueError):
                with self.tally.lock:
                    self.tally.broken += 1
                time.sleep(0.1)
                continue
            with self.tally.lock:
                self.tally.answers[status] += 1
                if status in (200, 201):
                    self.tally.numbers.setdefault(key, set()).add(answer["number"])
                    return
                if status < 500:
                    self.tally.refused.append(f"{status} {answer}")
                    return
            time.sleep(0.1)
        with self.tally.lock:
            self.tally.refused.append(f"no answer within {PATIENCE_SECONDS:.0f} s")

    def _post(self, key: str) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {
                "Authorization": f"Bearer {self.token}", "Idempotency-Key": key, "Content-Type": "application/json",
            }  # fmt: skip
            connection.request("POST", "/api/v1/cases", self.body, headers)
            response = connection.getresponse()
            text = response.read()
            return response.status, json.loads(text) if response.status < 500 else {}
        finally:
            connection.close()


def prepare(site: Installation) -> tuple[str, bytes]:
    """Make tables, packs and accounts; return an API key and the body of a complete application."""
    site.manage("migrate", "--verbosity", "0")
    site.manage("createcachetable")
    site.manage("load_demo", "--cases", "0")
    token = site.manage("api_token", "firm").strip()
    os.environ.update(
        {name: value for name, value in site.environment.items() if name.startswith(("TONGBAN_", "DJANGO_"))}
    )
    import django

    django.setup()
    return token, json.dumps(_application()).encode()


def _application() -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import connections

    from tongban.affairs.hall.demo.history import sample_pdf
    from tongban.affairs.hall.materials import plan
    from tongban.engines.catalog.models import Implementation
    from tongban.foundation.accounts.models import Account
    from tongban.foundation.clock.now import local_date, now
    from tongban.foundation.files.actions import store_upload
    from tongban.foundation.forms.answers import example_answers
    from tongban.foundation.forms.queries import current
    from tongban.foundation.forms.schema import AddressField

    firm, at = Account.objects.get(username="firm"), now()
    item = Implementation.objects.select_related("standard_item").get(
        process_code="licensing-survey", region_path="/420000/420100/420102/", name__zh="食品经营许可（新办）"
    )
    spec = current(item.form_code, local_date(at)).definition
    stored = store_upload(upload=SimpleUploadedFile("演示材料.pdf", sample_pdf()), by=firm, at=at)
    answers = example_answers(spec, today=local_date(at), file_id=str(stored.pk))
    answers |= {scenario["code"]: scenario["choices"][0]["code"] for scenario in item.standard_item.scenarios}
    for _page, each in spec.top_fields():
        if isinstance(each, AddressField) and each.level == "county":
            answers[each.id] = {"region": "420102", "detail": "演示路 1 号"}
    slots = plan(item, answers=answers, applicant=firm, chosen={}, on=local_date(at)).open
    ways = {slot.code: "upload" if "upload" in slot.ways else slot.ways[0] for slot in slots}
    materials = {code: {"way": way, "files": [str(stored.pk)] if way == "upload" else []} for code, way in ways.items()}
    connections.close_all()
    return {"item": item.code, "answers": answers, "materials": materials}


def hand_in(client: Client, submissions: int, rng: random.Random) -> list[str]:
    """Hand in applications from several threads; return their keys. Some are handed in twice."""
    keys = [str(uuid.UUID(int=rng.getrandbits(128), version=4)) for _number in range(submissions)]
    waiting: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
    for key in keys:
        draw = rng.random()
        waiting.put((key, "together" if draw < DOUBLED / 2 else "again" if draw < DOUBLED else "once"))

    def work() -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                key, how = waiting.get_nowait()
                twin = threading.Thread(target=client.submit, args=(key,)) if how == "together" else None
                if twin is not None:
                    twin.start()
                client.submit(key)
                if twin is not None:
                    twin.join()
                if how == "again":
                    client.submit(key)

    threads = [threading.Thread(target=work) for _number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return keys


def kill_now_and_then(
    site: Installation, tally: Tally, submissions: int, kills: int, rng: random.Random, over: threading.Event
) -> Counter[str]:
    """Kill something each time another share of the submissions is acknowledged; return what was killed."""
    killed: Counter[str] = Counter()
    for turn in range(kills):
        share = (turn + rng.random()) / kills * 0.95
        while tally.acknowledged() < share * submissions and not over.is_set():
            time.sleep(0.01)
        kind = KINDS[turn % len(KINDS)]
        while not over.is_set():
            found = site.processes(kind)
            if found:
                with contextlib.suppress(psutil.Error):
                    rng.choice(found).send_signal(signal.SIGKILL)
                    killed[kind] += 1
                    break
            time.sleep(0.02)
    return killed


def compare(url: str, tally: Tally) -> list[str]:
    """Compare what was acknowledged with what the database holds; return what is wrong."""
    wrong = [f"refused: {text}" for text in tally.refused]
    wrong += [f"key {key} was answered with {sorted(found)}" for key, found in tally.numbers.items() if len(found) > 1]
    with psycopg.connect(url) as connection:
        held = connection.execute("SELECT submission_key::text, number FROM cases_case").fetchall()
        kept = Counter(key for key, _number in held)
        numbers = {number for _key, number in held}
        lost = [key for key, found in tally.numbers.items() if not kept[key] or not found <= numbers]
        doubled = [key for key, count in kept.items() if count > 1]
        stray = [key for key in kept if key not in tally.numbers]
        print(
            f"    acknowledged {len(tally.numbers)}, in the database {len(held)}: lost {len(lost)}, doubled {len(doubled)}"
        )
        wrong += [f"lost: {key}" for key in lost] + [f"doubled: {key}" for key in doubled]
        wrong += [f"never asked for: {key}" for key in stray]
        for name, count in INVARIANTS.items():
            rows = connection.execute(
                f"SELECT number, n FROM (SELECT c.number, ({count}) AS n FROM cases_case c) AS counted WHERE n <> 1"
            ).fetchall()
            print(f"    cases without exactly one {name}: {len(rows)}")
            wrong += [f"{number} has {n} times: {name}" for number, n in rows]
    return wrong


def drained(url: str, seconds: float) -> tuple[int, int]:
    """Wait a while for the worker to deliver the messages; return how many there are and how many were delivered."""
    limit = time.monotonic() + seconds
    while True:
        with psycopg.connect(url) as connection:
            row = connection.execute(
                "SELECT count(*), count(*) FILTER (WHERE state IN ('sent', 'delivered')) FROM messaging_message"
            ).fetchone()
        total, done = row or (0, 0)
        if done == total or time.monotonic() > limit:
            return int(total), int(done)
        time.sleep(0.5)


def run(submissions: int, kills: int, *, seed: int, drain_seconds: float) -> int:
    """Run it all and print what came of it; return the exit code."""
    rng = random.Random(seed)
    began = time.monotonic()
    with installation() as site:
        token, body = prepare(site)
        site.start()
        print(
            f"==> Ready in {time.monotonic() - began:.1f} s; {submissions} submissions, {kills} kills, seed {seed}",
            flush=True,
        )
        tally, over, killed = Tally(), threading.Event(), Counter[str]()
        killer = threading.Thread(
            target=lambda: killed.update(kill_now_and_then(site, tally, submissions, kills, rng, over)), daemon=True
        )
        started = time.monotonic()
        killer.start()
        hand_in(Client(site.port, token, body, tally), submissions, random.Random(seed + 1))
        seconds = time.monotonic() - started
        over.set()
        killer.join(10)
        wrong = [f"the supervisor gave up: {each}" for each in site.wrong]
        print(f"    {tally.requests} requests in {seconds:.1f} s ({submissions / seconds:.1f} new cases a second)")
        print(f"    answers {dict(sorted(tally.answers.items()))}, connections broken {tally.broken}")
        print(f"    killed {dict(killed)}")
        site.wait()
        wrong += compare(site.database_url, tally)
        total, done = drained(site.database_url, drain_seconds)
        print(f"    messages delivered within {drain_seconds:.0f} s: {done} of {total}")
        print("    " + site.manage("verify_audit").strip().splitlines()[-1])
        if sum(killed.values()) < kills:
            wrong.append(f"only {sum(killed.values())} of {kills} kills were done")
    for line in wrong[:20]:
        print(f"    WRONG {line}")
    print(f"==> {'passed' if not wrong else f'{len(wrong)} things wrong'} after {time.monotonic() - began:.1f} s")
    return 1 if wrong else 0


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description="Submit over HTTP while processes are killed.")
    parser.add_argument("--submissions", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--drain", type=float, default=20, help="seconds to wait for messages at the end")
    given = parser.parse_args()
    return run(given.submissions, given.kills, seed=given.seed, drain_seconds=given.drain)


if __name__ == "__main__":
    sys.exit(main())
