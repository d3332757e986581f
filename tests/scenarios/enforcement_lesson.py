# SPDX-License-Identifier: Apache-2.0
"""What others see of a decision: its publication, the lesson it teaches; and leads, with who came to teach and the case that came of them."""
from enforcement_penalty import Street
from enforcement_team import BUREAU, COUNTY, NEIGHBOUR, head
from rows import BOTH, expect, expect_true, scenario
from town import TOWNSHIP

LEGAL = f"legal-{TOWNSHIP}"
PARTY = "东街电动车行"


class Closed(Street):
    def closed(self, **more):
        """A case that was fined, paid and put away."""
        case, _ = self.fined(**more)
        self.does(head(), f"/penalties/{case}/serve", how="signed")
        self.does(head(), f"/penalties/{case}/pay", paid_fen=50000, how="bank", receipt="P-1")
        self.does(head(), f"/penalties/{case}/archive")
        return case

    def public(self, path, **query):
        return self.town.done(self.host.get("/p/enforcement" + path, query=query), path)


@scenario("C43", rule=True, homes=BOTH)
def textbook_cases(town):
    """典型案例: a closed case becomes a lesson for everybody that says nothing of whose it was, and is found by its matter"""
    it = Closed(town)
    opened, _ = it.fined(party="另一家店")
    lesson = {"title": "占道经营怎样查处", "content": "先责令改正，拒不改正的依法处罚；告知、送达各一份。", "media": "https://example.gov.cn/video/1"}
    it.refused(head(), f"/penalties/{opened}/lesson", 409, "not-archived", "a case that still runs", **lesson)
    case = it.closed()
    for field in ("title", "content"):
        it.refused(head(), f"/penalties/{case}/lesson", 422, "invalid", f"the party in the {field}", **{**lesson, field: f"{PARTY}一案"})
    it.refused(head(NEIGHBOUR), f"/penalties/{case}/lesson", 404, "not-found", "another township's case", **lesson)
    seen = it.get(head(), f"/penalties/{case}")
    expect_true(any(one["path"].endswith("/lesson") for one in seen["actions"]), "offered on the page of a closed case")
    expect_true(not any(one["path"].endswith("/lesson") for one in it.get(head(), f"/penalties/{opened}")["actions"]), "not on an open one's")
    scan = b"%PDF-1.7\nlesson"
    sent = it.host.request("POST", f"/p/enforcement/_upload?ticket={seen['ticket']}", scan, {"Content-Type": "application/pdf"})
    made = it.does(head(), f"/penalties/{case}/lesson", 201, file=sent.json["digest"], **lesson)["id"]
    expect(it.host.get(f"/p/enforcement/lesson-files/{made}").body, scan, "its file, for everybody")
    it.refused(head(), f"/penalties/{case}/lesson", 409, "lesson-already", "twice", **lesson)
    for words, found in (("占道", [made]), ("送达", [made]), ("电动", []), ("垃圾", [])):
        expect([one["id"] for one in it.public("/lessons", q=words)["items"]], found, f"searched for {words}")
    shown = it.public(f"/lessons/{made}")
    expect(shown["media"], lesson["media"], "its video")
    expect_true(PARTY not in str(shown) and "500" not in str(shown), f"whose it was: {shown}")
    it.does(head(), f"/lessons/{made}/withdraw")
    expect(it.public("/lessons")["items"], [], "taken down")


