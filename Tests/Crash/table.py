"""The table of what was tried and what came of it."""

import datetime
import pathlib
import platform
import subprocess

COLUMNS = ["planned", "tried", "killed", "error", "warned", "unaffected", "completed again", "lost", "differing",
           "left over", "unnamed", "trap", "hang"]


def count(trials):
    tried = [trial for trial in trials if trial["struck"]]
    of = lambda problem: sum(problem in trial["problems"] for trial in tried)
    killed = sum((trial["status"] or 0) < 0 for trial in tried)
    return {
        "planned": len(trials), "tried": len(tried), "killed": killed,
        "error": sum((trial["status"] or 0) > 0 for trial in tried),
        "warned": sum(trial["warned"] for trial in tried),
        "unaffected": sum(trial["status"] == 0 and not trial["warned"] for trial in tried),
        "completed again": len(tried) - of("not completed"),
    } | {problem: of(problem) for problem in COLUMNS[7:]}


def rows(trials, member):
    names = list(dict.fromkeys(trial[member] for trial in trials))
    counts = {name: count([trial for trial in trials if trial[member] == name]) for name in names}
    return {**counts, "all": count(trials)}


def markdown(trials, member, title):
    lines = [f"| {title} | " + " | ".join(COLUMNS) + " |", "|---|" + "---:|" * len(COLUMNS)]
    for name, counts in rows(trials, member).items():
        lines.append(f"| {name} | " + " | ".join(str(counts[column]) for column in COLUMNS) + " |")
    return "\n".join(lines)


def commit():
    here = pathlib.Path(__file__).parent
    run = subprocess.run(["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"], cwd=here,
                         capture_output=True, text=True)
    return run.stdout.strip() or "unknown"


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(": ")[1] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def page(trials, commit):
    struck = sum(trial["struck"] for trial in trials)
    strace = subprocess.run(["strace", "--version"], capture_output=True, text=True).stdout.split("\n")[0].replace(" -- version", "")
    return "\n\n".join([
        "# Commands that were killed, or whose files failed",
        "Made by `make crash-test`. Every row counts faults, each in a run of its own, at file operations in "
        "the command's folder. *tried*: the fault happened "
        f"({struck} of {len(trials)} planned); the others count only those. *killed*: the command ended "
        "there; *error*: it ended with an error that names a file; *warned*: it ended well, with a warning "
        "that names a file for TensorBoard that is not complete; *unaffected*: it ended well, with all of "
        "its files. *completed again*: the same command, typed again, ended well. *lost*, *differing*, "
        "*left over*: files missing, with other bits, or too many, compared with a run that was left alone "
        "(times, durations and process numbers aside). *unnamed*: an error without a file's name.",
        f"Measured on {processor()}, {platform.system()} {platform.release().split('-')[0]}, {strace}, "
        f"commit {commit}, {datetime.date.today()}.",
        "## By command", markdown(trials, "scene", "command"),
        "## By kind of operation", markdown(trials, "kind", "operation"),
        "## By fault", markdown(trials, "fault", "fault"),
    ]) + "\n"


def write_table(trials, path, commit):
    text = page(trials, commit)
    print(text)
    if path:
        pathlib.Path(path).write_text(text)
    failed = [trial for trial in trials if trial["problems"]]
    for trial in failed:
        print(f"FAILED {trial['id']} {trial['point']}: {trial['problems']}")
    return 1 if failed else 0
