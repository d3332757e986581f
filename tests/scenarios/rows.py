# SPDX-License-Identifier: Apache-2.0
"""Which function shows which row, and what a function says with.

A scenario passes when it returns. What it may not do it tries, and hands the answer to refused(); what a row counts is
returned by a @figure, from answers alone, and has to change when one of its fixtures is missing."""

SCENARIOS = []  # in the order they were written down
BOTH = ("inproc", "process")


class Failed(Exception):
    pass


class Scenario:
    def __init__(self, row, run, homes=("inproc",), rule=False, fixtures=None, how="http"):
        self.row, self.run, self.homes, self.rule, self.fixtures, self.how = row, run, homes, rule, fixtures, how
        self.title = (run.__doc__ or run.__name__).strip().splitlines()[0]


def scenario(row, **options):
    """@scenario("C21", homes=BOTH): run(town). rule=True: at least one act must have been refused()."""
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


def expect(actual, wanted, what):
    if actual != wanted:
        raise Failed(f"{what}: {actual!r}, not {wanted!r}")


def expect_true(holds, what):
    if not holds:
        raise Failed(what)
