# SPDX-License-Identifier: Apache-2.0
"""What stands in the databases after everything has come to rest, against what was sent, acknowledged and swapped. Reads the tables
alone; shares no code with the product."""
import os
import sqlite3


def opened(data, plugin):
    return sqlite3.connect(f"file:{os.path.join(data, 'plugins', plugin, 'data.db')}?mode=ro", uri=True)


def look(data, book, versions):
    """([fault], entries in their order). versions: those that answered, in their order, the first one included."""
    relay, pump = opened(data, "relay"), opened(data, "pump")
    faults = []
    try:
        for name, db in (("relay", relay), ("pump", pump)):
            verdict = db.execute("PRAGMA integrity_check").fetchall()
            if verdict != [("ok",)]:
                faults.append(f"{name}: integrity_check: {verdict[:3]}")
            parked = db.execute("SELECT COUNT(*), MIN(code), MIN(error) FROM _parked").fetchone()
            if parked[0]:
                faults.append(f"{name}: {parked[0]} events are set aside: {parked[1:]}")
        for table, sql in (("entries", "SELECT token, id FROM entry ORDER BY id"), ("files", "SELECT token, id FROM file ORDER BY id")):
            faults += once(table, relay.execute(sql).fetchall(), book.sent[table], book.acked[table])
        entries = [number for number, in relay.execute("SELECT id FROM entry ORDER BY id")]
        effects = pump.execute("SELECT number, token FROM effect ORDER BY id").fetchall()
        if effects != relay.execute("SELECT id, token FROM entry ORDER BY id").fetchall():
            seen = {number for number, _ in effects}
            faults.append(f"effects of entries: {len(effects)} of {len(entries)}, {len(effects) - len(seen)} repeated, "
                          f"lost {sorted(set(entries) - seen)[:5]}")
        faults += drops(relay, pump)
        for table in ("entry", "file", "taken"):
            faults += in_turn(table, relay, versions)
        columns = [row[1] for row in relay.execute("PRAGMA table_info(entry)") if row[1].startswith("grown")]
        faults += grown(relay, columns, versions)
        return faults, entries
    finally:
        relay.close()
        pump.close()


def once(table, rows, sent, acked):
    found = dict(rows)
    faults = []
    if len(found) != len(rows):
        twice = [token for token, _ in rows if sum(token == other for other, _ in rows) > 1]
        faults.append(f"{table}: {len(rows) - len(found)} stand twice: {sorted(set(twice))[:5]}")
    if set(found) - sent:
        faults.append(f"{table}: never sent: {sorted(set(found) - sent)[:5]}")
    lost = [token for token, number in acked.items() if found.get(token) != number]
    if lost:
        faults.append(f"{table}: {len(lost)} acknowledged and lost, or under another number: {lost[:5]}")
    return faults


def drops(relay, pump):
    """Each that the pump gave, once, in its order."""
    last = (pump.execute("SELECT last FROM given").fetchone() or (0,))[0]
    count, low, high, different = relay.execute("SELECT COUNT(*), MIN(number), MAX(number), COUNT(DISTINCT number) FROM taken").fetchone()
    back = relay.execute("SELECT COUNT(*) FROM taken a JOIN taken b ON b.id = a.id + 1 WHERE b.number <= a.number").fetchone()[0]
    if (count, low or 1, high or 0, different, back) != (last, 1, last, last, 0):
        return [f"drops: the pump gave {last}; {count} effects of {different} drops ({low} to {high}), {back} out of order"]
    return []


def in_turn(table, db, versions):
    """Rows of a version stand together, in the order of the swaps; versions may repeat."""
    turns = [row[0] for row in db.execute(
        f"SELECT version FROM (SELECT id, version, LAG(version) OVER (ORDER BY id) AS before FROM {table}) "
        "WHERE version IS NOT before ORDER BY id")]
    left = iter(versions)
    strange = next((version for version in turns if version not in left), None)
    return [f"{table}: rows of {strange} stand where {turns} should follow {versions}"] if strange else []


def grown(db, columns, versions):
    """The schema is that of the newest version, and a row has the column of its version and of no other."""
    newest = max(int(version.split(".")[1]) for version in versions)
    if columns != [f"grown{n}" for n in range(newest + 1)]:
        return [f"entry has the columns {columns} after version 1.{newest}"]
    bad = db.execute("SELECT COUNT(*), MIN(id) FROM entry WHERE " + " OR ".join(
        f"grown{n} <> CASE WHEN version LIKE '1.{n}.%' THEN {n} ELSE 0 END" for n in range(newest + 1))).fetchone()
    return [f"{bad[0]} entries whose columns are not of their version, the first is {bad[1]}"] if bad[0] else []
