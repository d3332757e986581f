# SPDX-License-Identifier: Apache-2.0
"""Publish to effect: the product's bus beside an outbox by hand, Redis Streams and NATS JetStream, so many events in flight.

Everybody publishes and consumes in the manner that tests/bench/bus/bus_bench.h tells, without HTTP on any side; the effect is a
count per key and the position in one transaction of a SQLite database (WAL, synchronous=FULL). Redis runs with appendfsync
always; there an event is in flight until its XACK is answered, beside it stands what comes out when its slot is free before that
("XACK late"). nats-server 2.9 cannot sync each message: what it acknowledges would be lost with the power, its figures stand for less."""
import json
import os
import shutil
import subprocess
import time

import hosts

IN_FLIGHT = (1, 64, 512)
FLOOR_MINIMUM = {1: 0.6, 64: 0.6, 512: 0.6}
REDIS_MINIMUM = {1: 1.3, 64: 2.0, 512: 1.4}
ROUNDS_MAX = 5  # a whole `./dev bench` stays within 12 minutes
ARMS = ("inproc", "outbox", "redis", "nats", "worker", "redis-early", "redis-ack")
REDIS, REDIS_EARLY, REDIS_ACK = "Redis, same effect", "Redis, XACK late", "Redis, XACK only"
NATS = "NATS (not synced)"
FLOOR = "SQLite outbox"


class Redis(hosts.Server):
    def __init__(self, bench):
        folder, port = bench.path("redis"), hosts.free_port()
        os.makedirs(folder)
        super().__init__("redis", ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", folder, "--save", "",
                                   "--appendonly", "yes", "--appendfsync", "always", "--daemonize", "no"], port)


class Nats(hosts.Server):
    def __init__(self, bench):
        folder, port = bench.path("nats"), hosts.free_port()
        os.makedirs(folder)
        conf = os.path.join(folder, "nats.conf")
        with open(conf, "w", encoding="utf-8") as out:
            out.write('listen: "127.0.0.1:%d"\njetstream {\n store_dir: "%s"\n max_mem: 64MB\n max_file: 8GB\n}\n' % (port, folder))
        super().__init__("nats", ["nats-server", "-c", conf], port)


def shoot(bench, arm, in_flight, seconds, ports):
    folder = bench.path("bus-run")
    shutil.rmtree(folder, ignore_errors=True)
    done = subprocess.run([os.path.join(bench.build, "tests", "bench", "bus_bench"), arm, str(in_flight), str(seconds), folder,
                           str(ports.get(arm, 0))], stdout=subprocess.PIPE, check=False, timeout=120)
    shutil.rmtree(folder, ignore_errors=True)
    if done.returncode != 0:
        raise SystemExit("bench bus: %s, %d in flight: ended with %d" % (arm, in_flight, done.returncode))
    return json.loads(done.stdout)


def compare(bench, in_flight, ports):
    results = bench.in_turns([lambda s, a=arm: shoot(bench, a, in_flight, s, ports) for arm in ARMS],
                             min(bench.rounds, ROUNDS_MAX))
    of = {arm: {what: [r[what] for r in result] for what in ("rate", "p50", "p99", "cpu_us")} for arm, result in zip(ARMS, results)}
    name = "publish to effect, %d in flight" % in_flight
    ours = of["inproc"]
    bench.add(name, "events/s", ours["rate"], of["outbox"]["rate"], FLOOR, FLOOR_MINIMUM[in_flight])
    bench.add(name, "events/s", ours["rate"], of["redis"]["rate"], REDIS, REDIS_MINIMUM[in_flight])
    bench.add(name, "events/s", ours["rate"], of["redis-early"]["rate"], REDIS_EARLY, None)
    bench.add(name, "events/s", ours["rate"], of["redis-ack"]["rate"], REDIS_ACK, None)
    bench.add(name, "events/s", ours["rate"], of["nats"]["rate"], NATS, None)
    bench.add(name + ", worker home", "events/s", of["worker"]["rate"], of["outbox"]["rate"], FLOOR, None)
    for what in ("p50", "p99"):
        for arm, reference in (("outbox", FLOOR), ("redis", REDIS), ("redis-ack", REDIS_ACK), ("nats", NATS)):
            bench.add("%s, %s" % (name, what), "us", ours[what], of[arm][what], reference, None, True)
        bench.add("%s, worker home, %s" % (name, what), "us", of["worker"][what], of["outbox"][what], FLOOR, None, True)
    bench.add(name, "CPU us", ours["cpu_us"], of["outbox"]["cpu_us"], FLOOR, None, True)


def run(bench):
    print("bus: load of the machine %s; 256 bytes an event, driven in process, nobody speaks HTTP; nats-server 2.9 does not sync "
          "each message" % " ".join("%.1f" % load for load in os.getloadavg()), flush=True)
    ports = {}
    redis, nats = bench.keep(Redis(bench)), bench.keep(Nats(bench))
    ports["redis"] = ports["redis-early"] = ports["redis-ack"] = redis.port
    ports["nats"] = nats.port
    began = time.monotonic()
    for in_flight in IN_FLIGHT:
        compare(bench, in_flight, ports)
    print("bus: %d s, load at the end %s" % (time.monotonic() - began, " ".join("%.1f" % load for load in os.getloadavg())),
          flush=True)
