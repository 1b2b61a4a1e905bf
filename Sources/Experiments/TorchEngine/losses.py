"""The losses of RecallBench's registry, in PyTorch.

    loss = make_loss("focal(gamma: 2)", classes, class_pixels)
    value, class_weights = loss(logits, labels)
    value.backward()

Sources/Losses is the reference; formulas and sources are repeated here. Losses are made of three
quantities of a `Batch`: the cross-entropy of each pixel, 1 - p_y, and |[y = c] - p_c|. Their
gradients are written out, so that a pixel with p_y near 1 keeps all digits; autograd does the rest.
What takes no gradient is detached.

Ignored pixels have no influence and get a zero gradient, except where a published loss says so; a
batch without a labeled pixel has value 0 and gradient 0. Sums over pixels end in float64, counts
are exact. Nothing waits for the device, no sum depends on chance, and constants stay there.
"""

import functools
import math
import operator
import re
from collections import namedtuple
from functools import cached_property, partial

import torch

IGNORED = 255


# What losses are made of.

class CrossEntropies(torch.autograd.Function):
    """-log p_y and 1 - p_y of each pixel, [N, H, W]; 0 at ignored ones.

    By the logits: p_j - [j = y], and p_y times as much.
    """

    @staticmethod
    def forward(ctx, logits, own, y, valid):
        powers, true, others, shift = _exponentials(logits, own, y, valid, valid)
        total = true + others
        miss = others / total
        # log(total) - shift: neither part is negative; where y is the largest, total is 1 + others.
        excess = torch.where(shift == 0, others, total - 1)
        ce = torch.where(valid, (torch.log1p(excess) - shift)[:, 0], 0)
        confidence = torch.where(valid, (true / total)[:, 0], 0)
        slopes = torch.where(own, -miss, powers.div_(total))
        ctx.save_for_backward(slopes, confidence, valid)
        return ce, torch.where(valid, miss[:, 0], 0)

    @staticmethod
    def backward(ctx, by_ce, by_miss):
        slopes, confidence, valid = ctx.saved_tensors
        by_logit = torch.where(valid, by_ce + confidence * by_miss, 0)
        return slopes * by_logit[:, None], None, None, None


class Errors(torch.autograd.Function):
    """|[y = c] - p_c| of each pixel and class, [N, C, H, W]: 1 - p of its own class, p of others.

    Ignored pixels have no class. Where `counted` is False, all their errors and gradients are 0.
    By the logits: p_j (g_j - sum_k p_k g_k), g the gradient by p. A constant added to all g_k
    changes nothing; that of the most probable class is subtracted first, which keeps the digits of
    the difference where its p is near 1.
    """

    @staticmethod
    def forward(ctx, logits, own, y, valid, counted, top):
        powers, true, others, _ = _exponentials(logits, own, y, valid, counted)
        scale = counted[:, None] / (true + others)
        p = torch.where(own, true, powers).mul_(scale)
        ctx.save_for_backward(p, own, top)
        return torch.where(own, others * scale, p)

    @staticmethod
    def backward(ctx, by_error):
        p, own, top = ctx.saved_tensors
        by_p = torch.where(own, -by_error, by_error)
        by_p -= by_p.gather(1, top[:, None])
        by_p -= (p * by_p).sum(1, keepdim=True)
        return by_p.mul_(p), None, None, None, None, None


def _exponentials(logits, own, y, valid, counted):
    """exp(z_j - max z), 0 for a pixel's own class; that of its own class; the sum of the others;
    and z_y - max z. Logits of pixels that are not counted have no effect, NaN included."""
    z = logits.masked_fill(~counted[:, None], 0)
    z -= z.amax(1, keepdim=True)
    shift = z.gather(1, y[:, None])
    powers = z.exp_()
    true = torch.where(valid[:, None], powers.gather(1, y[:, None]), 0)
    powers.masked_fill_(own, 0)
    return powers, true, powers.sum(1, keepdim=True), shift


