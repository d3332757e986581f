# SPDX-License-Identifier: Apache-2.0
"""Who sees and does what: townships, departments, supervisors, pilots."""
from tap import check, refused, same
from zhend import PAPERS, Zhend, application

YONGDING, YIJIU = "532327101000", "532327102000"  # 永定镇, 宜就镇 of 永仁县
VILLAGES = {YONGDING: "532327101003", YIJIU: "532327102201"}

# login, the townships whose cases it sees
SEES = [(f"{kind}-{township}", {township})
        for township in (YONGDING, YIJIU) for kind in ("window", "agriculture", "planning", "government")]
SEES += [(f"{kind}-532327000000", {YONGDING, YIJIU})
         for kind in ("county", "county-service")]
SEES += [("prefecture-532300000000", {YONGDING, YIJIU}), ("county-532328000000", set()), ("window-532328101000", set())]
# An office without a part in these cases, and the stations of two villages: one the applicant's, one not.
SEES += [("social-" + YONGDING, set()), ("village-" + VILLAGES[YONGDING], {YONGDING}), ("village-532327101001", set())]

SUPERVISORS = ["county-532327000000", "prefecture-532300000000"]

HOLD = {"reason": "appraisal", "expected_days": 365}
PUBLICITY = {"act": "start", "start_on": "2026-09-21", "end_on": "2026-09-23", "place": "公开栏"}

# Bodies of one township that are not to see each other's rows; the probe plugin scopes its rows by township or body.
OWN_BODY_ROLES = """
[role clerk]
permissions = probe.*
scope = body
[role reviewer]
permissions = probe.*
scope = body
[role planner]
permissions = probe.*
scope = body
[role head]
permissions = probe.read
[role supervisor]
permissions = probe.read
[role admin]
permissions = probe.read
[role seal_keeper]
permissions = probe.read
"""


