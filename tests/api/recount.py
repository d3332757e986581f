# SPDX-License-Identifier: Apache-2.0
"""Every figure that the plugins keep as a counter, counted from the rows it stands for."""

# A file that was opened again is put away in a further volume.
VOLUME = "(SELECT v.outcome FROM archive_volume v WHERE v.matter = m.id ORDER BY v.volume DESC LIMIT 1)"
ENDED = f"CASE WHEN m.state = 'archived' THEN COALESCE({VOLUME}, a.outcome) ELSE m.state END"
MATTERS = "matter m LEFT JOIN archive a ON a.matter = m.id"


def matters(condition):
    return f"SELECT m.township, COUNT(*), 0 FROM {MATTERS} WHERE {condition} GROUP BY 1"


def rows(table, condition="1", value="COUNT(*)", place="township"):
    return f"SELECT {place}, {value}, 0 FROM {table} WHERE {condition} GROUP BY 1"


ISSUED = "'issued', 'withdrawn', 'recalled', 'cancelled'"


def ended(kind):
    return rows("ending e JOIN matter m ON m.id = e.matter", f"e.kind = '{kind}' AND e.outcome = 'ended'")


# name: SQL of (place, figure, year)
APPROVALS = {
    "filed": matters("1"), "accepted": matters("m.accepted_at > 0"),
    "issued": matters(f"{ENDED} IN ({ISSUED})"), "granted": matters(f"{ENDED} IN ('approved', 'issuing', {ISSUED})"),
    "withdrawn": ended("revoke"), "recalled": ended("recall"), "changed": ended("change"), "cancelled": ended("cancel"),
    "renewed": rows("licence l JOIN matter m ON m.id = l.matter", "l.renews > 0"), "rejected": matters(f"{ENDED} = 'rejected'"),
    "turned_away": matters(f"{ENDED} IN ('refused', 'not_needed')"), "retracted": matters(f"{ENDED} = 'retracted'"),
    "suspended": rows("suspension s JOIN matter m ON m.id = s.matter"), "extended": rows("extension e JOIN matter m ON m.id = e.matter"),
    "overdue": matters("m.overdue_at > 0"), "accounted": rows("accountability"), "archived": rows("archive r JOIN matter m ON m.id = r.matter"),
    "visits_0": matters("m.visits = 0"), "visits_1": matters("m.visits = 1"), "visits_more": matters("m.visits > 1"),
    "home_visits": rows("home_visit", "done_at > 0"), **{f"rated_{n}": rows("rating", f"grade = {n}") for n in range(1, 6)},
    "bad_contacted": rows("rating", "grade <= 2 AND contacted_at > 0"), "bad_mended": rows("rating", "grade <= 2 AND mended_at > 0"),
    "recovery_due_fen": rows("recovery", value="SUM(due_fen)"),
    "recovered_fen": rows("recovery_receipt p JOIN recovery r ON r.id = p.recovery", value="SUM(p.amount_fen)"),
    "halls": rows("place", "kind = 'hall'"), "centres": rows("place", "kind = 'centre'"),
    "stations": rows("place", "kind = 'station'", "COUNT(DISTINCT village)"),
    "standard_stations": rows("place", "kind = 'station' AND standard = 1", "COUNT(DISTINCT village)"),
    "always_open": rows("place", "always_open = 1"), "elsewhere": rows("binding", "place_kind = 'agency'"),
}

IN_FORCE = ("list_item i JOIN list l ON l.id = i.list WHERE l.state = 'published' AND l.village = '' AND l.version = "
            "(SELECT MAX(n.version) FROM list n WHERE n.unit = l.unit AND n.state = 'published')")


def items(condition):
    return f"SELECT l.unit, COUNT(*), 0 FROM {IN_FORCE} AND {condition} GROUP BY 1"


def posts(own, value):
    return rows("post", f"state = 'active' AND unit {'=' if own else '<>'} township", value, "unit")