class Batch:
    """Logits [N, C, H, W], labels [N, H, W], and what losses need of them, computed on demand."""

    def __init__(self, logits, labels):
        self.logits, self.labels = logits, labels
        self.classes = logits.shape[1]
        self.valid = labels != IGNORED
        # Something that may be looked up; at ignored pixels the result is not used.
        self.y = torch.where(self.valid, labels, 0)

    @cached_property
    def own(self):
        """Whether a pixel is of a class, [N, C, H, W]."""
        classes = torch.arange(self.classes, device=self.labels.device)
        return self.labels[:, None] == classes[:, None, None]

    @cached_property
    def _pixels(self):
        return CrossEntropies.apply(self.logits, self.own, self.y, self.valid)

    @property
    def ce(self):
        """-log p_y, [N, H, W]."""
        return self._pixels[0]

    @property
    def miss(self):
        """1 - p_y, [N, H, W]."""
        return self._pixels[1]

    @cached_property
    def errors(self):
        """|[y = c] - p_c|, [N, C, H, W]; 0 at ignored pixels."""
        return self._errors(self.valid)

    @cached_property
    def errors_everywhere(self):
        """The same with p_c at ignored pixels, for the published soft IoU."""
        return self._errors(torch.ones_like(self.valid))

    def _errors(self, counted):
        return Errors.apply(
            self.logits, self.own, self.y, self.valid, counted, self.predictions)

    @cached_property
    def predictions(self):
        """The class with the largest logit, ties to the lowest class, [N, H, W]."""
        return self.logits.detach().argmax(1)

    def class_sums(self, values, ids=None):
        """The sum of values [N, H, W] over each image's pixels of each class, or of each of other
        ids, [N, C], float64. Class by class: all at once would need C times the memory."""
        ids = self.labels if ids is None else ids
        return torch.stack([
            torch.where(ids == c, values, 0).sum((1, 2), dtype=torch.float64)
            for c in range(self.classes)], 1)

    @cached_property
    def image_pixels(self):
        """Pixels of each class in each image, [N, C], float64."""
        return self.class_sums(self.valid)

    @cached_property
    def class_pixels(self):
        """Pixels of each class, [C], float64."""
        return self.image_pixels.sum(0)

    @cached_property
    def valid_pixels(self):
        return self.class_pixels.sum()

    @cached_property
    def missed(self):
        """FN: pixels of each class in each image that are predicted as another, [N, C], float64."""
        return self.class_sums(self.predictions != self.labels)

    @cached_property
    def false_positives(self):
        """FP: valid pixels predicted as each class that are of another, [C], float64."""
        wrong = self.valid & (self.predictions != self.labels)
        return self.class_sums(wrong, self.predictions).sum(0)

    def at_pixels(self, numbers):
        """Finite numbers of the classes, [C] or [N, C], at the pixels of each class, [N, H, W]."""
        table = numbers.to(self.logits.dtype).expand(len(self.y), -1)
        return table.gather(1, self.y.flatten(1)).view(self.y.shape)

    def mean(self, values):
        """Of values that are 0 at ignored pixels, over the valid pixels."""
        return divided(total(values), self.valid_pixels)

    def weighted(self, weights):
        """sum w ce over the valid pixels; weights [C] or [N, C]."""
        return total(self.at_pixels(weights) * self.ce)

    def weighted_mean(self, weights):
        """sum w ce / sum w over the valid pixels; weights [C]."""
        return divided(self.weighted(weights), (weights * self.class_pixels).sum())

    def reported(self, weights):
        """Weights [C] as a loss returns them: NaN for a class that does not occur."""
        return torch.where(self.class_pixels > 0, weights.detach().double(), math.nan)

    def overlaps(self, errors):
        """N, the sum of 1 - p over a class's own pixels, and that of p over all others, [N, C]."""
        return (self.image_pixels, over_pixels(torch.where(self.own, errors, 0)),
                over_pixels(torch.where(self.own, 0, errors)))


def total(values):
    """The sum in float64."""
    return values.sum(dtype=torch.float64)


def over_pixels(values):
    """Sums over H and W, rows in single precision, then in float64."""
    return values.sum(-1).sum(-1, dtype=torch.float64)


def divided(number, by):
    """The quotient; 0, with a zero gradient, where the divisor is 0."""
    return torch.where(by > 0, number / torch.where(by > 0, by, 1), 0)


def miss_rates(missed, pixels, smallest=0):
    """1 - recall of each class: FN / N, both at least `smallest`; for no pixel 0, or 1."""
    return missed.clamp(min=smallest) / pixels.clamp(min=1)


@functools.lru_cache(maxsize=256)
def constant(values, device):
    """A tuple as a float64 tensor that stays on the device: copying at each step would wait."""
    return torch.tensor(values, dtype=torch.float64, device=device)


# The losses of the paper's tables. Each returns its value, or its value and class weights.

def cross_entropy(batch):
    """1/|V| sum ce: the recall loss paper, equations (1) and (6)."""
    return batch.mean(batch.ce)


def class_weighted(batch, weights):
    """sum w_y ce / sum w_y, constant weights: equation (2) of the paper, and balanced_ce."""
    return batch.weighted_mean(constant(weights, batch.logits.device))


def focal(batch, gamma):
    """1/|V| sum (1 - p_y)^gamma ce: Lin et al. 2017, equation (4). Reports the mean factors."""
    factors = _power(batch.miss, gamma)
    means = divided(batch.class_sums(factors.detach()).sum(0), batch.class_pixels)
    return batch.mean(factors * batch.ce), batch.reported(means)


