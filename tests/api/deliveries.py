# SPDX-License-Identifier: Apache-2.0
"""Events between plugins in either home: what health and metrics say of each link, a log nobody can read, a cursor restored apart,
a subscriber that is killed."""
import os
import signal
import sqlite3
import time

from tap import check, same
from zhend import Zhend

PILOTS = "[pilot test]\ndivisions = 532300000000\nplugins = ring_a; ring_b; ring_c; tally\n"
TOWN = "532327101000"


def wait_for(what, true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        check(time.monotonic() < end, f"not within {seconds} s: {what}")
        time.sleep(0.02)


def count(z, each):
    same(z.post("/p/ring_a/counts", json={"divisions": [{"division": TOWN}], "each": each}).status, 200)


def told(z):
    reply = z.get("/p/tally/sum")
    return reply.json["events"] if reply.status == 200 else None


def link(z):
    plugin = next(row for row in z.health()["plugins"] if row["id"] == "tally")
    return plugin["links"][0]


def change(z, plugin, sql):
    db = sqlite3.connect(os.path.join(z.data, "plugins", plugin, "data.db"))
    db.executescript(sql)
    db.close()


def one_home(t, home):
    z = Zhend(pilot="test", pilots=PILOTS, home=home)
    try:
        with t.case(f"what one plugin commits another has, and health says how far it is ({home})"):
            z.start()
            count(z, 20)
            wait_for("all of it", lambda: told(z) == 20)
            wait_for("at the end", lambda: link(z)["state"] == "at-end")
            one = link(z)
            same((one["publisher"], one["lag"], one["live"], one["delivered"]), ("ring_a", 0, True, 20))
            same(one["position"], one["end"])
            check("fault" not in one, one)
        with t.case(f"metrics count each link ({home})"):
            ends = '{subscriber="tally",publisher="ring_a"}'
            metrics = z.metrics()
            same((metrics["zhen_bus_delivered_total" + ends], metrics["zhen_bus_lag" + ends]), (20, 0))
        if home == "process":
            with t.case("a subscriber that is killed goes on where it was"):
                pid = next(row["pid"] for row in z.health()["plugins"] if row["id"] == "tally")
                os.kill(pid, signal.SIGKILL)
                count(z, 20)
                wait_for("all of it", lambda: told(z) == 40)
        else:
            count(z, 20)
            wait_for("all of it", lambda: told(z) == 40)
        z.stop()
        with t.case(f"what was committed before it stopped comes after it starts ({home})"):
            change(z, "ring_a", "INSERT INTO _event(topic, subject, division, at, body) SELECT topic, subject, division, at, body "
                                "FROM _event LIMIT 7")
            z.start()
            wait_for("all of it", lambda: told(z) == 47)
        z.stop()
        with t.case(f"a log that nobody can read is named and the rest serves ({home})"):
            change(z, "ring_a", "UPDATE _meta SET value = -value WHERE name = 'epoch'")
            z.start()
            wait_for("it is named", lambda: "log of ring_a not readable" in link(z).get("fault", ""))
            same((link(z)["state"], told(z)), ("waiting", 47))
        z.stop()
        change(z, "ring_a", "UPDATE _meta SET value = -value WHERE name = 'epoch'")
        with t.case(f"a cursor beyond its log is refused and named, and health is not ready ({home})"):
            change(z, "tally", "UPDATE _cursor SET seq = seq + 1000000")
            z.start()
            health = z.get("/kernel/health")
            same((health.status, health.json["ready"], health.json["live"]), (503, False, True))
            one = link(z)
            same(one["state"], "refused")
            check(one["fault"].startswith("tally is at ") and "of ring_a, whose log ends at " in one["fault"], one)
            same(told(z), 47)
            same(z.get("/p/ring_b/count").status, 200)
    finally:
        z.close()


def run(t):
    for home in ("inproc", "process"):
        one_home(t, home)
