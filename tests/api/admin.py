# SPDX-License-Identifier: Apache-2.0
"""What administrators do: zhenctl's verbs in text and JSON with their exit codes, and the same under /kernel/admin, each by his role."""
import json
import os
import re
import tempfile

from crashes import wait_for
from tap import check, refused, same
from zhend import Session, Zhend

YONGDING = "532327101000"
WINDOW = f"window-{YONGDING}"
CASES = "/p/approvals/cases"


def asked(z, *words):
    """Of --json: what stands in the answer."""
    done = z.ctl("--json", *words)
    same((done.returncode, done.stderr), (0, ""), words)
    return json.loads(done.stdout)


def said(z, *words):
    done = z.ctl(*words)
    same((done.returncode, done.stderr), (0, ""), words)
    return done.stdout


def not_done(z, *words, word=""):
    """Exit code 1 and one line that says why."""
    for more in ((), ("--json",)):
        done = z.ctl(*more, *words)
        same((done.returncode, len(done.stderr.splitlines())), (1, 1), (words, done))
        check(done.stderr.startswith("zhenctl: ") and word in done.stderr, done.stderr)


def misused(z, *words):
    done = z.ctl(*words)
    same((done.returncode, done.stdout, len(done.stderr.splitlines())), (2, "", 1), done)
    check("用法 (usage): zhenctl " + words[0] in done.stderr, done.stderr)


def rows(z, chain="host"):
    return asked(z, "audit", "list", chain)["audit"]


# ---- zhenctl ----

def looking(t, z, home):
    with t.case(f"{home}: zhenctl plugins names version, home and state; of one also what its table has"):
        found = {row["id"]: row for row in asked(z, "plugins")["plugins"]}
        same({key: (row["version"], row["home"], row["state"]) for key, row in found.items()},
             {key: ("1.0.0", home, "up") for key in ("approvals", "dispatch", "duties", "enforcement")})
        one = asked(z, "plugins", "duties")
        same([row["id"] for row in one["plugins"]], ["duties"])
        check("duties.read" in one["permissions"] and one["jobs"] and one["routes"] > 10, one)
        same([line.split()[:4] for line in sorted(said(z, "plugins").splitlines())],
             [[key, "1.0.0", home, "up"] for key in ("approvals", "dispatch", "duties", "enforcement")])
        not_done(z, "plugins", "nobody", word="nobody")
    with t.case(f"{home}: pilots, roles and bodies are shown as configured, with the line that says so"):
        found = {row["name"]: row for row in asked(z, "pilots")["pilots"]}
        same((found["chuxiong"]["runs"], found["xinyang"]["runs"]), (True, False))
        same((found["chuxiong"]["divisions"], found["yongren"]["of"]), (["532300000000"], "chuxiong"))
        check(re.search(r"chuxiong\.conf:\d+$", found["chuxiong"]["where"]), found["chuxiong"])
        check("未启用" in said(z, "pilots", "xinyang"), "it says which do not run")
        one, = asked(z, "roles", "clerk")["roles"]
        check("approvals.accept" in one["permissions"] and re.search(r"roles\.conf:\d+$", one["where"]), one)
        check("approvals.accept" in said(z, "roles", "clerk"), "the same in text")
        same({row["division"][:9] for row in asked(z, "bodies", YONGDING[:9])["bodies"]}, {YONGDING[:9]})
        check(f"{WINDOW} " in said(z, "bodies", "window-532327"), "by a part of the id")
        everyone = asked(z, "bodies")
        check(everyone["total"] > 200 and everyone["pages"] > 1 and len(everyone["bodies"]) == 200, everyone["total"])
        last = asked(z, "bodies", "--page", str(everyone["pages"]))
        same(len(last["bodies"]), everyone["total"] - 200 * (everyone["pages"] - 1))
        for words in (("pilots", "nowhere"), ("roles", "nobody"), ("bodies", "--page", "0")):
            not_done(z, *words)
    with t.case(f"{home}: jobs say when they ran, with what outcome, and when they are due"):
        found = {(row["plugin"], row["job"]): row for row in asked(z, "jobs")["jobs"]}
        watch = found["approvals", "watch_due"]
        same((watch["outcome"], watch["parked"], watch["waiting"]), (200, 0, 0))
        check(watch["due_at"] > watch["ran_at"], watch)
        check("due_at" not in found["approvals", "render_document"], found["approvals", "render_document"])
        check(re.search(r"^approvals/watch_due +.*200", said(z, "jobs"), re.M), "the same in text")