def _power(x, exponent):
    """x^exponent for x from 0 on, with a finite derivative at 0, where ce is 0 as well."""
    return x.clamp(min=torch.finfo(x.dtype).tiny) ** exponent


def ohem(batch, keep):
    """The mean of the max(1, floor(keep |V|)) largest ce, ties to the lower pixel: Shrivastava et
    al. 2016. By a sort, since topk needs the number on the host and leaves ties open."""
    kept = (keep * batch.valid_pixels).floor().clamp(min=1)
    ce = batch.ce.flatten()
    return total(torch.where(_is_hardest(ce, batch.valid.flatten(), kept), ce, 0)) / kept


def _is_hardest(ce, valid, kept):
    """Whether ce is among the `kept` largest along the last axis; any valid pixel's is larger than
    that of an ignored one."""
    keys = torch.where(valid, ce.detach(), -1)
    order = keys.sort(dim=-1, descending=True, stable=True).indices
    first = torch.arange(ce.shape[-1], device=ce.device) < kept
    return torch.zeros_like(valid).scatter_(-1, order, first.expand(order.shape))


def tversky(batch, alpha, beta, per_image=True):
    """1 - mean of TP / (TP + alpha FP + beta FN), soft counts: Salehi et al. 2017. Over the classes
    of each image, then over images with a valid pixel; or over the batch's classes. With both 1 it
    is soft IoU (Rahman and Wang 2016), with both 1/2 soft Dice (Milletari et al. 2016)."""
    return overlap_loss(
        batch, lambda hits, wrong: wrong / (hits + wrong), alpha, beta, per_image)


def overlap_loss(batch, term, alpha, beta, per_image=True):
    """The mean of term(TP, wrong), wrong = alpha FP + beta FN, over the classes of each region,
    then over regions with a valid pixel. A class absent from a region has no term."""
    pixels, missed, spilt = batch.overlaps(batch.errors)
    if not per_image:
        pixels, missed, spilt = (sums.sum(0, keepdim=True) for sums in (pixels, missed, spilt))
    present = pixels > 0
    hits = torch.where(present, pixels - missed, 1)
    wrong = torch.where(present, alpha * spilt + beta * missed, 0)
    return (shares(present) * term(hits, wrong)).sum()


def shares(present, regions=None):
    """What each class of each region counts in the mean over a region's classes, then over regions
    that have any, or over a number of regions; 0 for classes that are absent."""
    counted = present.sum(1, keepdim=True)
    regions = (counted > 0).sum() if regions is None else regions
    return present.double() / (regions * counted).clamp(min=1)


def lovasz(batch, per_image=False):
    """Lovasz-softmax: Berman et al. 2018, equations (8) and (9), algorithm 1. The mean over the
    classes present of sum e_(i) (J_(i) - J_(i-1)), errors descending, ties to the lower pixel.
    Published: of each image, then over all images."""
    errors, coefficients = batch.errors, torch.empty_like(batch.errors)
    # Class by class: the order of all would need C times the memory.
    for c in range(batch.classes):
        coefficients[:, c] = _lovasz_coefficients(
            errors.detach()[:, c], batch.labels == c, batch.valid, per_image)
    sums = over_pixels(errors * coefficients)
    if per_image:
        return (shares(batch.image_pixels > 0, regions=len(sums)) * sums).sum()
    return (shares(batch.class_pixels[None] > 0) * sums).sum()


def _lovasz_coefficients(errors, own, valid, per_image):
    """J_(i) - J_(i-1) of one class at each pixel, [N, H, W], without cancellation: 1/U at a pixel
    of the class, which then leaves I, and I / (U (U + 1)) at any other, which then enters U."""
    rows = (len(own) if per_image else 1, -1)
    keys = torch.where(valid, errors, -1).reshape(rows)
    order = keys.sort(dim=1, descending=True, stable=True).indices
    is_own = own.reshape(rows).gather(1, order)
    own_before = is_own.cumsum(1) - is_own.long()
    pixels = is_own.sum(1, keepdim=True)
    before = torch.arange(keys.shape[1], device=keys.device)
    intersection = (pixels - own_before).double()
    union = (pixels + before - own_before).clamp(min=1).double()
    steps = torch.where(is_own, 1 / union, intersection / (union * (union + 1)))
    at_pixels = torch.empty_like(keys).scatter_(1, order, steps.to(keys.dtype))
    return torch.where(valid, at_pixels.view(valid.shape), 0)


