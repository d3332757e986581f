# SPDX-License-Identifier: Apache-2.0
"""政出一门: what the 12345 hotline was told comes under its own number, and what became of it is read by that number."""
from rows import BOTH, expect, scenario
from town import COUNTY, TOWNSHIP

NEIGHBOUR = "532327102000"  # 永仁县宜就镇
CENTRE, TRANSPORT = f"county-command-{COUNTY}", f"county-transport-{COUNTY}"
ELSEWHERE = "county-command-532301000000"  # 楚雄市's centre
HEAD = "工单编号,区划,类别,事项,标题,情况,地点\n"


def head(township=TOWNSHIP):
    return f"government-{township}"


def line(number, township=TOWNSHIP):
    return f"{number},{township},交通运输,公路损毁,路面塌陷,塌陷两米,国道\n"


@scenario("INTAKE.import", rule=True, homes=BOTH, needs=("dispatch",))
def one_number(town):
    """an imported matter keeps the hotline's number; a repeated one is linked, not deleted; both are answered with what the department did"""
    host, sessions = town.host, {}

    def session(who):
        if who not in sessions:
            sessions[who] = host.login(who)
        return sessions[who]

    def post(who, path, /, **fields):
        return host.post("/p/dispatch" + path, json=fields, as_=session(who))

    def does(who, path, status=200, /, **fields):
        return town.done(post(who, path, **fields), path, status)

    def get(who, path, /, **query):
        return town.done(host.get("/p/dispatch" + path, as_=session(who), query=query), path)

    def numbers(who):
        return sorted(one["number"] for one in get(who, "/intake", limit=100)["items"])

    file = HEAD + line("YN1") + line("YN2") + line("YN3", NEIGHBOUR)
    expect(does(CENTRE, "/intake/import", content=file)["added"], 3, "first")
    again = does(CENTRE, "/intake/import", content=file)
    expect((again["added"], again["known"]), (0, 3), "again")
    town.refused(post(CENTRE, "/intake/import", content=HEAD + line("YN4") + line("CX1", "532301101000")), 422, "rows-refused", "a township of another county")
    item = {"number": "YN2", "township": TOWNSHIP, "class": "交通运输", "kind": "公路损毁", "title": "路面塌陷", "content": "塌陷两米"}
    again = does(CENTRE, "/intake/import", items=[item])
    expect((again["added"], again["known"]), (0, 1), "the same number from another system, as JSON")
    town.refused(post(CENTRE, "/intake/import", items=[item, {**item, "number": "YN5", "title": ""}]), 422, "rows-refused", "a row without a title, as JSON")
    town.refused(post(CENTRE, "/intake/import", items=[item], content=file), 422, "invalid", "both")
    town.refused(post(CENTRE, "/intake/import"), 422, "invalid", "neither")
    town.refused(post(head(), "/intake/import", content=file), 403, "forbidden", "the township imports")
    expect([numbers(who) for who in (CENTRE, head(), head(NEIGHBOUR), TRANSPORT, ELSEWHERE)],
           [["YN1", "YN2", "YN3"], ["YN1", "YN2"], ["YN3"], [], []], "who sees what")

    ids = {one["number"]: one["id"] for one in get(CENTRE, "/intake", limit=100)["items"]}
    town.refused(post(head(NEIGHBOUR), f"/intake/{ids['YN1']}/raise", reason="不归本镇管"), 404, "not-found", "another township's")
    whistle = does(head(), f"/intake/{ids['YN1']}/raise", reason="国道不归本镇管")["whistle"]
    does(head(), f"/intake/{ids['YN2']}/link", original=ids["YN1"], reason="同一路段")
    does(CENTRE, f"/whistles/{whistle}/judge", judgement="由交通运输部门牵头")
    does(CENTRE, f"/whistles/{whistle}/order", reason="会商", departments=[{"body": TRANSPORT}])
    order = get(CENTRE, f"/whistles/{whistle}")["orders"][0]["id"]
    does(TRANSPORT, f"/orders/{order}/accept")
    does(TRANSPORT, f"/orders/{order}/feedback", result="已修复")
    first, second = (get(CENTRE, "/intake", number=number)["items"][0] for number in ("YN1", "YN2"))
    expect((first["state"], second["state"], second["original"]), ("answered", "linked", ids["YN1"]), "both are there")
    for number in ("YN1", "YN2"):
        expect(get(CENTRE, f"/intake/{ids[number]}")["results"], [{"body_name": "永仁县交通运输局", "result": "已修复"}], number)
