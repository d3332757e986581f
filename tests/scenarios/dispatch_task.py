# SPDX-License-Identifier: Apache-2.0
"""一体协同: one event of a township, a task for each of its teams and of those stationed in it; over when each task is."""
import time

from dispatch_loop import CENTRE, HEAD, NEIGHBOUR, VILLAGE, Whistles, department
from rows import BOTH, Failed, expect, scenario
from town import COUNTY, TOWNSHIP

STATIONED, WINDOW, GRID = f"stationed-market-{TOWNSHIP}", f"window-{TOWNSHIP}", f"village-{VILLAGE}"
WAIT_S = 20


def fire(it, *tasks):
    return it.does(HEAD, "/incidents", 201, title="集市火情", content="摊位起火", place="集镇", tasks=[
        {"field": field, "body": body, "work": work} for field, body, work in tasks])["id"]


@scenario("C15", rule=True, homes=BOTH)
def linked(town):
    """综合执法、应急救援、基层治理、服务发展: one event gives a task to each of four, and is over only with the last of them"""
    it = Whistles(town, guide=())
    given = (("enforcement", STATIONED, "疏散摊位"), ("emergency", HEAD, "扑救"), ("governance", GRID, "通知住户"), ("service", WINDOW, "安置登记"))
    event = fire(it, *given)
    for number, (_, body, work) in enumerate(given, 1):
        expect(it.get(HEAD, f"/incidents/{event}")["state"], "open", f"before {work}")
        it.refused(department("housing"), f"/tasks/{number}/accept", 404, "not-found", "nobody asked it")
        it.does(body, f"/tasks/{number}/accept") if body != HEAD else it.does(HEAD, f"/tasks/{number}/withdraw", reason="火已扑灭")
        if body != HEAD:
            it.does(body, f"/tasks/{number}/finish", result=f"已{work}")
    ended = it.get(HEAD, f"/incidents/{event}")
    expect((ended["state"], [one["state"] for one in ended["tasks"]]), ("ended", ["done", "withdrawn", "done", "done"]), "the end")
    it.refused(HEAD, f"/incidents/{event}/tasks", 409, "incident-ended", "a task of what is over", field="service", body=WINDOW, work="迟")


@scenario("TASK.events", rule=True, homes=BOTH, needs=("dispatch", "enforcement"))
def linked_by_events(town):
    """the enforcement team finds its task among its own work, and what it answers there ends the event here"""
    it = Whistles(town, guide=())
    event = fire(it, ("enforcement", HEAD, "疏散摊位"), ("governance", GRID, "通知住户"))
    for act, said in (("accept", {}), ("finish", {"result": "已通知"})):
        it.does(GRID, f"/tasks/2/{act}", **said)
    errands = lambda: town.done(it.host.get("/p/enforcement/errands", as_=it.session(HEAD)), "errands")["items"]  # noqa: E731

    def until(what, true):
        end = time.monotonic() + WAIT_S
        while not true():
            if time.monotonic() > end:
                raise Failed(f"not within {WAIT_S} s: {what}")
            time.sleep(0.05)

    until("the team has its task", lambda: len(errands()) == 1)
    one = errands()[0]
    expect((one["title"], one["work"], one["state"]), ("集市火情", "疏散摊位", "open"), "as it was given, of its field alone")
    town.refused(it.host.post(f"/p/enforcement/errands/{one['id']}/done", json={"result": "x"}, as_=it.session(f"government-{NEIGHBOUR}")),
                 404, "not-found", "another township's team")
    town.done(it.host.post(f"/p/enforcement/errands/{one['id']}/done", json={"result": "已疏散"}, as_=it.session(HEAD)), "done")
    until("the event is over", lambda: it.get(HEAD, f"/incidents/{event}")["state"] == "ended")
    expect(it.get(HEAD, "/tasks/1")["result"], "已疏散", "the team's own words")


@scenario("C31", rule=True, homes=BOTH, needs=("dispatch", "enforcement"))
def stationed(town):
    """派驻机构由乡镇统一指挥: tasked directly; refuses with a reason, which those above read; the township's score is part of its year"""
    it = Whistles(town, guide=())
    fire(it, ("enforcement", STATIONED, "校园周边整治"))
    it.refused(STATIONED, "/tasks/1/refuse", 422, "invalid", "no reason")
    it.does(STATIONED, "/tasks/1/refuse", reason="人手在外县")
    for above in (department("market"), CENTRE, f"county-{COUNTY}"):
        expect([one["reason"] for one in it.get(above, "/tasks", state="refused")["items"]], ["人手在外县"], above)
    expect(it.ids(department("housing"), "/tasks"), [], "another department")
    it.does(HEAD, "/tasks/1/insist", reason="须到场")
    it.refused(STATIONED, "/tasks/1/withdraw", 403, "forbidden", "the team calls itself off", reason="x")
    it.does(STATIONED, "/tasks/1/accept")
    it.does(STATIONED, "/tasks/1/finish", result="已整治")
    it.refused(STATIONED, "/tasks/1/rate", 403, "forbidden", "scores itself", score=100)
    it.does(HEAD, "/tasks/1/rate", score=90)
    it.does(CENTRE, "/reports/departments", year=2026, body=STATIONED, score="80")
    row = next(one for one in it.get(CENTRE, "/reports/departments", year=2026)["items"] if one["body"] == STATIONED)
    expect((row["township_part"], row["rest"], row["score"], row["returned"]), ("90.00", "80.00", "83.00", 1), "0.30 × 90 + 0.70 × 80")


@scenario("B11.dispatch", rule=True, homes=BOTH)
def joint_meeting(town):
    """联席会议: called with those stationed in the township too, with an agenda, resolutions and what became of each"""
    it = Whistles(town, guide=())
    made = it.does(CENTRE, "/meetings", 201, kind="joint", title="联合执法联席会议", held_on="2026-09-10", bodies=[{"body": department("market")}, {"body": HEAD}])["id"]
    it.refused(HEAD, f"/meetings/{made}/decide", 403, "forbidden", "who was called resolves", item=1, decision="x", body=HEAD)
    it.does(CENTRE, f"/meetings/{made}/agenda", 201, title="夜市整治")
    it.turn("2026-09-10T10:00:00")
    it.does(department("market"), f"/meetings/{made}/come")
    item = it.get(CENTRE, f"/meetings/{made}")["agenda"][0]["id"]
    it.does(CENTRE, f"/meetings/{made}/decide", item=item, decision="市场监管局牵头联合检查", body=department("market"), due_on="2026-09-15")
    it.does(CENTRE, f"/meetings/{made}/close", minutes="议定一项")
    it.refused(department("housing"), f"/decisions/{item}/done", 403, "wrong-body", "another's resolution", done="x")
    it.does(department("market"), f"/decisions/{item}/done", done="已检查十二户")
    expect([one["done"] for one in it.get(CENTRE, "/decisions")["items"]], ["已检查十二户"], "followed up")
