"""The losses once more, in PyTorch, from their formulas: values by tensor operations, gradients by
autograd. Written apart from Sources/Losses; in float64, slow and plain.

`evaluate("focal(gamma: 2)", logits, labels, counts)` gives value and gradient. `reference(name)` is
the function of a loss: it takes a `Batch` and the loss's parameters.
"""

import re

import torch


class Batch:
    """Logits [N, C, H, W] that require a gradient, labels [N, H, W], and what all losses share.

    Classes are the last axis of everything derived from the logits.
    """

    def __init__(self, logits, labels, counts, ignore=255):
        self.n, self.c, self.h, self.w = logits.shape
        self.logits = logits
        self.valid = labels != ignore
        self.y = torch.where(self.valid, labels, torch.zeros_like(labels)).long()
        # N_c, the training split's pixels of each class.
        self.counts = counts.double()
        self.scores = logits.permute(0, 2, 3, 1)
        self.log_p = torch.log_softmax(self.scores, dim=-1)
        self.p = self.log_p.exp()
        # [y = c], nowhere 1 at ignored pixels.
        self.t = torch.nn.functional.one_hot(self.y, self.c).double() * self.valid[..., None]
        self.ce = -self.at_truth(self.log_p)
        # 1 - p of every class as the sum of the others: near p = 1 a difference has no digits.
        self.rest = self.p @ (torch.ones(self.c, self.c) - torch.eye(self.c)).double()

    def at_truth(self, values):
        return values.gather(-1, self.y[..., None])[..., 0]

    @property
    def nothing(self):
        """Zero, with a zero gradient."""
        return (self.logits * 0).sum()

    def mean(self, values):
        """Over the batch's valid pixels; zero if there are none."""
        return values[self.valid].mean() if self.valid.any() else self.nothing

    def weighted_mean(self, class_weights):
        """sum w_y ce / sum w_y over the valid pixels; zero if nothing has a weight."""
        w = class_weights[self.y][self.valid]
        return (w * self.ce[self.valid]).sum() / w.sum() if w.sum() > 0 else self.nothing

    def over_sum(self, weights, values):
        """sum of weights times values over the sum of weights; zero if nothing has a weight."""
        w = weights[self.valid]
        return (w * values[self.valid]).sum() / w.sum() if w.sum() > 0 else self.nothing

    def confusion(self):
        """TP, FP, FN of each class over the valid pixels, predictions by argmax."""
        y, predicted = self.y[self.valid], self.log_p.detach().argmax(-1)[self.valid]
        every = torch.arange(self.c)[:, None]
        own, said = y == every, predicted == every
        return tuple(
            x.sum(1).double() for x in (own & said, ~own & said, own & ~said))


# The losses of the paper's tables.

def ce(b):
    return b.mean(b.ce)


def weighted_ce(b):
    return b.weighted_mean(_over_counts(b.counts.sum(), b.counts))


def balanced_ce(b, beta=None):
    w = _effective_number_weights(b.counts, beta)
    w = torch.where(b.counts > 0, w, 0)
    return b.weighted_mean(w * b.c / w.sum())


def focal(b, gamma=1.0):
    return b.mean(b.at_truth(b.rest) ** gamma * b.ce)


def ohem(b, keep=0.7):
    values = b.ce[b.valid]
    if len(values) == 0:
        return b.nothing
    return values.topk(max(1, int(keep * len(values)))).values.mean()


def soft_iou(b):
    return _mean_over_images(b, lambda own, other, missed: own / (own + other + missed))


def lovasz(b):
    return _lovasz(b, b.valid) if b.valid.any() else b.nothing


def recall(b, momentum=None, normalize=None, per_image=None):
    if normalize or per_image:
        weights = _miss_rates(b, per_image, smallest=0)
        return b.over_sum(weights, b.ce) if normalize else b.mean(weights * b.ce)
    tp, _, fn = b.confusion()
    # The share missed; without the class in the batch its weight stays as it is, 1 at the start.
    missed = torch.where(tp + fn > 0, fn / (tp + fn), 1)
    if momentum is None:
        return b.mean(missed[b.y] * b.ce)
    return b.weighted_mean((1 - momentum) * missed + momentum * 1)


# What the authors' code computes instead.

def weighted_ce_published(b):
    return b.weighted_mean(_over_counts(b.counts.median(), b.counts))


def balanced_ce_published(b, beta=None):
    w = _effective_number_weights(b.counts, beta)
    return b.weighted_mean(w * b.c / w.sum())


def focal_published(b, gamma=1.0):
    mean = b.mean(b.ce)
    return (-torch.expm1(-mean)) ** gamma * mean if mean > 0 else b.nothing


