"""torchvision's ResNets -> backbones.safetensors: names and shapes of all parameters at full width;
at small width the features at output stride 16 in both modes, and the logits of classification.
"""

import torch

import torchvision_networks as networks
from fixture_file import FixtureFile, fill_parameters, filler, maps

BASE, CLASSES = 4, 5
SHAPE = (2, 33, 49)


def write() -> None:
    file, cases = FixtureFile("backbones"), []
    for backbone in networks.BACKBONES:
        case = f"backbones/{backbone}"
        x = maps(filler(f"{case}/images", (*SHAPE, 3)))
        network = networks.classifier(backbone, CLASSES, BASE).double().eval()
        dilated = networks.dilated(backbone, BASE).double()
        # The last layer is a 1x1 convolution in RecallBench.
        network.fc = torch.nn.Conv2d(network.fc.in_features, CLASSES, 1).double()
        fill_parameters(network, case, "backbone.")
        dilated.load_state_dict(
            {k: v for k, v in network.state_dict().items() if not k.startswith("fc.")},
            strict=False)
        with torch.no_grad():
            pooled = networks.features(network, x).mean((2, 3), keepdim=True)
            file.add_map(f"{case}/logits", network.fc(pooled))
            for mode in ("evaluation", "training"):
                dilated.train(mode == "training")
                features = networks.features(dilated, x).permute(0, 2, 3, 1).reshape(-1)
                file.add_parameter(f"{case}/features in {mode}", features)
        whole = networks.classifier(backbone)
        shapes = {name: list(p.shape) for name, p in whole.named_parameters()}
        cases.append({
            "case": case, "backbone": backbone, "classes": CLASSES, "width": BASE / 64,
            "input": [*SHAPE, 3], "shapes": shapes})
    file.describe("cases", cases)
    file.write()


if __name__ == "__main__":
    write()
