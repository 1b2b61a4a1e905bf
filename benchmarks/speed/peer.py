"""RecallBench and PyTorch in turn, a step or 0.4 s of steps each, on the same threads, shapes and inputs.

    make bench-peer
    .build/bench-peer/bin/python benchmarks/speed/peer.py --cases "ResNet-18" --quantities training

Both sides are processes of their own that do single steps on request: `recallbench-speed serve` and
peer_worker.py, once for each way to run PyTorch; the best of these is the peer, for every number by
itself. Results are merged by case and quantity into peers/KIND/peer.json, where KIND names the CPU and the
vector instructions that the build uses; peer.md shows all kinds side by side.
"""

import argparse
import math
import statistics
import subprocess
import time
from datetime import datetime, timezone
from pathlib import Path

import peer_machine
import peer_report
from peer_cases import (COMPILED, LARGEST, LOADED, LOSS_EXTENT, LOSS_SUFFIX, LOSSES, NETWORKS,
                        ON_ONE_THREAD, SWEEP, Network)
from peer_own import data, report
from peer_process import Failure, Load, Ours, Peer, steps_per_second

QUANTITIES = ["sweep", "training", "evaluation", "losses", "data", "report", "largest"]
# Milliseconds for which one side works before it is the other's turn, if a step takes less.
TURN = 400
# Seconds of a turn of two processes at once.
PAIR_TURN = 2.5
GIB = 1 << 30