def recall(batch, per_image=False, normalize=False, smallest=0):
    """1/|V| sum (1 - R_y) ce, R_c of the batch by argmax: the paper's equations (4) and (5). Or
    with the recall of each image, or divided by the sum of the weights, or both. Reports 1 - R_c.

    smallest = 1, as published: 1 - R_c is max(FN, 1) / max(N, 1), divided by all pixels.
    """
    pixels = batch.image_pixels if per_image else batch.class_pixels[None]
    weights = miss_rates(batch.missed if per_image else batch.missed.sum(0), pixels, smallest)
    sums = weights * pixels
    means = divided(sums.sum(0), batch.class_pixels)
    if smallest and not normalize:
        return batch.weighted(weights) / batch.labels.numel(), batch.reported(means)
    number = sums.sum() if normalize else batch.valid_pixels
    return divided(batch.weighted(weights), number), batch.reported(means)


# What the authors' code computes instead.

def focal_published(batch, gamma):
    """(1 - e^-CE)^gamma CE, CE the batch's mean. Reports the factor for every class."""
    mean = batch.mean(batch.ce)
    factor = _power(-torch.expm1(-mean), gamma)
    return factor * mean, batch.reported(factor.expand(batch.classes))


def ohem_published(batch, keep):
    """The mean of the max(1, floor(keep N)) largest ce of every row, N the batch size; ignored
    pixels count as 0, a narrower row is kept whole, and keep = 1 keeps all."""
    n, h, w = batch.labels.shape
    kept = w if keep == 1 else min(w, max(1, int(keep * n)))
    if kept == w:
        return total(batch.ce) / (n * h * w)
    is_kept = _is_hardest(batch.ce, batch.valid, kept)
    return total(torch.where(is_kept, batch.ce, 0)) / (n * h * kept)


def soft_iou_published(batch):
    """-mean over all images and all classes of I / (U + 1e-16); predictions at ignored pixels count
    in U."""
    pixels, missed, spilt = batch.overlaps(batch.errors_everywhere)
    return -((pixels - missed) / (pixels + spilt + 1e-16)).mean()


# The paper's related work, and its section III-C.

def ldam(batch, margins, scale):
    """1/|V| sum -log softmax(s (z - D_y e_y))_y: Cao et al. 2019. In float64: s = 30 multiplies the
    rounding of the logits."""
    gaps = torch.where(batch.own, constant(margins, batch.logits.device)[:, None, None], 0)
    return cross_entropy(Batch(scale * (batch.logits.double() - gaps), batch.labels))


def metric_ce(batch, alpha, beta):
    """1/|V| sum w_y ce, w_c = 1 - TP / (TP + alpha FP + beta FN) of the batch by argmax, 1 where
    that is 0/0: equation (9) and Table I. Reports w_c."""
    missed = batch.missed.sum(0)
    wrong = alpha * batch.false_positives + beta * missed
    below = batch.class_pixels - missed + wrong
    weights = torch.where(below > 0, divided(wrong, below), 1)
    return divided(batch.weighted(weights), batch.valid_pixels), batch.reported(weights)


# Later losses for the same problem.

def logit_adjusted(batch, shifts):
    """1/|V| sum -log softmax(z + tau log pi)_y: Menon et al. 2021, equation (10)."""
    adjustment = constant(shifts, batch.logits.device).to(batch.logits.dtype)
    return cross_entropy(Batch(batch.logits + adjustment[:, None, None], batch.labels))


def jaccard_metric(batch, smoothing):
    """1 - mean over the classes present of sum min(p, t) / sum max(p, t), t = (1 - s) [y = c] +
    s/C: Wang, Ning and Blaschko 2023, JML1. Where p = t, the derivative is that of smaller p."""
    other = smoothing / batch.classes
    excess = torch.where(batch.own, smoothing - other - batch.errors, batch.errors - other)
    above = batch.valid[:, None] & (excess > 0)
    more = over_pixels(torch.where(above, excess, 0)).sum(0)
    less = over_pixels(torch.where(batch.valid[:, None] & ~above, -excess, 0)).sum(0)
    present = batch.class_pixels > 0
    union = (1 - smoothing) * batch.class_pixels + other * batch.valid_pixels + more
    return (shares(present[None])[0] * divided(less + more, union)).sum()


def unified_focal(batch, weight, delta, gamma, is_rare):
    """lambda/|V| sum delta (1 - p_y)^gamma ce + (1 - lambda) mean (1 - I_c)^(1 - gamma) over the
    classes of each image, I = TP / (TP + delta FN + (1 - delta) FP): Yeung et al. 2022.

    Asymmetric with `is_rare`, 1 or 0 by class: rare classes have delta ce and (1 - I)^(1 - gamma),
    others (1 - delta) (1 - p)^gamma ce and 1 - I.
    """
    focus, exponent = _power(batch.miss, gamma), 1 - gamma
    factors = delta * focus
    if is_rare is not None:
        rare = constant(is_rare, batch.logits.device)
        factors = torch.where(batch.at_pixels(rare) > 0, delta, (1 - delta) * focus)
        exponent = 1 - gamma * rare
    overlap = overlap_loss(
        batch, lambda hits, wrong: _steep_power(wrong / (hits + wrong), exponent), 1 - delta, delta)
    return weight * batch.mean(factors * batch.ce) + (1 - weight) * overlap