def levels(t, z, home):
    with t.case(f"{home}: the log level changes at once, until a reload"), tempfile.TemporaryDirectory() as folder:
        same(asked(z, "loglevel"), {"level": "info", "configured": "info"})
        for level, heard in (("error", 0), ("notice", 1)):
            same(asked(z, "loglevel", level)["level"], level)
            said(z, "backup", folder)
            same(z.output().count("backup made: "), heard)
        said(z, "reload")
        same(asked(z, "loglevel")["level"], "info")
        misused(z, "loglevel", "loud")
        same([row["route"] for row in reversed(rows(z))][:4], ["loglevel error", "backup", "loglevel notice", "backup"])
        same(len(asked(z, "backups")["backups"]), 2)
        not_done(z, "backup", word="backup_dir")


def people(t, z, home):
    with t.case(f"{home}: an account is made with a password that is drawn, and gets in once it has a post"):
        made = asked(z, "users", "add", "wang", "--name", "王芳")
        check(re.fullmatch(r"[0-9A-Z]{16}", made["password"]), made)
        same(z.post("/login", json={"login": "wang", "password": made["password"]}).status, 401)
        said(z, "users", "post", "wang", WINDOW, "clerk")
        session = z.login("wang", made["password"])
        same(z.get(CASES, as_=session).status, 200)
        one = asked(z, "users", "show", "wang")
        same((one["name"], [(post["body"], post["role"], post["valid"]) for post in one["posts"]]), ("王芳", [(WINDOW, "clerk", True)]))
        check(WINDOW in said(z, "users", "show", "wang"), "the same in text")
        same([(row["login"], row["posts"]) for row in asked(z, "users", "list", "王芳")["users"]], [("wang", [f"clerk@{WINDOW}"])])
    with t.case(f"{home}: sessions are listed, and one that is ended is out at once, and after a restart"):
        found, = asked(z, "sessions", "list", "wang")["sessions"]
        check(found["id"] in said(z, "sessions"), "the same in text")
        check(session.token not in json.dumps(asked(z, "sessions")), "no token is shown")
        same(asked(z, "sessions", "end", found["id"]), {"ended": 1})
        refused(z.get(CASES, as_=session), 401, "login-required")
        same(asked(z, "sessions", "list", "wang")["total"], 0)
        not_done(z, "sessions", "end", found["id"])
    with t.case(f"{home}: a new password ends the sessions of the old one"):
        session = z.login("wang", made["password"])
        drawn = asked(z, "users", "password", "wang")
        same(drawn["sessions_ended"], 1)
        refused(z.get(CASES, as_=session), 401, "login-required")
        same(z.post("/login", json={"login": "wang", "password": made["password"]}).status, 401)
        session = z.login("wang", drawn["password"])
    with t.case(f"{home}: whose posts end is out, and may come back to the same post later"):
        same(asked(z, "users", "end", "wang", WINDOW)["posts_ended"], 1)
        refused(z.get(CASES, as_=session), 401, "login-required")
        same(z.post("/login", json={"login": "wang", "password": drawn["password"]}).status, 401)
        said(z, "users", "post", "wang", WINDOW, "clerk")
        z.login("wang", drawn["password"])
        same([post["valid"] for post in asked(z, "users", "show", "wang")["posts"]], [False, True])
    rows_wrong = [(("users", "add", "wang", "--name", "王"), "taken"), (("users", "add", "Wang", "--name", "王"), "no login"),
                  (("users", "post", "wang", "nowhere", "clerk"), "nowhere"), (("users", "post", "wang", WINDOW, "clark"), "clerk"),
                  (("users", "show", "nobody"), "nobody"), (("users", "password", "nobody"), "nobody"), (("users", "end", "wang", "nowhere"), "wang"),
                  (("audit", "list", "nobody"), "nobody")]
    for words, word in rows_wrong:
        with t.case(f"{home}: zhenctl {' '.join(words)}: exit 1, and why"):
            not_done(z, *words, word=word)
    with t.case(f"{home}: what is no verb is not asked for"):
        for words in (("users", "add", "li"), ("users", "dance", "wang"), ("sessions", "end"), ("audit", "list")):
            misused(z, *words)
    with t.case(f"{home}: what was done stands in the host's audit with who did it, what failed too, no password and no name"):
        found = [(row["route"], row["subject"], row["outcome"]) for row in reversed(rows(z)) if row["subject"].startswith("wang")]
        same(found[:5], [("users add", "wang", 200), ("users post", f"wang {WINDOW} clerk", 200), ("users password", "wang", 200),
                         ("users end", f"wang {WINDOW}", 200), ("users post", f"wang {WINDOW} clerk", 200)])
        check(("users add", "wang", 409) in found, found)
        check(all(row["account"].startswith("zhenctl:") for row in rows(z)), rows(z)[0])
        text = said(z, "audit", "list", "host")
        check("王芳" not in text and drawn["password"] not in text, text)
        verdict, = asked(z, "audit", "verify", "host")["audit"]
        same((verdict["fault"], verdict["vouched_to"]), (None, rows(z)[0]["seq"]))