class Bench:
    def __init__(self, options):
        self.options = options
        self.threads = options.threads
        ours, theirs = Ours(options.executable, avx2=options.avx2), Peer("contiguous", options.avx2)
        environment, torch = ours.describe("environment"), theirs.describe("environment")
        close({"ours": ours, "theirs": theirs})
        kind = options.kind or peer_machine.this_kind(environment, torch["capability"])
        self.results = peer_report.Results(options.output, kind, environment, torch, options.commit)
        print(f"{kind}: {environment['cpu']}, {environment['lanes']} lanes, PyTorch "
              f"{torch['torch']} with {torch['capability']}; goals of the column "
              f"{self.results.machine['goals']}", flush=True)

    def variants(self, name: str) -> list[str]:
        when = self.options.compile
        compiled = when == "always" or (when == "some" and name in COMPILED)
        return ["contiguous", "channels_last"] + ["compiled"] * compiled

    def ours(self, limit: int | None = None) -> Ours:
        return Ours(self.options.executable, limit, self.options.avx2)

    def peer(self, variant: str) -> Peer:
        return Peer(variant, self.options.avx2)

    def start(self, name: str, request: str) -> dict:
        """Our process and PyTorch's, set up; a variant that fails is reported and left out."""
        workers = {"ours": self.ours()}
        for variant in self.variants(name):
            workers[variant] = self.peer(variant)
        try:
            # Before anything is set up: the libraries of the process.
            self.bare = {key: worker.ask("rss")[0] for key, worker in workers.items()}
            for key in list(workers):
                self.attempt(workers, key, request)
            if not request.startswith("losses"):
                check_parameters(workers)
        except Failure:
            close(workers)
            raise
        return workers

    def attempt(self, workers: dict, key: str, request: str) -> list[float]:
        try:
            return workers[key].ask(request)
        except Failure as failure:
            if key.startswith("ours"):
                raise
            print(f"  {key}: left out, {failure}", flush=True)
            workers.pop(key).close()
            return []

    def warm_up(self, workers: dict, request: str) -> tuple[float, dict, dict]:
        """A round that makes buffers and plans, and one that is as any other unless that would
        take long. Returns the seconds of a round of turns, the steps that make a turn of each, and
        what each computed."""
        for _ in range(2):
            start = time.perf_counter()
            answers = {key: self.attempt(workers, key, request) for key in list(workers)}
            round_time = time.perf_counter() - start
            if round_time > 20 and request != "step":
                break
        answers = {key: answer for key, answer in answers.items() if answer}
        turns = {key: max(1, math.ceil(TURN / answer[0])) for key, answer in answers.items()}
        # A whole turn more: only then have the threads met at every buffer.
        if "ours" in turns and turns["ours"] > 1:
            for _ in range(turns["ours"]):
                self.attempt(workers, "ours", request)
        round_time = sum(turns[key] * answer[0] / 1e3 for key, answer in answers.items())
        return round_time, turns, {key: answer[1] for key, answer in answers.items()}

    def alternate(self, workers: dict, request: str, round_time: float, turns: dict) -> dict:
        """Milliseconds of each, in turn, as often as the time allows."""
        times = {key: [] for key in workers}
        rounds = int(min(max(self.options.budget / round_time, self.options.least), 25))
        for _ in range(rounds):
            for key, worker in workers.items():
                # Threads of the one before may still be spinning.
                time.sleep(min(0.02, round_time / 10))
                turn = [worker.ask(request)[0] for _ in range(turns[key])]
                # The first finds the caches as the other left them, which training never does.
                times[key] += turn[1:] or turn
        self.steps = {key: rounds * turns[key] for key in workers}
        return times

    def sweep(self, network: Network) -> None:
        """Two processes of one thread each at once on both sides, as a sweep trains."""
        name = network.name
        sides = {"ours": [self.ours(), self.ours()]}
        for variant in self.variants(name):
            sides[variant] = [self.peer(variant), self.peer(variant)]
        everybody = {f"{key} {i}": worker for key, pair in sides.items() for i, worker in enumerate(pair)}
        try:
            for worker in everybody.values():
                worker.ask(f"train {network.request} 1")
            check_parameters(everybody)
            # Compilation, buffers and plans.
            for _ in range(2):
                for pair in sides.values():
                    steps_per_second(pair, 0.5)
            rates = {key: [] for key in sides}
            rounds = max(self.options.least, int(self.options.budget / (PAIR_TURN * len(sides))))
            for _ in range(rounds):
                for key, pair in sides.items():
                    rates[key].append(steps_per_second(pair, PAIR_TURN))
            self.compare(name, "two runs at once", "steps/s", rates, higher=True)
        finally:
            close(everybody)

    def training(self, network: Network) -> None:
        name = network.name
        workers = self.start(name, f"train {network.request} {self.threads}")
        try:
            alone = self.threads == 2 and name in ON_ONE_THREAD
            if alone:
                workers["ours, 1 thread"] = self.ours()
                workers["ours, 1 thread"].ask(f"train {network.request} 1")
            round_time, turns, _ = self.warm_up(workers, "step")
            before = {key: worker.ask("faults")[0] for key, worker in workers.items()}
            allocated = workers["ours"].ask("allocated")[0]
            times = self.alternate(workers, "step", round_time, turns)
            allocated = workers["ours"].ask("allocated")[0] - allocated
            steps = self.steps
            faults = {key: round((worker.ask("faults")[0] - before[key]) / steps[key])
                      for key, worker in workers.items()}
            one_thread = times.pop("ours, 1 thread", None)
            ratio = self.compare(name, "training step", "ms", times)
            memory = {key: workers[key].ask("rss") for key in times}
            self.compare(name, "peak memory, training", "bytes", memory)
            if one_thread:
                self.one_to_two(network, workers.pop("ours, 1 thread"), times["ours"], one_thread)
            self.results.add(
                case=name, quantity="steady-state allocation", unit="floats", ours=allocated,
                peer=None, ratio=None, better="lower",
                compared_with=f"{steps['ours']} steps after warming up", page_faults_a_step=faults)
            if ratio and self.is_loaded(name):
                self.loaded(name, workers, round_time, turns, ratio)
        finally:
            close(workers)

    def loaded(self, name: str, workers: dict, round_time: float, turns: dict, ratio: float) -> None:
        """The same steps while another process keeps each core busy."""
        with Load() as load:
            times = self.alternate(workers, "step", 2 * round_time, turns)
        self.compare(name, "training step under load", "ms", times, unloaded=ratio,
                     busy_processes=len(load.processes))

    def one_to_two(self, network: Network, first: Ours, two: list, one: list) -> None:
        """Ours by ourselves, and how much two processes that share nothing do here in the time of one."""
        second = self.ours()
        try:
            second.ask(f"train {network.request} 1")
            step = statistics.median(one) / 1e3
            second.ask(f"steps {step}")
            rates = {1: [], 2: []}
            for _ in range(3):
                for count, group in ((1, [first]), (2, [first, second])):
                    rates[count].append(steps_per_second(group, max(2, 1.5 * step)))
        finally:
            close({"first": first, "second": second})
        limit = statistics.median(rates[2]) / statistics.median(rates[1])
        self.add(network.name, "1 to 2 threads", "ms", statistics.median(two), statistics.median(one),
                 "ours on 1 thread", limit=limit)

    def evaluation(self, network: Network) -> None:
        name = network.name
        workers = self.start(name, f"evaluation {network.request} {self.threads}")
        try:
            round_time, turns, _ = self.warm_up(workers, "pass")
            times = self.alternate(workers, "pass", round_time, turns)
            self.compare(name, "evaluation", "ms", times)
            memory = {key: workers[key].ask("rss") for key in times}
            self.compare(name, "peak memory, evaluation", "bytes", memory)
        finally:
            close(workers)

    def losses(self, names: list[str]) -> None:
        extent = " ".join(map(str, LOSS_EXTENT))
        workers = self.start("losses", f"losses {extent} {self.threads}")
        try:
            for loss in names:
                round_time, turns, values = self.warm_up(workers, f"loss {loss}")
                times = self.alternate(workers, f"loss {loss}", round_time, turns)
                self.compare(loss + LOSS_SUFFIX, "loss", "ms", times, values=values)
        finally:
            close(workers)

    def largest(self) -> None:
        """The paper's step, within an address space of 20 GiB, so that it ends if it does not fit.
        PyTorch needs more than many machines have there."""
        name = LARGEST.name
        workers = {"ours": self.ours(limit=20 * GIB)}
        if self.options.all:
            workers["contiguous"] = self.peer("contiguous")
        try:
            for worker in workers.values():
                worker.ask(f"train {LARGEST.request} {self.threads}")
            times = {key: [worker.ask("step")[0] for _ in range(2)]
                     for key, worker in workers.items()}
            peak = workers["ours"].ask("rss")[0]
            self.add(name, "peak memory, training", "bytes", peak, 16 * GIB, "a limit of 16 GiB")
            if self.options.all:
                self.compare(name, "training step", "ms", times)
            else:
                print(f"  {name}: {times['ours'][-1]:.0f} ms a step", flush=True)
        except Failure as failure:
            self.results.add(
                case=name, quantity="peak memory, training", unit="bytes", ours=None, peer=16 * GIB,
                ratio=None, better="lower", compared_with="a limit of 16 GiB", failure=str(failure))
        finally:
            close(workers)

    def compare(self, case, quantity, unit, samples, higher=False, values=None, **more) -> float | None:
        """Ours against the best of PyTorch, by medians; returns the ratio."""
        medians = {key: statistics.median(times) for key, times in samples.items()}
        ours = medians.pop("ours")
        if not medians:
            print(f"  {case}, {quantity}: no variant of PyTorch ran", flush=True)
            return None
        best = (max if higher else min)(medians, key=medians.get)
        extra = {"variants": medians, "repetitions": len(samples["ours"])} | more
        if unit == "bytes":
            extra["before_anything"] = self.bare
        else:
            extra["spread"] = {key: [min(times), max(times)] for key, times in samples.items()}
        if values:
            extra["values"] = values
            spread = max(values.values()) - min(values.values())
            if spread > 1e-4 * abs(values["ours"]):
                print(f"  {case}: THE VALUES DIFFER: {values}", flush=True)
        return self.add(case, quantity, unit, ours, medians[best], f"PyTorch, {best}", **extra)

    def add(self, case, quantity, unit, ours, peer, compared_with, **extra) -> float:
        # Of memory less is better, and the ratio is a share; otherwise it says how many times as fast.
        lower = unit == "bytes"
        ratio = ours / peer if lower or unit == "steps/s" else peer / ours
        self.results.add(
            case=case, quantity=quantity, unit=unit, ours=ours, peer=peer, ratio=ratio,
            better="lower" if lower else "higher", compared_with=compared_with, **extra)
        return ratio

    def wanted(self, name: str, quantity: str) -> bool:
        """Whether the options ask for it, and `--resume` has not got it yet."""
        cases = self.options.cases
        asked = not cases or any(case in name for case in cases)
        return asked and not (self.options.resume and self.results.has(name, quantity))

    def networks(self, networks: list[Network], measure, last) -> None:
        """- last: the quantity of a network that is stored last."""
        for network in networks:
            if self.wanted(network.name, last(network.name)):
                try:
                    measure(network)
                except Failure as failure:
                    print(f"  {network.name}, {measure.__name__}: FAILED, {failure}", flush=True)

    def is_loaded(self, name: str) -> bool:
        return self.options.loaded or name in LOADED

    def run(self) -> None:
        for quantity in self.options.quantities:
            start = time.perf_counter()
            if quantity == "sweep":
                self.networks(SWEEP, self.sweep, lambda name: "two runs at once")
            elif quantity == "training":
                self.networks(
                    NETWORKS, self.training,
                    lambda name: "training step under load" if self.is_loaded(name) else
                    "steady-state allocation")
            elif quantity == "evaluation":
                self.networks(NETWORKS, self.evaluation, lambda name: "peak memory, evaluation")
            elif quantity == "losses":
                if names := [name for name in LOSSES if self.wanted(name + LOSS_SUFFIX, "loss")]:
                    self.losses(names)
            elif quantity == "largest":
                if self.wanted(LARGEST.name, "peak memory, training"):
                    self.largest()
            elif self.wanted(quantity, quantity):
                try:
                    {"data": data, "report": report}[quantity](self.options, self.results)
                except (OSError, subprocess.CalledProcessError) as error:
                    print(f"  {quantity}: FAILED, {error}", flush=True)
            print(f"  {quantity}: {time.perf_counter() - start:.0f} s", flush=True)