def _steep_power(x, exponent):
    """x^exponent; its derivative near 0 is cut off at 1e30, where that of x is near 0."""
    held = x.detach()
    steepness = (exponent * held ** (exponent - 1)).clamp(max=1e30)
    return held ** exponent + steepness * (x - held)


def poly1(batch, epsilon):
    """1/|V| sum ce + epsilon (1 - p_y): Leng et al. 2022, equation (6)."""
    return batch.mean(batch.ce + epsilon * batch.miss)


def tilted(batch, t):
    """1/t log mean over the classes present of exp(t L_c), L_c the mean ce of a class: Li et al.
    2021, over classes as in Szabo et al. 2021. Reports softmax(t L)_c |V| / N_c."""
    pixels = batch.class_pixels
    present = pixels > 0
    means = divided(batch.class_sums(batch.ce).sum(0), pixels)
    largest = means.detach().max()
    powers = torch.where(present, torch.exp(t * (means - largest)), 0)
    powers_sum = torch.where(present.any(), powers.sum(), 1)
    value = largest + torch.log(powers_sum / present.sum().clamp(min=1)) / t
    return value, batch.reported(divided(powers / powers_sum * batch.valid_pixels, pixels))


# Losses as the trainer uses them.

class Loss:
    """A training criterion. Calling it with logits [N, C, H, W] and labels [N, H, W] (255: ignored)
    gives the value, a float64 tensor with a gradient, and the weights that this step gave classes,
    [C], float64, NaN for a class that does not occur; None where a loss reports no weights."""

    # The weights that a loss takes from the training split, by class.
    constant_class_weights = None

    def __init__(self, state=()):
        self._state = torch.tensor(state, dtype=torch.float64)

    def __call__(self, logits, labels):
        return self.evaluate(Batch(logits, labels))

    def evaluate(self, batch):
        raise NotImplementedError

    @property
    def state(self):
        """What is carried from step to step, a list of numbers; empty for most losses."""
        return self._state.tolist()

    @state.setter
    def state(self, values):
        _check_state(values, len(self._state))
        self._state = torch.tensor(values, dtype=torch.float64)


def _check_state(values, wanted):
    if len(values) != wanted:
        raise ValueError(f"the loss's state has {len(values)} values instead of {wanted}")


class BatchLoss(Loss):
    """A loss that looks at one batch at a time, from a function of the batch."""

    def __init__(self, function, constant_class_weights=None):
        super().__init__()
        self._function, self.constant_class_weights = function, constant_class_weights

    def evaluate(self, batch):
        result = self._function(batch)
        return result if isinstance(result, tuple) else (result, None)


class MomentumRecall(Loss):
    """sum w_y ce / sum w_y, w_t = (1 - m)(1 - R_t) + m w_{t-1}, w_0 = 1: the authors' second
    version. A class absent from the batch keeps its weight. smallest = 1: as published, where 1 - R
    is max(FN, 1) / max(N, 1), of absent classes too. Reports w_t; it is the state."""

    def __init__(self, classes, momentum, smallest):
        super().__init__([1.0] * classes)
        self.momentum, self.smallest = momentum, smallest

    def evaluate(self, batch):
        before = self._state.to(batch.logits.device)
        missed = miss_rates(batch.missed.sum(0), batch.class_pixels, self.smallest)
        moved = (1 - self.momentum) * missed + self.momentum * before
        counted = (batch.class_pixels > 0) | bool(self.smallest)
        self._state = torch.where(counted, moved, before)
        return batch.weighted_mean(self._state), batch.reported(self._state)


class Seesaw(Loss):
    """1/|V| sum -log(e^z_y / sum_j S_yj e^z_j), S_yy = 1 and else S_yj =
    min(1, N_j / N_y)^p max(1, p_j / max(p_y, 0.01))^q without a gradient: Wang et al. 2021. The
    state is N_c, the pixels of each class so far, this batch's included; in S at least 1."""

    def __init__(self, classes, p, q):
        super().__init__([0.0] * classes)
        self.p, self.q = p, q

    def evaluate(self, batch):
        self._state = self._state.to(batch.logits.device) + batch.class_pixels
        return cross_entropy(Batch(batch.logits + self._shifts(batch), batch.labels)), None

    def _shifts(self, batch):
        """log S_yj, [N, C, H, W]; 0 at ignored pixels."""
        z, counts = batch.logits.detach(), self._state.clamp(min=1)
        table = self.p * torch.log((counts / counts[:, None]).clamp(max=1))
        mitigation = table.to(z.dtype)[batch.y].permute(0, 3, 1, 2)
        # The logit of a class with the probability max(p_y, 0.01).
        raised = (batch.ce.detach() + math.log(0.01)).clamp(min=0)
        level = z.gather(1, batch.y[:, None]) + raised[:, None]
        compensation = self.q * (z - level).clamp(min=0)
        return torch.where(batch.valid[:, None] & ~batch.own, mitigation + compensation, 0)


