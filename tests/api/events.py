# SPDX-License-Identifier: Apache-2.0
"""Events for the outside: server-sent events at /kernel/events, `zhenctl events`."""
import concurrent.futures
import http.client
import itertools
import json
import os
import queue
import re
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.parse

from tap import check, refused, same
from zhend import BUILD, Response, Zhend

PILOTS = "[pilot test]\ndivisions = 532300000000\nplugins = ring_a; ring_b; ring_c\n"
ROLES = """[role clerk]
permissions = ring_a.read
[role reviewer]
permissions = ring_a.read
scope = body
[role planner]
permissions = ring_b.read
[role head]
permissions = ring_b.read
[role admin]
permissions = ring_a.read; ring_b.read; ring_c.read
[role supervisor]
permissions = ring_a.read; ring_b.read; ring_c.read
[role seal_keeper]
permissions =
"""
TOWN, OTHER = "532327101000", "532328101000"
BEAT = {"limits": {"stream_heartbeat": "200ms"}}
numbers = itertools.count(1)


class Stream:
    """Reads server-sent events on a thread of its own; events: a queue of {id, event, data}."""

    def __init__(self, z, query=None, as_=None, last=None, headers=None, read=True):
        self.events, self.beats, self.last, self.ended = queue.Queue(), 0, last, threading.Event()
        self.connection = http.client.HTTPConnection("127.0.0.1", z.port, timeout=60)
        sent = {"Accept": "text/event-stream", **({"Cookie": as_.cookie} if as_ else {}), **({"Last-Event-ID": last} if last else {}),
                **(headers or {})}
        self.connection.request("GET", "/kernel/events" + ("?" + urllib.parse.urlencode(query) if query else ""), headers=sent)
        self.sock = self.connection.sock
        self.reply = self.connection.getresponse()
        self.first = threading.Event()
        if self.reply.status == 200 and read:
            threading.Thread(target=self.read, daemon=True).start()
            check(self.first.wait(30), "a stream says where it stands")

    def read(self):
        event = {}
        try:
            for line in iter(self.reply.readline, b""):
                line = line.decode().rstrip("\n")
                if line.startswith(":"):
                    self.beats += 1
                elif line == "":
                    if "id" in event:
                        self.last = event["id"]
                    if "data" in event:
                        self.events.put(event)
                    self.first.set()
                    event = {}
                else:
                    name, _, value = line.partition(": ")
                    event[name] = value
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass
        self.ended.set()
        self.events.put(None)

    def next(self, seconds=15):
        return self.events.get(timeout=seconds)

    def tokens(self, count):
        return [json.loads(self.next()["data"])["data"]["token"] for _ in range(count)]

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.connection.close()


def turned_away(z, status, code, as_=None, query=None, headers=None):
    """Never waits for the end of a stream that should not have begun."""
    stream = Stream(z, query, as_, headers=headers, read=False)
    try:
        check(stream.reply.status != 200, f"a stream began instead of {status} {code}")
        reply = Response(stream.reply.status, [(name.lower(), value) for name, value in stream.reply.getheaders()], stream.reply.read())
        refused(reply, status, code)
        return reply
    finally:
        stream.close()


def soon(true, what, seconds=30):
    end = time.monotonic() + seconds
    while not true():
        check(time.monotonic() < end, what)
        time.sleep(0.02)


def send(z, division=TOWN, subject=None, token=None, fail=None):
    token = token or f"t{next(numbers)}"
    fields = {"token": token, "division": division, "subject": subject, "fail": fail}
    reply = z.post("/p/ring_a/tokens", json={key: value for key, value in fields.items() if value is not None})
    same(reply.status, 201, reply)
    return token


ONE = {"topics": "ring_a.passed"}


