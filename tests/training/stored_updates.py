#!/usr/bin/env python3
"""Writes stored_updates.json beside it: a network's weights after training with what Keras 3 publishes about clipping,
accumulation, averages of weights and LAMB, and the paper of LARS.

Needs NumPy. The network is input<3> | dense<5, l2<0.02>> | tanh | dense<2> with the mean squared error; its gradients are
written out below. Batches have 4 samples and come in turn.
"""
import json
import pathlib

import numpy as np

random = np.random.default_rng(5)
SHAPES = [(3, 5), (5,), (5, 2), (2,)]
FIRST = [random.normal(size=shape) for shape in SHAPES]
X = random.normal(size=(5, 4, 3))
Y = random.normal(size=(5, 4, 2))
L2 = 0.02


def gradients(weights, batch):
    kernel, bias, last, last_bias = weights
    x, y = X[batch % 5], Y[batch % 5]
    hidden = np.tanh(x @ kernel + bias)
    delta = 2 * (hidden @ last + last_bias - y) / y.size
    inner = delta @ last.T * (1 - hidden**2)
    return [x.T @ inner + 2 * L2 * kernel, inner.sum(0), hidden.T @ delta, delta.sum(0)]


def norm(arrays):
    return np.sqrt(sum(np.sum(np.square(array)) for array in arrays))


def clip_value(limit):
    return lambda all: [np.clip(g, -limit, limit) for g in all]


def clip_norm(limit):
    return lambda all: [g * limit / max(norm([g]), limit) for g in all]


def clip_global_norm(limit):
    return lambda all: [g * limit * min(1 / norm(all), 1 / limit) for g in all]


def clip_nothing(all):
    return all


class Sgd:
    def __init__(self, rate):
        self.rate = rate

    def update(self, w, g, state, t):
        return w - self.rate * g


class Momentum:
    def __init__(self, rate, momentum):
        self.rate, self.momentum = rate, momentum

    def update(self, w, g, state, t):
        state["v"] = self.momentum * state.get("v", 0) - self.rate * g
        return w + state["v"]


class Adam:
    def __init__(self, rate, trust=False, decay=0.0):
        self.rate, self.trust, self.decay = rate, trust, decay

    def update(self, w, g, state, t):
        state["m"] = 0.9 * state.get("m", 0) + 0.1 * g
        state["v"] = 0.999 * state.get("v", 0) + 0.001 * np.square(g)
        first, second = 1 - 0.9 ** (t + 1), 1 - 0.999 ** (t + 1)
        if not self.trust:  # Keras's order, where epsilon is added before the correction
            return w - self.rate * np.sqrt(second) / first * state["m"] / (np.sqrt(state["v"]) + 1e-7)
        direction = state["m"] / first / (np.sqrt(state["v"] / second) + 1e-7) + self.decay * w
        ratio = norm([w]) / norm([direction]) if norm([w]) > 0 and norm([direction]) > 0 else 1
        return w - ratio * self.rate * direction


class Lars:
    def update(self, w, g, state, t):
        ratio = 0.1 * norm([w]) / (norm([g]) + 0.01 * norm([w]))
        state["v"] = 0.9 * state.get("v", 0) + 0.2 * ratio * (g + 0.01 * w)
        return w - state["v"]


def train(optimizer, clip=clip_nothing, steps=6, group=1, average=None):
    """All weights after `steps` batches, in one list."""
    weights = [w.copy() for w in FIRST]
    states = [{} for _ in weights]
    averages = None
    sums = [np.zeros(shape) for shape in SHAPES]
    for step in range(steps):
        sums = [s + g for s, g in zip(sums, gradients(weights, step))]
        if (step + 1) % group:
            continue
        update = step // group
        clipped = clip([s / group for s in sums])
        sums = [np.zeros(shape) for shape in SHAPES]
        weights = [optimizer.update(w, g, s, update) for w, g, s in zip(weights, clipped, states)]
        if average is not None:
            kept = average if update > 0 else 0
            averages = [kept * a + (1 - kept) * w for a, w in zip(averages or weights, weights)]
    return np.concatenate([w.ravel() for w in averages or weights]).tolist()


result = {
    "first": np.concatenate([w.ravel() for w in FIRST]).tolist(),
    "x": X.ravel().tolist(),
    "y": Y.ravel().tolist(),
    "gradients": np.concatenate([g.ravel() for g in gradients(FIRST, 0)]).tolist(),
    "weights": {
        "sgd, clip_value": train(Sgd(0.5), clip_value(0.1)),
        "sgd, clip_norm": train(Sgd(0.5), clip_norm(0.2)),
        "sgd, clip_global_norm": train(Sgd(0.5), clip_global_norm(0.3)),
        "adam, clip_global_norm": train(Adam(0.05), clip_global_norm(0.3)),
        "lamb": train(Adam(0.05, trust=True, decay=0.1)),
        "lars": train(Lars()),
        "lamb, clip_norm": train(Adam(0.05, trust=True, decay=0.1), clip_norm(0.2)),
        "lars, clip_value": train(Lars(), clip_value(0.1)),
        "lars, clip_global_norm": train(Lars(), clip_global_norm(0.3)),
        "adam, accumulate": train(Adam(0.05), steps=11, group=3),
        "lamb, accumulate, clip_norm": train(Adam(0.05, trust=True, decay=0.1), clip_norm(0.2), steps=8, group=2),
        "momentum, averages": train(Momentum(0.1, 0.9), average=0.7),
        "adam, accumulate, averages": train(Adam(0.05), steps=8, group=2, average=0.7),
    },
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(result) + "\n", encoding="utf-8")