class WeightedSum(Loss):
    """sum a_k L_k, each term with its own state. Class weights are those of the first term that has
    any; the state is the terms', concatenated."""

    def __init__(self, terms):
        super().__init__()
        self._terms = terms
        constants = (loss.constant_class_weights for _, loss in terms)
        self.constant_class_weights = next((c for c in constants if c is not None), None)

    def evaluate(self, batch):
        results = [loss.evaluate(batch) for _, loss in self._terms]
        value = sum(weight * value for (weight, _), (value, _) in zip(self._terms, results))
        return value, next((weights for _, weights in results if weights is not None), None)

    @property
    def state(self):
        return [value for _, loss in self._terms for value in loss.state]

    @state.setter
    def state(self, values):
        _check_state(values, len(self.state))
        rest = list(values)
        for _, loss in self._terms:
            count = len(loss.state)
            loss.state, rest = rest[:count], rest[count:]


# How losses are made from the pixel counts of a data set.

# validation_pixels: pixels of each class in the first image of every validation batch.
Ingredients = namedtuple("Ingredients", "classes class_pixels validation_pixels")


def _batch_loss(function, **fixed):
    return lambda data, **values: BatchLoss(partial(function, **fixed, **values))


def _class_weighted(weights):
    return BatchLoss(partial(class_weighted, weights=tuple(weights)), weights)


def _weighted_ce(data):
    """w_c = N / N_c; 0 for a class without training pixels."""
    number = float(sum(data.class_pixels))
    return _class_weighted([number / n if n > 0 else 0.0 for n in data.class_pixels])


def _weighted_ce_published(data):
    """w_c = median(N) / N_c by the validation counts; the median cancels."""
    ordered = sorted(data.validation_pixels)
    median = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2 or 1.0
    return _class_weighted([median / n if n > 0 else 0.0 for n in data.validation_pixels])


def _balanced_ce(data, beta=None):
    return _class_weighted(_effective_number_weights(data.class_pixels, beta, 0.0))


def _balanced_ce_published(data, beta=None):
    return _class_weighted(_effective_number_weights(data.validation_pixels, beta, 1.0))


def _effective_number_weights(counts, beta, uncounted):
    """(1 - b) / (1 - b^N_c), scaled to the sum C: Cui et al. 2019, equation (5); b = (N - 1)/N if
    not given. `uncounted`: over 1 - b, that of a class without pixels."""
    number = sum(counts)
    if beta is None:
        log_beta = math.log1p(-1 / number) if number > 1 else -math.inf
    else:
        log_beta = math.log(beta) if beta > 0 else -math.inf
    raw = [-1 / math.expm1(n * log_beta) if n > 0 else uncounted for n in counts]
    # Some versions of Python's own sum compensate rounding.
    whole = functools.reduce(operator.add, raw, 0.0)
    return [x / whole * len(counts) for x in raw]


def _ldam(data, max_margin, scale):
    """D_c = K / N_c^(1/4), the largest max_margin; 0 for a class without training pixels."""
    raw = [1 / math.sqrt(math.sqrt(n)) if n > 0 else 0.0 for n in data.class_pixels]
    margins = tuple(max_margin * x / max(raw) for x in raw)
    return BatchLoss(partial(ldam, margins=margins, scale=scale))


def _logit_adjusted_ce(data, tau):
    """tau log(N_c / N); a class without training pixels counts as one pixel."""
    number = max(sum(data.class_pixels), 1)
    shifts = tuple(tau * math.log(max(n, 1) / number) for n in data.class_pixels)
    return BatchLoss(partial(logit_adjusted, shifts=shifts))


def _unified_focal(data, rare=None, **values):
    """rare: the share of the training pixels below which a class is rare."""
    number = sum(data.class_pixels)
    is_rare = None if rare is None else tuple(float(n < rare * number) for n in data.class_pixels)
    return BatchLoss(partial(unified_focal, is_rare=is_rare, **values))


