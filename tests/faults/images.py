# SPDX-License-Identifier: Apache-2.0
"""From one recording the disks that a power cut may leave behind, each opened and compared with what was acknowledged before."""
import random
import shutil
import tempfile

import disk as disks
import oracle
import recording as rec


class Verdict:
    def __init__(self):
        self.images = self.acks = self.bad = 0
        self.first = []  # of what was found, in words
        self.by_mode = {}

    def add(self, mode, at, acked, error):
        self.images += 1
        seen = self.by_mode.setdefault(mode, [0, 0])
        seen[0] += 1
        if error is None:
            return
        self.bad += 1
        seen[1] += 1
        if len(self.first) < 5:
            self.first.append("cut after record %d (%d acknowledged), %s: %s" % (at, acked, mode, error))

    def lines(self):
        modes = ", ".join("%s %d/%d" % (mode, bad, all_) for mode, (all_, bad) in sorted(self.by_mode.items()))
        return ["%d images, %d acknowledgements, %d images bad (%s)" % (self.images, self.acks, self.bad, modes)] + self.first


def choose_cuts(records, count, rng, first):
    """Half of them right behind an acknowledgement, where most can be wrong; the rest anywhere after record @first."""
    acks = [i for i, record in enumerate(records) if record.op == rec.ACK and i >= first]
    cuts = []
    for i in range(count):
        if i % 2 == 0 and acks:
            cuts.append(min(rng.choice(acks) + rng.choice((0, 0, 0, 1, 2, 5)), len(records) - 1))
        else:
            cuts.append(rng.randrange(first, len(records)))
    return sorted(cuts)


def check(records, count, seed, stop_after=None, each=None, first=0):
    """@each(image, acked): called for every image as well. Stops after @stop_after bad ones when given."""
    rng = random.Random(seed)
    disk, known, verdict = disks.Disk(rng), oracle.Known(), Verdict()
    acked, at = [], 0
    scratch = tempfile.mkdtemp(prefix="zhen-image-", dir=fast_folder())
    try:
        for cut in choose_cuts(records, count, rng, first):
            while at <= cut:
                if records[at].op == rec.ACK:
                    acked += rec.answers(records[at])
                else:
                    disk.follow(records[at])
                at += 1
            mode = rng.choice(disks.MODES)
            image, error = disk.cut(rng, mode), None
            try:
                oracle.check_image(image, acked, known, scratch)
                if each is not None:
                    each(image, acked)
            except oracle.Lost as lost:
                error = lost
            verdict.add(mode, cut, len(acked), error)
            if stop_after is not None and verdict.bad >= stop_after:
                break
    finally:
        shutil.rmtree(scratch)
    verdict.acks = len(acked)
    return verdict


def fast_folder():
    import os
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
