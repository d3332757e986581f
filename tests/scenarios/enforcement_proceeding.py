# SPDX-License-Identifier: Apache-2.0
"""普通程序: opened, investigated, told, heard, reviewed, discussed, decided, served, paid and put away; each gate says its article."""
import json
import urllib.parse

from enforcement_penalty import Street
from enforcement_team import head
from rows import BOTH, expect, expect_true, scenario
from town import COUNTY, TOWNSHIP

LEGAL, BUREAU = f"legal-{TOWNSHIP}", f"county-enforcement-{COUNTY}"


class Court(Street):
    """A case of the ordinary procedure, and what was seen of it."""

    def case(self, **more):
        return self.does(head(), f"/findings/{self.found()}/proceeding", 201, item="CF-01", officers=self.two(), **more)["id"]

    def act(self, case, verb, who=None, **fields):
        return self.does(who or head(), f"/proceedings/{case}/{verb}", **fields)

    def gate(self, case, verb, code, what, who=None, status=409, **fields):
        self.refused(who or head(), f"/proceedings/{case}/{verb}", status, code, what, **fields)

    def seen(self, case, **more):
        return self.does(head(), f"/proceedings/{case}/evidence", 201, **{"kind": "object", "title": "遮阳伞", "proves": "店外经营", "place": "集镇东街",
                                                                         "source": "现场提取", "officers": self.two(), **more})["id"]

    def told(self, case, fen, **more):
        self.act(case, "inform", **{"fine_fen": fen, "reason": "占道经营", "age": "adult", **more})


@scenario("P57", rule=True, homes=BOTH)
def ordinary(town):
    """行政处罚法 54–65: a large fine: evidence by its SM3, a hearing asked for in five working days and called seven before, review, decision, service"""
    it = Court(town)
    case = it.case()
    it.gate(case, "inform", "no-evidence", "told on nothing (40)", fine_fen=1, reason="x", age="adult")
    ticket = it.get(head(), f"/proceedings/{case}")["ticket"]
    sent = it.host.request("POST", f"/p/enforcement/_upload?ticket={ticket}", b"%PDF-1.7\nscan", {"Content-Type": "application/pdf"})
    expect(sent.status, 201, f"uploaded: {sent}")
    photo = it.seen(case, kind="audiovisual", title="照片", file=sent.json["digest"])
    it.does(head(), f"/evidence/{photo}/custody", 201, holder="李秀英", what="移交档案室")
    it.told(case, 5000000)
    it.gate(case, "decide", "defence-open", "decided while the party may be heard (45)", fine_fen=5000000)
    it.act(case, "hearing-request", said="要求听证")
    it.gate(case, "hearing-notice", "hearing-too-soon", "called for tomorrow (64)", on="2026-09-19", presider=it.officers_[0], place="会议室")
    it.gate(case, "hearing-notice", "presider-investigated", "presided by who investigated (64)", on="2026-10-15", presider=it.officers_[0], place="会议室")
    third = it.officer(1)
    it.act(case, "hearing-notice", on="2026-10-15", presider=third, place="会议室")
    it.gate(case, "decide", "hearing-due", "decided before the hearing (63)", fine_fen=5000000)
    it.turn("2026-10-15")
    it.act(case, "hearing", record="当事人陈述，调查人员举证，质证")
    it.gate(case, "decide", "not-reviewed", "decided before lawyers saw it (58)", fine_fen=5000000)
    it.gate(case, "legal-review", "forbidden", "the head reviews his own", status=403, passed=True, opinion="x")
    it.act(case, "legal-review", LEGAL, passed=True, opinion="事实清楚，程序合法")
    it.gate(case, "decide", "heavier", "heavier after the hearing (45)", fine_fen=5000001)
    number = it.act(case, "decide", fine_fen=4000000)["number"]
    it.gate(case, "serve", "no-consent", "electronically without consent (61)", how="electronic", recipient="店主", proof="短信")
    it.act(case, "serve", how="direct", recipient="店主", relation="本人", proof="签收")
    it.gate(case, "archive", "unpaid", "put away unpaid")
    it.act(case, "pay", paid_fen=4000000, receipt="P-1")
    it.act(case, "archive")
    shown = it.get(head(), f"/proceedings/{case}")
    expect((shown["state"], shown["fine_fen"], [one["title"] for one in shown["documents"]], [one["what"] for one in shown["custody"]]),
           ("archived", 4000000, ["行政处罚事先告知书", "行政处罚决定书", "送达回证"], ["收集", "移交档案室"]), "the file")
    expect(shown["evidence"][0]["digest"], sent.json["digest"], "by its SM3")
    paper = town.until("the decision is drawn", lambda: (lambda got: got if got.status == 200 else None)(
        it.host.get(f"/p/enforcement/documents/{urllib.parse.quote(number)}", as_=it.session(head()))))
    expect_true(paper.body.startswith(b"%PDF"), "a PDF")
    expect(it.host.get(f"/p/enforcement/evidence/{photo}/file", as_=it.session(head())).body, b"%PDF-1.7\nscan", "the same bytes")


