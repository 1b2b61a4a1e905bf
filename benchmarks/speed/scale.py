"""What one run on several ranks takes, measured on this machine and computed for clusters.

    make build MPI=1 && python3 benchmarks/speed/scale.py

measures steps and exchanges (scale.json), and writes the tables of docs/scale.md, which explains the model.
--report writes the tables again without measuring. Nothing else should run meanwhile; a quarter of an hour.
"""

import argparse
import itertools
import json
import math
import os
import statistics
import subprocess
from pathlib import Path

import peer_machine

HERE = Path(__file__).resolve().parent
STORE = HERE / "scale.json"
PAGE = HERE.parent.parent / "docs" / "scale.md"
BACKBONES = {"resnet18": "ResNet-18", "resnet101": "ResNet-101"}
SIZES = [(384, 768), (769, 769)]
# Cases that are measured on one, two and four ranks, and on two threads: backbone, width, batch, rows, columns.
CHECKED = [
    ("resnet18", 0.25, 8, 64, 128),
    ("resnet18", 1, 8, 96, 192),
    ("resnet101", 1, 8, 96, 192),
    ("resnet18", 1, 4, 384, 768),
]
# Seconds until a small message arrives, and Gb/s. Common figures, not measured here.
NETWORKS = [("10 Gb/s", 30e-6, 10), ("25 Gb/s", 15e-6, 25), ("100 Gb/s", 2e-6, 100)]
THREADS = [1, 2, 4, 8, 16, 32, 64]
# How often the bytes of all gradients are read or written besides: filled with zeros, copied to where they are
# sent from, summed, and copied to where they are used, by one thread.
PASSES = 6.5
# Part of a step in which gradients can be summed meanwhile: the backward pass does two of three products.
BACKWARD = 2 / 3
NODE = 64


class Tool:
    def __init__(self, executable: str):
        self.executable = executable
        self.root = ["--allow-run-as-root"] if os.geteuid() == 0 else []

    def run(self, *arguments, ranks: int = 1) -> dict:
        command = [self.executable, *map(str, arguments)]
        if ranks > 1:
            placed = ["--oversubscribe", "--bind-to", "none", "-n", str(ranks)]
            command = ["mpirun", *self.root, *placed, *command]
        # As sweep --ranks starts them.
        environment = os.environ | {"OMPI_MCA_mpi_yield_when_idle": "1"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)}: {done.stderr.strip()}")
        return json.loads(done.stdout.strip().splitlines()[-1])

    def step(self, case, ranks: int = 1, threads: int = 1, steps: int = 6) -> dict:
        return self.run(*self.options(case, threads, steps), ranks=ranks)

    def two_at_once(self, case, steps: int) -> float:
        """The mean step of two processes that share nothing but the machine."""
        command = [self.executable, *map(str, self.options(case, 1, steps))]
        both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        return statistics.mean(json.loads(each.communicate()[0])["step"] for each in both)

    @staticmethod
    def options(case, threads: int, steps: int) -> list:
        backbone, width, batch, rows, columns = case
        return [
            "ranks", "--json", "--backbone", backbone, "--width", width, "--batch", batch,
            "--rows", rows, "--columns", columns, "--threads", threads, "--steps", steps,
        ]  # fmt: skip


def key(case) -> str:
    backbone, width, batch, rows, columns = case
    return f"{backbone} {width} {batch} {rows} {columns}"


