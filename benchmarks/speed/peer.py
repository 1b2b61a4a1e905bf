"""RecallBench and PyTorch in turn, a step or 0.4 s of steps each, on the same threads, shapes and inputs.

    make bench-pytorch
    .build/bench-pytorch/bin/python benchmarks/speed/peer.py --cases "ResNet-18" --quantities training

Both sides are processes of their own that do single steps on request: `recallbench-speed serve` and
peer_worker.py, once for each way to run PyTorch; the best of these is the peer, for every number by
itself. Results are merged into peer.json by case and quantity.
"""

import argparse
import json
import math
import statistics
import subprocess
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

import peer_report
from peer_process import Failure, Ours, Peer

NETWORKS = [  # name, backbone, width, batch, rows, columns, goal of a training step
    ("ResNet-18, width 0.25, 8 x 64x128", "resnet18", 0.25, 8, 64, 128, 4),
    ("ResNet-101, width 0.25, 8 x 64x128", "resnet101", 0.25, 8, 64, 128, 4),
    ("ResNet-18, 8 x 96x192", "resnet18", 1, 8, 96, 192, 2.5),
    ("ResNet-101, 8 x 96x192", "resnet101", 1, 8, 96, 192, 2),
    ("ResNet-18, 2 x 384x768", "resnet18", 1, 2, 384, 768, 3),
    ("ResNet-101, 2 x 384x768", "resnet101", 1, 2, 384, 768, 2),
    ("ResNet-18, 1 x 769x769", "resnet18", 1, 1, 769, 769, 3),
]
# Where torch.compile is known to help and worth its minutes.
COMPILED = {"ResNet-101, 8 x 96x192"}
LOSSES = ["ce", "weighted_ce", "balanced_ce", "focal(gamma: 1)", "ohem(keep: 0.7)", "soft_iou",
          "lovasz", "recall"]
LOSS_EXTENT = (8, 384, 768, 16)
LARGEST = ("ResNet-101, 6 x 769x769", "resnet101", 1, 6, 769, 769)
QUANTITIES = ["training", "evaluation", "losses", "data", "largest"]
# Milliseconds for which one side works before it is the other's turn, if a step takes less.
TURN = 400
GIB = 1 << 30


