"""Draws scenes of handwritten digits: a data set of your own in which only the frequency of a class
varies by design.

    python benchmarks/own-data/digits.py [--output data/digits] [--ratio 0.7] [--seed 1]

Digits are those of scikit-learn's load_digits (Alpaydin and Kaynak, UCI, 1998: 8 x 8 gray levels by
43 people), a third of them for each split. Each digit is RATIO times as frequent as the one before
it, so that with 0.7 there are 25 zeros for each nine. The same options draw the same pixels.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

HEIGHT, WIDTH = 64, 128
# Scenes of each split, and digits of a scene.
SCENES = {"train": 600, "val": 100, "test": 200}
DIGITS = 10
# Gray levels of 16 from which a pixel is ink.
INK = 6


def shapes(split: int) -> list[np.ndarray]:
    """The split's 8 x 8 gray levels of each digit: every third one of scikit-learn's."""
    digits = load_digits()
    images, targets = digits.images[split::3], digits.target[split::3]
    return [images[targets == digit] for digit in range(10)]


def background(random: np.random.RandomState) -> np.ndarray:
    """Blotches and noise, float [H, W, 3] from 0 to 255."""
    tiles = random.uniform(60, 190, (HEIGHT // 8, WIDTH // 8, 3))
    return np.kron(tiles, np.ones((8, 8, 1))) + random.uniform(-20, 20, (HEIGHT, WIDTH, 3))


def free_place(labels: np.ndarray, size: int, random) -> tuple[int, int] | None:
    """Where a square of this size touches no digit; None where fifty places were taken."""
    for _ in range(50):
        y, x = random.randint(HEIGHT - size + 1), random.randint(WIDTH - size + 1)
        if not labels[y:y + size, x:x + size].any():
            return y, x
    return None


def scene(of_digit: list[np.ndarray], shares: np.ndarray, random) -> tuple[np.ndarray, np.ndarray]:
    """An image, uint8 [H, W, 3], and its ids, uint8 [H, W]: 0 for the background, 1 + digit."""
    image, labels = background(random), np.zeros((HEIGHT, WIDTH), np.uint8)
    for digit in random.choice(10, DIGITS, p=shares):
        shape = of_digit[digit][random.randint(len(of_digit[digit]))]
        scale = random.randint(2, 4)
        size = 8 * scale
        place = free_place(labels, size, random)
        if place is None:
            continue
        y, x = place
        ink = np.kron(shape, np.ones((scale, scale)))
        color = random.uniform(0, 70, 3) if random.rand() < 0.5 else random.uniform(185, 255, 3)
        area = image[y:y + size, x:x + size]
        area += (color - area) * (ink / 16)[:, :, None]
        labels[y:y + size, x:x + size][ink > INK] = 1 + digit
    return np.clip(np.rint(image), 0, 255).astype(np.uint8), labels


def write_split(folder: Path, index: int, options) -> None:
    """Writes the scenes of a split."""
    split = list(SCENES)[index]
    shares = options.ratio ** np.arange(10)
    of_digit = shapes(index)
    for part in ("images", "labels"):
        (folder / split / part).mkdir(parents=True, exist_ok=True)
    for number in range(SCENES[split]):
        random = np.random.RandomState([options.seed, index, number])
        image, labels = scene(of_digit, shares / shares.sum(), random)
        Image.fromarray(image).save(folder / split / "images" / f"{number:04}.png")
        Image.fromarray(labels).save(folder / split / "labels" / f"{number:04}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default="data/digits")
    parser.add_argument(
        "--ratio", type=float, default=0.7, help="frequency of a digit by that of the one before")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not 0 < options.ratio <= 1 or options.seed < 0:
        sys.exit("error: --ratio must be above 0 and at most 1, --seed at least 0")
    if options.output.exists() and any(options.output.iterdir()):
        sys.exit(f"error: {options.output}: is not empty; name a new folder, or remove this one")
    for index in range(len(SCENES)):
        write_split(options.output, index, options)
    print(f"{options.output}: {', '.join(f'{count} {name}' for name, count in SCENES.items())}")


if __name__ == "__main__":
    main()
