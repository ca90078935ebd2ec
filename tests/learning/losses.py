#!/usr/bin/env python3
"""Writes losses.json beside it: losses by Keras 3's published definitions, in the mean over a batch, and their derivatives
by the predictions, which PyTorch takes. Needs PyTorch.

Batches are 6 samples of 2 rows of 5 outputs; "links" says what stands between logits and loss.
"""
import json
import pathlib

import torch
from torch.nn import functional

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)
EPSILON = 1e-7
SHAPE = (6, 2, 5)

logits = 2 * torch.randn(SHAPE)
probabilities = torch.softmax(logits, -1)
chances = torch.sigmoid(logits)
labels = torch.randint(5, SHAPE[:2])
one_hot = functional.one_hot(labels, 5).double()
binary = (torch.rand(SHAPE) < 0.4).double()
distribution = torch.softmax(torch.randn(SHAPE), -1)
distribution[0, 0] = one_hot[0, 0]
numbers = torch.randn(SHAPE)
numbers[1, 1, 2] = 0
counts = torch.poisson(torch.full(SHAPE, 2.0))
positive = torch.rand(SHAPE) * 2 + 0.1


def clip(p, least=EPSILON, most=1.0):
    return torch.clamp(p, least, most)


def binary_crossentropy(t, p):
    p = clip(p, most=1 - EPSILON)
    return -(t * torch.log(p) + (1 - t) * torch.log(1 - p))


def binary_focal(t, p, gamma, alpha=None):
    p_t = t * p + (1 - t) * (1 - p)
    result = (1 - p_t) ** gamma * binary_crossentropy(t, p)
    if alpha is not None:
        result = (t * alpha + (1 - t) * (1 - alpha)) * result
    return result.mean(-1)


def categorical_focal(t, p, gamma, alpha=0.25):
    p = p / p.sum(-1, keepdim=True)
    p = clip(p, most=1 - EPSILON)
    return (alpha * (1 - p) ** gamma * -t * torch.log(p)).sum(-1)


def categorical_crossentropy(t, p):
    return (-t * torch.log(clip(p, most=1 - EPSILON))).sum(-1)


def kl_divergence(t, p):
    return (clip(t) * torch.log(clip(t) / clip(p))).sum(-1)


def cosine_similarity(t, p):
    return -(functional.normalize(t, dim=-1, eps=1e-6) * functional.normalize(p, dim=-1, eps=1e-6)).sum(-1)


def dice(t, p):
    common = (t * p).sum((1, 2))
    return 1 - (2 * common + EPSILON) / (t.sum((1, 2)) + p.sum((1, 2)) + EPSILON)


def hinge(t, p):
    return torch.relu(1 - (2 * t - 1) * p)


def categorical_hinge(t, p):
    right = (t * p).sum(-1)
    wrong = ((1 - t) * p).amax(-1)
    return torch.relu(wrong - right + 1)


def log_cosh(t, p):
    return p - t + functional.softplus(-2 * (p - t)) - torch.log(torch.tensor(2.0))


def logarithmic(t, p):
    return (torch.log(clip(p, most=None) + 1) - torch.log(clip(t, most=None) + 1)) ** 2


def smooth(t, share, classes=5):
    return t * (1 - share) + share / classes


def softmax(x):
    return torch.softmax(x, -1)


