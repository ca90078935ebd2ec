#!/usr/bin/env python3
"""Writes optimizers.json beside it: weights after each of eight steps, by Keras 3's published update rules.

Needs NumPy. Eight weights, gradients with zeros and changes of sign; the rates are larger than the defaults, so that
the weights move.
"""
import json
import pathlib

import numpy as np

random = np.random.default_rng(3)
WEIGHTS = random.normal(size=8)
GRADIENTS = random.normal(size=(8, 8)) * np.array([1, 1, 0.1, 2, 1, 0.5, 1, 3])[:, None]
GRADIENTS[2, 3] = GRADIENTS[3, 1] = 0


def zeros():
    return np.zeros(8)


def sgd(rate, momentum=0.0, nesterov=False):
    v = zeros()

    def update(w, g, t):
        nonlocal v
        if momentum == 0:
            return w - rate * g
        v = momentum * v - rate * g
        return w + momentum * v - rate * g if nesterov else w + v

    return update


def adam(rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, decay=0.0):
    m, v, largest = zeros(), zeros(), zeros()

    def update(w, g, t):
        nonlocal m, v, largest
        w = w - w * decay * rate
        alpha = rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        m = m + (g - m) * (1 - beta_1)
        v = v + (np.square(g) - v) * (1 - beta_2)
        largest = np.maximum(largest, v) if amsgrad else v
        return w - m * alpha / (np.sqrt(largest) + epsilon)

    return update


def nadam(rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m, v, product = zeros(), zeros(), 1.0

    def update(w, g, t):
        nonlocal m, v, product
        product = product * beta_1 * (1 - 0.5 * 0.96**t)
        u_t = beta_1 * (1 - 0.5 * 0.96**t)
        u_next = beta_1 * (1 - 0.5 * 0.96 ** (t + 1))
        m = m + (g - m) * (1 - beta_1)
        v = v + (np.square(g) - v) * (1 - beta_2)
        m_hat = u_next * m / (1 - product * u_next) + (1 - u_t) * g / (1 - product)
        v_hat = v / (1 - beta_2**t)
        return w - m_hat * rate / (np.sqrt(v_hat) + epsilon)

    return update


def adamax(rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m, u = zeros(), zeros()

    def update(w, g, t):
        nonlocal m, u
        m = m + (g - m) * (1 - beta_1)
        u = np.maximum(beta_2 * u, np.abs(g))
        return w - (rate * m) / ((1 - beta_1**t) * (u + epsilon))

    return update


def lion(rate, beta_1=0.9, beta_2=0.99):
    m = zeros()

    def update(w, g, t):
        nonlocal m
        w = w - rate * np.sign(m * beta_1 + g * (1 - beta_1))
        m = m * beta_2 + g * (1 - beta_2)
        return w

    return update


def rmsprop(rate, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
    v, m, a = zeros(), zeros(), zeros()

    def update(w, g, t):
        nonlocal v, m, a
        v = rho * v + (1 - rho) * np.square(g)
        a = rho * a + (1 - rho) * g
        increment = rate * g / np.sqrt((v - np.square(a) if centered else v) + epsilon)
        m = momentum * m + increment
        return w - (m if momentum > 0 else increment)

    return update


def adagrad(rate, initial=0.1, epsilon=1e-7):
    v = zeros() + initial

    def update(w, g, t):
        nonlocal v
        v = v + np.square(g)
        return w - rate * g / np.sqrt(v + epsilon)

    return update


def adadelta(rate, rho=0.95, epsilon=1e-7):
    v, steps = zeros(), zeros()

    def update(w, g, t):
        nonlocal v, steps
        v = rho * v + (1 - rho) * g * g
        step = -np.sqrt(steps + epsilon) * g / np.sqrt(v + epsilon)
        steps = rho * steps + (1 - rho) * step * step
        return w + rate * step

    return update


def ftrl(rate, power=-0.5, initial=0.1, l1=0.0, l2=0.0, shrinkage=0.0, beta=0.0):
    accumulator, linear = zeros() + initial, zeros()

    def update(w, g, t):
        nonlocal accumulator, linear
        quadratic_l2 = l2 + beta / (2 * rate)
        new = accumulator + np.square(g)
        linear = linear + (g + 2 * shrinkage * w) - (new**-power - accumulator**-power) / rate * w
        quadratic = new**-power / rate + 2 * quadratic_l2
        accumulator = new
        return (np.clip(linear, -l1, l1) - linear) / quadratic

    return update


CASES = {
    "sgd": sgd(0.1),
    "sgd_momentum": sgd(0.1, 0.8),
    "sgd_nesterov": sgd(0.1, 0.8, True),
    "adam": adam(0.02),
    "adam_amsgrad": adam(0.02, beta_2=0.6, amsgrad=True),
    "adamw": adam(0.02, decay=0.1),
    "nadam": nadam(0.02),
    "adamax": adamax(0.02, beta_2=0.8),
    "lion": lion(0.02),
    "rmsprop_momentum": rmsprop(0.02, momentum=0.7),
    "rmsprop_centered": rmsprop(0.02, centered=True),
    "adagrad": adagrad(0.05),
    "adadelta": adadelta(100.0),
    "ftrl": ftrl(0.1),
    "ftrl_penalties": ftrl(0.1, initial=0.2, l1=0.3, l2=0.2, shrinkage=0.05, beta=0.4),
}

weights = {}
for name, update in CASES.items():
    w = WEIGHTS.copy()
    weights[name] = []
    for step, gradient in enumerate(GRADIENTS):
        w = update(w, gradient, step + 1)
        weights[name].append(w.tolist())
text = json.dumps({"first": WEIGHTS.tolist(), "gradients": GRADIENTS.tolist(), "weights": weights})
pathlib.Path(__file__).with_suffix(".json").write_text(text + "\n", encoding="utf-8")
