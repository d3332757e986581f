# SPDX-License-Identifier: Apache-2.0
"""一支队伍管执法: from a patrol to advice, an order to correct, or a penalty by the township's own government."""
import urllib.parse

from enforcement_team import Bureau, head
from rows import BOTH, expect, expect_true, figure, scenario
from town import COUNTY, TOWNSHIP

CREDIT = "91532327MA6K12345X"
STREET = {"place": "集镇东街", "party_kind": "organisation", "party": "东街电动车行", "credit_code": CREDIT, "problem": "street_trade", "fact": "店外经营，占用人行道"}
PROBLEMS = ("private_building", "dirty_market", "street_trade", "parking", "rural_building", "sewage", "festival", "fire")


class Street(Bureau):
    """A team of two officers, an item of penalty in force."""

    def __init__(self, town):
        super().__init__(town)
        self.officers_ = [self.officer(team) for team in [self.team()] for _ in range(2)]
        self.does(f"county-staffing-{COUNTY}", "/items/import", township=TOWNSHIP,
                  content="编码,名称,权力类型,依据,生效日期\nCF-01,对占道经营的处罚,行政处罚,《云南省城乡规划条例》（样本）,2026-01-01")

    def two(self):
        return [{"member": one} for one in self.officers_]

    def found(self, **more):
        patrol = self.does(head(), "/patrols", 201, kind="patrol", place="集镇", officers=self.two())["id"]
        return self.does(head(), f"/patrols/{patrol}/findings", 201, **{**STREET, **more})["id"]

    def opened(self, finding):
        return self.does(head(), f"/findings/{finding}/case", 201, item="CF-01", officers=self.two())["id"]

    def fined(self, fen=50000, **more):
        case = self.opened(self.found(**more))
        self.does(head(), f"/penalties/{case}/inform", fine_fen=fen, reason="占道经营")
        return case, self.does(head(), f"/penalties/{case}/decide", fine_fen=fen)["number"]


@scenario("X06", rule=True, homes=BOTH)
def first_penalty(town):
    """东双河镇: a shop trades outside, is ordered to stop and fined on the spot by the township's government, pays, and is put away"""
    it = Street(town)
    finding = it.found()
    it.does(head(), f"/findings/{finding}/order", text="立即停止店外经营", correct_by="2026-09-18")
    it.does(head(), f"/findings/{finding}/correct", text="当场改正")
    it.refused(head(), f"/findings/{finding}/case", 409, "item-not-in-force", "an item that the township was not given", item="CF-77", officers=it.two())
    it.refused(head(), f"/findings/{finding}/case", 409, "too-few-officers", "one officer", item="CF-01", officers=it.two()[:1])
    case = it.opened(finding)
    it.refused(head(), f"/penalties/{case}/decide", 409, "penalty-opened", "decided before it was told", fine_fen=50000)
    it.refused(head(), f"/penalties/{case}/inform", 409, "not-simple", "more than may be fined on the spot", fine_fen=300001, reason="x")
    it.does(head(), f"/penalties/{case}/inform", fine_fen=50000, reason="占道经营")
    it.does(head(), f"/penalties/{case}/defend", defence="已经改正", answer="从轻")
    it.refused(head(), f"/penalties/{case}/decide", 409, "heavier", "heavier because of the defence", fine_fen=60000)
    number = it.does(head(), f"/penalties/{case}/decide", fine_fen=30000)["number"]
    expect_true("政罚当〔2026〕1号" in number, number)
    it.does(head(), f"/penalties/{case}/serve", how="signed")
    it.refused(head(), f"/penalties/{case}/archive", 409, "unpaid", "put away unpaid")
    it.refused(head(), f"/penalties/{case}/pay", 409, "not-on-the-spot", "300 yuan by hand", paid_fen=30000, how="spot", receipt="P-1")
    it.does(head(), f"/penalties/{case}/pay", paid_fen=30000, how="bank", receipt="P-1")
    it.does(head(), f"/penalties/{case}/archive")
    shown = it.get(head(), f"/penalties/{case}")
    expect((shown["state"], shown["fine_fen"], shown["archive_number"]), ("archived", 30000, "532327101-CF-2026-00001"), "put away")
    paper = town.until("the decision is drawn", lambda: (lambda got: got if got.status == 200 else None)(
        it.host.get(f"/p/enforcement/documents/{urllib.parse.quote(number)}", as_=it.session(head()))))
    expect_true(paper.body.startswith(b"%PDF"), "a PDF")


