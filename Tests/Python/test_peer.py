"""The tables of benchmarks/speed, without PyTorch: `python3 -m unittest Tests/Python/test_peer.py`."""

import json
import pathlib
import sys
import tempfile
import unittest

SPEED = pathlib.Path(__file__).resolve().parents[2] / "benchmarks/speed"
sys.path.insert(0, str(SPEED))

import peer  # noqa: E402
import peer_cases  # noqa: E402
import peer_machine  # noqa: E402
import peer_report  # noqa: E402


def entry(case: str, quantity: str, ratio, **more) -> dict:
    return {"case": case, "quantity": quantity, "unit": "ms", "ours": 1.0, "peer": 2.0, "ratio": ratio,
            "better": "higher", "compared_with": "PyTorch, contiguous"} | more


class Kinds(unittest.TestCase):
    def test_names(self):
        def kind(cpu, numbers, lanes, vectors, capability="AVX512"):
            return peer_machine.kind(cpu, peer_machine.generation(*numbers), lanes, vectors, capability)

        epyc, xeon = ("AuthenticAMD", "25", "17", "1"), ("GenuineIntel", "6", "207", "2")
        self.assertEqual(kind("AMD EPYC", epyc, 16, "AVX-512"), "epyc-zen4-avx512")
        self.assertEqual(kind("AMD EPYC", epyc, 8, "AVX-512"), "epyc-zen4-avx2-build")
        self.assertEqual(kind("AMD EPYC", epyc, 8, "AVX-512", "AVX2"), "epyc-zen4-avx2-both")
        self.assertEqual(kind("INTEL(R) XEON(R) PLATINUM 8581C", xeon, 16, "AVX-512"),
                         "xeon-emerald-rapids-avx512")
        self.assertEqual(kind("AMD EPYC", ("AuthenticAMD", "25", "1", "1"), 8, "AVX2", "AVX2"),
                         "epyc-zen3-avx2")
        self.assertEqual(kind("unknown", ["unknown"] * 4, 4, None, "DEFAULT"), "cpu-lanes4")
        self.assertEqual(peer_machine.generation("GenuineIntel", "6", "85", "7"), "cascade-lake")

    def test_goals_need_both_sides(self):
        self.assertEqual(peer_machine.goals_column(16, "AVX512"), "AVX-512")
        self.assertEqual(peer_machine.goals_column(8, "AVX512"), "AVX2")
        self.assertEqual(peer_machine.goals_column(16, "AVX2"), "AVX2")


class Goals(unittest.TestCase):
    def test_by_case_and_column(self):
        step = entry("ResNet-101, 8 x 96x192", "training step", 2.0)
        self.assertEqual([peer_cases.goal(step, c) for c in peer_cases.COLUMNS], [2.3, 1.8])
        self.assertEqual([peer_cases.is_met(step, c) for c in peer_cases.COLUMNS], [False, True])
        wide = entry("ResNet-50, 8 x 96x192", "training step", 2.0)
        self.assertIsNone(peer_cases.goal(wide, "AVX2"))
        self.assertIsNone(peer_cases.is_met(wide, "AVX2"))
        narrow = entry("ResNet-18, width 0.25, 8 x 64x128", "1 to 2 threads", 1.2)
        self.assertIsNone(peer_cases.goal(narrow, "AVX2"))
        loaded = entry("ResNet-18, 8 x 96x192", "training step under load", 1.9, unloaded=2.0)
        self.assertTrue(peer_cases.is_met(loaded, "AVX2"))

    def test_without_a_ratio_the_number_itself_counts(self):
        report = entry("quick", "report", None, unit="s", ours=8.0, peer=None, better="lower")
        self.assertIs(peer_cases.is_met(report, "AVX2"), False)
        self.assertIs(peer_cases.is_met(report | {"ours": 6.5}, "AVX2"), True)

    def test_every_goal_is_of_a_case_that_is_measured(self):
        names = {network.name for network in peer_cases.NETWORKS}
        for chosen in (peer_cases.TRAINING, peer_cases.LOADED, peer_cases.ON_ONE_THREAD, peer_cases.COMPILED):
            self.assertLessEqual(set(chosen), names | {n.name for n in peer_cases.SWEEP})


class Sides(unittest.TestCase):
    class Worker:
        def __init__(self, parameters: int):
            self.parameters = parameters

        def ask(self, request: str) -> list[float]:
            return [float(self.parameters)]

    def test_different_networks_are_refused(self):
        peer.check_parameters({"ours": self.Worker(7), "contiguous": self.Worker(7)})
        with self.assertRaisesRegex(peer.Failure, "'contiguous': 8"):
            peer.check_parameters({"ours": self.Worker(7), "contiguous": self.Worker(8)})


class Tables(unittest.TestCase):
    def test_page_is_made_from_the_stored_numbers(self):
        peer_report.check(SPEED)

    def test_kinds_stand_side_by_side(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            for kind, goals in (("a", "AVX2"), ("b", "AVX-512")):
                path = folder / "peers" / kind
                path.mkdir(parents=True)
                machine = {"cpu": kind, "cores": 2, "goals": goals, "torch": "2", "capability": "x",
                           "measured": "2026-01-01T00:00:00Z"}
                (path / "machine.json").write_text(json.dumps(machine))
                rows = [entry("ResNet-101, 8 x 96x192", "training step", 2.0, commit="0123456789")]
                (path / "peer.json").write_text(json.dumps(rows))
            text = peer_report.markdown(peer_report.all_kinds(folder))
        self.assertIn("| ResNet-101, 8 x 96x192 | a | 1.0 ms | 2.0 ms (PyTorch, contiguous) | 2.00 | >= 2.3 | "
                      "**not met** |\n|  | b |", text)
        self.assertIn("`a`: 0 of 1 goals met.", text)
        self.assertIn("`b`: 1 of 1 goals met.", text)


if __name__ == "__main__":
    unittest.main()
