# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""A step of training by many machines, simulated from the parts of a step that one machine was measured to take.

Every machine has an equal share of a batch, in whole pieces. It goes forward and sends its losses to all others, goes back
layer by layer and sends the gradients of each layer to the owners of its weights while it works on the next, waits for those
of others, adds them up, updates what it owns, and sends these weights to all. Then all begin the next step together. A
machine that is slow in a step makes all others wait, twice. Nothing that a machine does ends earlier where it is slower, so
that the slowest one of a step says when all are done, and the others need not be simulated."""

import bisect
import dataclasses
import math
import random
import statistics

block = 1024  # weights that have one owner: 64 cache lines
number = 4  # bytes of a weight
report = 16  # bytes that a sample's loss and metric take in a report
events = 100  # steps that are simulated, where machines differ


@dataclasses.dataclass(frozen=True)
class Wire:
    """What connects machines. A message takes each side's processor `overhead` seconds, arrives `latency` seconds behind its
    last byte, and leaves a machine at `bandwidth` bytes a second, as fast as others arrive. Where the processor copies the
    bytes itself (`copies`), nothing is hidden behind its other work."""
    name: str
    latency: float
    overhead: float
    bandwidth: float
    copies: bool = False

    def copying(self, count, size):
        """Seconds that the processor is at work for so many messages of so many bytes, one way."""
        return count * (self.overhead + (size / self.bandwidth if self.copies else 0))


class Parts:
    """What one machine of several was measured to take, when the others say nothing."""

    def __init__(self, arrays, text):
        self.arrays = arrays  # weights of each
        self.by_rows, self.by_machines, self.spreads = {}, {}, []
        large = None
        for line in text.splitlines():
            words = line.split()
            if not words or words[0] != "part":
                continue
            rows, machines, whole, spread = int(words[1]), int(words[2]), float(words[3]), float(words[4])
            ends = {name: float(end) for name, end in (word.split(":") for word in words[5:])}
            # An array of which this machine owns all is ready when the next one is.
            ready = []
            for array in reversed(range(len(arrays))):
                known = [ends[f"sums{other}"] for other in range(array, -1, -1) if f"sums{other}" in ends]
                ready.append(max(known[0] if known else ends["weights"], ready[-1] if ready else 0))
            measured = (ends["report"], [end - ends["report"] for end in ready], whole - ready[-1])
            if machines == 2:
                self.by_rows[rows] = measured
                self.spreads.append(spread)
            if rows == 4:
                self.by_machines[machines] = measured
            elif machines > 2:
                large = rows, machines, measured[2]
        # An update grows with the samples of all machines, whose losses each of them adds up.
        rows, machines, update = large
        self.report_time = max(0.0, (update - self.update(machines, rows)) / ((rows - 4) * machines))

    def interpolated(self, table, place, key):
        known = sorted(table)
        values = [key(table[each]) for each in known]
        # On the line through two neighbours, or through the last two.
        right = min(max(bisect.bisect_left(known, place), 1), len(known) - 1)
        slope = (values[right] - values[right - 1]) / (known[right] - known[right - 1])
        return values[right] + slope * (max(place, known[0]) - known[right])

    def at_rows(self, rows):
        """Seconds forward, and from there until the gradients of each array are there, from the last to the first."""
        if rows == 0:
            return 0.0, [0.0] * len(self.arrays)
        return (self.interpolated(self.by_rows, rows, lambda each: each[0]),
                [self.interpolated(self.by_rows, rows, lambda each, i=i: each[1][i]) for i in range(len(self.arrays))])

    def update(self, machines, rows):
        """Seconds from the last sums on: adding up, updating, and gathering the next batch."""
        growing = self.interpolated(self.by_rows, max(rows, 4), lambda each: each[2]) - self.by_rows[4][2]
        table = {1 / machines: value for machines, value in self.by_machines.items()} if machines < 16 else self.by_machines
        place = 1 / machines if machines < 16 else machines
        found = self.interpolated(table, place, lambda each: each[2])
        return max(found + growing, 0.0)

    def spread(self):
        """The deviation of the logarithm of a step's time, the middle one of those measured."""
        return statistics.median(self.spreads)


@dataclasses.dataclass(frozen=True)
class Step:
    """A step's seconds, and how many of them each cause takes: by how much shorter it were without."""
    seconds: float
    causes: dict


def step_seconds(parts, wire, machines, batch, piece, spread=0.0, cores=None, direct=True, without="", seed=7):
    """The mean time of a step. On `cores`, machines take turns where they are more. `direct`: every machine sends to every
    owner; otherwise in log2(machines) rounds of pairs, recursive halving and doubling. `without` leaves a cause out."""
    if spread == 0 or without == "stragglers":
        return step_of_slowest(parts, wire, machines, batch, piece, 1.0, cores, direct, without)
    generator, normal = random.Random(seed), statistics.NormalDist()
    # The largest of many numbers is below a bound if all of them are.
    slowest = (math.exp(spread * normal.inv_cdf(generator.uniform(1e-9, 1) ** (1 / machines))) for _ in range(events))
    return statistics.fmean(step_of_slowest(parts, wire, machines, batch, piece, each, cores, direct, without) for each in slowest)