def ohem_published(b, keep=0.7):
    """Raises, as torch.topk does, where a row is shorter than k."""
    return torch.where(b.valid, b.ce, 0).topk(max(1, int(keep * b.n)), dim=-1).values.mean()


def soft_iou_published(b):
    intersection = (b.p * b.t).sum((1, 2))
    union = (b.p + b.t - b.p * b.t).sum((1, 2))
    return -(intersection / (union + 1e-16)).mean()


def lovasz_published(b):
    """An image without a valid pixel contributes 0 to the mean over all images."""
    images = [torch.zeros_like(b.valid) for _ in range(b.n)]
    for i, image in enumerate(images):
        image[i] = b.valid[i]
    return sum(_lovasz(b, image) if image.any() else b.nothing for image in images) / b.n


def recall_published(b, momentum=None, normalize=None, per_image=None):
    if normalize or per_image:
        weights = _miss_rates(b, per_image, smallest=1)
        if normalize:
            return b.over_sum(weights, b.ce)
        return (weights * b.ce)[b.valid].sum() / b.valid.numel()
    tp, _, fn = b.confusion()
    weights = fn.clamp(min=1) / (tp + fn).clamp(min=1)
    if momentum is None:
        return (weights[b.y] * b.ce)[b.valid].sum() / b.valid.numel()
    return b.weighted_mean((1 - momentum) * weights + momentum * 1)


# The paper's related work, and its section III-C.

def soft_dice(b):
    return _mean_over_images(
        b, lambda own, other, missed: 2 * own / (2 * own + other + missed))


def soft_tversky(b, alpha=0.3, beta=0.7):
    return _mean_over_images(
        b, lambda own, other, missed: own / (own + alpha * other + beta * missed))


def jaccard(b):
    if not b.valid.any():
        return b.nothing
    return 1 - _mean_over_classes(
        b.p[b.valid], b.rest[b.valid], b.t[b.valid], lambda o, f, m: o / (o + f + m))


def ldam(b, max_margin=0.5, scale=30.0):
    present = b.counts > 0
    roots = torch.where(present, b.counts.clamp(min=1) ** -0.25, 0)
    margins = max_margin * roots / roots.max()
    scores = scale * (b.scores - margins * b.t)
    return b.mean(-b.at_truth(torch.log_softmax(scores, dim=-1)))


def precision_ce(b):
    return _metric_ce(b, lambda tp, fp, fn: (tp, tp + fp))


def dice_ce(b):
    return _metric_ce(b, lambda tp, fp, fn: (2 * tp, 2 * tp + fp + fn))


def jaccard_ce(b):
    return _metric_ce(b, lambda tp, fp, fn: (tp, tp + fp + fn))


def tversky_ce(b, alpha=0.3, beta=0.7):
    return _metric_ce(b, lambda tp, fp, fn: (tp, tp + alpha * fp + beta * fn))


# Later losses for the same problem.

def logit_adjusted_ce(b, tau=1.0):
    """log-softmax of z + tau log pi; a class without training pixels counts as one pixel."""
    prior = b.counts.clamp(min=1) / b.counts.sum()
    return b.mean(-b.at_truth(torch.log_softmax(b.scores + tau * prior.log(), dim=-1)))


def jaccard_metric(b, smoothing=0.1):
    """1 - (|p| + |t| - |p - t|) / (|p| + |t| + |p - t|) with 1-norms over the batch's valid pixels,
    t the smoothed labels; mean over the classes present."""
    if not b.valid.any():
        return b.nothing
    hard = b.t[b.valid]
    rest, p = b.rest[b.valid], b.p[b.valid]
    soft = (1 - smoothing) * hard + smoothing / b.c
    # p - t; where t is nearly 1, from 1 - p.
    difference = torch.where(hard == 1, (1 - soft) - rest, p - soft).abs().sum(0)
    total = p.sum(0) + soft.sum(0)
    present = hard.sum(0) > 0
    return (2 * difference / (total + difference))[present].mean()


