# SPDX-License-Identifier: Apache-2.0
"""The catalogue of items: what may not be published, and that the guide shown is what runs."""
import json

from rows import expect, scenario
from town import HOMESTEAD, TOWNSHIP


def guide(town, **query):
    return town.done(town.get("resident", f"/items/{HOMESTEAD}", at=TOWNSHIP, **query), "办事指南")


def publish(town, content, who="admin"):
    """Drafted by one, published by another."""
    made = town.post(who, "/drafts", content=json.dumps(content, ensure_ascii=False))
    return made if made.status != 201 else town.post("publisher", f"/drafts/{made.json['id']}/publish")


def next_version(town, **changes):
    content = dict(guide(town)["guide"], version=2)
    content.update(changes)
    return content


@scenario("C26", rule=True)
def the_guide_is_what_runs(town):
    """an item without all its guide fields is not published, and the steps in the guide are those of a case"""
    town.day("2026-09-18")
    shown = guide(town)["guide"]
    for left_out in ("legal_bases", "materials", "hours", "remedies", "fee"):
        content = next_version(town)
        del content[left_out]
        town.refused(publish(town, content), 409, "guide-incomplete", f"without {left_out}")
    town.refused(publish(town, next_version(town), "window"), 403, "forbidden", "the window publishes")
    expect([step["title"] for step in shown["steps"]], [step["title"] for step in town.case(town.accepted(1))["steps"]], "steps")
    # A version that says otherwise runs otherwise, from its publication on.
    content = next_version(town)
    content["steps"] = [dict(step, title="宅基地和规划审查") if step["code"] == "homestead" else step for step in content["steps"]]
    town.done(publish(town, content), "发布", 201)
    expect(town.case(town.accepted(2))["steps"][0]["title"], "宅基地和规划审查", "the step of a new case")
    expect(guide(town)["guide"]["steps"][0]["title"], "宅基地和规划审查", "the step in the guide")
    expect(guide(town, version=1)["guide"]["steps"][0]["title"], "宅基地审批", "the step in the old version, still readable")


@scenario("C22.publish", rule=True)
def outside_the_centre(town):
    """an item whose window is not the township's service centre is not published"""
    town.day("2026-09-18")
    content = next_version(town)
    content["body"] = dict(content["body"], window_kind="agriculture")
    town.refused(publish(town, content), 409, "outside-centre", "an item at another door")


@scenario("C23.limit", rule=True)
def one_visit_one_place(town):
    """a visit beyond the first, or to another place, needs its reason"""
    town.day("2026-09-18")
    case = town.accepted(1)  # with papers: the first visit
    town.refused(town.act("window", case, "visits", place="永定镇便民服务中心"), 409, "visit-limit", "a second visit")
    town.refused(town.act("window", case, "visits", place="镇自然资源所"), 409, "visit-limit", "a second place")
    town.does("window", case, "visits", place="永定镇便民服务中心", reason="补签相邻权利人意见")
    seen = town.case(case)
    expect((seen["visits"], seen["visit_limit"], seen["over_visits"]), (2, 1, "补签相邻权利人意见"), "kept with its reason")


@scenario("Y36", rule=True)
def promised_within_the_law(town):
    """a promised term above the legal one is not published"""
    town.day("2026-09-18")
    content = next_version(town)
    content["promised"] = dict(content["promised"], days=content["statutory"]["days"] + 1)
    town.refused(publish(town, content), 409, "promise-too-long", "21 of 20")
    content["promised"] = dict(content["promised"], days=content["statutory"]["days"])
    town.done(publish(town, content), "发布", 201)


@scenario("Y35", rule=True)
def no_catch_all(town):
    """materials are named: 其他材料 is not published"""
    town.day("2026-09-18")
    content = next_version(town)
    content["materials"] = content["materials"] + [{"name": "法律法规规定的其他材料", "source": "申请人"}]
    town.refused(publish(town, content), 409, "material-vague", "其他材料")
