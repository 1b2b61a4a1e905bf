"""Where a training step's time goes, and what the choice of BLAS kernels gains, on this kind of machine.

    make bench-profile

writes profiles/KIND.md: what `recallbench-speed profile` and `recallbench-speed blas` print, with the machine.
"""

import argparse
import subprocess
from pathlib import Path

import peer_machine
from peer_process import Ours

# A backbone and more options of `recallbench-speed profile`: full width on all threads, and what a sweep
# trains, on one.
SWEEP = ["--architecture", "deeplabv3plus", "--width", "0.25", "--batch", "6", "--threads", "1"]
PROFILES = [["resnet18"], ["resnet101"], ["resnet18", *SWEEP], ["resnet101", *SWEEP]]


def heading(kind: str, machine: dict) -> list[str]:
    commit = peer_machine.short(machine["commit"])
    return [
        "<!-- Made by benchmarks/speed/profiles.py; do not edit. -->", "", f"# {kind}", "",
        f"On {machine['cpu']} with {machine['vectors']}, {peer_machine.cores(machine)}, {machine['threads']} threads; our "
        f"kernels on {machine['lanes']} lanes, OpenBLAS's for {machine.get('blasKernel', 'an unknown CPU')}. Commit {commit}, {machine['measured'][:10]}.", ""]


def main() -> None:
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--executable", default=str(here.parents[1] / ".build/release/recallbench-speed"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5, help="through all kernels and a step")
    parser.add_argument("--kind", help="name of the machine's kind (default: from its CPU and the build)")
    parser.add_argument("--output", type=Path, default=here / "profiles", help="folder")
    options = parser.parse_args()

    ours = Ours(options.executable)
    environment = ours.describe("environment")
    ours.close()
    kind = options.kind or peer_machine.this_kind(environment, "AVX512")
    machine = environment | peer_machine.host(peer_machine.git_commit(here)) | {"threads": options.threads}

    def printed(*arguments: str) -> str:
        threads = [] if "--threads" in arguments else ["--threads", str(options.threads)]
        command = [options.executable, *arguments, *threads]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    text = heading(kind, machine) + ["## A training step, by kind of work", ""]
    for arguments in PROFILES:
        table = printed("profile", *arguments, "--markdown", "--rounds", str(options.rounds))
        text += ["On one thread:", ""] if "--threads" in arguments else []
        text += [table, ""]
    text += ["## Matrix products, before and after the choice of OpenBLAS's kernels", "",
             "Of 512 x 512 matrices, the best of 8 rounds, as if OpenBLAS had fallen back to Prescott.", "",
             printed("blas", "--rounds", "8"), ""]
    options.output.mkdir(exist_ok=True)
    path = options.output / f"{kind}.md"
    path.write_text("\n".join(text))
    print(f"written to {path}")


if __name__ == "__main__":
    main()
