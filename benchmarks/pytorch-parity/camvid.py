"""Trains CE, weighted CE and recall loss on CamVid here and in PyTorch, and compares the scores.

    python benchmarks/pytorch-parity/camvid.py --camvid PATH [--threads 2] [--device cpu]

Makes camvid.md and parity.json. What has been trained already is kept: RecallBench's runs in
results/camvid-peers, PyTorch's in results/camvid-peers-pytorch; a run that was ended goes on.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

from parity import FOLDER, RECALLBENCH, ROOT, WORK, command

SWEEP = FOLDER / "camvid.yml"
OURS, THEIRS = ROOT / "results/camvid-peers", ROOT / "results/camvid-peers-pytorch"
BUNDLE = WORK / "camvid"


def train(options) -> None:
    data = ["--camvid", options.camvid]
    print(command(RECALLBENCH, "sweep", SWEEP, "--output", OURS, "--keep", *data,
                  "--threads", options.threads))
    if not BUNDLE.exists():
        print(command(RECALLBENCH, "bundle", SWEEP, "--output", BUNDLE, *data))
    subprocess.run(
        [sys.executable, "run.py", "--device", options.device, "--jobs", str(options.threads),
         "--threads", "1"], cwd=BUNDLE, check=True)
    print(command(RECALLBENCH, "import", BUNDLE, "--output", THEIRS))
    print(command(RECALLBENCH, "results", "pack", OURS, THEIRS))


def write_page() -> bool:
    """camvid.md; whether all differences lie within their bounds."""
    text = command(
        RECALLBENCH, "results", "parity", OURS, THEIRS, "--output", FOLDER, fails_with=(1,))
    verdict = re.search(r"^\*\*(.*?)\.?\*\*$", text, re.M)
    (FOLDER / "parity.md").unlink()
    page = (FOLDER / "camvid.md.in").read_text()
    # The command's own title and verdict are left out.
    body = text[text.index("- RecallBench"):]
    page = page.replace("{VERDICT}", verdict[1]).replace("{TABLES}", body.strip())
    (FOLDER / "camvid.md").write_text(page)
    print(verdict[1])
    return "**no**" not in text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--camvid", required=True, help="folder of CamVid in SegNet's layout")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    options.camvid = Path(options.camvid).resolve()
    if not (options.camvid / "train").is_dir():
        sys.exit(f"error: {str(options.camvid)!r}: has no folder train; give CamVid's folder, "
                 "CAMVID=PATH")
    train(options)
    sys.exit(0 if write_page() else "error: a difference is larger than its bound")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