DUTIES = {
    "lists": rows("list", "state = 'published' AND village = ''", "COUNT(DISTINCT unit)", "unit"),
    "village_lists": rows("list", "state = 'published' AND village <> ''", "COUNT(DISTINCT unit)", "unit"),
    **{place: items(f"i.place = '{place}'") for place in ("basic", "assist", "withdrawn")},
    **{origin: items(f"i.origin = '{origin}' AND i.kind = 'delegated'") for origin in ("common", "optional")},
    **{kind: items(f"i.kind = '{kind}'") for kind in ("local", "delegated", "statutory")}, "services": items("i.type = 'service'"),
    "orders": rows("usage", value="SUM(orders)", place="unit"), "outside": rows("task", "outside = 1", place="unit"),
    "transfers": rows("transfer", "state = 'complete'"),
    "rounds": "SELECT township, COUNT(*), year FROM round WHERE state = 'done' GROUP BY 1, 3",
    "adjusted_items": "SELECT r.township, COUNT(*), r.year FROM round_item i JOIN round r ON r.id = i.round WHERE r.state = 'done' AND i.done_at > 0 GROUP BY 1, 3",
    "adjusted_townships": "SELECT township, 1, year FROM round WHERE state = 'done' AND adjusted > 0",
    "posts": posts(True, "COUNT(*)"), "community_posts": posts(False, "COUNT(*)"),
    "headcount": posts(True, "SUM(headcount)"), "community_headcount": posts(False, "SUM(headcount)"),
    "holders": rows("person p JOIN post o ON o.id = p.post", "p.state = 'serving'", place="o.unit"),
    **{part: rows("headcount", f"component = '{part}'", "SUM(change)") for part in ("base", "quantified", "balance")},
    "sunk": "SELECT township, SUM(change), 0 FROM headcount WHERE what = 'sink' GROUP BY 1 UNION ALL "
            "SELECT township, SUM(change), CAST(SUBSTR(effective_on, 1, 4) AS INTEGER) FROM headcount WHERE what = 'sink' GROUP BY 1, 3",
    **{f"sunk_{purpose}": rows("headcount", f"what = 'sink' AND purpose = '{purpose}'", "SUM(change)") for purpose in ("enforcement", "rescue", "other")},
    "supported": "SELECT unit, COUNT(*), 0 FROM (SELECT unit, code FROM support GROUP BY 1, 2 HAVING SUM(ready) = 4) GROUP BY 1",
    "workers": rows("person", "state = 'serving' AND rung = 'worker'", place="unit"),
    "from_county": rows("career", "what = 'join' AND from_body <> ''", place="unit"),
    "recruited": rows("career", "what = 'promote' AND rung = 'staff'", place="unit"),
    "seconded": rows("secondment", "state = 'out'"), "seconded_overdue": rows("secondment", "state = 'out' AND overdue_at > 0"),
}
DIGITS = {1: 2, 2: 4, 3: 6, 4: 9}  # of a division's code that stand for it, by level


def above(code):
    """Itself and what it lies in, from the township upwards."""
    return {code[:digits].ljust(12, "0") for digits in DIGITS.values()}


def counted(base, tables):
    """{(place, name, year): figure} without zeros; what duties keeps is kept for every division above, too."""
    found = {}
    for name, sql in tables.items():
        for place, figure, year in base.execute(sql):
            for division in above(place) if tables is DUTIES else (place,):
                found[division, name, year] = found.get((division, name, year), 0) + figure
    return {key: figure for key, figure in found.items() if figure != 0}


def kept(base, plugin):
    if plugin == "duties":
        return {row[:3]: row[3] for row in base.execute("SELECT division, name, year, amount FROM tally") if row[3] != 0}
    cursor = base.execute("SELECT * FROM tally")
    names = [column[0] for column in cursor.description]
    return {(row[0], name, 0): value for row in cursor for name, value in zip(names[1:], row[1:]) if value != 0}
