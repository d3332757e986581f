# SPDX-License-Identifier: Apache-2.0
"""Which function shows which row, and what a function says with.

A scenario passes when it returns. What it may not do it tries, and hands the answer to refused(); what a row counts is
returned by a @figure, from answers alone, and has to change when one of its fixtures is missing.

rows.csv is the one list of what there is to show of the plugins; unshown() holds the scenarios against it."""
import csv
import os

SCENARIOS = []  # in the order they were written down
BOTH = ("inproc", "process")


class Failed(Exception):
    pass


class Scenario:
    def __init__(self, row, run, homes=("inproc",), rule=False, fixtures=None, shipped=False, needs=None):
        self.row, self.run, self.homes, self.rule, self.fixtures = row, run, homes, rule, fixtures
        self.shipped = shipped  # a datum that comes with the platform, read there
        self.needs = needs or (next((name for name in ("duties", "enforcement", "dispatch") if run.__module__.startswith(name + "_")), "approvals"),)
        self.title = (run.__doc__ or run.__name__).strip().splitlines()[0]


def scenario(row, **options):
    """@scenario("C21", homes=BOTH): run(town). rule=True: at least one act must have been refused(). needs: plugins, where they
    are not the module's own one."""
    def note(run):
        SCENARIOS.append(Scenario(row, run, **options))
        return run
    return note


def figure(row, fixtures):
    """run(town, fixtures) loads the fixtures over HTTP and returns a figure read from answers."""
    def note(run):
        SCENARIOS.append(Scenario(row, run, fixtures=fixtures))
        return run
    return note


def promised():
    """Rows of rows.csv: id, kinds, plugins."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rows.csv")
    with open(path, encoding="utf-8") as file:
        lines = [line for line in file if not line.startswith("#")]
    return [(one["row"], one["kind"].split("+"), one["plugins"].split(";")) for one in csv.DictReader(lines)]


def unshown(scenarios):
    """What of rows.csv no scenario shows: by no plugin that it names, a rule without a forbidden act, a figure that is not counted.
    And scenarios that claim a row of its letters that is not in it."""
    for row, kinds, plugins in promised():
        claims = [one for one in scenarios if one.row == row or one.row in [f"{row}.{plugin}" for plugin in plugins]]
        for plugin in plugins:
            own = [one for one in claims if plugin in one.needs]
            if not own:
                yield f"{row} has no scenario of {plugin}"
            elif "R" in kinds and not any(one.rule for one in own):
                yield f"{row} is a rule, and no scenario of {plugin} tries what it forbids"
        if "F" in kinds and not any(one.fixtures is not None or one.shipped for one in claims):
            yield f"{row} is a figure, and no scenario counts it"
    known = [row for row, _, _ in promised()]
    for one in scenarios:
        if one.row[0] in "CBZXQNSH" and one.row.split(".")[0] not in known:
            yield f"{one.row} is not in rows.csv"


def expect(actual, wanted, what):
    if actual != wanted:
        raise Failed(f"{what}: {actual!r}, not {wanted!r}")


def expect_true(holds, what):
    if not holds:
        raise Failed(what)
