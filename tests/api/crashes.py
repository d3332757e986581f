# SPDX-License-Identifier: Apache-2.0
"""The supervisor: every way a plugin can end the host or its worker, what is said of it, and that nothing acknowledged is lost."""
import atexit
import http.client
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

from tap import check, same
from zhend import Zhend, free_port, state_of
from zoo import Cage

PILOTS = "[pilot test]\ndivisions = 532300000000\nplugins = faller\n"
# Who is killed has no time to free, and what a sanitizer says of these deaths is no finding: it goes where nobody looks for one.
APART = tempfile.mkdtemp(prefix="zhen-deliberate-", dir="/var/tmp")
atexit.register(shutil.rmtree, APART, ignore_errors=True)
NO_LEAKS = {"ASAN_OPTIONS": "detect_leaks=0"}
ENDURING = {"crashes": "0", "restarts": "1000", "restart_after": "1ms", "restart_window": "1s"}
STRICT = {"restart_window": "10m"}
WAYS = {"segv": "SIGSEGV", "bus": "SIGBUS", "abort": "SIGABRT", "fpe": "SIGFPE", "ill": "SIGILL", "overflow": "SIGSEGV", "smash": "SIGABRT",
        "exit": "exit()"}
GAVE_UP = 69


def wait_for(what, true, seconds=60):
    """Who is asked may end while it answers: that is no answer."""
    def asked():
        try:
            return true()
        except (OSError, http.client.HTTPException):
            return None
    end = time.monotonic() + seconds
    while not (found := asked()):
        check(time.monotonic() < end, f"not within {seconds} s: {what}")
        time.sleep(0.02)
    return found


def fall(z, way, path="/p/faller/fall", method="POST", request="r-1"):
    """TRUE: it ended before it answered."""
    try:
        if method == "GET":
            z.get(f"{path}?way={way}", headers={"X-Request-Id": request})
        else:
            z.post(path, json={"way": way}, headers={"X-Request-Id": request})
    except (OSError, http.client.HTTPException):
        return True
    return False


def crashes(z):
    done = z.ctl("--json", "crashes")
    same(done.returncode, 0, done)
    return json.loads(done.stdout)["crashes"]


def last(z, *keys):
    row = z.health().get("last_crash", {})
    return tuple(row.get(key) for key in keys)


def plugin(z):
    return z.health()["plugins"][0]


def host(home="inproc", host=None, **settings):
    z = Zhend(pilot="test", pilots=PILOTS, home=home, demo=False, env=NO_LEAKS, settings={"host": {**ENDURING, **(host or {})}, **settings})
    z.logs = APART
    return z


def every_way(t):
    with host() as z:
        supervisor = z.process.pid
        for number, (way, what) in enumerate(WAYS.items()):
            with t.case(f"{way} in a handler that writes: the next process names plugin, version, handler and request"):
                before = z.pid
                same(fall(z, way, request=f"req-{number}"), True)
                same(last(z, "home", "plugin", "version", "handler", "request", "what"),
                     ("host", "faller", "1.2.3", "POST /fall", f"req-{number}", what))
                check(z.pid != before and z.process.pid == supervisor, "another process, the same supervisor")
        with t.case("one that is killed leaves no report, and its end is told all the same"):
            same(fall(z, "kill"), True)
            same(last(z, "plugin", "ended"), (None, f"killed by signal 9 ({signal.strsignal(9)})"))
        with t.case("what a handler that fell had written is not there, zhenctl lists every end, and the log names them"):
            same(z.get("/p/faller/notes").json["items"], [])
            same([row.get("what") for row in crashes(z)], [*WAYS.values(), None])
            said = z.ctl("crashes").stdout
            same(len(said.splitlines()), len(WAYS) + 1)
            check("faller 1.2.3: POST /fall, request req-0, SIGSEGV" in said, said)
            check("last crash: " in z.ctl("health").stdout, "zhenctl health names it")
            check("faller the host process ended: SIGSEGV" in z.output() and "back in service" in z.output(), z.output()[-3000:])


