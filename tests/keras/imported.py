#!/usr/bin/env python3
# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Prints imported.hpp: what the models of imported.cpp give by Keras's definitions, in NumPy:
tests/keras/imported.py >tests/keras/imported.hpp"""
import numpy as np


def drawn(modulus, factor, scale):
    """Numbers that floats have exactly, one after another."""
    place = 0

    def take(*shape):
        nonlocal place
        count = int(np.prod(shape))
        numbers = (np.arange(place, place + count) * factor + 11) % modulus - modulus // 2
        place += count
        return (numbers / scale).reshape(shape)
    return take


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def lstm(x, kernel, recurrent, bias, h=None, c=None):
    units = recurrent.shape[0]
    h = np.zeros(units) if h is None else h
    c = np.zeros(units) if c is None else c
    steps = []
    for each in x:
        i, f, g, o = np.split(each @ kernel + h @ recurrent + bias, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        steps.append(h)
    return np.array(steps), h, c


def gru(x, kernel, recurrent, bias, h=None):
    """With reset_after."""
    units = recurrent.shape[0]
    h = np.zeros(units) if h is None else h
    steps = []
    for each in x:
        a, b = np.split(each @ kernel + bias[0], 3), np.split(h @ recurrent + bias[1], 3)
        z, r = sigmoid(a[0] + b[0]), sigmoid(a[1] + b[1])
        h = z * h + (1 - z) * np.tanh(a[2] + r * b[2])
        steps.append(h)
    return np.array(steps), h


def shared(w, x):
    a, b = x(4), x(4)
    kernel, bias, inner, final = w(4, 3), w(3), w(3, 2), w(2, 2)
    encode = lambda each: np.tanh(each @ kernel + bias)
    part = lambda each: np.maximum(each @ inner, 0) @ final
    return part(encode(a) - encode(b)) + part(encode(b))


def encoder_decoder(w, x):
    source, target = x(5, 3), x(4, 2)
    _, h, c = lstm(source, w(3, 16), w(4, 16), w(16))
    steps, _, _ = lstm(target, w(2, 16), w(4, 16), w(16), h, c)
    more, last = gru(steps, w(4, 12), w(4, 12), w(2, 12), h)
    return np.concatenate([more[-1], last, c])


def multi_head(query, value, w, heads, key_width, value_width, causal):
    features = query.shape[1]

    def project(rows, width):
        kernel, bias = w(rows.shape[1], heads, width), w(heads, width)
        return np.einsum("td,dhk->htk", rows, kernel) + bias[:, None, :]

    q, k, v = project(query, key_width), project(value, key_width), project(value, value_width)
    scores = np.einsum("hik,hjk->hij", q, k) / np.sqrt(key_width)
    if causal:
        scores = np.where(np.tri(query.shape[0], value.shape[0])[None] > 0, scores, -np.inf)
    y = np.einsum("hij,hjk->ihk", softmax(scores), v)
    return np.einsum("ihk,hko->io", y, w(heads, value_width, features)) + w(features)


def attention(w, x):
    query, value = x(3, 4), x(5, 6)
    y = multi_head(query, query, w, 2, 3, 3, True)
    y = multi_head(y, value, w, 2, 3, 2, False)
    scale = w(1)[0]
    dot = lambda q, k, v, factor: softmax(q @ k.T * factor) @ v
    return dot(y, y, y, 1) + dot(y, y, y, scale)


def cudnn(w, x):
    sequence = x(4, 3)

    def kernels(array, gates, change):
        return np.hstack([change(each) for each in np.hsplit(array, gates)])
    columns = lambda each: each.T.reshape(each.shape, order="F")
    turned = lambda each: each.T
    kernel, recurrent, bias = w(3, 8), w(2, 8), w(16)
    steps, _, _ = lstm(sequence, kernels(kernel, 4, columns), kernels(recurrent, 4, turned), bias[:8] + bias[8:])
    kernel, recurrent, bias = w(2, 9), w(3, 9), w(18)
    steps, _ = gru(steps, kernels(kernel, 3, columns), kernels(recurrent, 3, turned), bias.reshape(2, 9))
    return steps


def functions(w, x):
    y = x(5) @ w(5, 6) + w(6)
    y = np.where(y > 0, y, 0.125 * y)
    y = np.where(y > 0.25, np.minimum(y, 2), 0.5 * (y - 0.25))
    y = y * np.tanh(np.log1p(np.exp(y)))
    return np.clip(y, -1, 1)


print("// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).")
print("#pragma once\n\n#include <vector>\n\n/// What imported.py found.\nnamespace imported_models {")
for model in [shared, encoder_decoder, attention, cudnn, functions]:
    y = model(drawn(101, 37, 64), drawn(17, 29, 16)).reshape(-1)
    print(f"inline const std::vector<float> {model.__name__} = {{{', '.join(f'{each:.9g}F' for each in y)}}};")
print("} // namespace imported_models")