# ---- /kernel/admin ----

PREFECTURE = "prefecture-532300000000"
ADMINS = {"system": "system-532300000000", "security": "security-532300000000", "audit": "audit-532300000000"}
SECTIONS = {"system": ["health", "plugins", "settings", "pilots", "jobs", "parked-jobs", "events", "parked", "event", "crashes", "backups", "key", "loglevel", "bodies"],
            "security": ["health", "users", "user", "roles", "bodies", "sessions"], "audit": ["health", "audit", "verify"]}
ACTS = {"system": ["reload", "loglevel/set", "plugins/swap", "plugins/contract", "plugins/purge", "jobs/retry", "jobs/drop", "events/replay", "events/accept", "event/retry", "event/drop",
                   "crashes/forget", "backups/start", "backups/forget", "key/new"],
        "security": ["users/add", "users/password", "users/post", "users/end", "sessions/end", "sessions/end-all"], "audit": []}
QUERY = {"user": {"login": WINDOW}, "audit": {"plugin": "host"}, "event": {"id": "duties/1"}}
MISSING = {"event"}  # there is none


def by_role(t, z, who):
    with t.case("without a session nothing of /kernel/admin answers: 401, a browser is led to the login"):
        for path in ["", *("/" + section for sections in SECTIONS.values() for section in sections)]:
            refused(z.get(f"/kernel/admin{path}"), 401, "login-required")
            reply = z.page(f"/kernel/admin{path}")
            same((reply.status, reply.header("location")), (303, "/login?next=/kernel/admin"))
        for acts in ACTS.values():
            for act in acts:
                refused(z.post(f"/kernel/admin/{act}", json={}), 401, "login-required")
    with t.case("who works in an office, even its head, may do nothing of it: 403"):
        for login in (WINDOW, f"government-{YONGDING}", PREFECTURE):
            session = z.login(login)
            for section in ["", *(f"/{one}" for sections in SECTIONS.values() for one in sections)]:
                refused(z.get(f"/kernel/admin{section}", as_=session), 403, "forbidden")
            check("/kernel/admin" not in z.page("/", as_=session).text, "no link to it either")
    for role, session in who.items():
        with t.case(f"the {role} administrator sees what is {role}'s and is refused what is not"):
            same(z.get("/kernel/admin", as_=session).json["sections"], [one for one in z.order if one in SECTIONS[role]])
            for section in {one for sections in SECTIONS.values() for one in sections}:
                reply = z.get(f"/kernel/admin/{section}", as_=session, query=QUERY.get(section))
                same(reply.status, 403 if section not in SECTIONS[role] else 404 if section in MISSING else 200, section)
                same(reply.header("cache-control"), "no-store")
            for other, acts in ACTS.items():
                for act in acts:
                    if other != role:
                        refused(z.post(f"/kernel/admin/{act}", json={}, as_=session), 403, "forbidden")
            refused(z.get("/p/approvals/cases", as_=session), 403, "forbidden")
    with t.case("an unknown name is 404, what is missing or no word 422"):
        for path, status, code in (("plugins?plugin=nobody", 404, "not-found"), ("pilots?pilot=nowhere", 404, "not-found"),
                                   ("bodies?page=0", 422, "invalid"), ("plugins?plugin=--by", 422, "invalid")):
            refused(z.get(f"/kernel/admin/{path}", as_=who["system"]), status, code)
        refused(z.get("/kernel/admin/audit", as_=who["audit"]), 422, "invalid")
        refused(z.get("/kernel/admin/user?login=nobody", as_=who["security"]), 404, "not-found")