class Bench:
    def __init__(self, options):
        self.options = options
        self.threads = options.threads
        self.results = peer_report.Results(options.output, options.executable)

    def variants(self, name: str) -> list[str]:
        when = self.options.compile
        compiled = when == "always" or (when == "some" and name in COMPILED)
        return ["contiguous", "channels_last"] + ["compiled"] * compiled

    def start(self, name: str, request: str) -> dict:
        """Our process and PyTorch's, set up; a variant that fails is reported and left out."""
        workers = {"ours": Ours(self.options.executable)}
        for variant in self.variants(name):
            workers[variant] = Peer(variant)
        # Before anything is set up: the libraries of the process.
        self.bare = {key: worker.ask("rss")[0] for key, worker in workers.items()}
        for key in list(workers):
            self.attempt(workers, key, request)
        return workers

    def attempt(self, workers: dict, key: str, request: str) -> list[float]:
        try:
            return workers[key].ask(request)
        except Failure as failure:
            if key in ("ours", "ours, 1 thread"):
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

    def training(self, network) -> None:
        name, backbone, width, batch, rows, columns, goal = network
        case = f"{backbone} {width} {batch} {rows} {columns}"
        workers = self.start(name, f"train {case} {self.threads}")
        try:
            # On one thread too, where that does not take minutes.
            if self.threads == 2 and name != "ResNet-101, 2 x 384x768":
                workers["ours, 1 thread"] = Ours(self.options.executable)
                workers["ours, 1 thread"].ask(f"train {case} 1")
            round_time, turns, _ = self.warm_up(workers, "step")
            before = {key: worker.ask("faults")[0] for key, worker in workers.items()}
            allocated = workers["ours"].ask("allocated")[0]
            times = self.alternate(workers, "step", round_time, turns)
            allocated = workers["ours"].ask("allocated")[0] - allocated
            steps = self.steps
            faults = {key: round((worker.ask("faults")[0] - before[key]) / steps[key])
                      for key, worker in workers.items()}
            alone = times.pop("ours, 1 thread", None)
            self.compare(name, "training step", "ms", times, goal)
            memory = {key: workers[key].ask("rss") for key in times}
            self.compare(name, "peak memory, training", "bytes", memory, 0.5, lower=True)
            if alone:
                self.add(
                    name, "1 to 2 threads", "ms", statistics.median(times["ours"]),
                    statistics.median(alone), "ours on 1 thread", 1.85)
            self.results.add(
                case=name, quantity="steady-state allocation", unit="floats", ours=allocated,
                peer=None, ratio=None, goal=0, better="lower", met=allocated == 0,
                compared_with=f"{steps['ours']} steps after warming up", page_faults_a_step=faults)
        finally:
            close(workers)

    def evaluation(self, network) -> None:
        name, backbone, width, batch, rows, columns, _ = network
        case = f"{backbone} {width} {batch} {rows} {columns}"
        workers = self.start(name, f"evaluation {case} {self.threads}")
        try:
            round_time, turns, _ = self.warm_up(workers, "pass")
            times = self.alternate(workers, "pass", round_time, turns)
            self.compare(name, "evaluation", "ms", times, 2)
            memory = {key: workers[key].ask("rss") for key in times}
            self.compare(name, "peak memory, evaluation", "bytes", memory, 0.5, lower=True)
        finally:
            close(workers)

    def losses(self, names: list[str]) -> None:
        extent = " ".join(map(str, LOSS_EXTENT))
        workers = self.start("losses", f"losses {extent} {self.threads}")
        try:
            for loss in names:
                round_time, turns, values = self.warm_up(workers, f"loss {loss}")
                times = self.alternate(workers, f"loss {loss}", round_time, turns)
                goal = 5 if loss == "lovasz" else 3
                self.compare(f"{loss}, 8 x 384x768 x 16", "loss", "ms", times, goal, values=values)
        finally:
            close(workers)

    def data(self) -> None:
        """Ours alone: a step with the pipeline against one on a prepared batch."""
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            subprocess.run(
                [self.options.executable, "data", "--threads", str(self.threads), "--rounds",
                 "7", "--output", file.name], check=True)
            figures = json.load(open(file.name))["figures"]
        steps = {(f["subject"], f["quantity"]): f["median"] for f in figures}
        for (subject, quantity), ratio in steps.items():
            if quantity == "ratio":
                self.results.add(
                    case=subject, quantity="step with the data pipeline", unit="ms",
                    ours=steps[subject, "step with the pipeline"],
                    peer=steps[subject, "step on a prepared batch"], ratio=ratio, goal=1.02,
                    better="lower", met=ratio <= 1.02, compared_with="ours on a prepared batch")

    def largest(self) -> None:
        """The paper's step, within an address space of 20 GiB, so that it ends if it does not fit.
        PyTorch needs more than many machines have there."""
        name, *case = LARGEST
        request = " ".join(["train", *map(str, case), str(self.threads)])
        workers = {"ours": Ours(self.options.executable, limit=20 * GIB)}
        if self.options.all:
            workers["contiguous"] = Peer("contiguous")
        try:
            for worker in workers.values():
                worker.ask(request)
            times = {key: [worker.ask("step")[0] for _ in range(2)]
                     for key, worker in workers.items()}
            peak = workers["ours"].ask("rss")[0]
            self.add(name, "peak memory, training", "bytes", peak, 16 * GIB, "a limit of 16 GiB", 1,
                     lower=True)
            if self.options.all:
                self.compare(name, "training step", "ms", times, 2)
            else:
                print(f"  {name}: {times['ours'][-1]:.0f} ms a step", flush=True)
        except Failure as failure:
            self.results.add(
                case=name, quantity="peak memory, training", unit="bytes", ours=None, peer=16 * GIB,
                ratio=None, goal=1, better="lower", met=False, compared_with="a limit of 16 GiB",
                failure=str(failure))
        finally:
            close(workers)

    def compare(self, case, quantity, unit, samples, goal, lower=False, values=None) -> None:
        """Ours against the best of PyTorch, by medians."""
        medians = {key: statistics.median(times) for key, times in samples.items()}
        ours = medians.pop("ours")
        if not medians:
            print(f"  {case}, {quantity}: no variant of PyTorch ran", flush=True)
            return
        best = min(medians, key=medians.get)
        extra = {"variants": medians, "repetitions": len(samples["ours"])}
        if unit == "bytes":
            extra["before_anything"] = self.bare
        if unit == "ms":
            extra["spread"] = {key: [min(times), max(times)] for key, times in samples.items()}
        if values:
            extra["values"] = values
            spread = max(values.values()) - min(values.values())
            if spread > 1e-4 * abs(values["ours"]):
                print(f"  {case}: THE VALUES DIFFER: {values}", flush=True)
        self.add(case, quantity, unit, ours, medians[best], f"PyTorch, {best}", goal, lower, **extra)

    def add(self, case, quantity, unit, ours, peer, compared_with, goal, lower=False, **extra):
        ratio = ours / peer if lower else peer / ours
        self.results.add(
            case=case, quantity=quantity, unit=unit, ours=ours, peer=peer, ratio=ratio, goal=goal,
            better="lower" if lower else "higher", met=ratio <= goal if lower else ratio >= goal,
            compared_with=compared_with, **extra)

    def run(self) -> None:
        def wanted(name: str) -> bool:
            return not self.options.cases or any(case in name for case in self.options.cases)

        for quantity in self.options.quantities:
            if quantity in ("training", "evaluation"):
                for network in filter(lambda network: wanted(network[0]), NETWORKS):
                    try:
                        getattr(self, quantity)(network)
                    except Failure as failure:
                        print(f"  {network[0]}, {quantity}: FAILED, {failure}", flush=True)
            elif quantity == "losses":
                if names := list(filter(wanted, LOSSES)):
                    self.losses(names)
            elif quantity == "largest":
                if wanted(LARGEST[0]):
                    self.largest()
            elif wanted("data"):
                self.data()


def close(workers: dict) -> None:
    for worker in workers.values():
        worker.close()


def main() -> None:
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", nargs="+", metavar="TEXT", help="only those that contain one")
    parser.add_argument("--quantities", nargs="+", choices=QUANTITIES, default=QUANTITIES)
    parser.add_argument("--compile", choices=["never", "some", "always"], default="some",
                        help="where torch.compile is tried (some: where it is known to help)")
    parser.add_argument("--all", action="store_true", help="PyTorch also at 6 x 769x769 (25 GB)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--budget", type=float, default=30, help="seconds of rounds for a number")
    parser.add_argument("--least", type=int, default=3, help="rounds at least")
    parser.add_argument("--executable", default=str(here.parents[1] / ".build/release/recallbench-speed"))
    parser.add_argument("--output", type=Path, default=here, help="folder of peer.json")
    parser.add_argument("--report", action="store_true", help="only table and chart, from peer.json")
    options = parser.parse_args()
    if not options.report:
        began = datetime.now(timezone.utc)
        Bench(options).run()
        print(f"took {datetime.now(timezone.utc) - began}")
    peer_report.write(options.output)


if __name__ == "__main__":
    main()
