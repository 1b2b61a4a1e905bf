"""peers/KIND/peer.json, and what is made from all of them: peer.md and a chart for each kind."""

import json
import subprocess
from collections import Counter
from pathlib import Path

import peer_machine
from peer_cases import LARGEST, LOSS_SUFFIX, LOSSES, NETWORKS, SWEEP, goal, is_met
from peer_machine import short

SECTIONS = {
    "two runs at once": "Two runs at once, one thread each: steps per second of both together",
    "training step": "Training step: forward, cross-entropy, backward, Adam",
    "training step under load": "Training step while another process keeps each core busy",
    "evaluation": "Evaluation: forward only",
    "loss": "Losses: value and gradient from logits",
    "1 to 2 threads": "From one thread to two",
    "peak memory, training": "Peak resident memory, training",
    "peak memory, evaluation": "Peak resident memory, evaluation",
    "steady-state allocation": "Floats asked of the system in the steady state of training",
    "step with the data pipeline": "Training step with reading, decoding and augmenting",
    "report": "Report of the stored runs of quick (`make figures`)",
}
NOTES = {
    "two runs at once": "Two processes on each side, told to train at the same moment. Ratio: ours / theirs.",
    "training step under load": "Measured right after the row without load. The ratio should hold: the goal is "
                                "nine tenths of the ratio without load.",
    "1 to 2 threads": "*Machine's own limit*: steps per second of two processes of ours, one thread each, that "
                      "share nothing, divided by one's alone, in the same minute. The goal is for full width.",
}
# A column between ratio and goal: its heading, and the key of the entry.
EXTRA = {"training step under load": ("without load", "unloaded"),
         "1 to 2 threads": ("machine's own limit", "limit")}
CASES = [network.name for network in SWEEP + NETWORKS + [LARGEST]] + [loss + LOSS_SUFFIX for loss in LOSSES]


class Results:
    """Those of one kind of machine, stored whenever one is added."""

    def __init__(self, folder: Path, kind: str, environment: dict, torch: dict, commit: str | None = None):
        self.folder = folder / "peers" / kind
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path = self.folder / "peer.json"
        self.entries = json.loads(self.path.read_text()) if self.path.exists() else []
        self.commit = commit or peer_machine.git_commit(Path(__file__).resolve().parent)
        self.machine = peer_machine.record(self.commit, environment, torch)
        # Only once there is a number: a run that is interrupted before leaves the old record alone.
        self.is_machine_stored = False

    def add(self, **entry) -> None:
        entry |= {"commit": self.commit, "measured": peer_machine.now()}
        key = entry["case"], entry["quantity"]
        for index, old in enumerate(self.entries):
            if (old["case"], old["quantity"]) == key:
                self.entries[index] = entry
                break
        else:
            self.entries.append(entry)
        if not self.is_machine_stored:
            store(self.folder / "machine.json", self.machine, sort_keys=True)
            self.is_machine_stored = True
        store(self.path, self.entries)
        print(line(entry, self.machine["goals"]), flush=True)

    def has(self, case: str, quantity: str) -> bool:
        """Whether this commit has measured it; `data` and `report` are any case of theirs."""
        quantity = {"data": "step with the data pipeline"}.get(quantity, quantity)
        return any(
            entry["quantity"] == quantity and entry["commit"] == self.commit
            and (entry["case"] == case or case in ("data", "report")) for entry in self.entries)