def memory(command: str) -> float:
    """Bytes in a second that one thread reads and writes."""
    done = subprocess.run([command, "doctor", "--json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["machine"]["rates"][0]["triad"] * 1e9


def measure(tool: Tool, command: str, store: dict, rounds: int) -> None:
    """Every case is kept as soon as it is measured; those in the store are not measured again."""
    keep(store, "memory", "1 thread", lambda: memory(command))
    for ranks in (2, 4):
        keep(store, "exchanges", str(ranks), lambda: tool.run("exchanges", ranks=ranks))
    for case in CHECKED:
        keep(store, "checked", key(case), lambda: checked(tool, case, rounds))
    for backbone, (rows, columns) in itertools.product(BACKBONES, SIZES):
        for batch in (1, 2):
            case = (backbone, 1, batch, rows, columns)
            keep(store, "large", key(case), lambda: tool.step(case, steps=3))
    # Of the smaller size: a table takes a step for each number of threads.
    for backbone in BACKBONES:
        keep(store, "gains", backbone, lambda: gains(tool, backbone, *SIZES[0]))


def keep(store: dict, part: str, name: str, measured) -> None:
    if name in store.setdefault(part, {}):
        return
    store[part][name] = measured()
    print(part, name, store[part][name], flush=True)
    STORE.write_text(json.dumps(store, indent=1, sort_keys=True) + "\n")


def checked(tool: Tool, case, rounds: int) -> dict:
    """In turn, so that a change of the machine's speed meets all alike."""
    steps = 3 if case[3] > 300 else 5 if case[0] == "resnet101" else 12
    ways = {
        "1": lambda: tool.step(case, steps=steps),
        "2": lambda: tool.step(case, ranks=2, steps=steps),
        "4": lambda: tool.step(case, ranks=4, steps=steps),
        "2 threads": lambda: tool.step(case, threads=2, steps=steps),
        "2 at once": lambda: {"step": tool.two_at_once(case, steps)},
        # Half and a quarter of the batch: what a rank computes.
        "half": lambda: tool.step((*case[:2], case[2] // 2, *case[3:]), steps=steps),
        "quarter": lambda: tool.step((*case[:2], case[2] // 4, *case[3:]), steps=steps),
    }
    results = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            results[name].append(way())
    medians = {}
    for name, found in results.items():
        medians[name] = dict(found[0])
        for field in ("step", "exchange", "loss"):
            if field in found[0]:
                medians[name][field] = statistics.median(each[field] for each in found)
    return medians


def gains(tool: Tool, backbone: str, rows: int, columns: int) -> dict:
    """One thread's step divided by that of so many, by the cut of the loops."""
    command = [tool.executable, "pieces", backbone, "--batch", "2", "--rows", str(rows)]
    command += ["--columns", str(columns), "--rounds", "1", "--markdown"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = [line.strip("| ").split("|") for line in text.splitlines() if "step on" in line]
    return {line[0].split()[2]: float(line[-1]) for line in lines}


# The model. All times in seconds, all sizes in bytes.


class Work:
    """A training step without exchanges: `fixed` on every rank, and so much for each image and for the loss
    of each image of the whole batch."""

    def __init__(self, one: dict, two: dict, few: int, many: int):
        self.loss = two["loss"] / many
        plain_one, plain_two = one["step"] - one["loss"], two["step"] - two["loss"]
        self.image = max(0.0, (plain_two - plain_one) / (many - few))
        self.fixed = max(0.0, plain_one - few * self.image)

    def step(self, batch: int, ranks: int) -> float:
        return self.fixed + self.image * batch / ranks + self.loss * batch


class Exchanged:
    """What a rank exchanges: waiting gathers (calls, and bytes to each other rank) and gradients' sums."""

    def __init__(self, calls: int, fixed_bytes: float, image_bytes: float, gradients: float):
        self.calls, self.gradients = calls, gradients
        self.fixed_bytes, self.image_bytes = fixed_bytes, image_bytes

    def seconds(
        self, batch: int, ranks: int, latency: float, bandwidth: float, backward: float, memory: float
    ) -> float:
        if ranks == 1:
            return 0.0
        waiting = self.calls * latency * math.ceil(math.log2(ranks))
        gathered = (ranks - 1) * (self.fixed_bytes + self.image_bytes * batch / ranks) / bandwidth
        sums = 2 * (ranks - 1) / ranks * self.gradients / bandwidth
        # The last bucket of 4 MiB is sent when nothing is left to be computed.
        last = sums * min(1, (4 << 20) / self.gradients)
        return waiting + gathered + PASSES * self.gradients / memory + max(last, sums - backward)


def exchanged(small: dict, backbone: str) -> Exchanged:
    """From what was counted on two ranks at full width: logits are 19 floats at a sixteenth of the rows and
    columns, the rest of what is gathered does not depend on the images."""
    name = key(next(case for case in CHECKED if case[0] == backbone and case[1] == 1))
    _, _, batch, rows, columns = name.split()
    counted = small[name]["2"]
    logits = image_bytes(int(rows), int(columns))
    fixed = counted["gathers"]["bytes"] - logits * int(batch) / 2
    return Exchanged(counted["gathers"]["calls"], fixed, logits, 2 * counted["sums"]["bytes"])


def image_bytes(rows: int, columns: int) -> float:
    return 4 * 19 * math.ceil(rows / 16) * math.ceil(columns / 16)


def table(head: list, rows: list) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.1f}" if seconds < 1 else f"{seconds * 1e3:.0f}"


def title(case: str) -> str:
    backbone, width, batch, rows, columns = case.split()
    wide = "" if width == "1" else f", width {width}"
    return f"{BACKBONES[backbone]}{wide}, {batch} x {rows}x{columns}"


def check_table(store: dict) -> str:
    """Show what a step takes, and what the model says of it."""
    rows = []
    for case in CHECKED:
        found = store["checked"][key(case)]
        _, _, batch, height, width = case
        work = Work(found["half"], found["1"], batch // 2, batch)
        # Both cores work: what two processes lose that share nothing.
        contention = found["2 at once"]["step"] / found["1"]["step"]
        row = [title(key(case)), milliseconds(found["1"]["step"]), milliseconds(found["2 threads"]["step"])]
        for ranks in (2, 4):
            counted = found[str(ranks)]
            logits = image_bytes(height, width)
            moved = Exchanged(
                counted["gathers"]["calls"], counted["gathers"]["bytes"] - logits * batch / ranks,
                logits, ranks * counted["sums"]["bytes"])  # fmt: skip
            measured = store["exchanges"][str(ranks)]
            # Four ranks take turns on two cores.
            compute = work.step(batch, ranks) * contention * max(1, ranks / 2)
            # Nothing is hidden, since the processor itself copies between processes.
            predicted = compute + moved.seconds(
                batch, ranks, measured["latency"], measured["bandwidth"], 0, store["memory"]["1 thread"])
            error = predicted / counted["step"] - 1
            row += [milliseconds(counted["step"]), milliseconds(predicted), f"{100 * error:+.0f}%"]
        rows.append(row)
    head = ["milliseconds a step", "1 rank", "2 threads", "2 ranks", "model", "error", "4 ranks", "model", "error"]
    return table(head, rows)


def order_table(store: dict) -> str:
    """What it would cost at most to sum each image by itself."""
    cases = []
    for case in CHECKED:
        found, batch = store["checked"][key(case)], case[2]
        cases.append((key(case), batch, Work(found["half"], found["1"], batch // 2, batch)))
    for backbone, size in itertools.product(BACKBONES, SIZES):
        cases.append((key((backbone, 1, 6, *size)), 6, work(store, backbone, size)))
    rows = []
    for name, batch, it in cases:
        more = (batch - 1) * it.fixed / it.step(batch, 1)
        rows.append([title(name), f"{it.fixed:.3f}", f"{it.step(batch, 1):.2f}", f"{100 * more:.0f}%"])
    return table(["one core", "fixed, s", "step, s", "more, at most"], rows)


def work(store: dict, backbone: str, size) -> Work:
    one, two = (store["large"][key((backbone, 1, batch, *SIZES[0]))] for batch in (1, 2))
    found = Work(one, two, 1, 2)
    # What is fixed does not depend on the size, and is lost in the noise of the larger one.
    if size != SIZES[0]:
        two = store["large"][key((backbone, 1, 2, *size))]
        found.loss = two["loss"] / 2
        found.image = (two["step"] - two["loss"] - found.fixed) / 2
    return found


def predicted(store, backbone, size, batch, ranks, threads, network) -> float:
    """A step on so many ranks of so many threads each."""
    gain = store["gains"][backbone][str(threads)]
    _, latency, gigabits = network
    compute = work(store, backbone, size).step(batch, ranks) / gain
    moved = exchanged(store["checked"], backbone)
    moved.image_bytes = image_bytes(*size)
    return compute + moved.seconds(
        batch, ranks, latency, gigabits * 1e9 / 8, BACKWARD * compute, store["memory"]["1 thread"])


def scale_table(store: dict, batch: int, counts: list, threads: int) -> str:
    rows = []
    for backbone, size, network in itertools.product(BACKBONES, SIZES, NETWORKS):
        steps = [predicted(store, backbone, size, batch, ranks, threads, network) for ranks in counts]
        name = f"{BACKBONES[backbone]}, {size[0]}x{size[1]}, {network[0]}"
        gain = f"{steps[0] / steps[-1]:.1f}"
        rows.append([name] + [f"{step:.2f}" for step in steps] + [gain])
    return table(["seconds a step"] + [f"{ranks} ranks" if ranks > 1 else "1 rank" for ranks in counts] + ["gain"], rows)


def measured_table(store: dict) -> str:
    rows = []
    for backbone, size in itertools.product(BACKBONES, SIZES):
        it, moved = work(store, backbone, size), exchanged(store["checked"], backbone)
        rows.append(
            [f"{BACKBONES[backbone]}, {size[0]}x{size[1]}", f"{it.fixed:.2f}", f"{it.image:.2f}"]
            + [f"{it.loss:.3f}", str(moved.calls), f"{moved.fixed_bytes / 1e6:.2f}"]
            + [f"{image_bytes(*size) / 1e6:.2f}", f"{moved.gradients / 1e6:.0f}"])
    head = ["one core, one rank", "fixed, s", "an image, s", "its loss, s", "waits"]
    return table(head + ["statistics, MB", "logits of an image, MB", "gradients, MB"], rows)


def gain_table(store: dict) -> str:
    rows = [
        [BACKBONES[backbone] + ", 2 x 384x768"] + [f"{store['gains'][backbone][str(t)]:.1f}" for t in THREADS]
        for backbone in BACKBONES
    ]
    return table(["gain at most, on threads"] + list(map(str, THREADS)), rows)


# Hours of the paper's 32 runs: eight losses of each backbone and data set, batch 6.
RUNS = [
    (backbone, size, steps)
    for backbone in BACKBONES
    for size, steps in ((SIZES[0], 100_000), (SIZES[1], 90_000))
    for _ in range(8)
]


def hours(store, ranks: dict, threads: int, network) -> list:
    """Of each of the 32 runs, and how many nodes or parts of nodes it takes."""
    found = {
        (backbone, size): predicted(store, backbone, size, 6, ranks[backbone], threads, network)
        for backbone, size, _ in RUNS
    }
    return [(found[backbone, size] * steps / 3600, ranks[backbone]) for backbone, size, steps in RUNS]


def makespan(runs: list, slots: int) -> float:
    """Longest first, each on the slots that are free first."""
    free = [0.0] * slots
    for time, width in sorted(runs, reverse=True):
        free.sort()
        free[:width] = [free[width - 1] + time] * width
    return max(free)


def arrangements(store: dict, nodes: int, network) -> list:
    """Hours until all is done, threads of a rank, and ranks of a run of each backbone, the soonest first.
    Within a node, runs have threads, and a rank has a node of its own."""
    found = []
    for threads in THREADS:
        for ranks in itertools.product((1, 2, 3, 6), repeat=2) if threads == NODE else [(1, 1)]:
            slots = nodes * (NODE // threads)
            if max(ranks) <= slots:
                runs = hours(store, dict(zip(BACKBONES, ranks)), threads, network)
                found.append((makespan(runs, slots), sum(ranks), threads, ranks))
    return sorted(found)


def arrangement_table(store: dict) -> str:
    rows = []
    for nodes in (1, 2, 4, 8, 16, 32, 48, 64, 96, 192):
        done, _, threads, ranks = arrangements(store, nodes, NETWORKS[1])[0]
        rows.append([str(nodes), str(threads), *map(str, ranks), f"{done:.0f}", f"{done * nodes:.0f}"])
    return table(["nodes", "threads of a rank", *(f"ranks, {b}" for b in BACKBONES.values()), "hours", "node-hours"], rows)


def machine_line(store: dict) -> str:
    it = store["machine"]
    return f"{it['cpu']}, {it['cores']} cores; commit {it['commit']}, {it['date']}."


def report(store: dict) -> None:
    parts = {
        "machine": machine_line(store),
        "check": check_table(store),
        "measured": measured_table(store),
        "order": order_table(store),
        "gain": gain_table(store),
        "paper": scale_table(store, 6, [1, 2, 3, 6], 16),
        "large": scale_table(store, 64, [1, 2, 4, 8, 16, 32, 64], 16),
        "arrangements": arrangement_table(store),
    }
    page = PAGE.read_text()
    for name, text in parts.items():
        begin, end = f"<!-- {name}: written by scale.py -->\n", "<!-- end -->"
        before, rest = page.split(begin, 1)
        page = before + begin + text + "\n" + end + rest.split(end, 1)[1]
    PAGE.write_text(page)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--executable", default=".build/release/recallbench-speed")
    parser.add_argument("--recallbench", default=".build/release/recallbench", help="for the rate of memory")
    parser.add_argument("--report", action="store_true", help="write the tables again without measuring")
    parser.add_argument("--rounds", type=int, default=3, help="times that the checked cases are measured in turn")
    parser.add_argument("--again", action="store_true", help="measure everything again")
    options = parser.parse_args()
    store = json.loads(STORE.read_text()) if STORE.exists() and not options.again else {}
    if not options.report:
        # Of the first measurements; what is added later is of the same program.
        store.setdefault("machine", {
            "cpu": peer_machine.field("/proc/cpuinfo", "model name"), "cores": os.cpu_count(),
            "commit": peer_machine.short(peer_machine.git_commit(HERE)), "date": peer_machine.now()[:10],
        })  # fmt: skip
        measure(Tool(options.executable), options.recallbench, store, options.rounds)
    report(store)


if __name__ == "__main__":
    main()
