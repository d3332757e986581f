# SPDX-License-Identifier: Apache-2.0
"""Events between plugins in either home: what health and metrics say of each link, a log nobody can read, a cursor restored apart,
a subscriber that is killed."""
import json
import os
import shutil
import signal
import sqlite3
import time

from tap import check, same
from zhend import TOP, Alone, Zhend

PILOTS = "[pilot test]\ndivisions = 532300000000\nplugins = ring_a; ring_b; ring_c; tally\n"
TOWN, DEADLY = "532327101000", 666666


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
    put_back(t, home)


def refused_at(z, at, end):
    one = link(z)
    same((one["state"], one["position"].split("-")[1], one["end"].split("-")[1]), ("refused", str(at), str(end)), one)
    return one


def put_back(t, home):
    """The publisher's folder from an older copy: its epoch is the same, and it grows beyond the cursor again."""
    z = Zhend(pilot="test", pilots=PILOTS, home=home)
    try:
        z.start()
        count(z, 20)
        wait_for("all of it", lambda: told(z) == 20)
        z.stop()
        change(z, "ring_a", "DELETE FROM _event WHERE seq > 10; UPDATE sqlite_sequence SET seq = 10 WHERE name = '_event'")
        with t.case(f"a log put back by hand is refused, also when it has grown again and after a restart ({home})"):
            z.start()
            refused_at(z, 20, 10)
            count(z, 15)
            wait_for("its end is seen", lambda: link(z)["end"].endswith("-25"))
            z.stop()
            z.start()
            check("has another event there" in refused_at(z, 20, 25)["fault"], "it says why")
            same((told(z), z.get("/kernel/health").status), (20, 503))
        with t.case(f"accepted, it goes on where the two parted, and the audit says by whom ({home})"):
            asked = z.ctl("events", "accept", "tally", "ring_a")
            check(asked.returncode != 0 and "--yes" in asked.stderr, asked)
            done = z.ctl("events", "accept", "tally", "ring_a", "--yes")
            check(done.returncode == 0 and done.stdout.rstrip().endswith("-10)"), done)
            wait_for("all that is new", lambda: told(z) == 35)
            count(z, 5)
            wait_for("what comes then", lambda: told(z) == 40)
            wait_for("at the end", lambda: link(z)["state"] == "at-end")
            z.stop()
            db = sqlite3.connect(os.path.join(z.data, "plugins", "tally", "data.db"))
            rows = db.execute("SELECT account FROM _audit WHERE route = 'accept ring_a'").fetchall()
            db.close()
            check(len(rows) == 1 and rows[0][0].startswith("zhenctl:"), rows)
            z.start()
            wait_for("at the end", lambda: link(z)["state"] == "at-end")
            same(told(z), 40)
        z.stop()
        with t.case(f"a log that fits again is taken again ({home})"):
            change(z, "ring_a", "CREATE TABLE aside AS SELECT * FROM _event WHERE seq > 22; DELETE FROM _event WHERE seq > 22;"
                                "UPDATE sqlite_sequence SET seq = 22 WHERE name = '_event'")
            z.start()
            refused_at(z, 30, 22)
            z.stop()
            change(z, "ring_a", "INSERT INTO _event SELECT * FROM aside; DROP TABLE aside")
            z.start()
            wait_for("at the end", lambda: link(z)["state"] == "at-end")
            count(z, 5)
            wait_for("what comes then", lambda: told(z) == 45)
        z.stop()
        with t.case(f"cursors of before there were marks go on and get them ({home})"):
            change(z, "tally", "CREATE TABLE old AS SELECT publisher, topic, epoch, seq, live FROM _cursor; DROP TABLE _cursor;"
                               "CREATE TABLE _cursor(publisher TEXT NOT NULL, topic TEXT NOT NULL, epoch BIGINT NOT NULL,"
                               "seq BIGINT NOT NULL, live BIGINT NOT NULL, PRIMARY KEY(publisher, topic)) WITHOUT ROWID;"
                               "INSERT INTO _cursor SELECT * FROM old; DROP TABLE old")
            z.start()
            count(z, 5)
            wait_for("what comes then", lambda: told(z) == 50)
            z.stop()
            db = sqlite3.connect(os.path.join(z.data, "plugins", "tally", "data.db"))
            same(db.execute("SELECT mark != 0, marked_at > 0, parted FROM _cursor").fetchall(), [(1, 1, -1)])
            db.close()
    finally:
        z.close()


def parked(z):
    return json.loads(z.ctl("--json", "events", "list", "ring_b").stdout)["parked"]


def token(z, name, subject, fail=0):
    return z.post("/p/ring_a/tokens", json={"token": name, "subject": subject, "division": TOWN, "fail": fail})


