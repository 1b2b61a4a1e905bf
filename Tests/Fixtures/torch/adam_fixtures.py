"""torch.optim.Adam over 20 steps -> adam.safetensors: parameters after steps 1, 5 and 20, and the
moments after the last."""

import torch

from fixture_file import FixtureFile, filler

# Parameter, number of elements, scale of its gradients; elements of which every fifth gets none.
PARAMETERS = [("usual", 37, 1.0), ("tiny", 16, 1e-7), ("large", 9, 1e4), ("single", 1, 0.01)]
RATES = [1e-3, 1e-2]
STEPS = 20


def write() -> None:
    file, cases = FixtureFile("adam"), []
    for rate in RATES:
        for name, count, scale in PARAMETERS:
            case = f"adam {name} {rate}"
            value = torch.from_numpy(filler(f"{case}/value", (count,))).requires_grad_()
            optimizer = torch.optim.Adam([value], lr=rate)
            for step in range(1, STEPS + 1):
                gradient = filler(f"{case}/gradient {step}", (count,), scale)
                gradient[4::5] = 0
                value.grad = torch.from_numpy(gradient)
                optimizer.step()
                if step in (1, 5, STEPS):
                    file.add(f"{case}/value after {step}", value.detach().numpy())
            state = optimizer.state[value]
            file.add(f"{case}/first moment", state["exp_avg"].numpy())
            file.add(f"{case}/second moment", state["exp_avg_sq"].numpy())
            cases.append({"case": case, "count": count, "scale": scale, "rate": rate})
    file.describe("cases", cases)
    file.write()


if __name__ == "__main__":
    write()
