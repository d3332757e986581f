# SPDX-License-Identifier: Apache-2.0
"""The same small story in both homes: log in, file, accept, list."""
from tap import check, same
from zhend import PAPERS, Zhend, application

WINDOW = "window-532327101000"


def tell(z):
    """What was answered, without what is random."""
    told = []

    def hear(reply, *hidden):
        body = reply.json
        for name in hidden:
            check(body.pop(name, None), f"no {name}: {reply}")
        body.pop("request_id", None)
        told.append((reply.status, body))
        return reply

    z.turn_clock("2026-09-18T09:00:00+08:00")
    window = z.login(WINDOW)
    filed = hear(z.post("/p/approvals/applications", json=application(1)), "code", "ticket", "track", "actions").json
    case = f"/p/approvals/cases/{filed['id']}"
    hear(z.post(f"{case}/accept", json=PAPERS, as_=window))
    hear(z.post(f"{case}/accept", json=PAPERS, as_=window))
    rows = z.get("/p/approvals/cases", as_=window).json
    check(rows["items"][0].pop("filed_at").startswith("2026-09-18T09:0"), rows)
    told.append(rows)
    track = z.post("/p/approvals/track", json={"number": filed["number"], "code": filed["code"]}).json
    told.append({name: track[name] for name in ("number", "state", "due_on", "accepted_on", "phases")})
    hear(z.get(case + "99", as_=window))
    hear(z.post("/p/approvals/applications", json=application(2, phone="12")))
    return told


def run(t):
    told = {}
    for home in ("inproc", "process"):
        with Zhend(home=home) as z:
            with t.case(f"{home}: the plugin runs where it should"):
                plugin = next(one for one in z.health()["plugins"] if one["id"] == "approvals")
                same((plugin["id"], plugin["home"], plugin["state"]), ("approvals", home, "up"))
                same("pid" in plugin, home == "process")
            with t.case(f"{home}: a villager files, the window accepts and lists"):
                told[home] = tell(z)
                same([item[0] for item in told[home] if isinstance(item, tuple)], [201, 200, 409, 404, 422], told[home])
                same(told[home][3]["items"][0]["state"], "review")
                same((told[home][4]["state"], told[home][4]["due_on"]), ("review", "2026-10-09"))
            with t.case(f"{home}: the decision's paper is made by a job"):
                same(paper(z).status, 200)
    with t.case("both homes tell the same story"):
        same(told.get("process"), told.get("inproc"))


def paper(z):
    """The receipt, waited for: documents are issued by a job."""
    import time
    import urllib.parse

    filed = z.post("/p/approvals/applications", json=application(3)).json
    done = z.post(f"/p/approvals/cases/{filed['id']}/accept", json=PAPERS, as_=z.login(WINDOW)).json
    deadline = time.monotonic() + 30
    while True:
        track = z.post("/p/approvals/track", json={"number": filed["number"], "code": filed["code"]}).json
        ready = [row for row in track["documents"] if row["number"] == done["document"]]
        if ready:
            path = "/p/approvals/documents/" + urllib.parse.quote(done["document"])
            reply = z.get(path, query={"code": ready[0]["code"]})
            same((reply.header("content-type"), reply.body[:5]), ("application/pdf", b"%PDF-"))
            same(z.get(path, query={"code": "AAAAAAAAAA"}).status, 404)
            return reply
        check(time.monotonic() < deadline, "no document after 30 s")
        time.sleep(0.05)
