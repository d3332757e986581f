# SPDX-License-Identifier: Apache-2.0
"""A plugin enabled late: how fast it catches up with a year of events of 103 townships, held against a bare loop that reads the
same archives and writes the same projection."""
import csv
import datetime
import glob
import http.client
import json
import os
import re
import shutil
import sqlite3
import subprocess
import time

import data
import hosts

EACH = 5
DAYS = 365
KEEP_DAYS = 40
FIRST = datetime.date(2027, 3, 1)
BATCH = 512  # events of one delivery of the bus
MINIMUM = 0.4

CONF = """[host]
title = 测速
address = 127.0.0.1
plugin_dir = {build}/plugins
worker = {build}/bin/zhen-worker
divisions = {divisions}
bodies = {bodies}
allow_unsigned = yes
isolation = {home}

[limits]
anonymous_writes_per_minute = 0
anonymous_writes_per_hour = 0

[pilot late]
divisions = 532300000000
plugins = ring_a; ring_b; ring_c; tally
"""


class Late(hosts.Server):
    def __init__(self, bench, folder, home):
        self.data = bench.path(folder)
        os.makedirs(self.data, 0o700, exist_ok=True)
        conf, bodies = bench.path("late-%s.conf" % home), bench.path("late-bodies.csv")
        with open(bodies, "w", encoding="utf-8") as out:
            out.write("id,kind,name,division,superior\n")
        with open(conf, "w", encoding="utf-8") as out:
            out.write(CONF.format(build=bench.build, divisions=data.DIVISIONS, bodies=bodies, home=home))
        port = hosts.free_port()
        self.began = time.monotonic()
        super().__init__("zhend", [os.path.join(bench.build, "bin", "zhend"), "--no-supervisor", "--config", conf, "--data", self.data,
                                   "--demo", "--port", str(port)], port)

    def sum(self):
        status, text = hosts.call(self.port, "GET", "/p/tally/sum")
        return json.loads(text)["events"] if status == 200 else None


def wait_for(what, true, seconds=120):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise SystemExit("bench late: not within %d s: %s" % (seconds, what))
        time.sleep(0.002)


def make_year(server):
    with open(data.DIVISIONS, encoding="utf-8") as text:
        places = [{"division": row["code"]} for row in csv.DictReader(text) if row["level"] == "township"]
    for day in range(DAYS):
        now = "%sT09:00:00%%2B08:00" % (FIRST + datetime.timedelta(day))
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("POST", "/kernel/clock", "now=" + now,
                           {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"})
        status = connection.getresponse().status
        connection.close()
        counted, text = hosts.call(server.port, "POST", "/p/ring_a/counts", {"divisions": places, "each": EACH})
        if (status, counted) != (200, 200):
            raise SystemExit("bench late: day %d: %d %d %s" % (day, status, counted, text[:300]))
    return DAYS * EACH * len(places)


def archive(folder):
    """What the host does by and by, thirty thousand a minute: events older than KEEP_DAYS go to a file per year."""
    before = time.mktime((FIRST + datetime.timedelta(DAYS - KEEP_DAYS)).timetuple()) * 1000
    db = sqlite3.connect(os.path.join(folder, "data.db"), isolation_level=None)
    for year in ("2027", "2028"):
        db.execute("ATTACH ? AS archive", (os.path.join(folder, "events-%s.db" % year),))
        db.execute("PRAGMA archive.journal_mode=WAL")
        db.execute("CREATE TABLE archive._event(seq INTEGER PRIMARY KEY, topic TEXT NOT NULL, subject TEXT NOT NULL, division TEXT "
                   "NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL)")
        db.execute("INSERT INTO archive._event SELECT seq, topic, subject, division, at, body FROM main._event WHERE at < ? AND "
                   "strftime('%Y', at / 1000 + 28800, 'unixepoch') = ?", (before, year))
        db.execute("DELETE FROM main._event WHERE seq IN (SELECT seq FROM archive._event)")
        db.execute("DETACH archive")
    db.close()


def projection(path):
    db = sqlite3.connect(path)
    rows = db.execute("SELECT * FROM total ORDER BY division, day").fetchall()
    db.close()
    return rows


def forget(server_data):
    shutil.rmtree(os.path.join(server_data, "plugins", "tally"), ignore_errors=True)
    for path in glob.glob(os.path.join(server_data, "anchors", "tally*")):
        os.unlink(path)


def catch_up(bench, home, made):
    """Events a second, from the start of the process to the first answer of a plugin that has caught up."""
    forget(bench.path("late"))
    server = bench.keep(Late(bench, "late", home))
    wait_for("caught up", lambda: server.sum() is not None)
    took = time.monotonic() - server.began
    if server.sum() != made:
        raise SystemExit("bench late: ready with %s of %d events" % (server.sum(), made))
    bench.stop_all()
    return made / took


def floor(bench, made):
    target = bench.path("late-floor.db")
    for path in glob.glob(target + "*"):
        os.unlink(path)
    said = subprocess.run([os.path.join(bench.build, "tests", "bench", "late_floor"),
                           os.path.join(bench.path("late"), "plugins", "ring_a"), target, str(BATCH)],
                          stdout=subprocess.PIPE, check=True, text=True).stdout
    events, seconds = re.match(r"(\d+) events in ([\d.]+) s", said).groups()
    if int(events) != made:
        raise SystemExit("bench late: the floor read %s of %d events" % (events, made))
    return made / float(seconds)


def run(bench):
    server = bench.keep(Late(bench, "late", "inproc"))
    wait_for("up", lambda: server.sum() == 0 and hosts.call(server.port, "GET", "/p/ring_a/count")[0] == 200)
    made = make_year(server)
    wait_for("the first projection", lambda: server.sum() == made)
    bench.stop_all()
    archive(os.path.join(server.data, "plugins", "ring_a"))
    early = projection(os.path.join(bench.path("late"), "plugins", "tally", "data.db"))
    for home in ("inproc", "process"):
        ours, theirs = bench.in_turns([lambda s, h=home: catch_up(bench, h, made), lambda s: floor(bench, made)],
                                      min(bench.rounds, 5))
        bench.add("enabled late, %d events, %s" % (made, home), "events/s", ours, theirs, "bare loop", MINIMUM)
        late = projection(os.path.join(bench.path("late"), "plugins", "tally", "data.db"))
        if not late == early == projection(bench.path("late-floor.db")):
            raise SystemExit("bench late: the projections differ")
