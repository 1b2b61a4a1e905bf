"""Losses in PyTorch, to be trained and compared as they are: see docs/own-loss.md.

    recallbench losses check "my_losses.py:FocalTversky(alpha=0.3)"
"""

import torch
import torch.nn.functional as F


class FocalTversky(torch.nn.Module):
    """A region loss: the mean over classes of (1 - Tversky index) ** gamma (Abraham and Khan, 2019).

    alpha weights what is missed, 1 - alpha what is found too much.
    """

    def __init__(self, alpha=0.7, gamma=0.75, smoothing=1.0):
        super().__init__()
        self.alpha, self.gamma, self.smoothing = alpha, gamma, smoothing

    def forward(self, logits, labels):
        valid = (labels != 255).unsqueeze(1)
        one_hot = F.one_hot(labels.where(labels != 255, 0), logits.shape[1])
        truth = one_hot.permute(0, 3, 1, 2) * valid
        p = logits.softmax(1).where(valid, 0)
        found, missed, wrong = ((a * b).sum((0, 2, 3)) for a, b in [
            (p, truth), (1 - p, truth), (p, 1 - truth)])
        index = (found + self.smoothing) / (
            found + self.alpha * missed + (1 - self.alpha) * wrong + self.smoothing)
        # At 0, a power below 1 has an infinite derivative.
        loss = (1 - index).clamp(min=1e-6) ** self.gamma
        return loss.mean() + 0 * logits.where(valid, 0).sum()


def boundary_ce(logits, labels, weight=4.0, radius=1):
    """Cross-entropy whose pixels near a boundary between two classes count 1 + weight times."""
    valid = labels != 255
    ids = labels.float().unsqueeze(1)
    size = 2 * radius + 1
    highest = F.max_pool2d(ids.where(valid.unsqueeze(1), -1), size, 1, radius)
    lowest = -F.max_pool2d((-ids).where(valid.unsqueeze(1), -256), size, 1, radius)
    near = ((highest != lowest) & valid.unsqueeze(1)).squeeze(1)
    weights = (1 + weight * near) * valid
    ce = F.cross_entropy(logits, labels, ignore_index=255, reduction="none")
    return (weights * ce).sum() / weights.sum()
