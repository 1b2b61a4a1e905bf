"""What is measured against PyTorch, and the goals by kind of CPU."""

from dataclasses import dataclass

TITLES = {"resnet18": "ResNet-18", "resnet50": "ResNet-50", "resnet101": "ResNet-101"}


@dataclass(frozen=True)
class Network:
    backbone: str
    batch: int
    rows: int
    columns: int
    width: float = 1
    architecture: str = "deeplabv3"

    @property
    def name(self) -> str:
        """As recallbench-speed names it: DeepLabV3 unless it says otherwise."""
        plus = "DeepLab v3+ " if self.architecture == "deeplabv3plus" else ""
        width = "" if self.width == 1 else f", width {self.width}"
        return f"{plus}{TITLES[self.backbone]}{width}, {self.batch} x {self.rows}x{self.columns}"

    @property
    def request(self) -> str:
        """As `serve` takes it, without the threads."""
        return (f"{self.architecture} {self.backbone} {self.width} {self.batch} {self.rows} "
                f"{self.columns}")


# Two runs at once on one thread each: a night's sweep.
SWEEP = [
    Network(backbone, 6, rows, columns, 0.25, "deeplabv3plus")
    for backbone in ("resnet18", "resnet101") for rows, columns in ((96, 192), (128, 256))]
NETWORKS = [
    Network("resnet18", 8, 64, 128, 0.25),
    Network("resnet101", 8, 64, 128, 0.25),
    Network("resnet18", 8, 96, 192),
    Network("resnet50", 8, 96, 192),
    Network("resnet101", 8, 96, 192),
    Network("resnet18", 8, 96, 192, 1, "deeplabv3plus"),
    Network("resnet50", 8, 96, 192, 1, "deeplabv3plus"),
    Network("resnet101", 8, 96, 192, 1, "deeplabv3plus"),
    Network("resnet18", 2, 384, 768),
    Network("resnet101", 2, 384, 768),
    Network("resnet18", 1, 769, 769),
]
LARGEST = Network("resnet101", 6, 769, 769)
# Also measured while another process keeps each core busy.
LOADED = {"ResNet-18, 8 x 96x192", "ResNet-50, 8 x 96x192", "ResNet-101, 8 x 96x192"}
# Also measured on one thread, and as two processes of one thread each: the machine's own limit.
ON_ONE_THREAD = {
    "ResNet-18, width 0.25, 8 x 64x128", "ResNet-101, width 0.25, 8 x 64x128",
    "ResNet-18, 8 x 96x192", "ResNet-101, 8 x 96x192", "ResNet-18, 2 x 384x768",
    "ResNet-18, 1 x 769x769"}
# Where torch.compile is known to help and worth its minutes; it is slower for two runs at once.
COMPILED = {"ResNet-101, 8 x 96x192"}
LOSSES = ["ce", "weighted_ce", "balanced_ce", "focal(gamma: 1)", "ohem(keep: 0.7)", "soft_iou",
          "lovasz", "recall"]
LOSS_EXTENT = (8, 384, 768, 16)
LOSS_SUFFIX = ", 8 x 384x768 x 16"

# Each goal in two columns: where both sides use AVX2, and where both use AVX-512.
COLUMNS = ["AVX2", "AVX-512"]
TRAINING = {
    # Narrow networks have the goal of ResNet-18 at full width.
    "ResNet-18, width 0.25, 8 x 64x128": (3.2, 2.5),
    "ResNet-101, width 0.25, 8 x 64x128": (3.2, 2.5),
    "ResNet-18, 8 x 96x192": (3.2, 2.5),
    "ResNet-18, 2 x 384x768": (3, 2.5),
    "ResNet-18, 1 x 769x769": (3, 2.5),
    "ResNet-101, 8 x 96x192": (2.3, 1.8),
    "ResNet-101, 2 x 384x768": (2.2, 1.8),
}
EVALUATION = {"ResNet-18": (2.4, 1.8), "ResNet-101": (1.6, 1.4)}
# A ratio under load may be smaller than without by what measurements differ from minute to minute.
HOLDS = 0.9


def goal(entry: dict, column: str) -> float | None:
    """Of a measured row, in the unit of its ratio, or of the row itself where there is none."""
    case, quantity = entry["case"], entry["quantity"]
    pair = {
        "two runs at once": (3.5, 3),
        "training step": TRAINING.get(case),
        "evaluation": EVALUATION.get(case.split(",")[0]),
        "loss": (10, 8) if case.startswith("lovasz") else (6, 5),
        "1 to 2 threads": None if "width 0.25" in case else (1.85, 1.85),
        "peak memory, training": (0.5, 0.5),
        "peak memory, evaluation": (0.5, 0.5),
        "steady-state allocation": (0, 0),
        "step with the data pipeline": (1.1, 1.1),
        "report": (7, 7),
    }.get(quantity)
    if quantity == "training step under load":
        return round(HOLDS * entry["unloaded"], 2) if entry.get("unloaded") else None
    if case == LARGEST.name and quantity == "peak memory, training":
        return 1
    return pair and pair[COLUMNS.index(column)]


def is_met(entry: dict, column: str) -> bool | None:
    """None where there is no goal."""
    limit = goal(entry, column)
    if limit is None:
        return None
    if entry.get("failure"):
        return False
    value = entry["ours"] if entry["ratio"] is None else entry["ratio"]
    return value <= limit if entry["better"] == "lower" else value >= limit