def every_handler(t):
    # An event set aside is not tried again: each try would end the host once more.
    with host(bus={"tries": "1"}) as z:
        for path, method, handler, step in (("/p/faller/fall", "GET", "GET /fall", None),
                                            ("/p/faller/prepare", "POST", "POST /prepare", "prepare")):
            with t.case(f"{handler}{' in its prepare step' if step else ''} is named, whichever way it falls"):
                for way, what in WAYS.items():
                    same(fall(z, way, path, method), True)
                    same(last(z, "handler", "step", "request", "what"), (handler, step, "r-1", what))
        with t.case("a job is named with its row, and parked in the end while the host stays up"):
            fall(z, "ill", "/p/faller/jobs")
            wait_for("it is parked", lambda: plugin(z)["parked_jobs"] == [{"job": "falling", "runs": 1}])
            same(last(z, "handler", "row", "what"), ("job falling", "1", "SIGILL"))
            same(sum(row.get("handler") == "job falling" for row in crashes(z)), 4)
        with t.case("an event is named with publisher and position, and set aside after three ends"):
            for number, (way, what) in enumerate(WAYS.items()):
                fall(z, way, "/p/faller/events")
                wait_for("it is set aside", lambda: plugin(z)["waiting_events"] + plugin(z)["dead_events"] > number)
                found = [row for row in crashes(z) if row.get("position", "").endswith(f"-{number + 1}")]
                check(0 < len(found) <= 3, found)
                same({(row["publisher"], row["handler"], row["what"]) for row in found}, {("faller", "event faller.fell", what)})


def at_start(t):
    for way, what in WAYS.items():
        with t.case(f"{way} in its start: tried again, then left out, and the host is up"):
            with host(host={"crashes": "2"}, faller={"start": way}) as z:
                same(plugin(z)["state"], "left-out")
                same([(row["handler"], row["what"]) for row in crashes(z)], [("start", what)] * 2)


def at_the_ends(t):
    with host(faller={"stop": "segv"}) as z:
        with t.case("one that falls in its stop ends the stop, is no reason to start again, and the next start lists it"):
            check(z.stop() != 0, "an end that was not clean")
            check("restart 1" not in z.output(), z.output()[-1000:])
            z.settings["faller"]["stop"] = "no"
            z.start()
            same(last(z, "handler", "request", "what"), ("stop", "stop", "SIGSEGV"))
    with host(limits={"handler_time": "300ms"}, faller={"stop": "hang"}) as z:
        with t.case("one whose stop never ends is ended after its time"):
            check(z.stop() != 0, "an end that was not clean")
            z.settings["faller"]["stop"] = "no"
            z.start()
            same(last(z, "handler", "what"), ("stop", "overdue"))
    with t.case("TERM while it starts ends it by that signal"):
        z = host(faller={"start": "nap"})
        z.write_conf()
        z.port = free_port()
        with open(os.path.join(z.folder, "log"), "wb") as log:
            process = subprocess.Popen(z.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=z.environment())
        wait_for("it starts", lambda: os.path.exists(os.path.join(z.data, "plugins", "faller", "data.db")))
        process.send_signal(signal.SIGTERM)
        same(process.wait(20), -signal.SIGTERM)
        z.close()
    for home in ("inproc", "process"):
        with t.case(f"{home}: one that falls while it is loaded is named, then not loaded: the host is up without it"):
            z = host(home, host={"crashes": "2"}, limits={"handler_time": "300ms", "prepare_time": "300ms"})
            for way, what in (("segv", "SIGSEGV"), ("hang", "overdue")):
                z.env = {**NO_LEAKS, "FALLER_LOAD": way}
                z.start()
                same([(row["plugin"], row["handler"], row["what"]) for row in crashes(z)], [("faller", "loading", what)] * 2)
                check("left out: it ended the host 2 times" in z.ctl("health").stdout, z.ctl("health"))
                same(z.stop(), 0)
                os.unlink(os.path.join(z.data, "crashes.jsonl"))
            z.close()