@scenario("C19", rule=True, homes=BOTH)
def before_penalty(town):
    """事后处罚到事前监督: most findings end with a word or an order to correct; how many checks there are to a penalty is told by month"""
    it = Street(town)
    for _ in range(3):
        it.does(head(), f"/findings/{it.found()}/advise", text="请移入店内")
    one = it.found()
    it.does(head(), f"/findings/{one}/order", text="限期改正", correct_by="2026-09-20")
    it.refused(head(), f"/findings/{one}/advise", 409, "finding-ordered", "a word after the order", text="x")
    it.fined()
    (month,) = it.get(head(), "/reports/inspections")["items"]
    expect((month["patrols"], month["findings"], month["advised"], month["ordered"], month["penalties"], month["ratio"]), (5, 5, 3, 1, 1, "5.00 : 1"), "September")


@figure("C18", [(problem, n) for n, problem in enumerate(PROBLEMS, 1)])
def eight_problems(town, fixtures):
    """eight types of problem, each counted by month"""
    it = Street(town)
    patrol = it.does(head(), "/patrols", 201, kind="patrol", place="集镇", officers=it.two())["id"]
    for problem, times in fixtures:
        for _ in range(times):
            it.does(head(), f"/patrols/{patrol}/findings", 201, **{**STREET, "problem": problem})
    counted = {one["problem"]: one["n"] for one in it.get(head(), "/reports/inspections")["problems"]}
    expect(counted, dict(fixtures), "by type")
    return f"{len(counted)} types, {sum(counted.values())} in {it.get(head(), '/reports/inspections')['problems'][0]['month']}"


@scenario("P74", rule=True, homes=BOTH)
def money_stays_inside(town):
    """行政处罚法 74: no event and no report that leaves the plugin carries what was fined; who only reads teams learns no name"""
    it = Street(town)
    case, _ = it.fined(12345)
    it.refused(f"county-{COUNTY}", f"/penalties/{case}/decide", 403, "forbidden", "a supervisor decides", fine_fen=1)
    for path in ("/reports/inspections", "/reports/teams", "/tile"):
        expect_true("12345" not in str(it.get(f"county-{COUNTY}", path)) and "fen" not in str(it.get(f"county-{COUNTY}", path)), path)
    expect_true(it.get(f"county-{COUNTY}", f"/penalties/{case}")["officers"] != it.get(head(), f"/penalties/{case}")["officers"], "names are masked")


@scenario("P72")
def three_in_a_hundred_a_day(town):
    """行政处罚法 67, 72: fifteen days, then 3 % a day, at most the fine: day 1, day 33, day 34"""
    it = Street(town)
    for days, sum_ in ((0, 50000), (1, 51500), (33, 99500), (34, 100000)):
        it.turn("2026-09-18")
        case, _ = it.fined(party=f"东街电动车行{days}号店")  # the same day's act of one party would be one case (art. 29)
        it.does(head(), f"/penalties/{case}/serve", how="signed")
        expect(it.get(head(), f"/penalties/{case}")["pay_by"], "2026-10-08", "3 October is a day off until the 7th")
        it.turn({0: "2026-10-08", 1: "2026-10-09", 33: "2026-11-10", 34: "2026-11-11"}[days])
        it.does(head(), f"/penalties/{case}/pay", paid_fen=sum_, how="bank", receipt="P")
        expect(it.get(head(), f"/penalties/{case}")["late_fee_fen"], sum_ - 50000, f"day {days}")