def store(path: Path, value, **how) -> None:
    """Whole or not at all."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(value, indent=2, ensure_ascii=False, **how) + "\n")
    new.replace(path)


def number(value, unit: str) -> str:
    if value is None:
        return "-"
    if unit == "bytes":
        return f"{value / 2 ** 20:.0f} MiB"
    if unit == "ms":
        return f"{value:.{1 if value < 100 else 0}f} ms"
    return f"{value:.1f} {unit}" if unit in ("s", "steps/s") else f"{value:.0f}"


def ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def goal_text(entry: dict, column: str) -> str:
    limit = goal(entry, column)
    if limit is None:
        return "-"
    unit = f" {entry['unit']}" if entry["ratio"] is None and entry["unit"] == "s" else ""
    return f"{'<=' if entry['better'] == 'lower' else '>='} {limit}{unit}"


def verdict(entry: dict, column: str, no="not met") -> str:
    met = is_met(entry, column)
    return "" if met is None else "met" if met else no


def compared(entry: dict) -> str:
    theirs = entry["compared_with"]
    return theirs if entry["peer"] is None else f"{number(entry['peer'], entry['unit'])} ({theirs})"


def line(entry: dict, column: str) -> str:
    extra = EXTRA.get(entry["quantity"])
    extra = f" ({extra[0]}: {ratio(entry.get(extra[1]))})" if extra else ""
    return (f"{entry['case']}, {entry['quantity']}: {number(entry['ours'], entry['unit'])} against "
            f"{compared(entry)}: {ratio(entry['ratio'])}{extra}, goal {goal_text(entry, column)} "
            f"{verdict(entry, column, 'NOT met')}".rstrip())


class Kind:
    def __init__(self, folder: Path):
        self.name = folder.name
        self.folder = folder
        self.machine = json.loads((folder / "machine.json").read_text())
        self.column = self.machine["goals"]
        self.entries = json.loads((folder / "peer.json").read_text())

    def rows(self, quantity: str) -> dict:
        return {e["case"]: e for e in self.entries if e["quantity"] == quantity}

    def cells(self) -> list[str]:
        m = self.machine
        kernel = m.get("blasKernel", "not recorded")
        if m.get("blasKernelReplaced"):
            kernel += f" in place of {m['blasKernelReplaced']}"
        commits = Counter(short(e["commit"]) for e in self.entries)
        made = ", ".join(f"{commit} ({count} row{'s' * (count > 1)})" for commit, count in commits.most_common())
        return [self.name, f"{m['cpu']}, {peer_machine.cores(m)}, {m.get('vectors', 'not recorded')}",
                f"{m.get('lanes', 'not recorded')} lanes", kernel, f"{m['torch']}, {m['capability']}",
                m["goals"], f"{made}, {m['measured'][:10]}"]

    def notes(self) -> list[str]:
        return [note for note in (self.build_note(), self.rounds_note()) if note]

    def rounds_note(self) -> str | None:
        """Where time was short."""
        rounds = [e.get("repetitions", 3) for e in self.entries if e["unit"] in ("ms", "steps/s")]
        fewest = min(rounds, default=3)
        return f"`{self.name}` has rows of only {fewest} rounds." if fewest < 3 else None

    def build_note(self) -> str | None:
        m = self.machine
        if m.get("lanes") == 8 and m.get("vectors") == "AVX-512":
            what = ("PyTorch and OpenBLAS use AVX-512 there, so they are not quite those of a machine of that column"
                    if m["capability"] == "AVX512" else "PyTorch and OpenBLAS were kept from using AVX-512, too")
            return (f"`{self.name}` is a build of ours for AVX2 on a machine with AVX-512. Its goals are those of "
                    f"the AVX2 column; {what}.")
        return None


def table(header: list[str], numbers: set[int], rows: list[list[str]]) -> list[str]:
    lines = ["| " + " | ".join(header) + " |",
             "|" + "|".join("---:" if i in numbers else "---" for i in range(len(header))) + "|"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows] + [""]


def section(quantity: str, kinds: list[Kind]) -> list[str]:
    """A row for each case and kind, the kinds of a case one below the other."""
    found = {kind.name: kind.rows(quantity) for kind in kinds}
    cases = list(dict.fromkeys(case for rows in found.values() for case in rows))
    if not cases:
        return []
    cases.sort(key=lambda case: CASES.index(case) if case in CASES else len(CASES))
    extra = EXTRA.get(quantity)
    header = ["case", "kind", "ours", "compared with", "ratio", *([extra[0]] if extra else []), "goal", ""]
    rows = []
    for case in cases:
        label = case
        for kind in kinds:
            if e := found[kind.name].get(case):
                rows.append(
                    [label, kind.name, number(e["ours"], e["unit"]), compared(e), ratio(e["ratio"]),
                     *([ratio(e.get(extra[1]))] if extra else []), goal_text(e, kind.column),
                     verdict(e, kind.column, "**not met**")])
                label = ""
    note = [NOTES[quantity], ""] if quantity in NOTES else []
    numbers = {2, 3, 4, 5, *([6] if extra else [])}
    return [f"## {SECTIONS[quantity]}", "", *note, *table(header, numbers, rows)]


def summary(kinds: list[Kind]) -> list[str]:
    lines = ["## Goals not met", ""]
    for kind in kinds:
        entries = sorted(kind.entries, key=lambda e: list(SECTIONS).index(e["quantity"]))
        verdicts = [is_met(e, kind.column) for e in entries]
        goals = [met for met in verdicts if met is not None]
        lines += [f"`{kind.name}`: {sum(goals)} of {len(goals)} goals met.", ""]
        missed = [f"- {line(e, kind.column).removesuffix(' NOT met')}"
                  for e, met in zip(entries, verdicts) if met is False]
        lines += [*missed, ""] if missed else []
    return lines


def markdown(kinds: list[Kind]) -> str:
    text = [
        "<!-- Made by benchmarks/speed/peer.py from peers/*/peer.json; do not edit. -->", "",
        "# RecallBench compared with PyTorch", "",
        "Both sides in turn, on the same threads, shapes and inputs; medians, compared with PyTorch's best variant "
        "for each row. DeepLabV3 unless the row says DeepLab v3+. *Ratio*: how many times as fast as what it is "
        "compared with; for memory and the data pipeline, ours / theirs, so less is better. Absolute times of "
        "different rows, and of different kinds of machine, were measured at different times: compare ratios. "
        "`make bench-peer` adds the machine that it runs on; [docs/performance.md](../../docs/performance.md) says "
        "how everything is measured.", "", "## Machines", ""]
    header = ["kind", "CPU", "our build", "BLAS kernels", "PyTorch", "goals", "measured"]
    text += table(header, set(), [kind.cells() for kind in kinds])
    for note in (note for kind in kinds for note in kind.notes()):
        text += [note, ""]
    for quantity in SECTIONS:
        text += section(quantity, kinds)
    text += summary(kinds)
    text += ["## Charts", ""]
    for kind in kinds:
        text += [f"![{kind.name}: ratio and goal of each case](peers/{kind.name}/peer.png)", ""]
    return "\n".join(text).rstrip() + "\n"


# Panels of the chart: the quantities, and what follows the case's name.
PANELS = [{"two runs at once": "two", "training step": "train", "training step under load": "load"},
          {"evaluation": "eval", "1 to 2 threads": "2 threads"}, {"loss": ""},
          {"peak memory, training": "train", "peak memory, evaluation": "eval"}]


def chart_points(kind: Kind) -> str:
    """One block of lines a panel: label, ratio, goal (0: none), 1 if it is met, 2 without one."""
    blocks = []
    for panel in PANELS:
        lines = []
        for quantity, what in panel.items():
            rows = kind.rows(quantity)
            for case in sorted(rows, key=lambda c: CASES.index(c) if c in CASES else len(CASES)):
                e = rows[case]
                if e["ratio"] is None:
                    continue
                short_case = (case.removesuffix(LOSS_SUFFIX).replace(", width 0.25", " 1/4")
                              .replace("DeepLab v3+ ResNet-", "v3+ R").replace("ResNet-", "R"))
                # The largest case is not compared with PyTorch.
                what_then = "of 16 GiB" if "limit" in e["compared_with"] else what
                met = is_met(e, kind.column)
                lines.append(f'"{short_case} {what_then}"\t{e["ratio"]}\t{goal(e, kind.column) or 0}\t'
                             f'{2 if met is None else int(met)}')
        blocks.append("\n".join(lines or ['"(not measured)"\t0\t0\t1']))
    return "\n\n\n".join(blocks) + "\n"


def chart(kind: Kind) -> None:
    (kind.folder / "peer.tsv").write_text(chart_points(kind))
    script = Path(__file__).resolve().parent / "peer.gp"
    m = kind.machine
    title = f"{kind.name}: {m['cpu']}, {peer_machine.cores(m)}; PyTorch {m['torch']} with {m['capability']}"
    try:
        subprocess.run(["gnuplot", "-e", f"kind = '{title}'", str(script)], cwd=kind.folder, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"no chart of {kind.name}: {error}")


def all_kinds(folder: Path) -> list[Kind]:
    return [Kind(path.parent) for path in sorted((folder / "peers").glob("*/peer.json"))]


def check(folder: Path) -> None:
    """Ends the program if peer.md is not what the stored numbers give."""
    if (folder / "peer.md").read_text() != markdown(all_kinds(folder)):
        raise SystemExit(f"error: {folder}/peer.md is not made from peers/*/peer.json; make it with --report")


def write(folder: Path) -> None:
    kinds = all_kinds(folder)
    for kind in kinds:
        chart(kind)
    (folder / "peer.md").write_text(markdown(kinds))
    print(f"written to {folder}: peer.md, and of each of {', '.join(k.name for k in kinds)} peer.png and peer.svg")
