# SPDX-License-Identifier: Apache-2.0
"""一支队伍管执法: the team of a township, who may act as an officer on a day, where, and on what."""
import time

from rows import BOTH, Failed, expect, expect_true, figure, scenario
from town import COUNTY, TOWNSHIP, WAIT_S

NEIGHBOUR = "532327102000"  # 永仁县宜就镇
VILLAGE = "532327101003"
TODAY = "2026-09-18"
BUREAU = f"county-enforcement-{COUNTY}"
STAFFING = f"county-staffing-{COUNTY}"
COUNTY_GOVERNMENT = f"county-{COUNTY}"
YONGREN = [f"532327{number}000" for number in (101, 102, 103, 201, 202, 203, 204)]  # 永仁县's seven


def head(township=TOWNSHIP):
    return f"government-{township}"


class Bureau:
    """Who is logged in under a name, asked over HTTP; answers go through the town, which keeps the refusals."""

    def __init__(self, town):
        self.town, self.host, self.sessions = town, town.host, {}
        self.host.turn_clock(f"{TODAY}T09:30:00+08:00")

    def turn(self, day):
        self.host.turn_clock(f"{day}T09:30:00+08:00")
        self.sessions = {}

    def session(self, who):
        if who not in self.sessions:
            self.sessions[who] = self.host.login(who)
        return self.sessions[who]

    def get(self, who, path, /, **query):
        return self.town.done(self.host.get("/p/enforcement" + path, as_=self.session(who), query=query), path)

    def post(self, who, path, /, **fields):
        return self.host.post("/p/enforcement" + path, json=fields, as_=self.session(who))

    def does(self, who, path, status=200, /, **fields):
        return self.town.done(self.post(who, path, **fields), path, status)

    def refused(self, who, path, status, code, what, /, **fields):
        self.town.refused(self.post(who, path, **fields), status, code, what)

    def team(self, township=TOWNSHIP):
        return self.does(head(township), "/teams", 201, township=township)["id"]

    def member(self, team, kind="town", township=TOWNSHIP, frontline=True):
        return self.does(head(township), f"/teams/{team}/members", 201, name="李秀英", kind=kind, frontline=frontline, joined_on="2026-01-05",
                         **({"from_body": BUREAU} if kind == "sunk" else {}))["id"]

    def certificate(self, member, to="2026-12-31"):
        return self.does(BUREAU, f"/members/{member}/certificates", 201, number=f"云执{member:03}", issuer="云南省人民政府", field="综合执法",
                         valid_from="2026-01-05", valid_to=to)["id"]

    def officer(self, team):
        one = self.member(team)
        self.certificate(one)
        return one

    def officers(self, day):
        return [one["id"] for one in self.get(head(), "/officers", on=day)["items"]]

    def items(self, day):
        return sorted(one["code"] for one in self.get(head(), "/items", on=day, limit=100)["items"])


@scenario("C09", rule=True, homes=BOTH)
def five_people(town):
    """a team of four is below the standard and cannot be marked as established; with the fifth it can"""
    it = Bureau(town)
    team = it.team()
    for kind in ("sunk", "town", "town", "assistant"):
        it.member(team, kind)
    shown = it.get(COUNTY_GOVERNMENT, f"/teams/{team}")
    expect((shown["members"], shown["standard"]), (4, "no"), "four")
    it.refused(head(), f"/teams/{team}/establish", 409, "team-too-small", "a team of four", basis="永政发〔2026〕3号")
    it.member(team)
    expect(it.does(head(), f"/teams/{team}/establish", basis="永政发〔2026〕3号")["state"], "established", "five")
    expect(it.get(head(), f"/teams/{team}")["standard"], "yes", "five")
    it.refused(head(NEIGHBOUR), f"/teams/{team}/members", 404, "not-found", "another township's team", name="王强", kind="town", frontline=True)


@scenario("P42.assistants", rule=True, homes=BOTH)
def assistants_are_no_officers(town):
    """下沉、镇级、购买服务: an assistant is given no certificate and nothing that an officer is in charge of"""
    it = Bureau(town)
    team = it.team()
    sunk, own, assistant = (it.member(team, kind) for kind in ("sunk", "town", "assistant"))
    for one in (sunk, own):
        it.certificate(one)
    it.refused(BUREAU, f"/members/{assistant}/certificates", 409, "assistant-may-not", "a certificate for an assistant", number="云执999",
               issuer="云南省人民政府", field="综合执法", valid_from="2026-01-05", valid_to="2026-12-31")
    it.refused(head(), f"/teams/{team}/squads", 409, "assistant-may-not", "an assistant leads a squad", name="一中队", leader=assistant)
    it.refused(head(), f"/members/{own}/certificates", 403, "forbidden", "the township certifies its own")
    expect(it.officers(TODAY), [sunk, own], "who may act today")
    shown = it.get(head(), f"/teams/{team}")
    expect((shown["members"], shown["officers"], shown["assistants"]), (3, 2, 1), "by kind")


