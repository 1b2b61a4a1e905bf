"""peer.json, and what is made from it: peer.md and the chart."""

import json
import os
import platform
import subprocess
from datetime import datetime, timezone
from pathlib import Path

ORDER = ["training step", "evaluation", "loss", "1 to 2 threads", "peak memory, training",
         "peak memory, evaluation", "steady-state allocation", "step with the data pipeline"]
HEADINGS = {
    "training step": "Training step: forward, cross-entropy, backward, Adam",
    "evaluation": "Evaluation: forward only",
    "loss": "Losses: value and gradient from logits",
    "1 to 2 threads": "From one thread to two",
    "peak memory, training": "Peak resident memory, training",
    "peak memory, evaluation": "Peak resident memory, evaluation",
    "steady-state allocation": "Floats asked of the system in the steady state of training",
    "step with the data pipeline": "Training step with reading, decoding and augmenting",
}

SHORT = {
    "training step": "train", "peak memory, training": "train", "evaluation": "eval",
    "peak memory, evaluation": "eval", "loss": "", "1 to 2 threads": "2 threads",
}


class Results:
    def __init__(self, folder: Path, executable: str):
        self.path = folder / "peer.json"
        self.entries = json.loads(self.path.read_text()) if self.path.exists() else []
        self.commit = git_commit(Path(__file__).resolve().parent)
        (folder / "peer-machine.json").write_text(
            json.dumps(machine(self.commit), indent=2, sort_keys=True) + "\n")

    def add(self, **entry) -> None:
        entry |= {"commit": self.commit, "measured": now()}
        key = entry["case"], entry["quantity"]
        for index, old in enumerate(self.entries):
            if (old["case"], old["quantity"]) == key:
                self.entries[index] = entry
                break
        else:
            self.entries.append(entry)
        self.path.write_text(json.dumps(self.entries, indent=2, ensure_ascii=False) + "\n")
        print(line(entry), flush=True)


def now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def git_commit(folder: Path) -> str:
    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()

    changes = git("status", "--porcelain", "--", ":/Sources", ":/benchmarks/speed", ":/Package.swift")
    return (git("rev-parse", "HEAD") or "unknown") + ("-dirty" if changes else "")


def short(commit: str) -> str:
    return commit[:7] + ("-dirty" if commit.endswith("-dirty") else "")


def host(commit: str) -> dict:
    """What was measured, where and when."""
    def field(file: str, key: str) -> str:
        try:
            with open(file) as lines:
                return next(x.split(":")[1].strip() for x in lines if x.startswith(key))
        except (OSError, StopIteration):
            return "unknown"

    return {
        "cpu": field("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory": field("/proc/meminfo", "MemTotal"),
        "system": platform.platform(),
        "python": platform.python_version(),
        "commit": commit,
        "measured": now(),
    }


def machine(commit: str) -> dict:
    """Of the last measurement, with PyTorch."""
    import torch

    return host(commit) | {
        "torch": torch.__version__,
        "torch_configuration": torch.__config__.show().split("\n"),
    }


def number(value, unit: str) -> str:
    if value is None:
        return "-"
    if unit == "bytes":
        return f"{value / 2 ** 20:.0f} MiB"
    if unit == "ms":
        return f"{value:.{1 if value < 100 else 0}f} ms"
    return f"{value:.0f}"


def line(entry: dict) -> str:
    ratio = "-" if entry["ratio"] is None else f"{entry['ratio']:.2f}"
    sign = "<=" if entry["better"] == "lower" else ">="
    verdict = "met" if entry["met"] else "NOT met"
    return (f"{entry['case']}, {entry['quantity']}: {number(entry['ours'], entry['unit'])} against "
            f"{number(entry['peer'], entry['unit'])} ({entry['compared_with']}): {ratio}, "
            f"goal {sign} {entry['goal']}, {verdict}")


def markdown(entries: list[dict]) -> str:
    text = ["<!-- Made by benchmarks/speed/peer.py from peer.json. -->", ""]
    for quantity in ORDER:
        rows = [entry for entry in entries if entry["quantity"] == quantity]
        if not rows:
            continue
        lower = rows[0]["better"] == "lower"
        how = "ours / theirs, at most" if lower else "theirs / ours, at least"
        text += [f"### {HEADINGS[quantity]}", "",
                 f"| | ours | compared with | ratio | goal ({how}) | |",
                 "|---|---:|---:|---:|---:|---|"]
        for e in rows:
            theirs = e["compared_with"]
            if e["peer"] is not None:
                theirs = f"{number(e['peer'], e['unit'])} ({theirs})"
            ratio = "-" if e["ratio"] is None else f"{e['ratio']:.2f}"
            text.append(f"| {e['case']} | {number(e['ours'], e['unit'])} | {theirs} | {ratio} | "
                        f"{e['goal']} | {'met' if e['met'] else '**not met**'} |")
        text.append("")
    met = sum(entry["met"] for entry in entries)
    text.append(f"{met} of {len(entries)} goals met.")
    return "\n".join(text) + "\n"


def chart_points(entries: list[dict]) -> str:
    """One block of lines a panel: label, ratio, goal, 1 if it is met."""
    panels = [["training step", "evaluation"], ["loss", "1 to 2 threads"],
              ["peak memory, training", "peak memory, evaluation"]]
    blocks = []
    for panel in panels:
        lines = []
        for quantity in panel:
            rows = [e for e in entries if e["quantity"] == quantity and e["ratio"] is not None]
            for e in rows:
                case = e["case"].removesuffix(", 8 x 384x768 x 16").replace(", width 0.25", " 1/4")
                # The largest case is not compared with PyTorch.
                what = "of 16 GiB" if "limit" in e["compared_with"] else SHORT[quantity]
                label = f"{case} {what}".strip()
                lines.append(f'"{label}"\t{e["ratio"]}\t{e["goal"]}\t{int(e["met"])}')
        blocks.append("\n".join(lines or ['"(not measured)"\t0\t0\t1']))
    return "\n\n\n".join(blocks) + "\n"


def write(folder: Path) -> None:
    entries = json.loads((folder / "peer.json").read_text())
    entries.sort(key=lambda entry: ORDER.index(entry["quantity"]))
    (folder / "peer.md").write_text(markdown(entries))
    (folder / "peer.tsv").write_text(chart_points(entries))
    script = Path(__file__).resolve().parent / "peer.gp"
    try:
        subprocess.run(["gnuplot", str(script)], cwd=folder, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"no chart: {error}")
    print(f"written to {folder}: peer.json, peer.md, peer.png, peer.svg")
