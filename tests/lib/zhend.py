# SPDX-License-Identifier: Apache-2.0
"""A real zhend for tests over HTTP: on a free port of loopback, in a folder of its own, stopped by its process id.

    with Zhend(home="process") as z:
        window = z.login("window-532327101000")
        filed = z.post("/p/approvals/applications", json=application(1))
        z.post(f"/p/approvals/cases/{filed.json['id']}/accept", json=PAPERS, as_=window)

Environment (from tests/run): ZHEN_TOP, ZHEN_BUILD, ZHEN_LOG (output of the processes, sql.jsonl)."""
import http.client
import http.cookies
import itertools
import json as jsonlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

TOP = os.environ.get("ZHEN_TOP") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("ZHEN_BUILD") or os.path.join(TOP, "build", "asan")
LOG = os.environ.get("ZHEN_LOG") or tempfile.mkdtemp(prefix="zhen-log-")
PASSWORD = "demo-2026"
START_S = 60  # a build under sanitizers on a busy machine

_numbers = itertools.count(1)


class Response:
    """headers: list of (lower-case name, value) in order; header(name): the first, or None."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def header(self, name):
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def json(self):
        return jsonlib.loads(self.body)

    @property
    def code(self):
        """Of a problem; None when it is none."""
        return self.json.get("code") if "json" in (self.header("content-type") or "") else None

    def __repr__(self):
        return f"{self.status} {self.text[:300]}"


class Session:
    """Cookies and the CSRF token that belongs to them."""

    def __init__(self, cookie, csrf, token):
        self.cookie = cookie  # "name=value"
        self.csrf = csrf
        self.token = token


def state_of(pid):
    """(state, parent) as /proc says it, or None."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rsplit(")", 1)[1].split()[:2]
    except OSError:
        return None


