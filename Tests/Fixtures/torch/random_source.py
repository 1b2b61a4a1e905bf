"""The engine's generator (Sources/Experiments/TorchEngine/random_source.py) for the scripts here.

Fixtures derive inputs and weights from names with it, so that only results have to be stored; the
peer that trains beside RecallBench draws the same batches with it.
"""

import importlib.util
from pathlib import Path

# By its path: this file has the same name, and would be found before it in sys.path.
_PATH = Path(__file__).resolve().parents[3] / "Sources/Experiments/TorchEngine/random_source.py"
_specification = importlib.util.spec_from_file_location("torch_engine_random_source", _PATH)
_engine = importlib.util.module_from_spec(_specification)
_specification.loader.exec_module(_engine)

RandomSource = _engine.RandomSource
