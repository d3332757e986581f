# SPDX-License-Identifier: Apache-2.0
"""Jobs that end the process they run in, and what a plugin counts in either home."""
import json
import os
import sqlite3
import time

from tap import check, same
from zhend import Alone, Zhend

PILOTS = "[pilot test]\ndivisions = 532300000000\nplugins = crasher\n"
ENV = {"ASAN_OPTIONS": "detect_leaks=0:handle_sigill=0:handle_segv=0"}
TRIES = 4


def wait_for(what, true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        check(time.monotonic() < end, f"not within {seconds} s: {what}")
        time.sleep(0.05)


def parked(z):
    plugin = next(row for row in z.health()["plugins"] if row["id"] == "crasher")
    return {row["job"]: row["runs"] for row in plugin["parked_jobs"]}


def alive(z):
    return z.process.poll() is None


def come_up(z):
    """Starts until it stays; how often it did. What ends it may do so before it has said that it is up."""
    starts = 0
    while starts < TRIES + 2:
        starts += 1
        try:
            z.start()
        except (RuntimeError, OSError):
            z.process = None
            continue
        try:
            wait_for("it ends, or a job is parked", lambda: not alive(z) or parked(z), 30)
        except OSError:
            z.process.wait(30)
        if alive(z):
            return starts, z.output()
        z.process = None
    raise AssertionError(f"still down after {starts} starts")


def ends_the_host(t, what, settings, plant):
    z = Alone(pilot="test", pilots=PILOTS, settings=settings, env=ENV)  # its starts are counted
    try:
        with t.case(f"{what} that ends the host is tried {TRIES} times, later each time, then parked and named"):
            if plant:
                z.start()
                z.post("/p/crasher/jobs", json={"job": plant})
                z.process.wait(30)
                z.process = None
            began = time.monotonic()
            starts, log = come_up(z)
            took = time.monotonic() - began
            job = plant or "rounds"
            same(starts, TRIES if plant else TRIES + 1)
            check(took > 1 + 2 + 4, f"four runs in {took:.1f} s")
            same(parked(z), {job: 1})
            same(z.metrics()[f'zhen_jobs_parked{{plugin="crasher",job="{job}"}}'], 1)
            check(f"job {job} " in log and "parked" in log, log[-2000:])
        with t.case(f"other jobs run beside the parked one ({what})"):
            z.post("/p/crasher/jobs", json={"job": "harmless"})
            wait_for("the other job", lambda: z.get("/p/crasher/done").json["done"] == 1)
            same(alive(z), True)
    finally:
        z.close()


def ends_its_worker(t):
    with Zhend(pilot="test", pilots=PILOTS, home="process", env=ENV) as z:
        with t.case("a job that ends its worker is parked, those enqueued with it run, and the host shows both"):
            z.post("/p/crasher/jobs", json={"job": "mixed"})
            wait_for("it is parked", lambda: parked(z) == {"doomed": 1})
            wait_for("the others", lambda: z.get("/p/crasher/done").code is None and z.get("/p/crasher/done").json["done"] == 3)
            same(z.metrics()['zhen_jobs_parked{plugin="crasher",job="doomed"}'], 1)


def looked_after(t, home):
    with Zhend(pilot="test", pilots=PILOTS, home=home, env=ENV) as z:
        z.stop()
        path = os.path.join(z.data, "plugins", "crasher", "data.db")
        db = sqlite3.connect(path)
        db.executemany("INSERT INTO _job(name, args, not_before, tries, error) VALUES('harmless', '', 9223372036854775807, 10, ?)",
                       [("one",), ("two",)])
        db.execute("INSERT INTO _run(name, job, deaths, not_before) VALUES('harmless', 1, 4, 9223372036854775807)")
        db.execute("INSERT INTO _run(name, job, deaths, not_before) VALUES('rounds', 0, 4, 9223372036854775807)")
        db.commit()
        db.close()
        z.start()

        def listed():
            done = z.ctl("--json", "jobs", "list", "crasher")
            same(done.returncode, 0, done)
            return [(row["id"], row["tries"], row["ended_its_process"], row["error"]) for row in json.loads(done.stdout)["parked"]]

        with t.case(f"{home}: parked runs are listed with why, and wrong IDs refused"):
            same(listed(), [("crasher/rounds", 0, 4, ""), ("crasher/1", 10, 4, "one"), ("crasher/2", 10, 0, "two")])
            check("crasher/rounds" in z.ctl("jobs").stdout, "the id is in the list")
            for words in (("retry", "crasher/99"), ("drop", "crasher/rounds"), ("retry", "nobody/1"), ("drop", "crasher/doomed"), ("retry", "crasher"), ("drop",),
                          ("retry", "crasher/x"), ("dance",), ("list", "nobody")):
                done = z.ctl("jobs", *words)
                same((done.returncode, done.stdout, len(done.stderr.splitlines())), (2 if words in (("drop",), ("dance",)) else 1, "", 1), (words, done))
        with t.case(f"{home}: one runs again, one is dropped, the one by the clock goes on, and the audit says who did it"):
            same([z.ctl("jobs", *words).returncode for words in (("retry", "crasher/1"), ("drop", "crasher/2"), ("retry", "crasher/rounds"))],
                 [0, 0, 0])
            wait_for("it runs", lambda: z.get("/p/crasher/done").json["done"] == 1)
            wait_for("none is parked", lambda: parked(z) == {} and listed() == [])
            same(z.ctl("jobs", "retry", "crasher/1").returncode, 1)
            same(rows(path, "SELECT route, subject, request FROM _audit WHERE route LIKE '% job %' ORDER BY seq"),
                 [("retry job harmless", "1", "zhenctl"), ("drop job harmless", "2", "zhenctl"), ("retry job rounds", "", "zhenctl")])


def rows(path, sql):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def counts(t, home):
    with t.case(f"the counters of a plugin's database are in /kernel/metrics ({home})"):
        with Zhend(pilot="test", pilots=PILOTS, home=home, env=ENV) as z:
            for _ in range(5):
                z.post("/p/crasher/jobs", json={"job": "harmless"})
            wait_for("the jobs", lambda: z.get("/p/crasher/done").json["done"] == 5)
            name = '{plugin="crasher"}'
            # Five calls, five marks, five runs.
            wait_for("the counters", lambda: z.metrics().get("zhen_store_jobs_total" + name, 0) >= 15, 20)
            found = z.metrics()
            for counter in ("commits_total", "retried_batches_total", "checkpoints_total", "wal_resets_total", "wal_bytes", "queued"):
                check(f"zhen_store_{counter}{name}" in found, f"{counter} is missing")
            check(0 < found["zhen_store_commits_total" + name] <= found["zhen_store_jobs_total" + name], found)
            check(found["zhen_store_wal_bytes" + name] > 0, found)


def run(t):
    ends_the_host(t, "an enqueued job", {}, "doomed")
    ends_the_host(t, "a job by the clock", {"crasher": {"rounds": "doomed"}}, None)
    ends_its_worker(t)
    for home in ("inproc", "process"):
        looked_after(t, home)
        counts(t, home)
