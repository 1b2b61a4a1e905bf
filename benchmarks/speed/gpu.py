"""Training steps of the paper's networks and sizes in PyTorch on a GPU: what the paper's own runs would take.

    python3 benchmarks/speed/gpu.py --output benchmarks/speed/gpu

writes gpu.json and gpu.md. Batch 6 as in the paper, cross-entropy, fused Adam, channels_last. Each number is
the median of 20 steps after 5 that warm up, timed to the end of the device's work.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

import torch
from torch.nn import functional as F

import peer_machine

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests/Fixtures/torch"))
import reference_model  # noqa: E402

SIZES = [("SYNTHIA", 384, 768, 13, 100_000), ("Cityscapes", 769, 769, 19, 90_000)]
MODES = ["float32", "TF32", "bfloat16"]


def step_time(backbone: str, rows: int, columns: int, classes: int, mode: str) -> float:
    """Milliseconds."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = mode != "float32"
    torch.backends.cudnn.benchmark = True
    torch.manual_seed(0)
    model = reference_model.DeepLabV3(backbone, classes, 1.0).cuda().train()
    model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    images = torch.randn(6, 3, rows, columns, device="cuda").to(memory_format=torch.channels_last)
    labels = torch.randint(0, classes, (6, rows, columns), device="cuda")
    times = []
    for _ in range(25):
        torch.cuda.synchronize()
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cuda", torch.bfloat16, enabled=mode == "bfloat16"):
            logits = model(images)
        F.cross_entropy(logits.float(), labels).backward()
        optimizer.step()
        torch.cuda.synchronize()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times[5:])


def markdown(result: dict) -> str:
    made = f"{result['machine']['measured'][:10]}, commit {peer_machine.short(result['machine']['commit'])}"
    lines = [
        f"DeepLabV3 of full width at the paper's sizes, batch 6, trained by PyTorch {result['torch']} on one "
        f"{result['device']} ({made}). *Hours*: of the paper's 8 losses at its number of steps "
        "(SYNTHIA 100,000, Cityscapes 90,000), without evaluations. Made by `gpu.py`.", "",
        "| data | network | precision | ms per step | images/s | hours for 8 losses |",
        "|---|---|---|---:|---:|---:|"]
    for row in result["rows"]:
        hours = row["ms"] * row["steps"] * 8 / 3.6e6
        lines.append(f"| {row['data']}, {row['rows']} x {row['columns']} | {row['backbone']} | {row['mode']} | "
                     f"{row['ms']:.1f} | {6e3 / row['ms']:.0f} | {hours:.1f} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", default="benchmarks/speed/gpu")
    options = parser.parse_args()
    commit = peer_machine.git_commit(Path(__file__).resolve().parent)
    result = {"device": torch.cuda.get_device_name(), "torch": torch.__version__,
              "machine": peer_machine.host(commit), "rows": []}
    for data, rows, columns, classes, steps in SIZES:
        for backbone in ("resnet18", "resnet101"):
            for mode in MODES:
                ms = step_time(backbone, rows, columns, classes, mode)
                torch.cuda.empty_cache()
                result["rows"].append({"data": data, "rows": rows, "columns": columns, "mode": mode,
                                       "backbone": backbone, "steps": steps, "ms": ms})
                print(result["rows"][-1], flush=True)
                Path(options.output + ".json").write_text(json.dumps(result, indent=1))
                Path(options.output + ".md").write_text(markdown(result))


if __name__ == "__main__":
    main()
