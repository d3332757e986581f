# SPDX-License-Identifier: Apache-2.0
"""What stands still or is given up is named: a full room, a refused link, dead letters, parked runs of jobs."""
import json
import os
import sqlite3

from events import PILOTS, ROLES, effects, send, soon
from tap import check, same
from zhend import Zhend


def health_of(z, plugin):
    reply = z.get("/kernel/health")
    return reply.status, next(row for row in reply.json["plugins"] if row["id"] == plugin)


def counts_of(z):
    plugin = health_of(z, "ring_b")[1]
    return plugin["dead_events"], plugin["waiting_events"], plugin["crowded_subjects"]


def link_of(z, subscriber="ring_b"):
    return next(row for row in health_of(z, subscriber)[1]["links"] if row["publisher"] == "ring_a")


def crowd(t, home):
    settings = {"bus": {"parked_per_publisher": "10", "parked_per_subject": "4", "tries": "1"}}
    with Zhend(pilot="test", pilots=PILOTS, roles=ROLES, home=home, settings=settings) as z:
        with t.case(f"{home}: one subject that does not go on holds no other up, and is told in health and metrics"):
            ill = send(z, subject="hot", fail=5000)
            for _ in range(5):
                send(z, subject="hot")
            others = [send(z, subject=f"other{n}") for n in range(5)]
            soon(lambda: [row["token"] for row in effects(z, "ring_b")] == others, "the others are handled")
            soon(lambda: counts_of(z) == (1, 5, 1), "the dead letter and those behind it are in health")
            same(health_of(z, "ring_b")[0], 200)
            found = z.metrics()
            same((found['zhen_bus_parked{subscriber="ring_b",state="dead"}'], found['zhen_bus_parked{subscriber="ring_b",state="waiting"}']),
                 (1, 5))
            same(z.ctl("health").returncode, 0)
        with t.case(f"{home}: a link that has no room for what fails makes health not ready, and is named"):
            for _ in range(6):
                send(z, subject="hot")
            soon(lambda: link_of(z).get("full"), "the link is full")
            soon(lambda: counts_of(z) == (1, 9, 1), "what a worker counts comes a little later")
            status, plugin = health_of(z, "ring_b")
            same(status, 503, plugin)
            check("parked-full-publisher" in link_of(z)["fault"], plugin)
            done = z.ctl("health")
            same(done.returncode, 1, done)
            check("ring_b <- ring_a" in done.stderr and "parked-full" in done.stderr and "not ready" in done.stdout, done)
        with t.case(f"{home}: when there is room again it goes on and is ready"):
            same(z.post("/p/ring_b/cure", json={"token": ill}).status, 200)
            same(z.ctl("events", "retry", "ring_b/1").returncode, 0)
            soon(lambda: link_of(z)["lag"] == 0 and health_of(z, "ring_b")[0] == 200, "it goes on", 90)
            soon(lambda: len(effects(z, "ring_b", "hot")) == 12, "all are handled")
            soon(lambda: counts_of(z) == (0, 0, 0), "nothing is set aside")


def clock(t, home):
    settings = {"bus": {"retry_after": "1h"}}
    with Zhend(pilot="test", pilots=PILOTS, roles=ROLES, home=home, settings=settings) as z:
        with t.case(f"{home}: when a turned clock answers, what came due is done, and delivered what that emitted"):
            same(z.post("/kernel/clock", form={"now": "2030-01-01T09:00:00+08:00"}).status, 200)
            for day in range(2, 8):
                token = send(z, subject=f"s{day}", fail=1)
                soon(lambda: counts_of(z) == (0, 1, 0), "it is set aside")
                same(z.post("/kernel/clock", form={"now": f"2030-01-{day:02}T09:00:00+08:00"}).status, 200)
                same([[row["token"] for row in effects(z, plugin, f"s{day}")] for plugin in ("ring_b", "ring_c")], [[token], [token]])
                soon(lambda: counts_of(z) == (0, 0, 0), "nothing is set aside")


def pages(t):
    with Zhend(pilot="test", pilots=PILOTS, roles=ROLES) as z:
        with t.case("a long list begins with what is given up, says how much there is, and goes on by pages"):
            z.stop()
            db = sqlite3.connect(os.path.join(z.data, "plugins", "ring_b", "data.db"))
            row = "INSERT INTO _parked(publisher, epoch, seq, topic, subject, division, at, body, code, error, tries, not_before, parked_at) " \
                  "VALUES('ring_a', 1, ?, 'ring_a.passed', 's', '', 0, '{}', ?, '', 1, 9223372036854775807, 0)"
            db.executemany(row, [(n, "ill-token" if n in (1, 2300) else "behind") for n in range(1, 2301)])
            db.commit()
            db.close()
            z.start()
            seen = []
            for page in ("1", "2", "3", "4"):
                found = json.loads(z.ctl("--json", "events", "list", "--page", page).stdout)
                same((found["total"], found["dead"], found["page"], found["pages"]), (2300, 2, int(page), 3))
                seen.append([row["dead"] for row in found["parked"]])
            same([len(rows) for rows in seen], [1000, 1000, 300, 0])
            same([sum(rows) for rows in seen], [2, 0, 0, 0])
            same(seen[0][:3], [True, True, False])
            same(json.loads(z.ctl("--json", "events", "list").stdout)["dead"], 2)
            told = z.ctl("events", "list").stdout.splitlines()
            check("2300 set aside, 2 of them given up" in told[-2] and "page 1 of 3" in told[-1], told[-2:])
            for wrong in ("0", "x", "-1"):
                same(z.ctl("events", "list", "--page", wrong).returncode, 1)
            soon(lambda: counts_of(z) == (2, 2298, 1), "counted at start")


def refused_link(t):
    with Zhend(pilot="test", pilots=PILOTS, roles=ROLES) as z:
        with t.case("zhenctl health names a link that is refused and fails"):
            send(z)
            soon(lambda: link_of(z)["lag"] == 0, "it is delivered")
            z.stop()
            db = sqlite3.connect(os.path.join(z.data, "plugins", "ring_b", "data.db"))
            db.execute("UPDATE _cursor SET seq = seq + 1000000 WHERE publisher = 'ring_a'")
            db.commit()
            db.close()
            z.start()
            soon(lambda: link_of(z)["state"] == "refused", "the link is refused")
            done = z.ctl("health")
            same(done.returncode, 1, done)
            check("ring_b <- ring_a" in done.stderr and "stopping" not in done.stdout, done)


def run(t):
    for home in ("inproc", "process"):
        crowd(t, home)
        clock(t, home)
    pages(t)
    refused_link(t)
