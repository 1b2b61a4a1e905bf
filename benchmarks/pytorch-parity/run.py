"""Trains CE, weighted CE and recall loss on CamVid here and in PyTorch, and compares the scores.

    python benchmarks/pytorch-parity/run.py --camvid PATH [--threads 2]

First checks that both sides start from the same bits; what has been trained already is kept.
"""

import argparse
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
RECALLBENCH = ROOT / ".build/release/recallbench"
RESULTS = ROOT / "results/camvid-peers"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--camvid", required=True, help="folder of CamVid in SegNet's layout")
    parser.add_argument("--threads", default="2")
    options = parser.parse_args()
    if not Path(options.camvid, "train").is_dir():
        sys.exit(f"error: {options.camvid!r}: has no folder train; give CamVid's folder, CAMVID=PATH")
    data = ["--camvid", options.camvid]

    def python(script, *arguments):
        subprocess.run([sys.executable, FOLDER / script, *arguments], check=True)

    python("check.py", *data)
    sweep = [RECALLBENCH, "sweep", FOLDER / "camvid.yml", "--output", RESULTS, *data]
    subprocess.run([*sweep, "--threads", options.threads, "--report"], check=True)
    python("camvid.py", *data, "--jobs", options.threads)
    python("compare.py")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
