# SPDX-License-Identifier: Apache-2.0
"""./dev bench search: the index of a declared search in a store of its own, without HTTP: a hundred thousand cases, every kind of
question by callers who see all of them, a county, a township, a village."""
import json
import os
import shutil
import subprocess

TWO_CHARACTERS_US = 2000  # p50 of one question
P99_US = 4000             # processor time: waiting for others is not ours


def run(bench):
    folder = bench.path("search")
    shutil.rmtree(folder, ignore_errors=True)
    program = os.path.join(bench.build, "tests", "bench", "search_bench")
    said = subprocess.run([program, folder, str(bench.cases)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True, text=True)
    shutil.rmtree(folder, ignore_errors=True)
    for row in map(json.loads, said.stdout.splitlines()):
        if "question" in row:
            name = "search in %d cases, %s: %s" % (bench.cases, row["caller"], row["question"])
            bench.add(name + ", p50", "us", [row["p50_us"]], [TWO_CHARACTERS_US], "limit", 1.0, True)
            bench.add(name + ", p99 of processor time", "us", [row["cpu_p99_us"]], [P99_US], "limit", 1.0, True)
        else:
            bench.add("search, %d cases: %s" % (bench.cases, row["work"]), "s", [row["seconds"]], [], "", None)
