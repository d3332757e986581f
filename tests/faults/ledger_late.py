# SPDX-License-Identifier: Apache-2.0
"""A plugin that is enabled when a year of events of 103 townships lies behind: it is not asked before it has read archives and
log, and knows then what one knows that was there from the start."""
import csv
import datetime
import glob
import http.client
import json
import os
import shutil
import sqlite3
import time
import urllib.parse

from harness import BUILD, TOP, Host, check

PLACES = os.path.join(TOP, "conf", "data", "divisions", "chuxiong-532300.csv")
FIRST = datetime.date(2027, 3, 1)  # so that a year ends among what is archived
DAYS = 365
KEEP_DAYS = 40
TOWNSHIPS = 103

CONF = """[host]
title = 晚来
address = 127.0.0.1
plugin_dir = {build}/plugins
worker = {build}/bin/zhen-worker
divisions = {places}
bodies = {bodies}
allow_unsigned = yes
isolation = {home}
keep_events_days = {keep}

[limits]
anonymous_writes_per_minute = 0
anonymous_writes_per_hour = 0

[pilot late]
divisions = 532300000000
plugins = ring_a; ring_b; ring_c; tally
"""


def make_host(work, home):
    # Old events are looked for thirty times a second, not once a minute.
    host = Host(work, home, record=False, env={"ZHEN_TEST_UPKEEP_MS": "30"})
    host.args = ["--demo"]
    bodies = os.path.join(work, "bodies.csv")
    with open(bodies, "w", encoding="utf-8") as out:
        out.write("id,kind,name,division,superior\n")
    with open(host.conf, "w", encoding="utf-8") as out:
        out.write(CONF.format(build=BUILD, places=PLACES, bodies=bodies, home=home, keep=KEEP_DAYS))
    return host


def wait_for(what, true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        check(time.monotonic() < end, "not within %d s: %s", seconds, what)
        time.sleep(0.01)


def turn_clock(host, day):
    """Demo mode."""
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=60)
    connection.request("POST", "/kernel/clock", urllib.parse.urlencode({"now": "%sT09:00:00+08:00" % day}),
                       {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"})
    reply = connection.getresponse()
    text = reply.read()
    connection.close()
    check(reply.status == 200, "the clock is not turned: %d %s", reply.status, text[:300])


def make_year(host, each):
    """Day by day; the number of events."""
    with open(PLACES, encoding="utf-8") as text:
        places = [{"division": row["code"]} for row in csv.DictReader(text) if row["level"] == "township"]
    check(len(places) == TOWNSHIPS, "%d townships", len(places))
    client = host.client()
    for day in range(DAYS):
        turn_clock(host, FIRST + datetime.timedelta(day))
        status, answer = client.call("POST", "/p/ring_a/counts", {"divisions": places, "each": each})
        check(status == 200, "day %d: %d %s", day, status, answer)
    return DAYS * TOWNSHIPS * each


def tally(host):
    status, answer = host.client().call("GET", "/p/tally/sum")
    return answer["events"] if status == 200 else None


def projection(data):
    db = sqlite3.connect(os.path.join(data, "plugins", "tally", "data.db"))
    try:
        return db.execute("SELECT division, day, events, amount, digest FROM total ORDER BY division, day").fetchall()
    finally:
        db.close()


def logs(data):
    """(names of archives, events in them, events in the log)"""
    folder = os.path.join(data, "plugins", "ring_a")
    names = [os.path.basename(path) for path in sorted(glob.glob(os.path.join(folder, "events-*.db")))]
    counts = {}
    for name in names + ["data.db"]:
        db = sqlite3.connect("file:%s/%s?mode=ro" % (folder, name), uri=True)
        counts[name] = db.execute("SELECT COUNT(*) FROM _event").fetchone()[0]
        db.close()
    return names, sum(counts[name] for name in names), counts["data.db"]


def forget(data):
    """As if tally had never been there."""
    shutil.rmtree(os.path.join(data, "plugins", "tally"))
    for path in glob.glob(os.path.join(data, "anchors", "tally*")):
        os.unlink(path)


def enabled_late(work, home, each):
    with make_host(work, home) as host:
        host.start()
        wait_for("all are up", lambda: tally(host) == 0 and host.client().call("GET", "/p/ring_a/count")[0] == 200)
        made = make_year(host, each)
        wait_for("a projection that was there from the start", lambda: tally(host) == made)
        wait_for("old events are in archives", lambda: logs(host.data)[2] <= (KEEP_DAYS + 1) * TOWNSHIPS * each)
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
        names, archived, left = logs(host.data)
        check(names == ["events-2027.db", "events-2028.db"], "archives: %s", names)
        check(archived + left == made, "%d archived and %d in the log of %d", archived, left, made)
        early = projection(host.data)
        forget(host.data)
        host.start()
        began = time.monotonic()
        first = host.client()
        first.http.request("GET", "/p/tally/sum", headers={"Accept": "application/json"})
        reply = first.http.getresponse()
        text = reply.read().decode()
        check(reply.status == 503 and json.loads(text)["code"] == "catching-up" and int(reply.headers["Retry-After"]) > 0,
              "asked before it has caught up: %d %s %s", reply.status, text, reply.headers.as_string())
        status, _ = host.client().call("GET", "/p/ring_a/count")
        check(status == 200, "the publisher answers %d meanwhile", status)
        wait_for("it has caught up", lambda: tally(host) is not None)
        took = time.monotonic() - began
        check(tally(host) == made, "ready with %s of %d events", tally(host), made)
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
        late = projection(host.data)
    check(len(late) == DAYS * TOWNSHIPS, "%d rows", len(late))
    check(late == early, "%d of %d rows differ from those that were there from the start", sum(a != b for a, b in zip(late, early)),
          len(early))
    return ["%s: %d events of %d townships in %d days, %d of them in %s; caught up in %.2f s, 503 before; %d rows equal" % (
        home, made, TOWNSHIPS, DAYS, archived, " and ".join(names), took, len(late))]
