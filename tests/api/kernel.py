# SPDX-License-Identifier: Apache-2.0
"""The daemon itself: what it says of itself, how it starts, refuses to start, reloads and stops."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from tap import check, refused, same
from zhend import BUILD, PAPERS, TOP, Zhend, application

WINDOW = "window-532327101000"
BANNER = "演示环境"
CSP = ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'")


def health(t, z):
    with t.case("health says live, ready, demo, the county's places and its plugins"):
        said = z.health()
        same((said["live"], said["ready"], said["demo"], said["townships"], said["villages"]), (True, True, True, 103, 1106))
        check(BANNER in said["notice"], said)
        same(sorted((plugin["id"], plugin["state"]) for plugin in said["plugins"]), [("approvals", "up"), ("dispatch", "up"), ("duties", "up"), ("enforcement", "up")])
    with t.case("the clock of a demo can be turned, and health shows it"):
        z.turn_clock("2026-09-18T09:00:00+08:00")
        check(z.health()["now"].startswith("2026-09-18T09:00:"), z.health()["now"])
        refused(z.post("/kernel/clock", form={"now": "yesterday"}), 422, "not-a-time")


SAMPLE = re.compile(r'^([a-z_:][a-z0-9_:]*)(\{([a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\[\\"n])*")*)\})? '
                    r'(-?[0-9.]+(?:e-?[0-9]+)?|\+Inf|NaN)$', re.I)


def check_metrics(text):
    """The rules of the text format that a scraper stumbles over."""
    types, seen, buckets = {}, set(), {}
    check(text.endswith("\n"), "no newline at the end")
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            check(name not in types and kind in ("counter", "gauge", "histogram"), line)
            types[name] = kind
        elif not line.startswith("# HELP "):
            match = SAMPLE.match(line)
            check(match, f"no sample: {line}")
            name, labels, value = match.group(1), match.group(3) or "", float(match.group(4))
            check((name, labels) not in seen, f"twice: {line}")
            seen.add((name, labels))
            family = re.sub(r"_(bucket|sum|count)$", "", name)
            check(name in types or types.get(family) == "histogram", f"without a type: {line}")
            if name.endswith("_bucket"):
                rest = re.sub(r',?le="[^"]*"', "", labels)
                check(value >= buckets.get((name, rest), 0), f"a bucket below the one before: {line}")
                buckets[name, rest] = value
            elif name.endswith("_count"):
                same(buckets[family + "_bucket", labels], value, line)
    return types


def metrics(t, z):
    with t.case("metrics are text that a scraper reads"):
        reply = z.get("/kernel/metrics")
        check(reply.header("content-type").startswith("text/plain; version=0.0.4"), reply.headers)
        check_metrics(reply.text)
    with t.case("metrics are for this machine, not for who comes through a proxy"):
        refused(z.get("/kernel/metrics", headers={"X-Forwarded-For": "127.0.0.1"}), 403, "forbidden")
    with t.case("health tells the machine itself everything, and whoever comes through a proxy the states alone"):
        here, away = z.get("/kernel/health").json, z.get("/kernel/health", headers={"X-Forwarded-For": "127.0.0.1"}).json
        check(here["version"] and all(one["version"] for one in here["plugins"]), here)
        same(sorted(away), ["demo", "live", "notice", "now", "plugins", "ready", "unsigned_allowed"])
        same(away["plugins"], [{"id": one["id"], "state": one["state"]} for one in here["plugins"]])
    with t.case("in demo mode no other name than this machine's is answered"):
        for host in ("evil.example", f"127.0.0.1.evil.example:{z.port}", "localhost.evil.example"):
            refused(z.get("/kernel/health", headers={"Host": host}), 403, "demo-host")
        for host in ("localhost", f"LOCALHOST:{z.port}", f"127.0.0.1:{z.port}", "[::1]:80"):
            same(z.get("/kernel/health", headers={"Host": host}).status, 200, host)
    with t.case("what lies on the disk is for its owner alone"):
        for folder, _, files in os.walk(z.data):
            for name in files:
                mode = os.stat(os.path.join(folder, name)).st_mode & 0o777
                same(mode & 0o077, 0, f"{name} {mode:o}")
    with t.case("the check of the format finds what is wrong"):
        for wrong in ("x 1\n", '# TYPE x counter\nx{a="b} 1\n', "# TYPE x counter\nx 1\nx 2\n", "# TYPE x counter\nx one\n"):
            try:
                check_metrics(wrong)
            except AssertionError:
                continue
            raise AssertionError(f"taken: {wrong!r}")
    with t.case("counts move with what is done"):
        filed = 'zhen_http_requests_total{method="POST",route="/p/approvals/applications",status="%dxx"}'
        commits = 'zhen_store_commits_total{plugin="approvals"}'
        before = z.metrics()
        for number in (1, 2):
            same(z.post("/p/approvals/applications", json=application(number)).status, 201)
        same(z.post("/p/approvals/applications", json={}).status, 422)
        after = z.metrics()
        same(after[filed % 2] - before.get(filed % 2, 0), 2)
        same(after[filed % 4] - before.get(filed % 4, 0), 1)
        check(after[commits] > before[commits], (before[commits], after[commits]))
    with t.case("no personal data in the access log, a line for each request, ids that answers carry"):
        reply = z.get("/p/approvals/track", query={"number": "532327101-2026-00001", "code": "SECRET"})
        request_id = reply.header("x-request-id")
        deadline = time.monotonic() + 5
        while True:
            with open(os.path.join(z.data, "access.log"), encoding="utf-8") as log:
                text = log.read()
            if request_id in text:
                break
            check(time.monotonic() < deadline, f"no line of {request_id}")
            time.sleep(0.02)
        for personal in ("SECRET", "532327101-2026-00001", "李阿福", "13987654321", "127.0.0.1"):
            check(personal not in text, personal)


def openapi(t, z):
    with t.case("openapi.json lists every route of approvals"):
        paths = z.get("/kernel/openapi.json").json["paths"]
        listed = {(method.upper(), path) for path, methods in paths.items() for method in methods if method != "parameters"}
        with open(os.path.join(TOP, "plugins", "approvals", "approvals.c"), encoding="utf-8") as source:
            rows = re.findall(r'\t(GET|POST|ACT)\("([^"]+)",', source.read())
        declared = {("POST", f"/p/approvals/cases/{{id}}/{path}") if method == "ACT" else (method, "/p/approvals" + path)
                    for method, path in rows}
        check(len(declared) > 20, declared)
        same(declared - listed, set())
    with t.case("openapi.json lists the host's own routes: each path serves the methods that it has there, and no other"):
        own = {path: {method.upper() for method in methods} for path, methods in paths.items()
               if all(operation["tags"] == ["kernel"] for operation in methods.values())}
        sections = z.get("/kernel/admin", as_=z.login("system-532300000000")).json["sections"]
        check({"/", "/login", "/logout", "/kernel/health", "/kernel/metrics", "/kernel/events", "/kernel/clock", "/kernel/style.css",
               "/kernel/openapi.json", "/kernel/admin", *("/kernel/admin/" + section for section in sections)} <= set(own), own)
        for path, methods in own.items():
            reply = z.request("DELETE", path.replace("{plugin}", "approvals"))
            same((reply.status, set(reply.header("allow").split(", "))), (405, methods | ({"HEAD"} if "GET" in methods else set())), path)
    with t.case("what the host's own routes take and answer is what is said of them"):
        say = paths["/kernel/admin/loglevel/set"]["post"]
        same((say["x-permissions"], say["x-zhenctl"], say["security"]), (["kernel.system"], "loglevel", [{"session": []}, {"bearer": []}]))
        same(say["requestBody"]["content"]["application/json"]["schema"],
             {"type": "object", "properties": {"level": {"type": "string", "title": "级别", "enum": ["error", "warn", "notice", "info", "debug"]}}, "required": ["level"]})
        same([(one["name"], one["in"], one.get("required", False)) for one in paths["/kernel/admin/user"]["get"]["parameters"]], [("login", "query", True)])
        for path in own:
            operation = paths[path].get("get")
            if operation and {} in operation["security"]:
                reply = z.get(path.replace("{plugin}", "approvals"), headers={"Accept": "*/*"})
                check(reply.header("content-type").split(";")[0] in operation["responses"]["2XX"]["content"], (path, reply.header("content-type")))
                same(reply.status, 200, path)
    with t.case("openapi.json has an ETag, and who has it already is sent nothing"):
        first = z.get("/kernel/openapi.json")
        again = z.get("/kernel/openapi.json", headers={"If-None-Match": first.header("etag")})
        same((again.status, again.text), (304, ""))
        other = z.get("/kernel/openapi.json", headers={"If-None-Match": '"0"'})
        same((other.status, other.text, other.header("etag")), (200, first.text, first.header("etag")))
    with t.case("the form of the application is described with its fields and what they must be"):
        document = z.get("/kernel/openapi.json").json
        operation = document["paths"]["/p/approvals/applications"]["post"]
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        check({"village", "applicant", "id_card", "commitment"} <= set(schema["required"]), schema["required"])
        same(set(schema["required"]) - set(schema["properties"]), set())
        same(set(application(1)) - set(schema["properties"]), set())
    with t.case("every reference in it leads somewhere"):
        text = json.dumps(document)
        for target in set(re.findall(r'"\$ref": "#/([^"]+)"', text)):
            place = document
            for step in target.split("/"):
                place = place[step]


def pages(t, z):
    window = z.login(WINDOW)
    rows = [("/", None), ("/login", None), ("/p/approvals", None), ("/p/approvals/items", None), ("/p/approvals/track", None),
            ("/p/approvals/applications", None), ("/p/approvals/verify", None), ("/nothing", None), ("/kernel/health", None),
            ("/p/approvals/cases", window), ("/p/approvals/cases/1", window), ("/p/approvals/cases/1/accept", window),
            ("/p/approvals/overdue", window), ("/p/approvals/cases/999", window)]
    for path, session in rows:
        with t.case(f"the page {path} says it is a demo, loads nothing from outside and carries its guards"):
            reply = z.page(path, as_=session)
            check(reply.header("content-type") == "text/html; charset=utf-8", reply)
            check(BANNER in reply.text, "no banner")
            check(reply.text.startswith("<!doctype html>") and '<html lang="zh-CN">' in reply.text, reply.text[:200])
            policy = reply.header("content-security-policy") or ""
            for part in CSP:
                check(part in policy, policy)
            same((reply.header("x-content-type-options"), reply.header("referrer-policy")), ("nosniff", "same-origin"))
            check("<script" not in reply.text and "http://evil" not in reply.text, "a script")
            same(re.findall(r'(?:src|href|action)="(?!/|#|\?)[^"]*"', reply.text), [], "something from outside")
    with t.case("what a villager wrote stands on the page as text"):
        evil = "<script>alert(1)</script>"
        filed = z.post("/p/approvals/applications", json=application(7, applicant="李<b>福", address=evil)).json
        reply = z.page(f"/p/approvals/cases/{filed['id']}", as_=window)
        check(evil not in reply.text and "&lt;script&gt;" in reply.text, "unescaped")


# ---- starting and not starting ----

def one_line(done, *words):
    """Exit code 1 and one line that says what is the matter."""
    text = done.stderr.decode()
    said = [line for line in text.splitlines() if line.startswith("zhend: ")]
    same((done.returncode, len(said)), (1, 1), text)
    same([line for line in text.splitlines() if "ERROR" in line or "runtime error" in line], [], text)
    for word in words:
        check(word in said[0], f"{word} not in {said[0]}")
    return said[0]


def refusing(t):
    def refuse(sentence, words, **options):
        with t.case(sentence):
            z = Zhend(**options)
            try:
                one_line(z.run(), *words)
            finally:
                z.close()

    refuse("demo mode is refused on an address that is not loopback", ["0.0.0.0", "演示模式"], settings={"host": {"address": "0.0.0.0"}})
    refuse("demo mode is refused on every address of IPv6", ["::"], settings={"host": {"address": "::"}})
    refuse("an unknown key is refused with file, line and the nearest name", ["zhend.conf:", "body_byte'", "'body_bytes'"],
           settings={"limits": {"body_byte": "1M"}})
    refuse("an unknown group is refused with the nearest name", ["zhend.conf:", "[limit]", "[limits]"], settings={"limit": {"body_bytes": "1M"}})
    refuse("a value out of range is refused with file and line", ["zhend.conf:", "header_bytes"], settings={"limits": {"header_bytes": "1"}})
    refuse("a plugin's setting that is misspelt is refused too", ["zhend.conf:", "site_limit_m2"], settings={"approvals": {"site_limit_m": "100"}})
    refuse("an unknown pilot is refused", ["atlantis"], pilot="atlantis")
    refuse("a pilot that is misspelt is refused with the nearest name, settings of its plugins or not", ["chuxion", "'chuxiong'"],
           pilot="chuxion", settings={"approvals": {"site_limit_m2": "100"}})
    refuse("a plugin that is not there is refused", ["nowhere"], pilot="x", pilots="[pilot x]\ndivisions = 532300000000\nplugins = nowhere\n")
    refuse("a pilot of an unknown division is refused", ["999999999999"], pilot="x",
           pilots="[pilot x]\ndivisions = 999999999999\nplugins = approvals\n")
    with t.case("the line of the message is the line of the file"):
        z = Zhend(settings={"limits": {"body_byte": "1M"}})
        try:
            said = one_line(z.run())
            number = int(re.search(r"zhend\.conf:(\d+):", said).group(1))
            with open(z.conf, encoding="utf-8") as conf:
                check("body_byte" in conf.read().splitlines()[number - 1], said)
        finally:
            z.close()
    with t.case("a taken port: one line that names it, exit 1"):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            z = Zhend()
            z.port = taken.getsockname()[1]
            try:
                one_line(z.run(), str(z.port))
            finally:
                z.close()
    with t.case("outside demo mode there are no demo accounts, no banner and no clock to turn"):
        with Zhend(demo=False) as z:
            same((z.health()["demo"], BANNER in z.page("/").text), (False, False))
            refused(z.post("/login", json={"login": WINDOW, "password": "demo-2026"}), 401, "wrong-login")
            refused(z.post("/kernel/clock", form={"now": "2026-09-18T09:00:00+08:00"}), 404)


def second(t, z):
    with t.case("a second zhend on the same data is refused with one line, and the first goes on"):
        other = Zhend(data=z.data)
        try:
            one_line(other.run(), "zhend", z.data)
        finally:
            other.close()
        same(z.get("/kernel/health").status, 200)
        same(z.ctl("health").returncode, 0)
    with t.case("a second zhend on the same port is refused with one line, and the first goes on"):
        other = Zhend()
        other.port = z.port
        try:
            one_line(other.run(), str(z.port))
        finally:
            other.close()
        same(z.get("/kernel/health").status, 200)


def stopping(t):
    for home in ("inproc", "process"):
        z = Zhend(home=home)
        try:
            z.start()
            window = z.login(WINDOW)
            filed = z.post("/p/approvals/applications", json=application(1)).json
            for how, name in ((signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "SIGTERM")):
                with t.case(f"{home}: {name} ends it within 5 s with exit 0, a keep-alive connection being open"):
                    with socket.create_connection(("127.0.0.1", z.port)) as idle:
                        idle.sendall(b"GET /kernel/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        check(idle.recv(65536).startswith(b"HTTP/1.1 200"), "no answer")
                        began = time.monotonic()
                        same(z.stop(how), 0, z.output())
                        check(time.monotonic() - began < 5, f"{time.monotonic() - began:.1f} s")
                        idle.settimeout(5)
                        same(idle.recv(10), b"", "the connection was not closed")
                with t.case(f"{home}: the port is free, no socket and no worker is left"):
                    with socket.create_server(("127.0.0.1", z.port)):
                        pass
                    same(os.path.exists(os.path.join(z.data, "zhend.sock")), False)
                    same(subprocess.run(["pgrep", "-f", z.data], stdout=subprocess.PIPE, check=False).stdout, b"")
                z.start()
                with t.case(f"{home}: started again it finds its data, and the session goes on"):
                    rows = z.get("/p/approvals/cases", as_=window)
                    same((rows.status, [row["number"] for row in rows.json["items"]]), (200, [filed["number"]]))
                    same(z.post("/p/approvals/track", json={"number": filed["number"], "code": filed["code"]}).status, 200)
            with t.case(f"{home}: what the form's token was before the restart it is after"):
                same(z.post(f"/p/approvals/cases/{filed['id']}/accept", json=PAPERS, as_=window).status, 200)
            with t.case(f"{home}: who logged out before a restart stays out after it"):
                same(z.post("/logout", as_=window).status, 204)
                same(z.stop(), 0)
                z.start()
                refused(z.get("/p/approvals/cases", as_=window), 401, "login-required")
            with t.case(f"{home}: the audit chain of all these runs holds, and the anchors vouch for it"):
                done = z.ctl("audit", "verify")
                same(done.returncode, 0, done.stderr)
                fit, vouched = map(int, re.search(r"(\d+) rows fit; vouched for up to row (\d+)", done.stdout).groups())
                check(fit >= vouched >= 2, done.stdout)
        finally:
            z.close()


# ---- zhenctl ----

def control(t, z):
    with t.case("zhenctl health names the plugins, in text and in JSON"):
        done = z.ctl("health")
        same((done.returncode, done.stdout.splitlines()[0]), (0, "ready"))
        check("approvals" in done.stdout, done.stdout)
        same(json.loads(z.ctl("--json", "health").stdout)["health"]["demo"], True)
    with t.case("zhenctl audit verify counts what was written; an unknown plugin or verb is an error"):
        done = z.ctl("audit", "verify", "approvals")
        same(done.returncode, 0, done.stderr)
        check(re.search(r"approvals: [1-9]\d* rows fit", done.stdout), done.stdout)
        for words, code in ((("audit", "verify", "nobody"), 1), (("audit",), 2), (("dance",), 2)):
            done = z.ctl(*words)
            same(done.returncode, code, words)
            check(done.stderr.startswith("zhenctl: ") and len(done.stderr.splitlines()) == 1, done.stderr)
    with t.case("without a zhend it says so: exit 3"):
        with tempfile.TemporaryDirectory() as empty:
            done = subprocess.run([os.path.join(BUILD, "bin", "zhenctl"), "--data", empty, "health"], text=True, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)
            same((done.returncode, len(done.stderr.splitlines())), (3, 1), done.stderr)
    with t.case("garbage on the socket does not disturb it"):
        for sent in (b"\n", b"{\n", b"[]\n", b'{"verb": 7}\n', b'{"verb": "health", "args": 3}\n', b"\xff\xfe\n", b"x" * 8192, b""):
            with socket.socket(socket.AF_UNIX) as sock:
                sock.settimeout(10)
                sock.connect(os.path.join(z.data, "zhend.sock"))
                try:
                    sock.sendall(sent)
                    sock.shutdown(socket.SHUT_WR)
                    sock.recv(65536)
                except (BrokenPipeError, ConnectionResetError):
                    pass
        same(z.ctl("health").returncode, 0)


def other_uid(t, z):
    sentence = "zhenctl is refused to another uid, even where the socket's mode would let it"
    if os.geteuid() != 0:
        # The uid of the daemon and that of the caller cannot differ here; the socket's mode is looked at instead.
        with t.case("the socket of zhenctl is its owner's alone"):
            same(os.stat(os.path.join(z.data, "zhend.sock")).st_mode & 0o777, 0o600)
        return
    nobody = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
    with t.case("the socket and the data folder are their owner's alone"):
        same((os.stat(os.path.join(z.data, "zhend.sock")).st_mode & 0o777, os.stat(z.data).st_mode & 0o777), (0o600, 0o700))
    opened = [path for path in (z.folder, z.data, os.path.join(z.data, "zhend.sock")) if os.chmod(path, 0o777) is None]
    try:
        with t.case(sentence):
            program = os.path.join(z.folder, "zhenctl")  # the build may lie where nobody may look
            shutil.copy(os.path.join(BUILD, "bin", "zhenctl"), program)
            done = subprocess.run([*nobody, program, "--data", z.data, "health"], text=True, stdin=subprocess.DEVNULL, cwd="/",
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30,
                                  env={"PATH": os.environ["PATH"], "ASAN_OPTIONS": "detect_leaks=0"})
            same((done.returncode, done.stdout), (1, ""), done.stderr)
            check("only root and the daemon's user" in done.stderr, done.stderr)
            same(z.get("/kernel/health").status, 200)
    finally:
        for path, mode in zip(opened, (0o700, 0o700, 0o600)):
            os.chmod(path, mode)


def reloading(t, home):
    with Zhend(home=home) as z:
        z.turn_clock("2026-09-18T09:00:00+08:00")
        with t.case(f"{home}: a reload of the same file changes nothing that was set"):
            done = z.ctl("reload")
            same(done.returncode, 0, done.stderr)
            check("needs a restart" not in done.stdout, done.stdout)

        def to_decision(number):
            """The code with which the head's approval of 120 m² is answered."""
            filed = z.post("/p/approvals/applications", json=application(number)).json["id"]
            done = z.post(f"/p/approvals/cases/{filed}/accept", json=PAPERS, as_=z.login(WINDOW))
            same(done.status, 200, done)
            step = {"decision": "approve", "opinion": "同意", **z.checkers("532327101000"), "checked_on": "2026-09-18"}
            return z.post(f"/p/approvals/cases/{filed}/steps/homestead", json=step, as_=z.login("agriculture-532327101000"))

        with t.case(f"{home}: a changed setting counts after the reload, and not before; what needs a restart is said"):
            same(to_decision(1).status, 200)
            z.settings = {"approvals": {"site_limit_m2": "100"}, "limits": {"body_bytes": "2M"}, "host": {"log_level": "debug"}}
            z.write_conf()
            same(to_decision(2).status, 200)
            done = z.ctl("reload")
            same(done.returncode, 0, done.stderr)
            lines = done.stdout.splitlines()
            check(any("site_limit_m2" in line and "applied" in line for line in lines), lines)
            check(any("body_bytes" in line and "needs a restart" in line for line in lines), lines)
            check(any("log_level" in line and "applied" in line for line in lines), lines)
            refused(to_decision(3), 409, "area-over-limit")
        rows = [("an unknown key", "limits", "body_byte", "1M"), ("a value out of range", "limits", "header_bytes", "1"),
                ("a setting out of range", "approvals", "site_limit_m2", "0"), ("words for a number", "approvals", "site_limit_m2", "many"),
                ("a catalogue that is not there", "approvals", "catalogue", "/nowhere.json")]
        for fault, group, key, value in rows:
            with t.case(f"{home}: a reload with {fault} is refused with a line that names it, and changes nothing"):
                kept = z.settings
                z.settings = {**kept, "approvals": {"site_limit_m2": "150"}}
                z.settings[group] = {**z.settings.get(group, {}), key: value}
                z.write_conf()
                done = z.ctl("reload")
                same((done.returncode, done.stdout), (1, ""), done)
                check(key in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr)
                refused(to_decision(10 + len(fault)), 409, "area-over-limit")
                z.settings = kept
                z.write_conf()
        with t.case(f"{home}: SIGHUP reloads as well"):
            z.settings = {"approvals": {"site_limit_m2": "150"}}
            z.write_conf()
            z.process.send_signal(signal.SIGHUP)
            deadline = time.monotonic() + 10
            number = 100
            while to_decision(number).status != 200:
                check(time.monotonic() < deadline, "not applied")
                number += 1
        with t.case(f"{home}: after all that it answers"):
            same(z.get("/kernel/health").status, 200)
            check(BANNER in z.page("/").text and "镇务平台" in z.page("/").text, "the page")


def run(t):
    with Zhend() as z:
        health(t, z)
        metrics(t, z)
        openapi(t, z)
        pages(t, z)
        second(t, z)
        control(t, z)
        other_uid(t, z)
    refusing(t)
    stopping(t)
    for home in ("inproc", "process"):
        reloading(t, home)