def unified_focal(b, weight=0.5, delta=0.6, gamma=0.5, rare=None):
    """weight * focal + (1 - weight) * focal Tversky, the authors' exponents; asymmetric if `rare` is
    the share of the training pixels below which a class is rare."""
    if not b.valid.any():
        return b.nothing
    share = b.counts / b.counts.sum()
    is_rare = share < rare if rare is not None else torch.zeros(b.c, dtype=torch.bool)
    # Exponents of the classes: of 1 - p, and of 1 - Tversky index.
    focus = torch.where(is_rare, 0.0, gamma).double()
    power = torch.where(is_rare | (rare is None), 1 - gamma, 1.0).double()
    factor = torch.where(is_rare | (rare is None), delta, 1 - delta).double()
    focal_term = b.mean(factor[b.y] * b.at_truth(b.rest) ** focus[b.y] * b.ce)
    images = []
    for i, valid in enumerate(b.valid):
        if not valid.any():
            continue
        p, rest, t = b.p[i][valid], b.rest[i][valid], b.t[i][valid]
        present = t.sum(0) > 0
        own, other, missed = (p * t).sum(0), (p * (1 - t)).sum(0), (rest * t).sum(0)
        wrong = delta * missed + (1 - delta) * other
        images.append((wrong / (own + wrong))[present].pow(power[present]).mean())
    return weight * focal_term + (1 - weight) * torch.stack(images).mean()


def poly1_ce(b, epsilon=1.0):
    return b.mean(b.ce + epsilon * b.at_truth(b.rest))


def seesaw(b, p=0.8, q=2.0):
    """Factors M and C are constants to autograd; counts are those of the first batch."""
    counts = b.t.sum((0, 1, 2))
    at_least_one = counts.clamp(min=1)
    mitigation = (at_least_one[None, :] / at_least_one[:, None]).clamp(max=1) ** p
    probabilities = b.p.detach()
    own = b.at_truth(probabilities)[..., None].clamp(min=0.01)
    compensation = (probabilities / own).clamp(min=1) ** q
    factors = torch.where(b.t == 1, 1.0, mitigation[b.y] * compensation)
    return b.mean(-b.at_truth(torch.log_softmax(b.scores + factors.log(), dim=-1)))


def tilted_ce(b, t=1.0):
    """(1/t) log of the mean over the classes present of exp(t * mean ce of the class)."""
    if not b.valid.any():
        return b.nothing
    y, ce_ = b.y[b.valid], b.ce[b.valid]
    means = torch.stack([ce_[y == c].mean() for c in range(b.c) if (y == c).any()])
    return (torch.logsumexp(t * means, 0) - torch.log(torch.tensor(float(len(means))))) / t


# Parts of several.

def _miss_rates(b, per_image, smallest):
    """For each pixel, the share of its class's pixels in the batch, or in its image, that are
    predicted as another class; counts are at least `smallest`."""
    wrong = (b.log_p.detach().argmax(-1) != b.y)[..., None] * b.t
    axes = (1, 2) if per_image else (0, 1, 2)
    missed = wrong.sum(axes, keepdim=True).clamp(min=smallest)
    pixels = b.t.sum(axes, keepdim=True).clamp(min=1)
    return b.at_truth((missed / pixels).expand_as(b.t))


def _over_counts(number, counts):
    return torch.where(counts > 0, number / counts.clamp(min=1), 0)


def _effective_number_weights(counts, beta):
    """(1 - b)/(1 - b^N_c) up to a factor, b = (N - 1)/N if not given."""
    number = counts.sum() if beta is None else 1 / (1 - torch.tensor(beta, dtype=torch.float64))
    return -1 / torch.expm1(counts.clamp(min=1) * torch.log1p(-1 / number))


def _mean_over_classes(p, rest, t, score):
    """Of score(sum p inside, sum p outside, sum 1 - p inside) over the classes present; rows are
    pixels."""
    present = t.sum(0) > 0
    own, other, missed = (p * t).sum(0), (p * (1 - t)).sum(0), (rest * t).sum(0)
    return score(own[present], other[present], missed[present]).mean()


def _mean_over_images(b, score):
    """One minus the mean of the classes' scores, of images that have a valid pixel."""
    scores = [
        _mean_over_classes(b.p[i][valid], b.rest[i][valid], b.t[i][valid], score)
        for i, valid in enumerate(b.valid) if valid.any()
    ]
    return 1 - torch.stack(scores).mean() if scores else b.nothing


def _lovasz(b, mask):
    """Mean over the classes present among the pixels of the mask of the Lovasz extension of the
    Jaccard loss: sum of sorted errors times the increase of 1 - intersection/union as the pixels
    are given up one by one."""
    losses = []
    for k in range(b.c):
        t = b.t[mask][:, k]
        if t.sum() == 0:
            continue
        errors, order = torch.where(t == 1, b.rest[mask][:, k], b.p[mask][:, k]).sort(descending=True)
        given_up = t[order]
        kept = t.sum() - given_up.cumsum(0)
        union = t.sum() + (1 - given_up).cumsum(0)
        loss = 1 - kept / union
        increase = torch.cat([loss[:1], loss[1:] - loss[:-1]])
        losses.append((errors * increase).sum())
    return torch.stack(losses).mean()