def start_dying(z):
    """TRUE: it stays up."""
    z.process = None
    try:
        z.start()
        wait_for("it has looked at what it is given", lambda: z.process.poll() is not None or parked(z), 20)
    except Exception:
        check(z.process is None or z.process.poll() is not None, "a start that fails is one that ended")
    return z.process is not None and z.process.poll() is None


def deadly(t, home):
    """An event whose handler ends its process, in either home; given up after one try, so that it ends no more of them."""
    # Its ends are counted.
    with Alone(pilot="test", pilots=PILOTS, home=home, settings={"bus": {"tries": 1}}) as z:
        with t.case(f"an event that ends its process is set aside at the third end, and the others go on ({home})"):
            if home == "process":
                same([token(z, "boom", "s", DEADLY).status, token(z, "next", "s").status, token(z, "other", "t").status], [201] * 3)
                wait_for("it is set aside", lambda: parked(z))
            else:
                try:
                    token(z, "boom", "s", DEADLY)
                except OSError:
                    pass
                wait_for("it ends", lambda: z.process.poll() is not None)
                ends = 1
                while not start_dying(z):
                    ends += 1
                    check(ends < 10, "zhend comes up again")
                check(ends <= 3, ends)
                same([token(z, "next", "s").status, token(z, "other", "t").status], [201] * 2)
            wait_for("the others", lambda: z.get("/p/ring_b/count").json["effects"] == 1 and len(parked(z)) == 2)
            first, behind = parked(z)
            same((first["code"], first["tries"], behind["code"]), ("crashed", 1, "behind"))
            if home == "process":
                check("signal 9" in first["error"], first)
        with t.case(f"cured, it is tried again when somebody says so, and who waited follows ({home})"):
            same(z.post("/p/ring_b/cure", json={"token": "boom"}).status, 200)
            reply = z.ctl("events", "retry", first["id"])
            same(reply.returncode, 0, reply.stderr)
            wait_for("both", lambda: z.get("/p/ring_b/count").json["effects"] == 3 and not parked(z))


def retired(t):
    """Divisions that are there no more when a plugin is enabled late."""
    with t.case("events of a township that was merged away are delivered to who comes late"):
        z = Zhend(pilot="test", pilots=PILOTS)
        source = os.path.join(TOP, "conf/data/divisions/chuxiong-532300.csv")
        here, bodies = os.path.join(z.data, "divisions.csv"), os.path.join(z.data, "bodies.csv")
        os.makedirs(z.data, exist_ok=True)
        shutil.copy(source, here)
        with open(bodies, "w") as f:
            f.write("id,kind,name,division,superior\n")
        z.settings = {**(z.settings or {}), "host": {"divisions": here, "bodies": bodies}}
        try:
            z.start()
            count(z, 20)
            wait_for("all of it", lambda: told(z) == 20)
            z.stop()
            with open(source) as f:
                lines = [line for line in f if not any(word.startswith("532327101") for word in line.split(",")[:4])]
            with open(here, "w") as f:
                f.writelines(lines)
            shutil.rmtree(os.path.join(z.data, "plugins", "tally"))
            for name in os.listdir(os.path.join(z.data, "anchors")):
                if name.startswith("tally"):
                    os.unlink(os.path.join(z.data, "anchors", name))
            change(z, "ring_a", "INSERT INTO _event(topic, subject, division, at, body) VALUES('ring_a.counted', '110101001000', "
                                "'110101001000', 1, '{\"number\":21,\"division\":\"110101001000\",\"amount\":1}')")
            z.start()
            wait_for("all of it", lambda: told(z) == 20)
            wait_for("it says that one is aside", lambda: "1 events were set aside while catching up" in link(z).get("fault", ""))
        except BaseException:
            z.close()
            raise
    try:
        with t.case("what was not valid is looked at again when it is retried"):
            row = json.loads(z.ctl("--json", "events", "list", "tally").stdout)["parked"][0]
            same(row["code"], "not-valid")
            reply = z.ctl("events", "retry", row["id"])
            check(reply.returncode != 0 and "no known division" in reply.stderr, reply.stderr)
            z.stop()
            with open(here, "a") as f:
                f.write('110000000000,"北京市",province,""\n110101001000,"东华门街道",township,110000000000\n')
            z.start()
            reply = z.ctl("events", "retry", row["id"])
            same(reply.returncode, 0, reply.stderr)
            wait_for("it too", lambda: told(z) == 21)
    finally:
        z.close()


def run(t):
    retired(t)
    for home in ("process", "inproc"):
        deadly(t, home)
    for home in ("inproc", "process"):
        one_home(t, home)
