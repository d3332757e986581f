# SPDX-License-Identifier: Apache-2.0
"""Whose an item is, who publishes it, and where it may be applied for."""
import catalogue
import town as towns
from approvals_items import ALLOWANCE, VILLAGE, WINDOW, WUDING_VILLAGE, applies, imports, offers, place, row, table, window_of_the_township
from rows import expect, expect_true, scenario
from town import COUNTY, TOWNSHIP

towns.BODIES["prefecture editor"] = "prefecture-staffing-532300000000"


@scenario("C25.division", rule=True)
def a_countys_own_version(town):
    """an item is of the division that publishes it: a county's version holds there and nowhere else, and a case goes on under its own"""
    town.day("2026-09-18")
    filed = applies(town, ALLOWANCE, 1, who="window")
    steps = [step["title"] for step in (town.does("window", filed, "accept") and town.case(filed))["steps"]]
    shown = town.done(town.get("resident", f"/items/{ALLOWANCE}"), "指南")
    expect(shown["division"], "", "as shipped, for all")
    own = dict(shown["guide"], version=shown["version"] + 1, place="永仁县政务中心")
    town.done(catalogue.publish(town, own), "发布", 201)
    at = {place: town.done(town.get("resident", f"/items/{ALLOWANCE}", at=place), "指南") for place in (VILLAGE, WUDING_VILLAGE)}
    expect([at[place]["guide"]["place"] for place in at], ["永仁县政务中心", shown["guide"]["place"]], "each county its own")
    expect([at[place]["division"] for place in at], [COUNTY, ""], "whose it is")
    expect([step["title"] for step in town.case(filed)["steps"]], steps, "a case goes on as it was filed")
    here, there = applies(town, ALLOWANCE, 2, who="window"), applies(town, ALLOWANCE, 3, village=WUDING_VILLAGE)
    expect_true(here.number != there.number, "filed in both")
    found = {place: [one["version"] for one in town.done(town.get("resident", "/items", q=ALLOWANCE, at=place), "事项")["items"]]
             for place in (VILLAGE, WUDING_VILLAGE)}
    expect(found, {VILLAGE: [shown["version"] + 1], WUDING_VILLAGE: [shown["version"]]}, "one version to a place")
    # Given up for the whole prefecture it is given up in the county that had its own.
    town.done(town.post("prefecture editor", f"/items/{ALLOWANCE}/retire", reason="上级取消"), "停用")
    for village in (VILLAGE, WUDING_VILLAGE):
        town.refused(applies(town, ALLOWANCE, 4, village=village, status=404), 404, "item-unknown", "given up for all")


@scenario("Z09.online", rule=True)
def not_online(town):
    """what is not done online is refused at home and at a self-service point, with where it is done; at the window it is taken"""
    town.day("2026-09-18")
    window_of_the_township(town)
    imports(town, table([row("NO", 可网办="否")]))
    point = place(town, "self", "永定镇政务服务超市")
    for changes in ({}, {"channel": "self", "place": point}):
        answer = applies(town, "NO", status=409, **changes)
        town.refused(answer, 409, "not-online", "from home")
        expect_true(all(WINDOW[name] in answer.json["title"] for name in ("window", "address", "phone")), answer.json["title"])
    expect([one["title"] for one in town.done(town.get("resident", "/items/NO"), "指南")["actions"] if "申请" in one["title"]], [], "no form")
    expect_true("NO" not in [one["code"] for one in town.done(town.get("resident", f"/places/{point}"), "自助点")["items"]], "at the point")
    applies(town, "NO", who="window")


@scenario("C25.unchanged", rule=True)
def an_unchanged_list(town):
    """a list that says what the last one said makes no new version"""
    town.day("2026-09-18")
    offers(town, [row("U1"), row("U2")])
    town.refused(town.post("publisher", f"/lists/{TOWNSHIP}/publish"), 409, "unchanged", "the same again")
    town.done(town.post("admin", "/lists", division=TOWNSHIP, codes=[{"code": "U2"}, {"code": "U1"}]), "拟定", 201)
    expect(town.done(town.post("publisher", f"/lists/{TOWNSHIP}/publish"), "发布", 201)["version"], 2, "another order is another list")


@scenario("Q13.all")
def of_all_townships(town):
    """coverage is of all townships of the division, with or without a centre on file"""
    town.day("2026-09-18")
    place(town, "self", "永定镇政务服务超市")
    seen = {at: town.done(town.get("resident", "/reports/self-service", division=at), "覆盖")["coverage"] for at in ("532300000000", COUNTY, TOWNSHIP)}
    expect(seen, {"532300000000": "1/103", COUNTY: "1/7", TOWNSHIP: "1/1"}, "of how many")