@scenario("P42.certificate", rule=True)
def valid_on_the_day(town):
    """行政处罚法 42: who may act on a day is who served and whose certificate was valid on it, also looked at afterwards"""
    it = Bureau(town)
    team = it.team()
    one, other = it.member(team), it.member(team)
    first = it.certificate(one, to="2026-10-31")
    it.certificate(other)
    expect(it.officers("2026-01-04"), [], "before")
    expect(it.officers("2026-10-31"), [one, other], "the last day")
    expect(it.officers("2026-11-01"), [other], "the day after")
    it.does(BUREAU, f"/certificates/{first}/revoke", on="2026-09-10", reason="调岗")
    expect((it.officers("2026-09-09"), it.officers("2026-09-10")), ([one, other], [other]), "revoked from a day on")
    it.refused(head(), f"/teams/{team}/squads", 409, "certificate-invalid", "leads without a certificate", name="一中队", leader=one)


@scenario("AREA.where", rule=True)
def by_area(town):
    """局管全面、队管片区、员管网格: a village leads to its officer, above that to the squad, above that to the team"""
    it = Bureau(town)
    team = it.team()
    leader, grid, assistant = it.officer(team), it.officer(team), it.member(team, "assistant")
    squad = it.does(head(), f"/teams/{team}/squads", 201, name="一中队", leader=leader)["id"]
    levels = lambda: [one["level"] for one in it.get(head(), "/where", village=VILLAGE)["levels"]]  # noqa: E731
    expect(levels(), ["team"], "a village of nobody's")
    it.refused(head(), f"/squads/{squad}/areas", 409, "assistant-may-not", "an assistant has a village", village=VILLAGE, officer=assistant)
    it.does(head(), f"/squads/{squad}/areas", village=VILLAGE, officer=grid)
    expect(levels(), ["officer", "squad", "team"], "from below")
    it.refused(head(), f"/members/{grid}/leave", 409, "still-in-charge", "leaves the village behind", reason="调离")


@scenario("X05")
def five_points(town):
    """实体化队伍、规范化场所、制度化行为、协同化县乡联动、有序下放事项: a checklist, of which two follow from what is registered"""
    it = Bureau(town)
    team = it.team()
    ready = lambda: {one["point"]: one["ready"] for one in it.get(head(), f"/teams/{team}")["points"]}  # noqa: E731
    expect(ready(), dict.fromkeys(("entity", "items", "places", "conduct", "joint"), False), "a new team")
    for point in ("places", "conduct", "joint"):
        it.does(head(), f"/teams/{team}/readiness", point=point, ready=True, note="已具备")
    for _ in range(5):
        it.member(team)
    expect(ready()["entity"], False, "not yet established")
    it.does(head(), f"/teams/{team}/establish", basis="永政发〔2026〕3号")
    it.does(STAFFING, "/items/import", township=TOWNSHIP, content="编码,名称,权力类型,依据,生效日期\nZ1,占道经营,行政处罚,省政府令,2026-09-01\n")
    expect(ready(), dict.fromkeys(("entity", "items", "places", "conduct", "joint"), True), "all five")


@scenario("P24.items", rule=True, needs=("duties", "enforcement"))
def on_the_list_on_that_day(town):
    """what the team may enforce is what the township's list of duties holds on the day; a table of the county's is not asked then"""
    it = Bureau(town)
    duties = lambda who, path, status, **fields: town.done(  # noqa: E731
        it.host.post("/p/duties" + path, json=fields, as_=it.session(who)), path, status)

    def until(day, wanted):
        end = time.monotonic() + WAIT_S
        while (seen := it.items(day)) != wanted:
            if time.monotonic() > end:
                raise Failed(f"items on {day}: {seen}, not {wanted}")
            time.sleep(0.05)

    made = duties(head(), "/lists", 201, unit=TOWNSHIP)["id"]
    duties(head(), f"/lists/{made}/import", 200, content="编码,名称,清单,依据,权力类型,基层迫切需要,能有效衔接,技术要求不高,易发现易处置\n"
           "BD-1,占道经营的处罚（样本）,基本,省政府令（样本）,行政处罚,是,是,是,是\nBD-2,代办（样本）,基本,县政府文件（样本）,其他行政权力,,,,\n")
    duties(STAFFING, f"/lists/{made}/publish", 200, effective_from="2026-10-01")
    until("2026-10-01", ["BD-1"])
    expect(it.items("2026-09-30"), [], "the day before")
    it.refused(STAFFING, "/items/import", 409, "items-from-duties", "a second list", township=TOWNSHIP,
               content="编码,名称,权力类型,依据,生效日期\nZ1,乱停乱放,行政处罚,省政府令,2026-09-01\n")


@figure("C34", fixtures=[(township, "purchase") for township in YONGREN])
def vehicles(town, fixtures):
    """永仁县: one vehicle for each of its seven townships, bought by the county"""
    it = Bureau(town)
    for number, (township, mode) in enumerate(fixtures):
        team = it.team(township)
        it.does(head(township), f"/teams/{team}/vehicles", 201, plate=f"云E{number:05}", mode=mode, basis="县级统一采购")
    report = it.get(COUNTY_GOVERNMENT, "/reports/teams")
    expect(report["purchased"], len(fixtures), "bought")
    return report["with_vehicle"]


@figure("Q08", fixtures=[(at, at % 25 not in (0, 6, 12, 18)) for at in range(25)])
def frontline(town, fixtures):
    """of 25 members 21 stand in the front line: 84%"""
    it = Bureau(town)
    team = it.team()
    for _, front in fixtures:
        it.member(team, frontline=front)
    report = it.get(COUNTY_GOVERNMENT, "/reports/teams")
    expect_true(len(fixtures) < 25 or report["frontline_share"] == "84.00", f"84% of 25: {report}")
    return report["frontline_share"]