class PortTaken(RuntimeError):
    pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Zhend:
    """settings: {group: {key: value}} over the defaults; pilots: text in place of conf/pilots/*.conf; roles: text in place
    of conf/roles.conf. data: an existing folder is used and kept. build: another one than ZHEN_BUILD."""

    def __init__(self, pilot="chuxiong", demo=True, home="inproc", settings=None, pilots=None, roles=None, data=None, env=None, build=None):
        self.pilot, self.demo, self.home, self.build = pilot, demo, home, build or BUILD
        self.settings, self.pilots, self.roles = settings or {}, pilots, roles
        self.env = env or {}
        self.folder = tempfile.mkdtemp(prefix="zhen-api-")
        self.data = data or os.path.join(self.folder, "data")
        self.conf = os.path.join(self.folder, "zhend.conf")
        self.port = None
        self.process = None
        self.log_path = None

    supervised = True  # see Alone
    logs = LOG         # folder of what its processes say

    # ---- life ----

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_):
        self.close()

    def write_conf(self):
        os.makedirs(self.folder, exist_ok=True)
        conf = os.path.join(TOP, "conf")
        groups = {"host": {"title": "镇务平台", "allow_unsigned": "yes", "divisions": f"{conf}/data/divisions/chuxiong-532300.csv",
                           "bodies": f"{conf}/data/bodies.csv", "isolation": self.home},
                  # All of a test comes from one address.
                  "limits": {"anonymous_writes_per_minute": 0, "anonymous_writes_per_hour": 0, "wrong_codes_per_minute": 0}}
        for group, keys in self.settings.items():
            groups.setdefault(group, {}).update(keys)
        for name, text in (("roles", self.roles), ("pilots", self.pilots)):
            if text is not None:
                with open(os.path.join(self.folder, f"{name}.conf"), "w", encoding="utf-8") as out:
                    out.write(text)
        if self.pilots is None or "approvals" in self.pilots:
            own = {"catalogue": "approvals/items.json", "items": "approvals/items.csv", "calendar": "calendar/national.csv", "series": "approvals/series.csv",
                   "short_names": "approvals/short_names.csv"}
            for key, path in own.items():
                groups.setdefault("approvals", {}).setdefault(key, f"{conf}/data/{path}")
        for plugin in ("duties", "dispatch", "enforcement"):
            if self.pilots is None or plugin in self.pilots:
                groups.setdefault(plugin, {}).setdefault("calendar", f"{conf}/data/calendar/national.csv")
        if self.pilots is None or "enforcement" in self.pilots:
            for key, path in (("series", "enforcement/series.csv"), ("short_names", "approvals/short_names.csv")):
                groups["enforcement"].setdefault(key, f"{conf}/data/{path}")
        with open(self.conf, "w", encoding="utf-8") as out:
            out.write(f"[include]\nfiles = {self.folder + '/roles.conf' if self.roles is not None else conf + '/roles.conf'}; "
                      f"{self.folder + '/pilots.conf' if self.pilots is not None else conf + '/pilots/*.conf'}\n")
            for group, keys in groups.items():
                out.write(f"\n[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items()))

    def command(self):
        line = [os.path.join(self.build, "bin", "zhend"), "--config", self.conf, "--data", self.data, "--port", str(self.port)]
        return line + (["--pilot", self.pilot] if self.pilot else []) + (["--demo"] if self.demo else [])

    def environment(self):
        env = {**os.environ, "ZHEN_SQL_LOG": os.path.join(LOG, "sql.jsonl"), **self.env}
        env.setdefault("ASAN_OPTIONS", "detect_leaks=1")
        return env

    def start(self, port=None):
        """Waits until it answers. Again after stop(): the same folder."""
        for _ in range(4):
            try:
                return self._start(port or free_port())
            except PortTaken:  # by somebody between our look and its start
                if port:
                    raise
        return self._start(free_port())

    def _start(self, port):
        self.write_conf()
        self.port = port
        self.log_path = os.path.join(self.logs, f"zhend-{os.getpid()}-{next(_numbers)}.log")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                            env=self.environment())
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                code, self.process = self.process.returncode, None
                kind = PortTaken if f"{port}" in self.output() and code == 1 else RuntimeError
                raise kind(f"zhend ended with {code}: {self.output()}")
            # Its own word, printed once it listens: on the port alone somebody else might answer.
            if f"http://127.0.0.1:{port}/   (" in self.output():
                self.get("/kernel/health")
                return self
            time.sleep(0.02)
        raise RuntimeError("zhend does not answer: " + self.output())

    def run(self, timeout=START_S):
        """Instead of start(), where it should end by itself: CompletedProcess."""
        self.write_conf()
        self.port = self.port or free_port()
        done = subprocess.run(self.command(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.environment(), timeout=timeout)
        with open(os.path.join(LOG, f"zhend-{os.getpid()}-{next(_numbers)}.log"), "wb") as log:
            log.write(done.stdout + done.stderr)
        return done

    @property
    def pid(self):
        """Of the host process; self.process is its supervisor. None: there is none just now."""
        if not self.supervised:
            return self.process.pid
        for name in filter(str.isdigit, os.listdir("/proc")):
            state = state_of(name)
            if state and state[0] != "Z" and int(state[1]) == self.process.pid:
                return int(name)
        return None

    def stop(self, how=signal.SIGTERM, timeout=30):
        """Exit code."""
        if self.process is None:
            return None
        host = self.pid if self.process.poll() is None else None
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.process = None
        # Its host process is killed with it, and gone a moment later.
        deadline = time.monotonic() + 10
        while host and (state_of(host) or "Z")[0] != "Z" and time.monotonic() < deadline:
            time.sleep(0.002)
        return code

    def close(self):
        """Raises when it did not end well: a leak is a failure of whatever test ran it."""
        running = self.process is not None
        code = self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        if running and code != 0:
            raise RuntimeError(f"zhend ended with {code}: {self.output()[-3000:]}")

    def output(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    # ---- requests ----

    def request(self, method, path, body=None, headers=None, as_=None, timeout=60):
        """Body and headers as they are, on a connection of its own; a session adds its cookie and, unless GET, its token."""
        sent = {"Accept": "application/json"}
        if as_ is not None:
            sent["Cookie"] = as_.cookie
            if method not in ("GET", "HEAD"):
                sent["X-CSRF-Token"] = as_.csrf
        sent.update(headers or {})
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers={key: value for key, value in sent.items() if value is not None})
            reply = connection.getresponse()
            return Response(reply.status, [(key.lower(), value) for key, value in reply.getheaders()], reply.read())
        finally:
            connection.close()

    def get(self, path, as_=None, headers=None, query=None):
        return self.request("GET", path + (f"?{urllib.parse.urlencode(query)}" if query else ""), headers=headers, as_=as_)

    def page(self, path, as_=None, headers=None, query=None):
        """The same as a browser asks for it."""
        return self.get(path, as_, {"Accept": "text/html", **(headers or {})}, query)

    def post(self, path, json=None, form=None, as_=None, key=None, headers=None):
        """json: a value; form: a dict or a list of pairs; key: Idempotency-Key."""
        sent = dict(headers or {})
        body = b""
        if json is not None:
            body = jsonlib.dumps(json, ensure_ascii=False).encode()
            sent.setdefault("Content-Type", "application/json")
        elif form is not None:
            body = urllib.parse.urlencode(form).encode()
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        if key is not None:
            sent["Idempotency-Key"] = key
        return self.request("POST", path, body, sent, as_)

    def login(self, login, password=PASSWORD):
        reply = self.post("/login", json={"login": login, "password": password})
        if reply.status != 200:
            raise RuntimeError(f"login of {login}: {reply}")
        cookie = (reply.header("set-cookie") or "").split(";")[0]
        return Session(cookie, reply.json["csrf"], reply.json["token"])

    def account(self, login):
        """The id by which posts, seals and agents name the person of that login."""
        return self.get("/p/approvals/posts", as_=self.login(login)).json["account"]

    def checkers(self, township):
        """Two of the township who look at something on the spot."""
        return {"checker": self.account(f"agriculture-{township}"), "second_checker": self.account(f"planning-{township}")}

    def registers_seal(self, township, keeper=None):
        """The township's seal and its keeper, by default the demo's 印章管理员; nothing is decided under seal before."""
        reply = self.post("/p/approvals/seals", as_=self.login(f"government-{township}"),
                          json={"division": township, "keeper": self.account(keeper or f"seal-{township}")})
        if reply.status != 201:
            raise RuntimeError(f"seal of {township}: {reply}")
        return reply.json["id"]

    def turn_clock(self, now):
        """RFC 3339; demo mode only."""
        reply = self.post("/kernel/clock", form={"now": now})
        if reply.status != 200:
            raise RuntimeError(f"clock: {reply}")
        return reply

    def health(self):
        return self.get("/kernel/health").json

    def metrics(self):
        """{'name{labels}': number}"""
        lines = [line for line in self.get("/kernel/metrics").text.splitlines() if line and not line.startswith("#")]
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}

    def ctl(self, *args, prefix=()):
        return subprocess.run([*prefix, os.path.join(BUILD, "bin", "zhenctl"), "--data", self.data, *args], text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                              env=self.environment())

    def raw(self, *pieces, timeout=10, half_close=False, pause=0.05):
        """Sends bytes, a moment between the pieces, and reads until the other side closes: (bytes, was closed)."""
        got = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                for number, piece in enumerate(pieces):
                    if number:
                        time.sleep(pause)
                    sock.sendall(piece)
                if half_close:
                    sock.shutdown(socket.SHUT_WR)
            except (ConnectionResetError, BrokenPipeError):
                pass
            try:
                while piece := sock.recv(65536):
                    got += piece
            except ConnectionResetError:
                return got, True
            except TimeoutError:
                return got, False
        return got, True