def step_of_slowest(parts, wire, machines, batch, piece, slow, cores, direct, without):
    """A step's seconds on the machine that takes `slow` times as long as others for its work."""
    rows = min(batch, -(-(-(-batch // piece)) // machines) * piece)
    link = dataclasses.replace(wire, latency=0.0 if without == "latency" else wire.latency,
                               overhead=0.0 if without == "messages" else wire.overhead,
                               bandwidth=math.inf if without == "bandwidth" else wire.bandwidth)
    turns = 1 if cores is None else max(1, machines / cores)
    forward, ready = parts.at_rows(rows)
    update = parts.update(machines, rows)
    if without == "compute":
        forward, ready = 0.0, [0.0] * len(ready)
    if without == "update":
        update = 0.0
    others = machines - 1
    reports = 0 if without == "reports" else others
    report_size = 16 + report * rows
    if without != "reports":
        update += parts.report_time * max(0, batch - 4 * machines)
    rounds = math.ceil(math.log2(machines))

    def hidden(size):  # seconds on the wire, where the processor does not copy
        return 0.0 if link.copies else size / link.bandwidth

    # The processor's clock and the wire's.
    clock = turns * (forward * slow + 2 * link.copying(reports, report_size))
    sent = clock + hidden(reports * report_size)
    arrival = sent + link.latency * (reports > 0)
    before = 0.0
    all_blocks = [-(-size // block) for size in parts.arrays]
    for array, end in zip(reversed(range(len(parts.arrays))), ready):
        clock += turns * (end - before) * slow
        before = end
        if machines == 1:
            continue
        # The share of each machine of what all send to the owners of the array.
        count = min(all_blocks[array], machines) * others / machines if direct else rounds
        size = parts.arrays[array] * number * others / machines
        clock += turns * 2 * link.copying(count, size / count)
        sent = max(sent, clock) + hidden(size)
        arrival = max(arrival, sent + (link.latency if direct else rounds * (link.latency + 2 * link.overhead)))
    clock = max(clock, arrival) + turns * update * slow
    if machines == 1:
        return clock
    # An owner sends at least a block to all others.
    count = max(1.0, sum(min(each, machines) for each in all_blocks) / machines) * others if direct else rounds * len(all_blocks)
    total = sum(parts.arrays) * number
    size = max(total / machines, block * number) * others if direct else total * others / machines
    clock += turns * 2 * link.copying(count, size / count)
    return clock + hidden(size) + (link.latency if direct else rounds * link.latency)


causes = {"compute": "its share of the batch", "update": "adding up and updating", "messages": "the processor's work for each message",
          "latency": "latency", "bandwidth": "bandwidth", "reports": "losses that go to all", "stragglers": "the slowest machine"}


def step(parts, wire, machines, batch, piece, spread, direct=True):
    whole = step_seconds(parts, wire, machines, batch, piece, spread, direct=direct)
    return Step(whole, {cause: whole - step_seconds(parts, wire, machines, batch, piece, spread, direct=direct, without=cause)
                        for cause in causes})


def finest_piece(rows):
    """The largest piece that gives every machine as many rows, of 4 to 32 samples."""
    return int(min(32, max(4, rows // 4 * 4)))


def scaling(parts, wire, batch, grows, spread, direct=True, most=4096):
    """Steps of 1 to so many machines: (machines, step, how many times as much work a second as one machine does)."""
    result, alone = [], None
    machines = 1
    while machines <= most:
        whole = batch * machines if grows else batch
        found = step(parts, wire, machines, whole, finest_piece(whole // machines), spread, direct)
        alone = alone or found.seconds
        result.append((machines, found, alone / found.seconds * (machines if grows else 1)))
        machines *= 2
    return result


def stop(steps, grows):
    """The last number of machines that helps, and what binds behind it. Of a batch: where doubling makes a step at least 1.2
    times as fast; of a batch that grows: where a machine does at least half of the work that it does alone."""
    last = 0
    while last + 1 < len(steps) and (steps[last + 1][2] >= steps[last + 1][0] / 2 if grows
                                     else steps[last + 1][2] >= 1.2 * steps[last][2]):
        last += 1
    if last + 1 == len(steps):
        return steps[last][0], ""
    found = steps[last + 1][1].causes
    return steps[last][0], max((cause for cause in found if not (grows and cause == "compute")), key=found.get)