def _recall(data, momentum=None, normalize=None, per_image=None, smallest=0):
    if momentum is None:
        return BatchLoss(partial(
            recall, per_image=per_image is not None, normalize=normalize is not None,
            smallest=smallest))
    if per_image:
        raise ValueError(
            "recall loss: momentum remembers one recall of each class, so it does not go with "
            "per_image")
    if normalize:
        raise ValueError(
            "recall loss: with momentum the sum is always divided by the weights; leave out "
            "normalize")
    return MomentumRecall(data.classes, momentum, smallest)


# The registry: what a loss is made by, its parameters, and which pixel counts it needs.

# parameters: (default, interval) by name; a default of None: may be left out.
Entry = namedtuple("Entry", "make parameters needs", defaults=({}, ""))

_BETA = {"beta": (None, "[0, 1)")}
_GAMMA = {"gamma": (1.0, "[0, inf)")}
_KEEP = {"keep": (0.7, "(0, 1]")}
_RECALL = {
    "momentum": (None, "(0, 1)"), "normalize": (None, "[1, 1]"), "per_image": (None, "[1, 1]")}
_TVERSKY = {"alpha": (0.3, "[0, inf)"), "beta": (0.7, "(0, inf)")}

# In the order of Swift's registry, by which the terms of a sum are sorted.
REGISTRY = {
    "ce": Entry(_batch_loss(cross_entropy)),
    "weighted_ce": Entry(_weighted_ce, needs="training"),
    "balanced_ce": Entry(_balanced_ce, _BETA, "training"),
    "focal": Entry(_batch_loss(focal), _GAMMA),
    "ohem": Entry(_batch_loss(ohem), _KEEP),
    "soft_iou": Entry(_batch_loss(tversky, alpha=1, beta=1)),
    "lovasz": Entry(_batch_loss(lovasz)),
    "recall": Entry(_recall, _RECALL),

    "ce.published": Entry(_batch_loss(cross_entropy)),
    "weighted_ce.published": Entry(_weighted_ce_published, needs="validation"),
    "balanced_ce.published": Entry(_balanced_ce_published, _BETA, "validation"),
    "focal.published": Entry(_batch_loss(focal_published), _GAMMA),
    "ohem.published": Entry(_batch_loss(ohem_published), _KEEP),
    "soft_iou.published": Entry(_batch_loss(soft_iou_published)),
    "lovasz.published": Entry(_batch_loss(lovasz, per_image=True)),
    "recall.published": Entry(partial(_recall, smallest=1), _RECALL),

    "soft_dice": Entry(_batch_loss(tversky, alpha=0.5, beta=0.5)),
    "soft_tversky": Entry(_batch_loss(tversky), _TVERSKY),
    "jaccard": Entry(_batch_loss(tversky, alpha=1, beta=1, per_image=False)),
    "ldam": Entry(
        _ldam, {"max_margin": (0.5, "(0, inf)"), "scale": (30.0, "(0, inf)")}, "training"),
    "precision_ce": Entry(_batch_loss(metric_ce, alpha=1, beta=0)),
    "dice_ce": Entry(_batch_loss(metric_ce, alpha=0.5, beta=0.5)),
    "jaccard_ce": Entry(_batch_loss(metric_ce, alpha=1, beta=1)),
    "tversky_ce": Entry(_batch_loss(metric_ce), _TVERSKY | {"beta": (0.7, "[0, inf)")}),

    "logit_adjusted_ce": Entry(_logit_adjusted_ce, {"tau": (1.0, "[0, inf)")}, "training"),
    "jaccard_metric": Entry(_batch_loss(jaccard_metric), {"smoothing": (0.1, "[0, 1)")}),
    "unified_focal": Entry(_unified_focal, {
        "weight": (0.5, "(0, 1)"), "delta": (0.6, "(0, 1)"), "gamma": (0.5, "[0, 1)"),
        "rare": (None, "(0, 1)")}, "training"),
    "poly1_ce": Entry(_batch_loss(poly1), {"epsilon": (1.0, "[-1, inf)")}),
    "seesaw": Entry(
        lambda data, p, q: Seesaw(data.classes, p, q),
        {"p": (0.8, "[0, inf)"), "q": (2.0, "[0, inf)")}),
    "tilted_ce": Entry(_batch_loss(tilted), {"t": (1.0, "(0, inf)")}),
}
NAMES = list(REGISTRY)


# The notation: `ce`, `focal(gamma: 2)`, `recall + 0.5 * lovasz`.

# values: parameters by name, those given and those with a default, in the registry's order.
Term = namedtuple("Term", "weight name values")

_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_TERM = re.compile(
    rf"[ \t]*(?:({_NUMBER})[ \t]*\*)?[ \t]*([A-Za-z0-9_.]+)[ \t]*(?:\(([^()]*)\))?[ \t]*(?=\+|$)")