def _metric_ce(b, quotient):
    """sum of (1 - metric of y) ce over the valid pixels, divided by their number; 0/0 counts as 0."""
    above, below = quotient(*b.confusion())
    weights = 1 - torch.where(below > 0, above / below, 0)
    return b.mean(weights[b.y] * b.ce)


PUBLISHED = {
    "ce": ce, "weighted_ce": weighted_ce_published, "balanced_ce": balanced_ce_published,
    "focal": focal_published, "ohem": ohem_published, "soft_iou": soft_iou_published,
    "lovasz": lovasz_published, "recall": recall_published,
}
CANONICAL = {
    "ce": ce, "weighted_ce": weighted_ce, "balanced_ce": balanced_ce, "focal": focal, "ohem": ohem,
    "soft_iou": soft_iou, "lovasz": lovasz, "recall": recall,
}
RELATED = {
    "soft_dice": soft_dice, "soft_tversky": soft_tversky, "jaccard": jaccard, "ldam": ldam,
    "precision_ce": precision_ce, "dice_ce": dice_ce, "jaccard_ce": jaccard_ce,
    "tversky_ce": tversky_ce,
}
LATER = {
    "logit_adjusted_ce": logit_adjusted_ce, "jaccard_metric": jaccard_metric,
    "unified_focal": unified_focal, "poly1_ce": poly1_ce, "seesaw": seesaw, "tilted_ce": tilted_ce,
}
FUNCTIONS = CANONICAL | {f"{name}.published": f for name, f in PUBLISHED.items()} | RELATED | LATER

# Every loss with its defaults, and its parameters at other values.
SPECIFICATIONS = [
    "ce", "weighted_ce", "balanced_ce", "balanced_ce(beta: 0.99)", "focal", "focal(gamma: 0.5)",
    "focal(gamma: 2)", "focal(gamma: 3.5)", "ohem", "ohem(keep: 0.25)", "soft_iou", "lovasz",
    "recall", "recall(momentum: 0.5)",
    "ce.published", "weighted_ce.published", "balanced_ce.published", "focal.published",
    "focal.published(gamma: 2)", "ohem.published", "ohem.published(keep: 0.4)",
    "soft_iou.published", "lovasz.published", "recall.published",
    "recall.published(momentum: 0.5)",
    "soft_dice", "soft_tversky", "soft_tversky(alpha: 0.7, beta: 0.3)", "jaccard", "ldam",
    "ldam(max_margin: 2, scale: 1)", "precision_ce", "dice_ce", "jaccard_ce", "tversky_ce",
    "tversky_ce(alpha: 0.8, beta: 0.1)",
    "recall(normalize: 1)", "recall(per_image: 1)", "recall(normalize: 1, per_image: 1)",
    "recall(momentum: 0.9)", "recall.published(normalize: 1)", "recall.published(per_image: 1)",
    "logit_adjusted_ce", "logit_adjusted_ce(tau: 0.5)", "jaccard_metric",
    "jaccard_metric(smoothing: 0)", "jaccard_metric(smoothing: 0.3)", "unified_focal",
    "unified_focal(weight: 0.3, delta: 0.7, gamma: 0.25)", "unified_focal(rare: 0.02)",
    "unified_focal(gamma: 0.75, rare: 0.5)", "poly1_ce", "poly1_ce(epsilon: -0.5)", "seesaw",
    "seesaw(p: 1.5, q: 0.5)", "seesaw(p: 0)", "tilted_ce", "tilted_ce(t: 5)", "tilted_ce(t: 0.1)",
    "recall + 0.5 * lovasz", "0.25 * focal(gamma: 2) + 2 * soft_dice",
]


def reference(specification, batch):
    """The value of a loss, or of a weighted sum of losses, as the command line writes it."""
    total = 0
    for term in specification.split("+"):
        match = re.fullmatch(r"\s*(?:([0-9.]+)\s*\*)?\s*([a-z0-9_.]+)\s*(?:\((.*)\))?\s*", term)
        weight, name, parameters = match.groups()
        pairs = (pair.split(":") for pair in (parameters or "").split(",") if pair.strip())
        values = {key.strip(): float(value) for key, value in pairs}
        total = total + float(weight or 1) * FUNCTIONS[name](batch, **values)
    return total


def evaluate(specification, logits, labels, counts, ignore=255):
    """Value and gradient, float64, for NumPy arrays [N, C, H, W], [N, H, W] and [C]."""
    z = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    batch = Batch(z, torch.tensor(labels), torch.tensor(counts), ignore)
    value = reference(specification, batch)
    (gradient,) = torch.autograd.grad(value, z)
    return value.item(), gradient.numpy()