def left_out(t):
    z = host(host={"crashes": "2"}, faller={"start": "segv"})
    with z:
        with t.case("a plugin whose start ends the host twice is left out: the host comes up, says so, and answers for it"):
            found = plugin(z)
            same((found["state"], found["home"]), ("left-out", "inproc"))
            check("zhenctl crashes forget faller" in found["fault"] and "2 times" in found["fault"], found)
            same([(row["handler"], row["what"]) for row in crashes(z)], [("start", "SIGSEGV")] * 2)
            reply = z.post("/p/faller/notes", json={"text": "a"})
            same((reply.status, reply.code, reply.header("retry-after")), (503, "left-out", "60"))
            check("已停用" in z.ctl("crashes").stdout and "left out" in z.ctl("health").stdout, "zhenctl names it")
            same((z.metrics()['zhen_store_commits_total{plugin="faller"}'], z.ctl("jobs").returncode, z.ctl("events").returncode), (0, 0, 0))
        with t.case("it stays so over a restart, also when it would start now; forgotten, it runs again"):
            z.settings["faller"]["start"] = "no"
            same(z.stop(), 0)
            z.start()
            same(plugin(z)["state"], "left-out")
            same(z.ctl("crashes", "forget", "faller").returncode, 0)
            same(z.ctl("crashes", "forget", "nobody").returncode, 1)
            same(z.stop(), 0)
            z.start()
            same((plugin(z)["state"], z.post("/p/faller/notes", json={"text": "a"}).status), ("up", 200))
            check(all(row["forgotten"] for row in crashes(z)), crashes(z))
    with t.case("in a worker it is not left out of the host, and a critical one takes the host with it: given up, named"):
        z = host(host={**STRICT, "crashes": "1", "restarts": "2"}, faller={"start": "abort", "critical": "yes"})
        done = z.run()
        log = (done.stdout + done.stderr).decode()
        z.close()
        same(done.returncode, GAVE_UP, log[-3000:])
        check("faller the host process ended: SIGABRT" in log and "start, request start" in log, log)
        check("given up" in log.splitlines()[-1] and "3 times" in log.splitlines()[-1], log)


def overdue(t):
    with host(limits={"handler_time": "400ms", "prepare_time": "60s"}) as z:
        for path, method, handler in (("/p/faller/fall", "POST", "POST /fall"), ("/p/faller/fall", "GET", "GET /fall")):
            with t.case(f"{handler} that never comes back ends the host after its time, is named, and the host is back"):
                began = time.monotonic()
                same(fall(z, "hang", path, method), True)
                check(0.4 <= time.monotonic() - began < 20, "in time")
                same(last(z, "handler", "what"), (handler, "overdue"))
        with t.case("one that hears no signal is spoken for"):
            same(fall(z, "deaf"), True)
            same(last(z, "handler", "what"), ("POST /fall", "overdue, deaf to signals"))
        with t.case("a prepare step has a time of its own"):
            before = z.pid
            same(z.post("/p/faller/prepare", json={"way": "nap"}).status, 200)
            same(z.pid, before)


def in_a_worker(t):
    with host("process", limits={"handler_time": "400ms"}) as z:
        before = z.pid
        for number, (way, what) in enumerate({**WAYS, "hang": "overdue"}.items()):
            with t.case(f"{way} in a worker ends the worker alone, and it is named"):
                reply = z.post("/p/faller/fall", json={"way": way}, headers={"X-Request-Id": f"w-{number}"})
                same((reply.status, reply.code), (503, "worker-gone"))
                wait_for("it is listed", lambda: len(crashes(z)) > number)
                row = crashes(z)[-1]
                same([row.get(key) for key in ("home", "plugin", "version", "handler", "request", "what")],
                     ["worker", "faller", "1.2.3", "POST /fall", f"w-{number}", what])
                wait_for("it is back", lambda: z.get("/p/faller/notes").status == 200)
                same(z.pid, before)
        with t.case("a worker's file that is no report, or a pipe, is read as nothing"):
            path = os.path.join(z.data, "plugins", "faller", "crash")
            for make in (lambda: os.mkfifo(path), lambda: os.symlink("/dev/zero", path)):
                os.unlink(path)
                make()
                listed = len(crashes(z))
                os.kill(plugin(z)["pid"], signal.SIGKILL)
                wait_for("it is listed", lambda: len(crashes(z)) > listed)
                same(crashes(z)[-1].get("handler"), None)
                wait_for("it is back", lambda: z.get("/p/faller/notes").status == 200)
                os.path.lexists(path) or os.mkfifo(path)


