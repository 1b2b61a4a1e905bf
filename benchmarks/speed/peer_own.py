"""The rows that compare RecallBench with itself or with a number of seconds."""

import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def data(options, results) -> None:
    """A step with the pipeline against one on a prepared batch."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        subprocess.run(
            [options.executable, "data", "--threads", str(options.threads), "--rounds", "7",
             "--output", file.name], check=True, cwd=ROOT)
        figures = json.load(open(file.name))["figures"]
    steps = {(f["subject"], f["quantity"]): f["median"] for f in figures}
    for (subject, quantity), ratio in steps.items():
        if quantity == "ratio":
            results.add(
                case=subject, quantity="step with the data pipeline", unit="ms",
                ours=steps[subject, "step with the pipeline"],
                peer=steps[subject, "step on a prepared batch"], ratio=ratio, better="lower",
                compared_with="ours on a prepared batch")


def report(options, results) -> None:
    """What `make figures` does after its build, on a copy of the stored runs of quick: once with nothing
    cached, and then as often as the budget allows, three times at least."""
    program = str(Path(options.executable).with_name("recallbench"))
    with tempfile.TemporaryDirectory() as folder:
        times = []
        while len(times) < 4 or (sum(times[1:]) < options.budget and len(times) < 8):
            copy = Path(folder) / "quick"
            shutil.copytree(ROOT / "results/quick", copy)
            start = time.perf_counter()
            subprocess.run(
                [program, "report", str(copy), "--data-cache", f"{folder}/data", "--threads",
                 str(options.threads)], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
            times.append(time.perf_counter() - start)
            shutil.rmtree(copy)
    later = sorted(times[1:])
    for case, ours in (("quick, nothing cached", times[0]), ("quick", later[len(later) // 2])):
        results.add(case=case, quantity="report", unit="s", ours=ours, peer=None, ratio=None,
                    better="lower", compared_with=f"{options.threads} threads", repetitions=len(later))
