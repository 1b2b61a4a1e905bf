"""The kernels of Sources/Tensors, forward and backward -> convolution.safetensors,
normalization.safetensors, resampling.safetensors."""

import torch
from torch.nn import functional as F

from fixture_file import FixtureFile, filler, flat, maps, weights

# kernel, stride, dilation, padding (None: keeps the extent at stride 1), in, out, N, H, W: odd and
# even extents, batches of one, one-pixel maps, kernels larger than the map, more pixels than one
# block of the product has.
CONVOLUTIONS = [
    (1, 1, 1, None, 5, 3, 1, 1, 1),
    (1, 1, 1, None, 8, 12, 2, 5, 7),
    (1, 2, 1, None, 6, 4, 2, 5, 8),
    (3, 1, 1, None, 3, 5, 1, 1, 1),
    (3, 1, 1, None, 8, 8, 2, 7, 5),
    (3, 1, 1, 0, 4, 5, 2, 5, 6),
    (3, 2, 1, None, 5, 6, 2, 9, 6),
    (3, 2, 1, None, 4, 3, 3, 1, 1),
    (3, 1, 2, None, 4, 6, 2, 7, 9),
    (3, 2, 2, None, 3, 4, 1, 8, 5),
    (3, 1, 6, None, 8, 4, 1, 5, 8),
    (3, 1, 18, None, 4, 4, 2, 3, 5),
    (5, 1, 3, None, 2, 3, 1, 6, 4),
    (7, 2, 1, 3, 3, 8, 2, 13, 17),
    (7, 2, 1, 3, 3, 4, 1, 1, 1),
    (3, 1, 1, None, 3, 4, 2, 13, 17),
]


def convolution() -> None:
    file, cases = FixtureFile("convolution"), []
    for index, (kernel, stride, dilation, padding, i, o, n, h, w) in enumerate(CONVOLUTIONS):
        case = f"convolution {index}"
        if padding is None:
            padding = dilation * (kernel - 1) // 2
        x = maps(filler(f"{case}/x", (n, h, w, i))).requires_grad_()
        weight = weights(filler(f"{case}/weight", (kernel, kernel, i, o))).requires_grad_()
        y = F.conv2d(x, weight, None, stride, padding, dilation)
        y.backward(maps(filler(f"{case}/dy", (n, y.shape[2], y.shape[3], o))))
        file.add_map(f"{case}/y", y)
        file.add_map(f"{case}/dx", x.grad)
        file.add(f"{case}/dw", flat(weight.grad))
        cases.append({
            "case": case, "kernel": kernel, "stride": stride, "dilation": dilation,
            "padding": padding, "inputChannels": i, "outputChannels": o,
            "input": [n, h, w, i]})
    file.describe("cases", cases)
    file.write()


# N, H, W, C, residual, relu, and what is added to the input: a large mean is where a careless
# variance cancels.
NORMALIZATIONS = [
    (5, 1, 1, 5, False, False, 0),
    (1, 3, 5, 11, False, True, 0),
    (2, 5, 7, 8, True, True, 0),
    (3, 4, 3, 9, True, False, 0),
    (2, 6, 5, 16, False, True, 16),
    (2, 23, 23, 3, True, True, 0),
]


def normalization() -> None:
    file, cases = FixtureFile("normalization"), []
    for index, (n, h, w, c, residual, relu, mean) in enumerate(NORMALIZATIONS):
        case, shape = f"normalization {index}", (n, h, w, c)
        x = maps(filler(f"{case}/x", shape, 1, mean)).requires_grad_()
        extra = maps(filler(f"{case}/residual", shape)).requires_grad_()
        scale = torch.from_numpy(filler(f"{case}/scale", (c,), 0.5, 1)).requires_grad_()
        shift = torch.from_numpy(filler(f"{case}/shift", (c,), 0.5)).requires_grad_()
        running_mean = torch.from_numpy(filler(f"{case}/mean", (c,), 0.5, mean))
        running_variance = torch.from_numpy(filler(f"{case}/variance", (c,), 0.5, 1))

        def forward(training):
            y = F.batch_norm(x, running_mean, running_variance, scale, shift, training, 0.1, 1e-5)
            y = y + extra if residual else y
            return F.relu(y) if relu else y

        file.add_map(f"{case}/evaluation", forward(False))
        y = forward(True)
        y.backward(maps(filler(f"{case}/dy", shape)))
        file.add_map(f"{case}/y", y)
        file.add_map(f"{case}/dx", x.grad)
        if residual:
            file.add_map(f"{case}/dresidual", extra.grad)
        for name, array in [
            ("dscale", scale.grad), ("dshift", shift.grad), ("mean after", running_mean),
            ("variance after", running_variance),
        ]:
            file.add(f"{case}/{name}", array.numpy())
        cases.append(
            {"case": case, "input": shape, "residual": residual, "relu": relu, "mean": mean})
    file.describe("cases", cases)
    file.write()


def resampling() -> None:
    file = FixtureFile("resampling")
    cases: dict[str, list] = {"pooling": [], "average": [], "relu": [], "softmax": [], "bilinear": []}

    def add(kind, shape, forward, **more):
        case = f"{kind} {len(cases[kind])}"
        x = maps(filler(f"{case}/x", shape, 4)).requires_grad_()
        y = forward(x)
        y.backward(maps(filler(f"{case}/dy", (y.shape[0], y.shape[2], y.shape[3], y.shape[1]))))
        file.add_map(f"{case}/y", y)
        file.add_map(f"{case}/dx", x.grad)
        cases[kind].append({"case": case, "input": shape, **more})

    for shape in [(1, 1, 1, 3), (2, 5, 7, 9), (1, 8, 6, 4), (2, 2, 3, 8)]:
        add("pooling", shape, lambda x: F.max_pool2d(x, 3, 2, padding=1))
        add("average", shape, lambda x: F.adaptive_avg_pool2d(x, 1))
        add("relu", shape, F.relu)
        add("softmax", shape, lambda x: x.softmax(1))
    for n, h, w, c, height, width in [
        (1, 1, 1, 3, 5, 3), (2, 2, 3, 5, 7, 11), (1, 4, 5, 8, 4, 5), (2, 3, 4, 2, 33, 49),
        (1, 6, 9, 3, 4, 5), (2, 1, 6, 3, 3, 20), (1, 5, 1, 4, 1, 1),
    ]:
        for aligned in (False, True):
            add(
                "bilinear", (n, h, w, c),
                lambda x: F.interpolate(
                    x, (height, width), mode="bilinear", align_corners=aligned),
                output=[height, width], aligned=aligned)
    for kind, list_of_cases in cases.items():
        file.describe(kind, list_of_cases)
    file.write()


if __name__ == "__main__":
    convolution()
    normalization()
    resampling()