class Writers:
    """Notes without pause over crashes; what was acknowledged is kept."""

    def __init__(self, z, count):
        self.z, self.over, self.acked, self.refused, self.longest, self.lock = z, False, [], 0, 0.0, threading.Lock()
        self.threads = [threading.Thread(target=self.write, args=(number,), daemon=True) for number in range(count)]
        for thread in self.threads:
            thread.start()

    def write(self, number):
        n, since = 0, time.monotonic()
        while not self.over:
            n += 1
            text = f"{number}-{n}"
            try:
                fine = self.z.post("/p/faller/notes", json={"text": text}).status == 200
            except (OSError, http.client.HTTPException) as error:
                fine = False
                self.refused += isinstance(error, ConnectionRefusedError)
            with self.lock:
                if fine:
                    self.acked.append(text)
                    self.longest, since = max(self.longest, time.monotonic() - since), time.monotonic()

    def end(self):
        self.over = True
        for thread in self.threads:
            thread.join()


def nothing_lost(t):
    with host(faller={"fall_every": "150"}) as z:
        with t.case("six crashes in the midst of the writer's transaction under load: no acknowledged write is lost, no connection refused"):
            writers = Writers(z, 8)
            wait_for("six ends", lambda: z.output().count("back in service") >= 6, 120)
            writers.end()
            z.settings["faller"] = {}
            same(z.stop(), 0)
            z.start()
            kept, after = set(), ""
            while after is not None:
                page = z.get(f"/p/faller/notes?limit=200{after}").json
                kept |= {row["text"] for row in page["items"]}
                after = f"&cursor={page['next']}" if page.get("next") else None
            same([text for text in writers.acked if text not in kept], [])
            check(len(writers.acked) > 150, f"{len(writers.acked)} were acknowledged")
            same(writers.refused, 0)
        ends = [int(line.split("back in service ")[1].split()[0]) for line in z_lines(z) if "back in service" in line]
        t.note(f"{len(writers.acked)} acknowledged, 0 lost; back in service after {ends} ms; "
               f"longest wait of a client between two answers {writers.longest * 1000:.0f} ms")


def z_lines(z):
    folder = os.path.dirname(z.log_path)
    newest = sorted((name for name in os.listdir(folder) if name.startswith(f"zhend-{os.getpid()}-")), key=lambda name: int(name[:-4].rsplit("-", 1)[1]))
    with open(os.path.join(folder, newest[-2]), encoding="utf-8", errors="replace") as log:
        return log.read().splitlines()


def with_workers(t):
    with host("process") as z:
        with t.case("a host process that is killed takes its workers along; the next one has its own, and no note is lost"):
            same(z.post("/p/faller/notes", json={"text": "kept"}).status, 200)
            before, worker = z.pid, plugin(z)["pid"]
            os.kill(before, signal.SIGKILL)
            wait_for("another one", lambda: z.pid not in (None, before))
            same([row["text"] for row in z.get("/p/faller/notes").json["items"]], ["kept"])
            check(plugin(z)["pid"] != worker and state_of(worker) is None, "reaped")
            same(last(z, "plugin", "ended"), (None, f"killed by signal 9 ({signal.strsignal(9)})"))


def gives_up(t):
    z = host(host={**STRICT, "restarts": "3", "restart_after": "200ms"})
    with z:
        with t.case("ends that follow each other are given time, doubled; the fourth of three is the last, said and with its own exit code"):
            for number in range(3):
                same(fall(z, "segv"), True)
                same(last(z, "what"), ("SIGSEGV",))
            waits = [line.rsplit("in ", 1)[1] for line in z.output().splitlines() if "restart " in line and "of at most" in line]
            same(waits, ["0 ms", "200 ms", "400 ms"])
            same(fall(z, "segv"), True)
            code = z.process.wait(30)
            z.process = None
            same(code, GAVE_UP)
            check("given up" in z.output().splitlines()[-1], z.output()[-500:])
            check("faller the host process ended: SIGSEGV" in z.output().splitlines()[-2], z.output()[-800:])
            try:
                z.get("/kernel/health")
                raise AssertionError("somebody listens still")
            except ConnectionRefusedError:
                pass
        with t.case("the next start lists the last end as well"):
            z.start()
            same(len(crashes(z)), 4)