def changing(t, z, who, folder):
    security, system = who["security"], who["system"]
    with t.case("what changes something needs the session's token, and comes from our own pages"):
        for act, role in ((act, role) for role, acts in ACTS.items() for act in acts):
            bare = Session(who[role].cookie, None, None)
            refused(z.post(f"/kernel/admin/{act}", json={}, as_=bare), 403, "csrf")
            refused(z.post(f"/kernel/admin/{act}", form={"login": "x"}, as_=bare), 403, "csrf")
            refused(z.post(f"/kernel/admin/{act}", json={}, as_=who[role], headers={"Origin": "http://evil.example"}), 403, "cross-site")
            same(z.get(f"/kernel/admin/{act}", as_=who[role]).status, 405)
        same(rows(z), [])
    with t.case("the security administrator makes an account, gives it a post, ends its session and its post"):
        made = z.post("/kernel/admin/users/add", json={"login": "li", "name": "李明"}, as_=security)
        same((made.status, made.header("cache-control")), (200, "no-store"), made)
        same(z.post("/kernel/admin/users/post", form={"login": "li", "body": WINDOW, "role": "clerk", "_csrf": security.csrf}, as_=security).status, 200)
        clerk = z.login("li", made.json["password"])
        same(z.get(CASES, as_=clerk).status, 200)
        found, = z.get("/kernel/admin/sessions?login=li", as_=security).json["sessions"]
        same(z.post("/kernel/admin/sessions/end", json={"id": found["id"]}, as_=security).json, {"ended": 1})
        refused(z.get(CASES, as_=clerk), 401, "login-required")
        drawn = z.post("/kernel/admin/users/password", json={"login": "li"}, as_=security).json["password"]
        clerk = z.login("li", drawn)
        same(z.post("/kernel/admin/users/end", json={"login": "li"}, as_=security).json, {"login": "li", "posts_ended": 1})
        refused(z.get(CASES, as_=clerk), 401, "login-required")
    for body, status, code in (({"login": "li", "name": "李明"}, 409, "refused"), ({"login": "Li", "name": "李"}, 422, "invalid"), ({"login": "zhao"}, 422, "invalid"),
                               ({"login": "zhao", "name": "--by"}, 422, "invalid"), ({"login": "--name", "name": "李"}, 422, "invalid")):
        with t.case(f"users/add {body}: {status}"):
            refused(z.post("/kernel/admin/users/add", json=body, as_=security), status, code)
    with t.case("nobody gives himself a post or a password"):
        for act, more in (("post", {"body": PREFECTURE, "role": "audit_admin"}), ("password", {}), ("end", {})):
            refused(z.post(f"/kernel/admin/users/{act}", json={"login": ADMINS["security"], **more}, as_=security), 409, "refused")
    with t.case("an account that holds two of the three posts has the rights of none"):
        same(z.post("/kernel/admin/users/add", json={"login": "both", "name": "兼"}, as_=security).status, 200)
        for role in ("system_admin", "audit_admin"):
            same(z.post("/kernel/admin/users/post", json={"login": "both", "body": PREFECTURE, "role": role}, as_=security).status, 200)
        session = z.login("both", z.post("/kernel/admin/users/password", json={"login": "both"}, as_=security).json["password"])
        for path in ("plugins", "audit?plugin=host", "users", "health"):
            refused(z.get(f"/kernel/admin/{path}", as_=session), 403, "forbidden")
    with t.case("the system administrator sets the log level, reloads, and starts a backup that is listed when it is made"):
        same(z.post("/kernel/admin/loglevel/set", json={"level": "warn"}, as_=system).json["level"], "warn")
        same(z.post("/kernel/admin/reload", json={}, as_=system).json["said"], "nothing changed\n")
        same(asked(z, "loglevel")["level"], "info")
        same(z.post("/kernel/admin/backups/start", json={}, as_=system).status, 202)
        wait_for("the backup", lambda: not (found := z.get("/kernel/admin/backups", as_=system).json)["running"] and found["backups"])
        one, = z.get("/kernel/admin/backups", as_=system).json["backups"]
        same((os.path.dirname(one["path"]), one["there"]), (folder, True))
        refused(z.post("/kernel/admin/jobs/retry", json={"id": "approvals/1"}, as_=system), 404)
    with t.case("the audit administrator finds all of it, by account, body and request; nothing of it is lost or forged"):
        shown = {role: str(asked(z, "users", "show", login)["account"]) for role, login in ADMINS.items()}
        found = z.get("/kernel/admin/audit?plugin=host", as_=who["audit"]).json["audit"]
        same({(row["account"], row["body"]) for row in found}, {(shown["system"], PREFECTURE), (shown["security"], PREFECTURE)})
        routes = [(row["route"], row["outcome"]) for row in reversed(found)]
        same(routes[:6], [("users add", 200), ("users post", 200), ("sessions end", 200), ("users password", 200), ("users end", 200), ("users add", 409)])
        check({("users post", 409), ("loglevel warn", 200), ("reload", 200), ("backup", 200), ("jobs retry", 404)} <= set(routes), routes)
        check(all(re.fullmatch(r"[0-9a-f]{16}", row["request"]) for row in found), found[0])
        verdict, = z.get("/kernel/admin/verify?plugin=host", as_=who["audit"]).json["audit"]
        same((verdict["fault"], verdict["vouched_to"]), (None, found[0]["seq"]))


