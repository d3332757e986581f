# SPDX-License-Identifier: Apache-2.0
"""What stands still or is given up is named: a full room, a refused link, dead letters, parked runs of jobs."""
import concurrent.futures
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


def dead_of(z, start):
    return [row for row in json.loads(z.ctl("--json", "events", "list").stdout)["parked"] if row["subject"].startswith(start) and row["dead"]]


def crowd(t, home):
    settings = {"bus": {"parked_per_publisher": "10", "parked_per_subject": "4", "tries": "1"}}
    with Zhend(pilot="test", pilots=PILOTS, roles=ROLES, home=home, settings=settings) as z:
        with t.case(f"{home}: one subject that does not go on holds no other up, and is told in health and metrics"):
            ill = send(z, subject="hot", fail=5000)
            hot = [ill] + [send(z, subject="hot") for _ in range(5)]
            others = [send(z, subject=f"other{n}") for n in range(5)]
            soon(lambda: [row["token"] for row in effects(z, "ring_b")] == others, "the others are handled")
            soon(lambda: counts_of(z) == (1, 3, 1), "the dead letter and those behind it are in health")
            same(health_of(z, "ring_b")[0], 200)
            found = z.metrics()
            same((found['zhen_bus_parked{subscriber="ring_b",state="dead"}'], found['zhen_bus_parked{subscriber="ring_b",state="waiting"}']),
                 (1, 3))
            same(z.ctl("health").returncode, 0)
        with t.case(f"{home}: what is too much of it waits in the log, named in health, and others go on: after a restart too"):
            for again in range(2):
                soon(lambda: link_of(z).get("held") and link_of(z)["lag"] == 0, "it is named")
                check("zhenctl events list" in link_of(z)["fault"], link_of(z))
                others.append(send(z, subject=f"later{again}"))
                hot.append(send(z, subject="hot"))
                soon(lambda: [row["token"] for row in effects(z, "ring_b")] == others, "the others are handled")
                soon(lambda: counts_of(z) == (1, 3, 1), "no more are set aside")
                if again == 0:
                    z.stop()
                    z.start()
        with t.case(f"{home}: a link that has no room for what fails makes health not ready, and is named"):
            for number in range(7):
                send(z, subject=f"bad{number}", fail=5000)
            soon(lambda: link_of(z).get("full"), "the link is full")
            soon(lambda: counts_of(z) == (7, 3, 1), "what a worker counts comes a little later")
            status, plugin = health_of(z, "ring_b")
            same(status, 503, plugin)
            check("parked-full-publisher" in link_of(z)["fault"], plugin)
            done = z.ctl("health")
            same(done.returncode, 1, done)
            check("ring_b <- ring_a" in done.stderr and "parked-full" in done.stderr and "not ready" in done.stdout, done)
        with t.case(f"{home}: when there is room again it goes on and is ready, and what waited comes once, in order"):
            dropped = 0
            while dropped < 7:
                soon(lambda: dead_of(z, "bad"), "the next is set aside")
                for row in dead_of(z, "bad"):
                    same(z.ctl("events", "drop", row["id"]).returncode, 0)
                    dropped += 1
            same(z.post("/p/ring_b/cure", json={"token": ill}).status, 200)
            same(z.ctl("events", "retry", "ring_b/1").returncode, 0)
            soon(lambda: link_of(z)["lag"] == 0 and health_of(z, "ring_b")[0] == 200, "it goes on", 90)
            soon(lambda: [row["token"] for row in effects(z, "ring_b", "hot")] == hot, "all are handled, in order")
            soon(lambda: counts_of(z) == (0, 0, 0) and not link_of(z).get("held"), "nothing is set aside")
            same(sorted(row["token"] for row in effects(z, "ring_b")), sorted(others + hot))


def at_once(t, home):
    """Six zhenctl act on the same event: one of them has done it, and it is handled once or not at all."""
    settings = {"bus": {"tries": "1"}}
    with Zhend(pilot="test", pilots=PILOTS, roles=ROLES, home=home, settings=settings) as z:
        for cured in (True, False):
            with t.case(f"{home}: of six that retry and drop one event at once, one has done it ({'cured' if cured else 'ill'})"):
                for turn in range(4):
                    subject = f"{cured}{turn}"
                    ill, behind = send(z, subject=subject, fail=5000), send(z, subject=subject)
                    soon(lambda: dead_of(z, subject), "it is set aside")
                    (row,) = dead_of(z, subject)
                    if cured:
                        same(z.post("/p/ring_b/cure", json={"token": ill}).status, 200)
                    with concurrent.futures.ThreadPoolExecutor(6) as pool:
                        done = list(pool.map(lambda verb: (verb, z.ctl("events", verb, row["id"])), ("retry", "drop") * 3))
                    won = [verb for verb, result in done if result.returncode == 0]
                    same(len(won), 1, done)
                    check(cured or won == ["drop"], won)
                    wanted = [ill, behind] if won == ["retry"] else [behind]
                    soon(lambda: [row["token"] for row in effects(z, "ring_b", subject)] == wanted, "each once, in order")
                    for verb, result in done:
                        check(result.returncode in (0, 1) and "500" not in result.stderr, result)
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
        at_once(t, home)
        clock(t, home)
    pages(t)
    refused_link(t)