_VALUE = re.compile(rf"[ \t]*([A-Za-z0-9_.]+)[ \t]*:[ \t]*({_NUMBER})[ \t]*")


def parse(notation):
    """The terms of a loss in the normal order: by weight from the largest, then as in the registry.

    Raises ValueError, one line, for what is no loss.
    """
    terms, position = [], 0
    while position <= len(notation):
        match = _TERM.match(notation, position)
        if not match:
            raise ValueError(
                f'loss "{notation}": write name, name(parameter: number) or 0.5 * name, and + '
                f'between losses, instead of "{notation[position:].strip()}"')
        try:
            terms.append(_term(*match.groups()))
        except ValueError as error:
            raise ValueError(f'loss "{notation}": {error}') from None
        position = match.end() + 1
    for term in terms:
        if [other[1:] for other in terms].count(term[1:]) > 1:
            raise ValueError(
                f'loss "{notation}": {_text(term)} appears twice; write it once, with the sum of '
                "its weights")
    return sorted(terms, key=lambda term: (-term.weight, NAMES.index(term.name), _text(term)))


def _term(weight, name, parameters):
    weight = 1.0 if weight is None else float(weight)
    if not 0 < weight < math.inf:
        raise ValueError("a weight must be a finite number above 0")
    if name not in REGISTRY:
        raise ValueError(f'unknown loss "{name}"; use one of {", ".join(NAMES)}')
    allowed = REGISTRY[name].parameters
    pieces = parameters.split(",") if (parameters or "").strip(" \t") else []
    given = [_value(name, allowed, piece) for piece in pieces]
    if len(dict(given)) < len(given):
        raise ValueError("a parameter is given twice")
    values = {key: dict(given).get(key, default) for key, (default, _) in allowed.items()}
    return Term(weight, name, {key: value for key, value in values.items() if value is not None})


def _value(name, allowed, text):
    """A parameter and its value."""
    match = _VALUE.fullmatch(text)
    if not match:
        raise ValueError(f'write parameter: number instead of "{text.strip()}"')
    key, number = match.group(1), float(match.group(2))
    if key not in allowed:
        known = ", ".join(f"{k} in {interval}" for k, (_, interval) in allowed.items())
        raise ValueError(f'unknown parameter "{key}"; {name} takes {known or "none"}')
    interval = allowed[key][1]
    low, high = (float(end) for end in interval[1:-1].split(","))
    if not (low < number < high or interval[0] == "[" and number == low
            or interval[-1] == "]" and number == high):
        raise ValueError(f"{key} must be in {interval}, not {match.group(2)}")
    # Negative zero would be a second way to write zero.
    return key, number or 0.0


def _text(term):
    """A term without its weight, as RecallBench writes it: `focal(gamma: 1)`."""
    values = ", ".join(f"{key}: {_shortest(value)}" for key, value in term.values.items())
    return f"{term.name}({values})" if values else term.name


def _shortest(number):
    return repr(number).removesuffix(".0")


def normal_form(terms):
    """The notation under which RecallBench stores runs: `recall + 0.5 * lovasz`."""
    return " + ".join(
        _text(term) if term.weight == 1 else f"{_shortest(term.weight)} * {_text(term)}"
        for term in terms)


def make_loss(notation, classes, class_pixels, validation_first_image_pixels=None):
    """The loss that a notation describes.

    classes: C. class_pixels: the training split's pixels of each class, ignored ones left out.
    validation_first_image_pixels: those of the first image of every validation batch, from which
    some published losses take their weights; None: class_pixels.

    Raises ValueError, one line, for what is no loss, for counts that are not C numbers from 0 on,
    and where a loss needs a count above 0 and there is none.
    """
    terms = parse(notation)
    validation = validation_first_image_pixels
    data = Ingredients(classes, class_pixels, class_pixels if validation is None else validation)
    _check_counts(normal_form(terms), data, {REGISTRY[term.name].needs for term in terms})
    losses = [(term.weight, REGISTRY[term.name].make(data, **term.values)) for term in terms]
    return losses[0][1] if len(losses) == 1 and losses[0][0] == 1 else WeightedSum(losses)


def _check_counts(text, data, needs):
    for counts in data.class_pixels, data.validation_pixels:
        if len(counts) != data.classes or any(n < 0 for n in counts):
            raise ValueError(
                f"{text}: needs pixel counts for {data.classes} classes, one each and none "
                f"negative, but got {list(counts)}")
    without = "no labeled pixel to take class weights from"
    if "training" in needs and not any(data.class_pixels):
        raise ValueError(f"{text}: the training split has {without}")
    if "validation" in needs and not any(data.validation_pixels):
        raise ValueError(f"{text}: the first images of the validation batches have {without}")