def drawn_pages(t, z, who):
    for role, session in who.items():
        with t.case(f"each page of the {role} administrator is drawn, with ways to his others and forms that carry the token"):
            check('href="/kernel/admin"' in z.page("/", as_=session).text, "from the first page")
            for section in set(SECTIONS[role]) - MISSING:
                page = z.page(f"/kernel/admin/{section}", as_=session, query=QUERY.get(section))
                same((page.status, page.header("cache-control")), (200, "no-store"), section)
                links = set(re.findall(r'href="/kernel/admin/([a-z-]+)"', page.text))
                same(links, set(SECTIONS[role]) - {"user", "event"}, section)
                check("<table" in page.text or "<dl" in page.text or "没有记录" in page.text or 'role="alert"' in page.text, section)
                for form in re.findall(r'<form [^>]*method="post"[^>]*>.*?</form>', page.text, re.S):
                    check(f'value="{session.csrf}"' in form, form)
            check("选" not in z.page("/kernel/admin", as_=session).text, "the way in")
    with t.case("a row leads to what can be done with it, filled in"):
        page = z.page("/kernel/admin/users?word=" + WINDOW, as_=who["security"]).text
        check(f'href="/kernel/admin/user?login={WINDOW}"' in page, page)
        page = z.page(f"/kernel/admin/user?login={WINDOW}", as_=who["security"]).text
        same(page.count(f'name="login" type="text" autocomplete="off" value="{WINDOW}"'), 4)
        page = z.page("/kernel/admin/sessions?id=0123456789abcdef", as_=who["security"]).text
        check('value="0123456789abcdef"' in page, page)
    with t.case("what cannot be undone is asked for with a box to tick, never ticked beforehand; who does not tick it has done nothing"):
        for section, act, box in (("events", "events/replay", 'required'), ("events", "events/accept", 'required'), ("plugins?plugin=duties", "plugins/purge", 'required')):
            page = z.page(f"/kernel/admin/{section}", as_=who["system"]).text
            form, = re.findall(rf'<form [^>]*action="/kernel/admin/{act}".*?</form>', page, re.S)
            same(re.findall(r'<input[^>]*name="yes"[^>]*>', form), ['<input type="checkbox" name="yes" value="yes" required>'], form)
        sent = {"subscriber": "duties", "publisher": "approvals"}
        for act in ("replay", "accept"):
            reply = z.post(f"/kernel/admin/events/{act}", json=sent, as_=who["system"])
            check(reply.status in (404, 409), reply)
        refused(z.post("/kernel/admin/plugins/purge", json={"plugin": "approvals", "kind": "application", "subject": "1"}, as_=who["system"]), 422, "invalid")
        refused(z.post("/kernel/admin/plugins/purge", json={"plugin": "approvals", "kind": "application", "subject": "1", "yes": True}, as_=who["system"]), 404)
    with t.case("a form sent by a browser says what was done, a refused one why"):
        sent = {"login": "chen", "name": "陈", "_csrf": who["security"].csrf}
        page = z.post("/kernel/admin/users/add", form=sent, as_=who["security"], headers={"Accept": "text/html"})
        check(page.status == 200 and re.search(r"chen: 密码.* [0-9A-Z]{16}", page.text), page)
        again = z.post("/kernel/admin/users/add", form=sent, as_=who["security"], headers={"Accept": "text/html"})
        check(again.status == 409 and "chen" in again.text and "taken" in again.text, again)


def over_http(t):
    with tempfile.TemporaryDirectory() as folder, Zhend(settings={"host": {"backup_dir": folder}}) as z:
        z.order = ["health", "plugins", "settings", "pilots", "jobs", "parked-jobs", "events", "parked", "event", "crashes", "backups", "key", "loglevel", "users", "user", "roles", "bodies",
                   "sessions", "audit", "verify"]
        who = {role: z.login(login) for role, login in ADMINS.items()}
        by_role(t, z, who)
        changing(t, z, who, folder)
        drawn_pages(t, z, who)


def run(t):
    over_http(t)
    for home in ("inproc", "process"):
        with Zhend(home=home) as z:
            looking(t, z, home)
            levels(t, z, home)
            people(t, z, home)
            z.stop()
            z.start()
            with t.case(f"{home}: after a restart the chain goes on, and who was out stays out"):
                asked(z, "loglevel", "info")
                verdict, = asked(z, "audit", "verify", "host")["audit"]
                same((verdict["fault"], verdict["vouched_to"], verdict["rows"]), (None, rows(z)[0]["seq"], rows(z)[0]["seq"]))
                same([row["login"] for row in asked(z, "sessions", "list", "wang")["sessions"]], ["wang"])