def signals(t):
    with host(host={**STRICT, "restart_after": "1500ms"}) as z:
        with t.case("who connects while there is no host waits, and is answered by the next one"):
            fall(z, "segv")
            z.get("/kernel/health")
            fall(z, "segv")
            began = time.monotonic()
            same(z.get("/kernel/health").status, 200)
            check(time.monotonic() - began > 1, "it waited")
        with t.case("HUP to the supervisor is a reload of the host"):
            before = z.pid
            z.process.send_signal(signal.SIGHUP)
            wait_for("it reads it", lambda: "configuration read again" in z.output())
            same(z.pid, before)
        with t.case("TERM to the host process alone is an end that was asked for"):
            os.kill(z.pid, signal.SIGTERM)
            code = z.process.wait(30)
            z.process = None
            same(code, 0)
        z.start()
        with t.case("a supervisor that is killed takes host and workers with it, and the folder can be used at once"):
            before = z.pid
            same(z.stop(signal.SIGKILL), -signal.SIGKILL)
            check((state_of(before) or "Z")[0] == "Z", "the host process is gone")
            z.start()
        with t.case("TERM between two processes ends it at once"):
            fall(z, "segv")
            z.get("/kernel/health")
            fall(z, "segv")
            wait_for("it waits", lambda: "in 1500 ms" in z.output().splitlines()[-1])
            began = time.monotonic()
            same(z.stop(), 0)
            check(time.monotonic() - began < 1.2, "at once")
    with t.case("a configuration that is wrong is said once, with exit code 1"):
        z = host(host={"nonsense": "1"})
        done = z.run()
        z.close()
        same((done.returncode, (done.stdout + done.stderr).decode().count("nonsense") > 0, b"restart" in done.stdout + done.stderr),
             (1, True, False))


def that_does_not_come_up(t):
    with t.case("a worker that does not come up again is tried after one, two, four seconds, and comes up once it can"):
        cage = Cage(("keeper",), host="isolation = process\n", critical=False)
        cage.add("keeper")
        with cage.running() as (port, log):
            def state():
                return json.loads(cage.run("zhenctl", "--data", os.path.join(cage.dir, "data"), "--json", "plugins").stdout)["plugins"][0]
            os.rename(cage.path("keeper"), cage.path("keeper") + ".away")
            os.kill(state()["pid"], signal.SIGKILL)
            said = wait_for("three tries", lambda: (found := re.findall(r"it is started again in (\d+) s", open(log, encoding="utf-8").read()))[2:] and found)
            same(said, ["1", "2", "4"])
            os.rename(cage.path("keeper") + ".away", cage.path("keeper"))
            wait_for("it is up", lambda: state()["state"] == "up")


def to_systemd(t):
    with t.case("systemd is told by its main process alone: ready, restarting, ready, stopping"):
        z = host()
        path = os.path.join(z.folder, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            manager.settimeout(30)
            z.env = {**NO_LEAKS, "NOTIFY_SOCKET": path}

            def told():
                text, control, _, _ = manager.recvmsg(4096, 256)
                return text.decode(), struct.unpack("3i", control[0][2])[0]
            with z:
                supervisor = z.process.pid
                same(told(), ("READY=1", supervisor))
                fall(z, "segv")
                text, who = told()
                check(text.startswith("STATUS=restarting") and who == supervisor, text)
                same(told(), ("READY=1", supervisor))
                z.stop()
                same(told(), ("STOPPING=1", supervisor))


def run(t):
    every_way(t)
    every_handler(t)
    at_start(t)
    at_the_ends(t)
    left_out(t)
    overdue(t)
    in_a_worker(t)
    nothing_lost(t)
    with_workers(t)
    that_does_not_come_up(t)
    gives_up(t)
    signals(t)
    to_systemd(t)