@scenario("C10", rule=True, homes=BOTH)
def separated(town):
    """管执分离: who licenses or supervises a matter does not handle its cases; who tried is in the audit"""
    it = Court(town)
    it.does(head(), f"/members/{it.officers_[1]}/oversights", 201, item="CF-01", work="license")
    finding = it.found()
    it.refused(head(), f"/findings/{finding}/proceeding", 403, "separation", "by who licenses it", item="CF-01", officers=it.two())
    it.refused(head(), f"/findings/{finding}/case", 403, "separation", "on the spot neither", item="CF-01", officers=it.two())
    tried = [row["outcome"] for row in json.loads(it.host.ctl("--json", "audit", "list", "enforcement").stdout)["audit"] if row["route"].endswith(f"/findings/{{id}}/proceeding")]
    expect(tried, [403], "the audit has who tried")
    other = it.officer(1)
    it.does(head(), f"/findings/{finding}/proceeding", 201, item="CF-01", officers=[{"member": it.officers_[0]}, {"member": other}])
    it.gate(1, "recusals", "separation", "comes in by a recusal", status=403, member=other, granted=True, reason="亲属",
            officers=[{"member": it.officers_[1]}])


@scenario("B09", rule=True, homes=BOTH)
def who_signs(town):
    """一支队伍: sunk officers, the town's own and assistants; an assistant signs nothing as an officer"""
    it = Court(town)
    sunk, assistant = it.member(1, "sunk"), it.member(1, "assistant")
    it.certificate(sunk)
    with_assistant = [{"member": it.officers_[0]}, {"member": assistant}]
    finding = it.found()
    it.refused(head(), f"/findings/{finding}/proceeding", 409, "assistant-may-not", "opens a case", item="CF-01", officers=with_assistant)
    it.refused(head(), "/patrols", 409, "assistant-may-not", "inspects", kind="inspection", place="集镇", officers=with_assistant)
    case = it.does(head(), f"/findings/{finding}/proceeding", 201, item="CF-01", officers=[{"member": it.officers_[0]}, {"member": sunk}])["id"]
    it.gate(case, "evidence", "assistant-may-not", "takes evidence", kind="object", title="x", proves="x", place="x", source="x", officers=with_assistant)
    kinds = sorted(one["kind"] for one in it.get(head(), "/members", limit=50)["items"])
    expect(kinds, ["assistant", "sunk", "town", "town"], "three kinds")


@scenario("B11.enforcement", rule=True, homes=BOTH)
def grave(town):
    """重大案件联合办案: a grave case is not decided without a record of joint handling with the county's body, review and discussion"""
    it = Court(town)
    case = it.case(grave=True)
    it.seen(case)
    it.told(case, 100)
    it.act(case, "defend", defence="无", answer="无")
    it.act(case, "legal-review", LEGAL, passed=True, opinion="合法")
    it.act(case, "discussion", present="班子成员", record="同意")
    it.gate(case, "decide", "not-joint", "alone", fine_fen=100)
    it.gate(case, "joint", "invalid", "with another county's", status=422, body="county-enforcement-532301000000", text="会商")
    it.act(case, "joint", body=BUREAU, text="县局派员会商，意见一致")
    it.act(case, "decide", fine_fen=100)
    expect(it.get(head(), f"/proceedings/{case}")["joint_body"], "永仁县综合行政执法局", "with whom")