tied = numbers.clone()
tied[2, 0] = torch.tensor([0.5, 0.2, 0.5, 0.1, 0.5])
CASES = {
    "mean_squared_error": (numbers, counts, lambda t, p: ((p - t) ** 2).mean(-1)),
    "mean_absolute_error": (numbers, counts, lambda t, p: (p - t).abs().mean(-1)),
    "mean_absolute_percentage_error": (counts, numbers, lambda t, p: 100 * ((t - p) / t.abs().clamp(min=EPSILON)).abs().mean(-1)),
    "mean_squared_logarithmic_error": (positive, counts, lambda t, p: logarithmic(t, p).mean(-1)),
    "huber": (numbers, counts, lambda t, p: functional.huber_loss(p, t, reduction="none").mean(-1)),
    "log_cosh": (numbers, counts, lambda t, p: log_cosh(t, p).mean(-1)),
    "poisson": (positive, counts, lambda t, p: (p - t * torch.log(p + EPSILON)).mean(-1)),
    "quantile": (numbers, counts, lambda t, p: torch.maximum(0.9 * (t - p), -0.1 * (t - p)).mean(-1)),
    "contrastive": (positive, binary, lambda t, p: (t * p**2 + (1 - t) * torch.relu(1 - p) ** 2).mean(-1)),
    "cosine_similarity": (numbers, positive, cosine_similarity),
    "hinge": (numbers, binary, lambda t, p: hinge(t, p).mean(-1)),
    "squared_hinge": (numbers, binary, lambda t, p: (hinge(t, p) ** 2).mean(-1)),
    "categorical_hinge": (tied, one_hot, categorical_hinge),
    "binary_crossentropy": (chances, binary, lambda t, p: binary_crossentropy(t, p).mean(-1)),
    "binary_crossentropy from logits": (logits, binary, lambda t, x: functional.binary_cross_entropy_with_logits(x, t, reduction="none").mean(-1)),
    "binary_crossentropy smoothed": (chances, binary, lambda t, p: binary_crossentropy(smooth(t, 0.1, 2), p).mean(-1)),
    "binary_crossentropy smoothed from logits": (logits, binary, lambda t, x: functional.binary_cross_entropy_with_logits(x, smooth(t, 0.1, 2), reduction="none").mean(-1)),
    "categorical_crossentropy": (probabilities, distribution, categorical_crossentropy),
    "categorical_crossentropy from logits": (logits, distribution, lambda t, x: -(t * torch.log_softmax(x, -1)).sum(-1)),
    "categorical_crossentropy smoothed": (probabilities, one_hot, lambda t, p: categorical_crossentropy(smooth(t, 0.2), p)),
    "categorical_crossentropy smoothed from logits": (logits, one_hot, lambda t, x: -(smooth(t, 0.2) * torch.log_softmax(x, -1)).sum(-1)),
    "sparse_categorical_crossentropy": (probabilities, labels, lambda t, p: categorical_crossentropy(one_hot, p)),
    "sparse_categorical_crossentropy smoothed": (probabilities, labels, lambda t, p: categorical_crossentropy(smooth(one_hot, 0.2), p)),
    "sparse_categorical_crossentropy smoothed from logits": (logits, labels, lambda t, x: functional.cross_entropy(x.movedim(-1, 1), t, reduction="none", label_smoothing=0.2)),
    "kl_divergence": (probabilities, distribution, kl_divergence),
    "kl_divergence from logits": (logits, distribution, lambda t, x: kl_divergence(t, softmax(x))),
    "binary_focal_crossentropy": (chances, binary, lambda t, p: binary_focal(t, p, 2.0)),
    "binary_focal_crossentropy 1.5": (chances, binary, lambda t, p: binary_focal(t, p, 1.5)),
    "binary_focal_crossentropy smoothed from logits": (logits, binary, lambda t, x: binary_focal(smooth(t, 0.1, 2), torch.sigmoid(x), 2.0)),
    "balanced_binary_focal_crossentropy": (chances, binary, lambda t, p: binary_focal(t, p, 2.0, 0.25)),
    # Keras divides by the sum of a row first: by 1 behind a softmax, so that only logits tell the derivative.
    "categorical_focal_crossentropy from logits": (logits, one_hot, lambda t, x: categorical_focal(t, softmax(x), 2.0)),
    "categorical_focal_crossentropy 0.5 from logits": (logits, distribution, lambda t, x: categorical_focal(t, softmax(x), 0.5, 1.0)),
    "sparse_categorical_focal_crossentropy from logits": (logits, labels, lambda t, x: categorical_focal(one_hot, softmax(x), 2.0)),
    "dice": (chances, binary, dice),
    "dice from logits": (logits, binary, lambda t, x: dice(t, torch.sigmoid(x))),
    "dice from logits of softmax": (logits, one_hot, lambda t, x: dice(t, softmax(x))),
    "own on labels": (probabilities, labels, lambda t, p: ((p - one_hot) ** 2).sum(-1)),
    "own on labels from logits": (logits, labels, lambda t, x: ((softmax(x) - one_hot) ** 2).sum(-1)),
}

groups = torch.tensor([0, 4, 4, 0, 70000, 70000, 4, 0])
places = torch.randn(8, 5)
lonely = torch.tensor([0, 4, 4, 0, 7, 70000, 4, 0])


def distances(y):
    square = ((y[:, None] - y[None]) ** 2).sum(-1)
    return torch.where(square > 0, torch.sqrt(torch.where(square > 0, square, 1.0)), 0.0)


def alike(t):
    same = t[:, None] == t[None]
    return same & ~torch.eye(len(t), dtype=torch.bool), ~same


def triplet_hard(t, y):
    """Hermans, Beyer and Leibe's batch-hard loss; anchors without a positive count 0."""
    d, (positive, negative) = distances(y), alike(t)
    farthest = torch.where(positive, d, -torch.inf).amax(1)
    nearest = torch.where(negative, d, torch.inf).amin(1)
    return torch.where(positive.any(1) & negative.any(1), torch.relu(1 + farthest - nearest), 0.0)


def triplet_semi_hard(t, y):
    """TensorFlow Addons' TripletSemiHardLoss."""
    d, (positive, negative) = distances(y), alike(t)
    total = 0
    for a, p in positive.nonzero():
        beyond = d[a][negative[a] & (d[a] > d[a, p])]
        total = total + torch.relu(1 + d[a, p] - (beyond.min() if len(beyond) else d[a][negative[a]].max()))
    return total / positive.sum()


def contrastive_pairs(t, y):
    d, (positive, negative) = distances(y), alike(t)
    return (d[positive] ** 2).sum() / 56 + (torch.relu(3 - d[negative]) ** 2).sum() / 56


CASES |= {
    "triplet_hard": (places, groups, triplet_hard),
    "triplet_hard of one alone": (places, lonely, triplet_hard),
    "triplet_semi_hard": (places, groups, triplet_semi_hard),
    "contrastive_pairs": (places, groups, contrastive_pairs),
}

# 4 samples of 7 steps of 5 classes: no labels, repetitions, as many as fit, one.
steps = 2 * torch.randn(4, 7, 5)
steps[2] *= 20
spelt = torch.tensor([[0] * 7, [1, 1, 2, 0, 0, 0, 0], [4, 3, 4, 3, 1, 2, 1], [3, 0, 0, 0, 0, 0, 0]])
CASES["ctc"] = (steps, spelt, lambda t, x: functional.ctc_loss(
    torch.log_softmax(x, -1).movedim(0, 1), t, torch.full((4,), 7), (t > 0).sum(-1), reduction="none"))

cases = {}
for name, (prediction, target, loss) in CASES.items():
    prediction = prediction.clone().requires_grad_()
    value = loss(target, prediction).mean()
    value.backward()
    cases[name] = {
        "prediction": prediction.flatten().tolist(),
        "target": target.flatten().tolist(),
        "loss": value.item(),
        "gradient": prediction.grad.flatten().tolist(),
    }
text = json.dumps(cases).replace('}, "', '},\n"')
pathlib.Path(__file__).with_suffix(".json").write_text(text + "\n", encoding="utf-8")
