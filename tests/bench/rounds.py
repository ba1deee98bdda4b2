"""Two servers measured in short rounds that alternate, so that what else the machine does meets both alike."""

from dataclasses import dataclass, replace
from statistics import median

from tests.bench import pgbench
from tests.bench.pgbench import BenchFailed, Load
from tests.bench.processes import cpu_seconds
from tests.bench.servers import Site
from tests.bench.workloads import Workload

_MICROSECONDS = 1_000_000
# How far into the models each round begins after the one before.
_STRIDE = 2_500


@dataclass(frozen=True, slots=True)
class Sample:
    """One round on one server: transactions a second, and the server's processor time for each in microseconds."""

    rate: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Round:
    """Both servers, one right after the other."""

    ours: Sample
    theirs: Sample

    @property
    def ratio(self) -> float:
        return self.ours.rate / self.theirs.rate


@dataclass(frozen=True, slots=True)
class Comparison:
    """The medians over all rounds; `lowest` and `highest` are the extremes of the rounds' ratios."""

    ours: Sample
    theirs: Sample
    ratio: float
    lowest: float
    highest: float


def summarise(rounds: list[Round]) -> Comparison:
    """The ratio is the median of the rounds' ratios, not the ratio of medians: the load changes between rounds."""
    ratios = [each.ratio for each in rounds]
    return Comparison(
        _middle([each.ours for each in rounds]),
        _middle([each.theirs for each in rounds]),
        median(ratios),
        min(ratios),
        max(ratios),
    )


def _middle(samples: list[Sample]) -> Sample:
    return Sample(median(each.rate for each in samples), median(each.cpu for each in samples))


def compare(ours: Site, theirs: Site, workload: Workload, *, rounds: int, seconds: int) -> Comparison:
    """Run the workload in so many rounds of so many seconds on each server.

    Raises:
        BenchFailed: a client met an error.
    """
    sides = ((ours, workload.ours), (theirs, workload.theirs))
    overheads = [connecting_cpu(site, load) for site, load in sides]
    done = []
    for number in range(rounds):
        samples = {}
        # The order is reversed in every other round, so that neither always comes after the other.
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            site, load = sides[side]
            samples[side] = sample(site, workload, _begin(load, number), seconds, overheads[side])
        # A machine that is busy with other things may do nothing for one of them in a whole round: no ratio then.
        if all(each.rate for each in samples.values()):
            done.append(Round(samples[0], samples[1]))
    if not done:
        raise BenchFailed(f"{workload.name}: in no round did both servers answer")
    return summarise(done)


def sample(site: Site, workload: Workload, load: Load, seconds: int, overhead: float = 0.0) -> Sample:
    """One run on one server; `overhead` is processor time of connecting, in seconds, that is not the work's."""
    before = cpu_seconds(site.pid)
    done = pgbench.run(site.address_of(workload.door), load, seconds=seconds)
    used = max(cpu_seconds(site.pid) - before - overhead, 0.0)
    return Sample(done.rate, used / max(done.transactions, 1) * _MICROSECONDS)


def connecting_cpu(site: Site, load: Load) -> float:
    """Processor time, in seconds, that the clients' coming and going costs the server: PostgreSQL forks for each."""
    if load.connects:
        return 0.0  # it is the work
    before = cpu_seconds(site.pid)
    pgbench.run(site.address, load, transactions=1)
    return cpu_seconds(site.pid) - before


def _begin(load: Load, number: int) -> Load:
    """Let a script that walks through the models begin elsewhere in each round."""
    return replace(load, variables={name: value + _STRIDE * number for name, value in load.variables.items()})