@scenario("C44", rule=True, homes=BOTH)
def leads_and_who_taught(town):
    """线索梳理上报、督导组现场教学: a batch of leads, the county's group that came, what it taught and the case that came of it stand together"""
    it = Closed(town)
    leads = [{"problem": "street_trade", "place": "集镇东街", "fact": "占道摆摊", "source": source} for source in ("patrol", "camera", "telemetry")]
    batch = it.does(head(), "/lead-batches", 201, title="九月线索", leads=leads)["id"]
    rows = it.get(head(), f"/lead-batches/{batch}")["leads"]
    ids = [one["id"] for one in rows]
    expect([[way["path"] for way in one["actions"]] for one in rows], [[f"/leads/{ids[0]}/finding"], [], []], "what the head is offered")
    expect(len(it.get(LEGAL, f"/lead-batches/{batch}")["leads"][1]["actions"]), 1, "what the reviewer is")
    it.refused(head(), f"/lead-batches/{batch}/visits", 403, "forbidden", "the township teaches itself", leader="张伟", leader_post="副局长")
    visit = it.does(BUREAU, f"/lead-batches/{batch}/visits", 201, leader="张伟", leader_post="副局长")["id"]
    it.does(BUREAU, f"/visits/{visit}/teachings", 201, mode="hand", people=4, content="现场笔录怎样做")
    finding = it.found()
    for one in ids[1:]:  # 行政处罚法 41
        it.refused(head(), f"/leads/{one}/finding", 409, "monitoring-unreviewed", "what a camera saw, unreviewed", finding=finding)
    it.does(LEGAL, f"/leads/{ids[1]}/review", passed=False, opinion="设备未检定")
    it.refused(head(), f"/leads/{ids[1]}/finding", 409, "monitoring-unreviewed", "what a review has refused", finding=finding)
    it.does(LEGAL, f"/leads/{ids[2]}/review", passed=True, opinion="设备合格，记录清晰完整")
    it.does(head(), f"/leads/{ids[2]}/finding", finding=finding)
    case = it.opened(finding)
    seen = it.get(f"county-{COUNTY}", f"/lead-batches/{batch}")
    expect([one["state"] for one in seen["leads"]], ["open", "refused", "found"], "leads")
    expect((seen["leads"][2]["finding"], seen["leads"][2]["penalty"]), (finding, case), "the case that came of it")
    expect((seen["visits"][0]["leader_post"], seen["visits"][0]["teachings"][0]["mode"]), ("副局长", "hand"), "who taught what how")


@scenario("P48", rule=True, homes=BOTH)
def published_and_withdrawn(town):
    """行政处罚法 48: a decision is public within seven working days, nobody's name in it; what was annulled is withdrawn within three, with the reason"""
    it = Closed(town)
    for party in ({}, {"party_kind": "person", "party": "王建国"}):
        case = it.opened(it.found(**party))
        fen = 20000 if party else 50000
        it.does(head(), f"/penalties/{case}/inform", fine_fen=fen, reason="占道经营")
        it.does(head(), f"/penalties/{case}/decide", fine_fen=fen)
    rows = it.get(head(), "/publications", state="due")["items"]
    expect({one["due_on"] for one in rows}, {"2026-09-29"}, "seven working days from the 18th: the Sunday is worked, Mid-Autumn is not")
    expect(it.public("/decisions")["items"], [], "nothing is public by itself")
    it.refused(f"county-{COUNTY}", f"/publications/{rows[0]['id']}/publish", 403, "forbidden", "somebody else publishes")
    for one in rows:
        it.does(head(), f"/publications/{one['id']}/publish")
    shown = it.public("/decisions")["items"]
    expect(sorted(one["party"] for one in shown), ["东街电动车行", "个人（姓名不公开）"], "who")
    expect_true("王建国" not in str(shown) and {one["result"] for one in shown} == {"罚款500元", "罚款200元"}, f"what: {shown}")
    it.turn("2026-10-12")
    one = next(row["id"] for row in shown if row["party"] == PARTY)
    it.refused(head(), f"/publications/{one}/withhold", 409, "publication-published", "withheld after it was public", reason="x")
    it.refused(head(), f"/publications/{one}/withdraw", 422, "invalid", "annulled tomorrow", changed_on="2026-10-13", reason="x")
    it.does(head(), f"/publications/{one}/withdraw", changed_on="2026-10-09", reason="复议决定撤销")
    gone = next(row for row in it.public("/decisions")["items"] if row["id"] == one)
    expect((gone["party"], gone["result"], gone["why"]), ("", "", "复议决定撤销"), "withdrawn, with the reason")
    expect(it.get(head(), f"/publications/{one}")["withdraw_by"], "2026-10-13", "three working days, the Saturday of the tenth is worked")
    expect([row["late"] for row in it.get(head(), "/publications")["items"]], [False, False], "in time")
