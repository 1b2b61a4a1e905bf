"""How a training step gains by threads, and PyTorch's beside it: for a machine with many cores.

    make build && python3 benchmarks/speed/threads.py --output benchmarks/speed/threads

writes threads.json and threads.md. PyTorch is measured where this Python has it. Each number is the median
of steps after two that warm up; both sides do the same cases, one process at a time.
"""

import argparse
import json
import os
import statistics
import subprocess
import time
from datetime import datetime, timezone

from peer_process import Failure, Ours, Peer

CASES = [  # name, backbone, width, batch, rows, columns
    ("ResNet-18, width 0.25, 8 x 64x128", "resnet18", 0.25, 8, 64, 128),
    ("ResNet-18, 8 x 96x192", "resnet18", 1, 8, 96, 192),
    ("ResNet-101, 8 x 96x192", "resnet101", 1, 8, 96, 192),
    ("ResNet-18, 2 x 384x768", "resnet18", 1, 2, 384, 768),
    ("ResNet-101, 2 x 384x768", "resnet101", 1, 2, 384, 768),
]


def machine() -> str:
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return f"{line.split(':')[1].strip()}, {os.cpu_count()} cores"
    return f"{os.cpu_count()} cores"


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


def peers() -> list[str]:
    try:
        import torch  # noqa: F401
    except ImportError:
        return []
    return ["contiguous", "channels_last"]


def markdown(result: dict) -> str:
    counts = result["threads"]
    lines = [
        f"Milliseconds per training step by threads, on {result['machine']} ({result['date']}, commit "
        f"{result['commit']}). *Gain*: one thread's time divided by that of all. DeepLabV3, 19 classes, "
        "cross-entropy. Made by `threads.py`.", "",
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
    options.peers = peers()
    commit = options.commit or subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    counts = [t for t in map(int, options.threads.split(",")) if t <= os.cpu_count()]
    result = {"machine": machine(), "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
              "commit": commit, "threads": counts, "rows": []}
    start = time.perf_counter()
    for case in CASES:
        for threads in reversed(counts):
            if time.perf_counter() - start < options.limit:
                result["rows"].append(measure(case, threads, options))
                with open(options.output + ".json", "w") as file:
                    json.dump(result, file, indent=1)
                with open(options.output + ".md", "w") as file:
                    file.write(markdown(result))


if __name__ == "__main__":
    main()