def shape(t, z, home):
    window = z.window
    with t.case(f"{home}: an event comes as a CloudEvent, with headers that no cache or proxy holds back"):
        stream = Stream(z, ONE, window)
        same((stream.reply.status, stream.reply.getheader("content-type"), stream.reply.getheader("cache-control"),
              stream.reply.getheader("x-accel-buffering"), stream.reply.getheader("transfer-encoding"),
              stream.reply.getheader("content-encoding")),
             (200, "text/event-stream; charset=utf-8", "no-store", "no", "chunked", None))
        token = send(z, subject="令牌7")
        event = json.loads(stream.next()["data"])
        data = event.pop("data")
        check(re.fullmatch(r"ring_a:[0-9a-f]+-\d+", event.pop("id")), event)
        check(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+08:00", event.pop("time")), event)
        same(event, {"specversion": "1.0", "source": "/p/ring_a", "type": "cn.zhen.ring_a.passed.v1", "subject": "令牌7",
                     "division": TOWN, "datacontenttype": "application/json"})
        same((data["token"], data["division"]), (token, TOWN))
        stream.close()
    with t.case(f"{home}: a bearer token and HTTP/1.0 will do; HEAD has no body"):
        with socket.create_connection(("127.0.0.1", z.port), 20) as sock:
            sock.sendall(f"GET /kernel/events HTTP/1.0\r\nAuthorization: Bearer {window.token}\r\n\r\n".encode())
            got = b""
            while b"id: " not in got:
                got += sock.recv(65536)
        head, _, body = got.partition(b"\r\n\r\n")
        check(b"chunked" not in head.lower() and b"connection: close" in head.lower() and body.startswith(b"retry: 2000\nid: "), got)
        reply = z.request("HEAD", "/kernel/events", as_=window)
        same((reply.status, reply.body), (200, b""))
    with t.case(f"{home}: who is not logged in, may not, or asks for what is not there is refused"):
        turned_away(z, 401, "login-required")
        turned_away(z, 403, "forbidden", window, query={"topics": "ring_b.passed"})
        turned_away(z, 422, "unknown-topic", window, query={"topics": "ring_a.passed,nothing.like.it"})
        turned_away(z, 400, "not-a-position", window, query={"after": "ring_a:x"})
        turned_away(z, 400, "not-a-position", window, headers={"Last-Event-ID": "x"})


def scope(t, z, home):
    with t.case(f"{home}: a town's clerk sees its town alone, the prefecture all, a role of its own body nothing"):
        town, other, state = (Stream(z, ONE, z.login(login)) for login in z.overseers)
        own_body = Stream(z, ONE, z.login(f"agriculture-{TOWN}"))
        first, second, third = send(z, OTHER), send(z, TOWN), send(z, None)  # the third is of no division
        last = send(z, TOWN)
        same(town.tokens(2), [second, last])
        same(other.tokens(1), [first])
        same(state.tokens(4), [first, second, third, last])
        soon(lambda: own_body.beats > 1, "heartbeats come")
        check(own_body.events.empty() and other.events.empty(), "something came that was not theirs")
        for stream in (town, other, state, own_body):
            stream.close()


def resume(t, z, home):
    with t.case(f"{home}: who is cut off again and again under load gets each event once, in order"):
        stop, sent = threading.Event(), []

        def load():
            while not stop.is_set():
                sent.append(send(z))
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            got, last = [], Stream(z, ONE, z.window)
            last.close()
            last = last.last
            loading = pool.submit(load)
            try:
                for number in range(30):
                    stream = Stream(z, ONE, z.window, last=last)
                    count = 1 + number % 7
                    for _ in range(count):
                        event = stream.next()
                        got.append(json.loads(event["data"])["data"]["token"])
                        last = event["id"]
                    stream.close()
            finally:
                stop.set()
                loading.result()
        stream = Stream(z, {**ONE, "after": last}, z.window)
        got += stream.tokens(len(sent) - len(got))
        stream.close()
        same(got, sent)
    with t.case(f"{home}: a position of another epoch or beyond the end is told, and what is new follows"):
        epoch = re.search(r"ring_a:([0-9a-f]+)-", last).group(1)
        for position in ("ring_a:1-5", f"ring_a:{epoch}-99999999"):
            stream = Stream(z, ONE, z.window, last=position)
            event = stream.next()
            same((event["event"], json.loads(event["data"])["plugin"]), ("reset", "ring_a"))
            token = send(z)
            same(stream.tokens(1), [token])
            stream.close()
    with t.case(f"{home}: after a restart a stream goes on where it was"):
        stream = Stream(z, ONE, z.window)
        before = send(z)
        same(stream.tokens(1), [before])
        port = z.port
        missed = []
        z.process.send_signal(signal.SIGTERM)
        same(json.loads(stream.next()["data"])["code"], "stopping")
        check(stream.ended.wait(20), "the stream ends with the host")
        same(z.stop(), 0, z.output()[-2000:])
        z.start(port)
        missed.append(send(z))
        again = Stream(z, ONE, z.window, last=stream.last)
        same(again.tokens(1), missed)
        again.close()


def ends(t, z, home):
    with t.case(f"{home}: heartbeats come while nothing happens"):
        stream = Stream(z, ONE, z.window)
        soon(lambda: stream.beats >= 3, "heartbeats come")
        stream.close()
    with t.case(f"{home}: a session that ends takes its stream along, which says why"):
        session = z.login("window-" + TOWN)
        stream = Stream(z, ONE, session)
        same(z.post("/logout", as_=session).status // 100, 2)
        event = stream.next()
        same((event["event"], json.loads(event["data"])["code"]), ("end", "session-ended"))
        check(stream.ended.wait(10), "the stream ends")
    with t.case(f"{home}: a permission that is taken away does the same, before any further event"):
        stream = Stream(z, ONE, z.window)
        before = send(z)
        same(stream.tokens(1), [before])
        z.roles = ROLES.replace("permissions = ring_a.read\n[role reviewer]", "permissions =\n[role reviewer]")
        z.write_conf()
        same(z.ctl("reload").returncode, 0)
        send(z)
        event = stream.next()
        same((event.get("event"), json.loads(event["data"])["code"]), ("end", "permission-ended"))
        check(stream.ended.wait(10), "the stream ends")
        turned_away(z, 403, "forbidden", z.window)
        z.roles = ROLES
        z.write_conf()
        same(z.ctl("reload").returncode, 0)


def caps(t):
    limits = {"streams": "4", "streams_per_account": "2", "idle_time": "1s", **BEAT["limits"]}
    with Zhend(pilot="test", pilots=PILOTS, roles=ROLES, settings={"limits": limits}) as z:
        people = [z.login(login) for login in (f"window-{TOWN}", f"window-{OTHER}", "window-532327102000")]
        with t.case("so many streams per account and in all, more is 503; one that ends makes room"):
            streams = [Stream(z, ONE, people[0]) for _ in range(2)]
            turned_away(z, 503, "too-many-streams", people[0])
            streams += [Stream(z, ONE, people[1]) for _ in range(2)]
            reply = turned_away(z, 503, "too-many-streams", people[2])
            check(int(reply.header("retry-after")) > 0, reply.headers)
            streams.pop().close()
            soon(lambda: z.metrics()["zhen_http_streams"] == 3, "the stream that left is noticed at once", 5)
            streams.append(Stream(z, ONE, people[2]))
            turned_away(z, 503, "too-many-streams", people[0])
            for stream in streams:
                stream.close()
            soon(lambda: z.metrics()["zhen_http_streams"] == 0, "all are gone")
        with t.case("who does not read is cut off, and others are not held up by it"):
            with socket.socket() as slow:
                slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                slow.connect(("127.0.0.1", z.port))
                slow.sendall(f"GET /kernel/events?after= HTTP/1.1\r\nHost: localhost\r\nCookie: {people[0].cookie}\r\n\r\n".encode())
                quick = Stream(z, ONE, people[0])
                places = {"divisions": [{"division": TOWN}] * 100, "each": 20}
                for _ in range(6):
                    same(z.post("/p/ring_a/counts", json=places).status, 200)
                token = send(z)
                same(quick.tokens(1), [token])
                soon(lambda: z.metrics()["zhen_http_streams"] == 1, "the one that does not read is still there")
                quick.close()
    with Zhend(pilot="test", pilots=PILOTS, roles=ROLES, settings={"limits": {"streams_per_address": "1"}}) as z:
        with t.case("so many streams per address"):
            stream = Stream(z, ONE, z.login(f"window-{TOWN}"))
            turned_away(z, 503, "too-many-streams", z.login(f"window-{OTHER}"))
            stream.close()


class Tail:
    def __init__(self, z, *args):
        self.process = subprocess.Popen([os.path.join(BUILD, "bin", "zhenctl"), "--data", z.data, "events", "tail", *args],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=z.environment())
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put(None)

    def next(self):
        return self.lines.get(timeout=30)

    def end(self, how=signal.SIGINT):
        self.process.send_signal(how)
        code = self.process.wait(20)
        self.process.stderr.close()
        return code


def tails(t, z, home):
    with t.case(f"{home}: zhenctl events tail puts out CloudEvents, a line each, from the start, a position or the end"):
        whole = Tail(z, "--from", "start", "--topic", "ring_a.passed")
        first = whole.next()
        same(first["type"], "cn.zhen.ring_a.passed.v1")
        token = send(z)
        while (event := whole.next())["data"]["token"] != token:
            pass
        same(z.ctl("health").returncode, 0)
        behind = Tail(z, "--from", event["id"], "--topic", "ring_a.passed")
        later = send(z)
        same((behind.next()["data"]["token"], whole.next()["data"]["token"]), (later, later))
        same((whole.end(), behind.end()), (-signal.SIGINT, -signal.SIGINT))
    with t.case(f"{home}: a wrong position or topic, and too many tails, are refused"):
        for words, code in ((("--from", "nothing"), 1), (("--topic", "no.such"), 1), (("more",), 2)):
            done = z.ctl("events", "tail", *words)
            same((done.returncode, done.stdout), (code, ""), done)
            check(done.stderr.startswith("zhenctl: "), done.stderr)
        many = [Tail(z, "--from", "start") for _ in range(8)]
        for tail in many:
            tail.next()
        same(z.ctl("events", "tail").returncode, 1)
        for tail in many:
            tail.end()
        soon(lambda: z.ctl("events", "tail", "--topic", "no.such").stderr.find("最多") < 0, "room again")


def dead_letters(t, z, home):
    def listed(*words):
        done = z.ctl("--json", "events", "list", *words)
        same(done.returncode, 0, done)
        return json.loads(done.stdout)["parked"]

    with t.case(f"{home}: links are listed with how far they are"):
        soon(lambda: all(link["lag"] == 0 for link in json.loads(z.ctl("--json", "events").stdout)["bus"]["links"]), "all is delivered")
        done = z.ctl("events")
        same((done.returncode, len(done.stdout.splitlines())), (0, 3), done.stdout)
        check("ring_b" in done.stdout and "<- ring_a" in done.stdout, done.stdout)
    with t.case(f"{home}: a dead letter is listed, shown, retried in vain, cured and retried, with what was behind it"):
        ill = send(z, subject="s1", fail=5000)
        behind = send(z, subject="s1")
        soon(lambda: any(row["dead"] and row["topic"] == "ring_a.passed" for row in listed()), "it becomes a dead letter")
        row = next(row for row in listed("ring_b") if row["dead"] and row["subscriber"] == "ring_b" and row["code"] == "ill-token")
        same((row["publisher"], row["subject"], row["division"]), ("ring_a", "s1", TOWN))
        check("令牌" in row["error"] and row["tries"] >= 1, row)
        check(row["id"] in z.ctl("events", "list").stdout, "the id is in the list")
        shown = json.loads(z.ctl("--json", "events", "show", row["id"]).stdout)["parked"][0]
        same(shown["body"]["token"], ill)
        check(ill in z.ctl("events", "show", row["id"]).stdout, "the body is shown")
        done = z.ctl("events", "retry", row["id"])
        same(done.returncode, 1, done)
        same(z.post("/p/ring_b/cure", json={"token": ill}).status, 200)
        done = z.ctl("events", "retry", row["id"])
        same(done.returncode, 0, done)
        tokens = lambda: [effect["token"] for effect in effects(z, "ring_b", "s1")]
        soon(lambda: tokens() == [ill, behind], f"both are handled in order: {tokens()}")
        soon(lambda: not listed("ring_b"), "nothing is set aside any more")
    with t.case(f"{home}: a dead letter that is dropped is gone, and what was behind it goes on"):
        ill = send(z, subject="s2", fail=5000)
        behind = send(z, subject="s2")
        soon(lambda: any(row["dead"] for row in listed("ring_b")), "it becomes a dead letter")
        row = next(row for row in listed("ring_b") if row["dead"])
        same(z.ctl("events", "drop", row["id"]).returncode, 0)
        soon(lambda: [effect["token"] for effect in effects(z, "ring_b", "s2")] == [behind], "the one behind it is handled")
        soon(lambda: not listed("ring_b"), "nothing is set aside any more")
        same(z.ctl("events", "show", row["id"]).returncode, 1)
        del ill
    with t.case(f"{home}: what is not there or said wrongly is an error on one line"):
        for words in (("list", "nobody"), ("show", "ring_b/99999"), ("show", "ring_b"), ("retry", "x/1"), ("drop", "ring_b/0"),
                      ("replay", "nobody"), ("replay", "ring_b", "ring_c", "--yes"), ("show",), ("dance",), ("replay",), ("accept", "ring_b"),
                      ("replay", "ring_b", "ring_a", "--from", "zzz", "--yes"), ("replay", "ring_b", "ring_a", "--from", "1-1", "--yes"),
                      ("replay", "ring_b", "ring_a"), ("replay", "ring_b", "--from", "1-1", "--yes")):
            done = z.ctl("events", *words)
            misused = words in (("show",), ("dance",), ("replay",), ("accept", "ring_b"))
            same((done.returncode, done.stdout, len(done.stderr.splitlines())), (2 if misused else 1, "", 1), (words, done))
    with t.case(f"{home}: a replay gives the subscriber everything again; from a position what lies behind it"):
        def settled():
            return all(link["lag"] == 0 and link["state"] == "at-end"
                       for link in json.loads(z.ctl("--json", "events").stdout)["bus"]["links"])
        tokens = [send(z) for _ in range(3)]
        soon(lambda: [row["token"] for row in effects(z, "ring_b")][-3:] == tokens, "the three are handled")
        soon(settled, "all is delivered")
        before = len(effects(z, "ring_b"))
        events = [row["event"] for row in effects(z, "ring_b")]
        same(z.ctl("events", "replay", "ring_b", "ring_a", "--from", events[-3], "--yes").returncode, 0)
        soon(lambda: len(effects(z, "ring_b")) == before + 2, f"two come again: {len(effects(z, 'ring_b'))} of {before + 2}")
        same([row["event"] for row in effects(z, "ring_b")][-2:], events[-2:])
        soon(settled, "all is delivered")
        same(z.ctl("events", "accept", "ring_b", "ring_a", "--yes").returncode, 0)
        token = send(z)
        soon(lambda: effects(z, "ring_b")[-1]["token"] == token, "it goes on")


def effects(z, plugin, subject=None):
    db = sqlite3.connect(f"file:{os.path.join(z.data, 'plugins', plugin, 'data.db')}?mode=ro", uri=True)
    try:
        rows = db.execute("SELECT token, subject, event FROM effect ORDER BY id").fetchall()
        return [{"token": row[0], "subject": row[1], "event": row[2]} for row in rows if subject in (None, row[1])]
    finally:
        db.close()


def run(t):
    for home in ("inproc", "process"):
        settings = {"limits": {**BEAT["limits"], "streams_per_account": "20"}, "bus": {"tries": "2"}}
        with Zhend(pilot="test", pilots=PILOTS, roles=ROLES, home=home, settings=settings) as z:
            z.window = z.login("window-" + TOWN)
            z.overseers = ("window-" + TOWN, "window-" + OTHER, "prefecture-532300000000")
            shape(t, z, home)
            scope(t, z, home)
            resume(t, z, home)
            ends(t, z, home)
            tails(t, z, home)
            dead_letters(t, z, home)
    caps(t)
