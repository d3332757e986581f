# SPDX-License-Identifier: Apache-2.0
"""What a team does besides cases: events of its villages, posts that recur, the log of its work."""
from enforcement_team import BUREAU, COUNTY_GOVERNMENT, NEIGHBOUR, VILLAGE, Bureau, head
from rows import BOTH, expect, expect_true, figure, scenario

STATION = f"village-{VILLAGE}"
EVENT = {"village": VILLAGE, "problem": "street_trade", "place": "村口", "fact": "占道摆摊"}


class Beat(Bureau):
    """A team whose squad has a village, and an officer in it."""

    def __init__(self, town):
        super().__init__(town)
        self.team_ = self.team()
        self.leader, self.grid = self.officer(self.team_), self.officer(self.team_)
        self.squad = self.does(head(), f"/teams/{self.team_}/squads", 201, name="一中队", leader=self.leader)["id"]
        self.does(head(), f"/squads/{self.squad}/areas", village=VILLAGE, officer=self.grid)

    def shown(self, incident):
        return self.get(head(), f"/incidents/{incident}")

    def until_state(self, incident, state):
        self.town.until(f"incident {incident} is with the {state}", lambda: self.shown(incident)["state"] == state)

    def people(self):
        return [{"member": self.leader}, {"member": self.grid}]


@scenario("B10", rule=True, homes=BOTH)
def by_place_then_upwards(town):
    """局管全面、队管片区、员管网格: an event of a village is its officer's; a working day later the squad's, then the team's"""
    it = Beat(town)
    one = it.does(STATION, "/incidents", 201, **EVENT)["id"]
    expect((it.shown(one)["state"], it.shown(one)["due_on"]), ("officer", "2026-09-20"), "Friday; Sunday is worked")
    for day, state in (("2026-09-21", "squad"), ("2026-09-23", "team")):
        it.turn(day)
        it.until_state(one, state)
    it.refused(head(), f"/incidents/{one}/escalate", 409, "incident-with-the-team", "above the team there is nobody", reason="再报")
    it.refused(head(NEIGHBOUR), f"/incidents/{one}/handle", 404, "not-found", "another township's", result="已清理")
    elsewhere = it.does(head(), "/incidents", 201, **{**EVENT, "village": "532327101001"})["id"]
    expect(it.shown(elsewhere)["state"], "team", "a village that no officer has")
    it.does(head(), f"/incidents/{one}/handle", result="劝离并清理")
    expect([step["what"] for step in it.shown(one)["journal"]], ["report", "overdue", "overdue", "handle"], "what became of it")


@scenario("N06", rule=True)
def the_townships_own(town):
    """石头河子镇: 违建、占道 reported in a village are the township's own team's, not the county bureau's; what the county keeps is refused"""
    it = Beat(town)
    for problem in ("private_building", "rural_building", "street_trade"):
        one = it.does(STATION, "/incidents", 201, **{**EVENT, "problem": problem})["id"]
        expect((it.shown(one)["township"], it.shown(one)["state"]), (VILLAGE[:9] + "000", "officer"), problem)
        it.refused(BUREAU, f"/incidents/{one}/handle", 403, "forbidden", "the county's bureau takes it", result="已处理")
        it.does(head(), f"/incidents/{one}/handle", result="本镇队伍处理")
    town.host.settings["enforcement"] = {"own_problems": "private_building;rural_building;street_trade"}
    town.host.write_conf()
    town.host.ctl("reload")
    it.refused(STATION, "/incidents", 409, "not-the-townships", "what the county kept", **{**EVENT, "problem": "fire"})


@scenario("X07")
def at_the_school_gate(town):
    """东双河镇: at seven in the morning at the school gate, on every day of school; who was there is on record, who was not is seen"""
    it = Beat(town)
    post = it.does(head(), f"/teams/{it.team_}/posts", 201, name="护学岗", place="中心小学门口", from_time="07:00", to_time="08:00", days="working",
                   squad=it.squad, least=2, from_on="2026-09-16")["id"]
    roster = lambda: [(one["on_day"], one["from_time"], one["state"]) for one in it.get(  # noqa: E731
        head(), "/roster", township=VILLAGE[:9] + "000", **{"from": "2026-09-17", "to": "2026-09-26"})["items"]]
    it.does(head(), f"/posts/{post}/attend", people=it.people())
    days = ("2026-09-17", "2026-09-18", "2026-09-20", "2026-09-21", "2026-09-22", "2026-09-23", "2026-09-24")
    expect(roster(), [(day, "07:00", {"2026-09-17": "missed", "2026-09-18": "kept"}.get(day, "planned")) for day in days],
           "no Saturday, the Sunday that is worked, no Mid-Autumn Festival")
    it.refused(head(), f"/posts/{post}/attend", 409, "attended", "the same morning twice", people=it.people())
    it.refused(head(), f"/posts/{post}/attend", 422, "invalid", "a Saturday before it", people=it.people(), on="2026-09-12")
    expect(it.get(head(), "/works")["items"][0]["source"], "post", "it is work done")


ROLES = ["enforcement"] * 3 + ["rescue"] * 2 + ["service"] * 4 + ["publicity"] + ["mediation"] * 2


@figure("C20", fixtures=ROLES)
def what_teams_do(town, fixtures):
    """执法、救援、服务、宣传、调解: every task of a team is of one kind and totalled by it; one put down wrongly is moved, not lost"""
    it = Bureau(town)
    it.team()
    logged = [it.does(head(), "/works", kind=kind, text="示例工作")["work"] for kind in fixtures]
    it.does(head(), f"/works/{logged[0]}/classify", kind="rescue", reason="实为救援")
    it.does(head(), f"/works/{logged[0]}/classify", kind=fixtures[0], reason="改回")
    month = it.get(COUNTY_GOVERNMENT, "/reports/work")["items"][0]
    expect(month["total"], len(fixtures), "all of them")
    expect_true(all(month[kind] == fixtures.count(kind) for kind in set(fixtures)), f"by kind: {month}")
    return [month[kind] for kind in ("enforcement", "rescue", "service", "publicity", "mediation")]