def check_parameters(workers: dict) -> None:
    """Both sides must train the same network."""
    counts = {key: int(worker.ask("parameters")[0]) for key, worker in workers.items()}
    if len(set(counts.values())) > 1:
        raise Failure(f"the networks differ in their number of parameters: {counts}")


def close(workers: dict) -> None:
    for worker in workers.values():
        worker.close()


def main() -> None:
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", nargs="+", metavar="TEXT", help="only those that contain one")
    parser.add_argument("--quantities", nargs="+", choices=QUANTITIES, default=QUANTITIES)
    parser.add_argument("--resume", action="store_true", help="only what this commit has not measured here")
    parser.add_argument("--compile", choices=["never", "some", "always"], default="some",
                        help="where torch.compile is tried (some: where it is known to help)")
    parser.add_argument("--loaded", action="store_true",
                        help="training under load for all cases (otherwise one for each backbone)")
    parser.add_argument("--all", action="store_true", help="PyTorch also at 6 x 769x769 (25 GB)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--budget", type=float, default=15, help="seconds of rounds for a number")
    parser.add_argument("--least", type=int, default=3, help="rounds at least")
    parser.add_argument("--executable", default=str(here.parents[1] / ".build/release/recallbench-speed"))
    parser.add_argument("--avx2", action="store_true",
                        help="keep PyTorch and our OpenBLAS from using AVX-512, for a build for AVX2")
    parser.add_argument("--kind", help="name of the machine's kind (default: from its CPU and the build)")
    parser.add_argument("--commit", help="of the executable, where git cannot tell")
    parser.add_argument("--output", type=Path, default=here, help="folder of peers/ and peer.md")
    parser.add_argument("--report", action="store_true", help="only tables and charts, from peers/*/peer.json")
    parser.add_argument("--check", action="store_true", help="only whether peer.md is up to date")
    options = parser.parse_args()
    options.executable = str(Path(options.executable).resolve())
    if options.check:
        return peer_report.check(options.output)
    if not options.report:
        began = datetime.now(timezone.utc)
        try:
            Bench(options).run()
        except KeyboardInterrupt:
            print("interrupted: go on with --resume", flush=True)
        print(f"took {datetime.now(timezone.utc) - began}")
    peer_report.write(options.output)


if __name__ == "__main__":
    main()