class Alone(Zhend):
    """One process: for tests that look at each end of it, and at what it left."""

    supervised = False

    def command(self):
        return super().command() + ["--no-supervisor"]


# ---- the one written application ----

PAPERS = {"papers": True}  # an act of accepting: what else there is to bring has been brought on paper

def id_card(number):
    head = f"53232719800101{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return head + "10X98765432"[sum(weight * int(digit) for weight, digit in zip(weights, head)) % 11]


def application(number, village="532327101001", **changes):
    """A homestead application that can be granted; a change to None leaves the field out."""
    fields = {
        "village": village, "applicant": "李阿福", "id_card": id_card(2 * number), "phone": "13987654321",
        "members": [{"name": "李小红", "id_card": id_card(2 * number + 1), "relation": "配偶"}], "reason": "split",
        "old_area": "0", "old_disposal": "none", "site_area": "120", "house_area": "90.5", "ancillary_area": "9.5",
        "courtyard_area": "20.00", "address": "三组大坪子", "east": "村道", "south": "李家宅", "west": "菜地", "north": "水沟",
        "land": "construction", "floor_area": "180", "storeys": 2, "height": "7.2", "neighbours_consulted": True,
        "group_opinion": "同意", "village_opinion": "经讨论通过并公示，同意上报", "commitment": True,
    }
    fields.update(changes)
    return {name: value for name, value in fields.items() if value is not None}
