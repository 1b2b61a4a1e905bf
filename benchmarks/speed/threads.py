"""How a training step gains by threads, and PyTorch's beside it: for a machine with many cores.

    make build && python3 benchmarks/speed/threads.py --output benchmarks/speed/threads

writes threads.json and threads.md. PyTorch is measured where this Python has it. Each number is the median
of steps after two that warm up; both sides do the same cases, one process at a time.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import peer_machine
from peer_process import Failure, Ours, Peer

CASES = [  # name, backbone, width, batch, rows, columns
    ("ResNet-18, width 0.25, 8 x 64x128", "resnet18", 0.25, 8, 64, 128),
    ("ResNet-18, 8 x 96x192", "resnet18", 1, 8, 96, 192),
    ("ResNet-101, 8 x 96x192", "resnet101", 1, 8, 96, 192),
    ("ResNet-18, 2 x 384x768", "resnet18", 1, 2, 384, 768),
    ("ResNet-101, 2 x 384x768", "resnet101", 1, 2, 384, 768),
]


def median_step(worker, request: str, seconds: float) -> float:
    """Milliseconds: at least three steps, and as many as fill the time."""
    worker.ask(request)
    for _ in range(2):
        worker.ask("step")
    times, end = [], time.perf_counter() + seconds
    while len(times) < 3 or (time.perf_counter() < end and len(times) < 25):
        times.append(worker.ask("step")[0])
    return statistics.median(times)


def measure(case, threads: int, options) -> dict:
    name, backbone, width, batch, rows, columns = case
    request = f"train {backbone} {width} {batch} {rows} {columns} {threads}"
    row = {"case": name, "threads": threads}
    for key in ["ours"] + options.peers:
        worker = Ours(options.executable) if key == "ours" else Peer(key)
        try:
            row[key] = median_step(worker, request, options.seconds)
        except Failure as failure:
            print(f"  {key}: left out, {failure}", flush=True)
        finally:
            worker.close()
    print(row, flush=True)
    return row


def torch_version() -> str | None:
    try:
        import torch
    except ImportError:
        return None
    return torch.__version__


def markdown(result: dict) -> str:
    counts = result["threads"]
    machine = result["machine"]
    peer = f", PyTorch {machine['torch']}" if machine["torch"] else ""
    lines = [
        f"Milliseconds per training step by threads, on {machine['cpu']}, {peer_machine.cores(machine)} "
        f"({machine['measured'][:10]}, commit {peer_machine.short(machine['commit'])}{peer}). *Gain*: one thread's time divided "
        "by that of all. DeepLabV3, 19 classes, cross-entropy. Made by `threads.py`."
        + result.get("note", ""), "",
        "| case | side | " + " | ".join(map(str, counts)) + " | gain |",
        "|---|---|" + "---:|" * (len(counts) + 1)]
    for name in dict.fromkeys(row["case"] for row in result["rows"]):
        rows = {row["threads"]: row for row in result["rows"] if row["case"] == name}
        for side in ["RecallBench", "PyTorch"]:
            keys = ["ours"] if side == "RecallBench" else ["contiguous", "channels_last"]
            best = {t: min((rows[t][k] for k in keys if k in rows.get(t, {})), default=None) for t in counts}
            if not any(best.values()):
                continue
            first, last = best[counts[0]], best[counts[-1]]
            gain = f"{first / last:.1f}" if first and last else ""
            cells = [f"{best[t]:.1f}" if best[t] else "" for t in counts]
            lines.append(f"| {name} | {side} | " + " | ".join(cells) + f" | {gain} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--executable", default=".build/release/recallbench-speed")
    parser.add_argument("--threads", default="1,2,4,8,16", help="counts, the smallest first")
    parser.add_argument("--seconds", type=float, default=1.5, help="of steps for each number")
    parser.add_argument("--limit", type=float, default=1e9, help="seconds after which no case begins")
    parser.add_argument("--commit", help="of the executable, where git cannot tell")
    parser.add_argument("--output", default="benchmarks/speed/threads")
    options = parser.parse_args()
    commit = options.commit or peer_machine.git_commit(Path(__file__).resolve().parent)
    machine = peer_machine.host(commit) | {"torch": torch_version()}
    options.peers = ["contiguous", "channels_last"] if machine["torch"] else []
    counts = [t for t in map(int, options.threads.split(",")) if t <= machine["cores"]]
    result = {"machine": machine, "threads": counts, "rows": []}
    start = time.perf_counter()
    for case in CASES:
        for threads in reversed(counts):
            if time.perf_counter() - start < options.limit:
                result["rows"].append(measure(case, threads, options))
                Path(options.output + ".json").write_text(json.dumps(result, indent=1))
                Path(options.output + ".md").write_text(markdown(result))


if __name__ == "__main__":
    main()
