# SPDX-License-Identifier: Apache-2.0
"""意见诉求 from the village upwards; and the three reforms side by side, township by township."""
from rows import BOTH, expect, expect_true, figure, scenario
from town import COUNTY, TOWNSHIP
from zhend import Zhend, application

VILLAGE, NEIGHBOUR = "532327101001", "532327102000"
STATION, HEAD, CENTRE = f"village-{VILLAGE}", f"government-{TOWNSHIP}", f"county-command-{COUNTY}"


class Desk:
    def __init__(self, town, host=None):
        self.town, self.host, self.sessions = town, host or town.host, {}

    def session(self, who):
        if who not in self.sessions:
            self.sessions[who] = self.host.login(who)
        return self.sessions[who]

    def post(self, who, path, /, **fields):
        return self.host.post(path, json=fields, as_=self.session(who))

    def does(self, who, path, status=200, /, **fields):
        return self.town.done(self.post(who, path, **fields), path, status)

    def get(self, who, path, /, **query):
        return self.town.done(self.host.get(path, as_=who and self.session(who), query=query), path)

    def takes(self, content="路灯不亮", source="group"):
        return self.does(STATION, "/p/dispatch/opinions", village=VILLAGE, source=source, content=content)


@scenario("H04", homes=BOTH)
def upwards_and_back(town):
    """群众 → 村 → 镇 → 县: an opinion is followed upwards, and the answer comes back to the person by number and code, without a name"""
    it = Desk(town)
    said = it.takes()
    path = f"/p/dispatch/opinions/{said['id']}"
    track = lambda: it.get(None, "/p/dispatch/opinion-track", number=said["number"], code=said["code"])  # noqa: E731
    seen = [track()["state"]]
    for who in (STATION, HEAD):
        it.does(who, path + "/raise", reason="本级无力解决")
        seen.append(track()["state"])
    it.does(CENTRE, path + "/settle", outcome="solve", answer="已更换路灯")
    expect(seen + [track()["state"]], ["village", "township", "county", "settled"], "the way up")
    expect((track()["answer"], [step["what"] for step in track()["steps"]]), ("已更换路灯", ["take", "raise", "raise", "settle"]), "the way back")
    town.refused(it.host.get("/p/dispatch/opinion-track", query={"number": said["number"], "code": "AAAAAAAAAA"}), 404, "not-found", "another code")
    expect([step["body"] for step in it.get(STATION, path)["journal"]][-1], it.get(CENTRE, path)["journal"][-1]["body"], "the village reads who answered")


@scenario("H05", rule=True, homes=BOTH)
def one_of_three(town):
    """生活困难帮扶到位、合理要求解决到位、无据要求说服到位: none ends without one of the three and its words"""
    it = Desk(town)
    ended = []
    for outcome, answer in (("help", "纳入临时救助"), ("solve", "已修好"), ("persuade", "政策依据已当面说明")):
        path = f"/p/dispatch/opinions/{it.takes(outcome)['id']}"
        town.refused(it.post(STATION, path + "/settle", outcome=outcome), 422, "invalid", "without words")
        town.refused(it.post(STATION, path + "/settle", answer=answer), 422, "invalid", "without an outcome")
        town.refused(it.post(STATION, path + "/settle", outcome="filed", answer=answer), 422, "invalid", "a fourth one")
        town.refused(it.post(HEAD, path + "/settle", outcome=outcome, answer=answer), 403, "other-level", "by a level that does not have it")
        it.does(STATION, path + "/settle", outcome=outcome, answer=answer)
        ended.append((it.get(HEAD, path)["outcome"], it.get(HEAD, path)["answer"]))
    expect([one for one, _ in ended], ["help", "solve", "persuade"], "each in one of three")


@figure("H05.counted", fixtures=["help"] * 4 + ["solve"] * 3 + ["persuade"] * 2)
def counted(town, fixtures):
    """what was settled how, by month, from counters"""
    it = Desk(town)
    for outcome in fixtures:
        it.does(STATION, f"/p/dispatch/opinions/{it.takes()['id']}/settle", outcome=outcome, answer="示例")
    month = it.get(CENTRE, "/p/dispatch/reports/opinions")["items"][0]
    expect_true(month["taken"] == len(fixtures) == month["help"] + month["solve"] + month["persuade"], f"all settled: {month}")
    return [month["help"], month["solve"], month["persuade"]]


@scenario("X01", needs=("approvals", "enforcement", "dispatch"))
def three_reforms(town):
    """一支队伍管执法、政务服务就近办、县乡协同事项联办: in one deployment, and each township has those that its pilot has"""
    pilots = ("[pilot one]\ntitle = 政务服务就近办\ndivisions = 532327000000\nplugins = approvals\n"
              f"[pilot three]\ntitle = 三项改革\nof = one\ndivisions = {TOWNSHIP}\nplugins = approvals; enforcement; dispatch\n")
    with Zhend(pilot="one", pilots=pilots, settings={"access": {"login_per_minute": "1000"}}) as host:
        host.turn_clock("2026-09-18T09:30:00+08:00")
        it = Desk(town, host)
        other = f"government-{NEIGHBOUR}"
        for who, path, fields in ((HEAD, "/p/enforcement/teams", {"township": TOWNSHIP}),
                                  (HEAD, "/p/dispatch/incidents", {"title": "火情", "content": "火情", "tasks": [
                                      {"field": "enforcement", "body": f"stationed-market-{TOWNSHIP}", "work": "疏散"}]})):
            it.does(who, path, 201, **fields)
            town.refused(it.post(other, path, **{key: NEIGHBOUR if value == TOWNSHIP else value for key, value in fields.items()}), 404, "not-enabled",
                         "where the pilot does not have it")
        for number, village in ((1, "532327101003"), (2, "532327102201")):
            town.done(host.post("/p/approvals/applications", json=application(number, village)), "申请", 201)
        pages = {who: host.page("/", as_=it.session(who)).text for who in (HEAD, other)}
        expect([["/p/enforcement/teams" in pages[who], "/p/approvals/cases" in pages[who]] for who in (HEAD, other)], [[True, True], [False, True]], "menus")