def staff_routes(z):
    """(METHOD, path) of every plugin's route that is not for everybody, path parameters filled in."""
    routes = []
    for path, methods in z.get("/kernel/openapi.json").json["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "put", "patch", "delete") and {} not in operation.get("security", [{}]) and operation["tags"] != ["kernel"]:
                routes.append((method.upper(), path.replace("{id}", "1").replace("{step}", "homestead")))
    return sorted(routes)


def ask(z, method, path, **more):
    return z.get(path, **more) if method == "GET" else z.post(path, json={}, **more)


def sights(t, z, filed, sessions):
    for login, townships in SEES:
        with t.case(f"{login} sees {len(townships) or 'no'} township's cases and nothing else"):
            session = sessions[login] = z.login(login)
            same({row["township"] for row in z.get("/p/approvals/cases", as_=session).json["items"]}, townships)
            same({row["township"] for row in z.get("/p/approvals/cases", as_=session, query={"state": "filed"}).json["items"]},
                 townships)
            for township, case in filed.items():
                one = z.get(f"/p/approvals/cases/{case}", as_=session)
                if township in townships:
                    same((one.status, one.json["township"]), (200, township))
                else:
                    refused(one, 404, "not-found")


def no_entry(t, z, filed, sessions):
    routes = staff_routes(z)
    with t.case("the staff routes are many, else the cases below say nothing"):
        check(len(routes) >= 15, routes)
    with t.case("no route of the staff answers without a session: 401"):
        for method, path in routes:
            refused(ask(z, method, path), 401, "login-required")
    with t.case("a cookie that nobody was given is no session: 401"):
        for cookie in ("zhen_session=", "zhen_session=" + "A" * 43, "zhen_session=%00", "session=1"):
            refused(z.get("/p/approvals/cases", headers={"Cookie": cookie}), 401, "login-required")
        refused(z.get("/p/approvals/cases", headers={"Authorization": "Bearer " + "A" * 43}), 401, "login-required")
    with t.case("a browser without a session is led to the login, and back"):
        reply = z.page("/p/approvals/cases?state=filed")
        same((reply.status, reply.header("location")), (303, "/login?next=/p/approvals/cases%3Fstate%3Dfiled"))
    for login in SUPERVISORS:
        with t.case(f"{login} reads and may change nothing: 403"):
            for method, path in routes:
                if method != "GET":
                    reply = ask(z, method, path, as_=sessions[login])
                    # A step's permission stands in the item, so its fields are looked at first.
                    check(reply.status == 403 or (reply.status == 422 and ("/steps/" in path or "/publicity" in path)),
                          f"{path}: {reply}")
            step = {"decision": "approve", "opinion": "同意", **z.checkers(YONGDING), "checked_on": "2026-09-18"}
            refused(z.post(f"/p/approvals/cases/{filed['review']}/steps/homestead", json=step, as_=sessions[login]), 403)
            reply = z.post(f"/p/approvals/cases/{filed['review']}/publicity", as_=sessions[login], json=PUBLICITY)
            check(reply.status in (403, 409), reply)  # where the case stands is said to those who may read it
    with t.case("nothing of all that has changed the case"):
        case = z.get(f"/p/approvals/cases/{filed['review']}", as_=sessions["window-" + YONGDING]).json
        same((case["state"], case["step"]), ("review", "homestead"))
    with t.case("at the step of publicity too, those who only read are refused 403"):
        for body, step, more in (("agriculture", "homestead", {**z.checkers(YONGDING), "checked_on": "2026-09-18"}), ("planning", "planning", {})):
            same(z.post(f"/p/approvals/cases/{filed['review']}/steps/{step}", as_=sessions[f"{body}-{YONGDING}"],
                        json={"decision": "approve", "opinion": "同意", **more}).status, 200)
        for login in SUPERVISORS:
            refused(z.post(f"/p/approvals/cases/{filed['review']}/publicity", as_=sessions[login], json=PUBLICITY), 403)


def wrong_hands(t, z, filed, sessions):
    case = f"/p/approvals/cases/{filed[YONGDING]}"
    rows = [("the window of another township", "window-" + YIJIU, "accept", {}, 404),
            ("the window of another county", "window-532328101000", "accept", {}, 404),
            ("agriculture, which does not accept", "agriculture-" + YONGDING, "accept", {}, 403),
            ("planning, which does not accept", "planning-" + YONGDING, "accept", {}, 403),
            ("the head, who does not accept", "government-" + YONGDING, "accept", {}, 403),
            ("social affairs, which has no part in it", "social-" + YONGDING, "suspend", HOLD, 404),
            ("planning, whose step it is not yet", "planning-" + YONGDING, "suspend", HOLD, 409),
            ("the window, which does not issue", "window-" + YONGDING, "issue", {}, 403),
            ("the head of another township", "government-" + YIJIU, "issue", {}, 404)]
    for who, login, act, body, status in rows:
        with t.case(f"{who} is refused {status}, and the case stays as it was"):
            before = z.get(case, as_=sessions["window-" + YONGDING]).json
            refused(z.post(f"{case}/{act}", json=body, as_=sessions[login]), status)
            after = z.get(case, as_=sessions["window-" + YONGDING]).json
            same(after, before)


def paths(t, z):
    rows = [("GET", "/nothing-here", 404), ("GET", "/p/nobody/x", 404), ("GET", "/p/approvals/nothing", 404),
            ("POST", "/p/approvals/nothing", 404), ("GET", "/kernel/nothing", 404), ("GET", "/p/", 404),
            ("DELETE", "/p/approvals/items", 405), ("PUT", "/p/approvals/applications", 405), ("PATCH", "/login", 405),
            ("OPTIONS", "/p/approvals/items", 405), ("TRACE", "/p/approvals/items", 405), ("POST", "/kernel/health", 405),
            ("GET", "/logout", 405), ("STEAL", "/p/approvals/items", 501), ("PROPFIND", "/nothing-here", 501)]
    for method, path, status in rows:
        with t.case(f"{method} {path} is {status}"):
            reply = z.request(method, path)
            same(reply.status, status, reply)
            same(reply.header("allow") is not None, status == 405)


def pilots(t):
    narrow = f"[pilot narrow]\ndivisions = {YONGDING}\nplugins = approvals\n"
    with Zhend(pilot="narrow", pilots=narrow) as z:
        rows = [("window-" + YONGDING, 200), ("county-532327000000", 200), ("prefecture-532300000000", 200),
                ("window-" + YIJIU, 404), ("county-532328000000", 404), ("window-532328101000", 404)]
        for login, status in rows:
            with t.case(f"with 永定镇 alone as the pilot, {login} is answered {status}"):
                session = z.login(login)
                reply = z.get("/p/approvals/cases", as_=session)
                same(reply.status, status, reply)
                if status == 404:
                    refused(reply, 404, "not-enabled")
                    if login.startswith("window"):  # others lack the permission already
                        refused(z.post("/p/approvals/cases/1/accept", json={}, as_=session), 404, "not-enabled")
        with t.case("an application for a village outside the pilot is refused and kept nowhere"):
            outside = application(9, VILLAGES[YIJIU], members=None)
            refused(z.post("/p/approvals/applications", json=outside), 404, "not-enabled")
            refused(z.post("/p/approvals/applications", form={**outside, "neighbours_consulted": "1", "commitment": "1"}),
                    404, "not-enabled")
            same(z.get("/p/approvals/cases", as_=z.login("prefecture-532300000000")).json["items"], [])
        with t.case("an application for a village of the pilot is taken"):
            same(z.post("/p/approvals/applications", json=application(9, VILLAGES[YONGDING])).status, 201)


def departments(t):
    pilots_text = "[pilot both]\ndivisions = 532300000000\nplugins = approvals; probe\n"
    with Zhend(pilot="both", pilots=pilots_text, roles=OWN_BODY_ROLES) as z:
        kinds = ("window", "agriculture", "planning")
        sessions = {kind: z.login(f"{kind}-{YONGDING}") for kind in kinds}
        ids = {}
        for number, kind in enumerate(kinds):
            thing = {"village": VILLAGES[YONGDING], "title": f"事{number}", "person": "李阿福", "phone": "13987654321",
                     "members": [{"name": "李阿福"}]}
            with t.case(f"{kind} of 永定镇 writes a row of its own"):
                reply = z.post("/p/probe/things", json=thing, as_=sessions[kind])
                same(reply.status, 201, reply)
                ids[kind] = reply.json["id"]
        for kind in kinds:
            with t.case(f"{kind} of 永定镇 reads its own row and none of the two other departments"):
                same([row["id"] for row in z.get("/p/probe/things", as_=sessions[kind]).json["items"]], [ids[kind]])
                for other in kinds:
                    same(z.get(f"/p/probe/things/{ids[other]}", as_=sessions[kind]).status, 200 if other == kind else 404)
        with t.case("the township's government and the county see all three, another township none"):
            for login, count in (("government-" + YONGDING, 3), ("county-532327000000", 3), ("government-" + YIJIU, 0)):
                same(len(z.get("/p/probe/things", as_=z.login(login)).json["items"]), count, login)
        with t.case("a role without a permission of the plugin is refused 403"):
            refused(z.get("/p/approvals/cases", as_=sessions["window"]), 403, "forbidden")


def run(t):
    with Zhend() as z:
        z.turn_clock("2026-09-18T09:00:00+08:00")
        filed = {township: z.post("/p/approvals/applications", json=application(number, VILLAGES[township])).json["id"]
                 for number, township in enumerate((YONGDING, YIJIU), 1)}
        sessions = {}
        sights(t, z, filed, sessions)
        filed["review"] = z.post("/p/approvals/applications", json=application(3, VILLAGES[YONGDING])).json["id"]
        same(z.post(f"/p/approvals/cases/{filed['review']}/accept", json=PAPERS, as_=sessions["window-" + YONGDING]).status, 200)
        no_entry(t, z, filed, sessions)
        wrong_hands(t, z, filed, sessions)
        paths(t, z)
    pilots(t)
    departments(t)
