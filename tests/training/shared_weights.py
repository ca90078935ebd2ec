#!/usr/bin/env python3
"""Writes shared_weights.json beside it: networks with shared weights after training with PyTorch's derivatives.

Needs PyTorch. A siamese network, of one encoder and its contrastive loss of a cosine distance; and a chain that uses a
cell with a batch normalization three times, whose moving averages move at each use as in Keras; and a reader of words
whose last product is with the table of its first layer. Batches have 4 samples and come in turn. Adam is written in
Keras's order.
"""
import json
import pathlib

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
random = np.random.default_rng(8)
BATCHES = 5
L2 = 0.02


def tensors(*shapes):
    return [torch.tensor(random.normal(size=shape)) for shape in shapes]


def train(network_loss, first, steps, rate=0.05):
    """The weights after so many batches, and the gradients of the first."""
    weights = [w.clone().requires_grad_() for w in first]
    m, v = [0] * len(weights), [0] * len(weights)
    gradients = None
    for step in range(steps):
        for w in weights:
            w.grad = None
        network_loss(weights, step % BATCHES).backward()
        gradients = gradients or [w.grad.clone() for w in weights]
        correction = np.sqrt(1 - 0.999 ** (step + 1)) / (1 - 0.9 ** (step + 1))
        with torch.no_grad():
            for i, w in enumerate(weights):
                m[i] = 0.9 * m[i] + 0.1 * w.grad
                v[i] = 0.999 * v[i] + 0.001 * w.grad**2
                w -= rate * correction * m[i] / (torch.sqrt(v[i]) + 1e-7)
    return flat(weights), flat(gradients)


def flat(arrays):
    return np.concatenate([a.detach().numpy().ravel() for a in arrays]).tolist()


LEFT, RIGHT = tensors((BATCHES, 4, 3), (BATCHES, 4, 3))
ALIKE = torch.tensor(random.integers(0, 2, (BATCHES, 4)).astype(float))


def siamese(weights, batch):
    kernel, bias, last, last_bias = weights

    def encode(x):
        return torch.tanh(x @ kernel + bias) @ last + last_bias

    cosine = torch.nn.functional.cosine_similarity(encode(LEFT[batch]), encode(RIGHT[batch]), eps=0)
    distance = 1 - cosine
    loss = ALIKE[batch] * distance**2 + (1 - ALIKE[batch]) * torch.clamp(1 - distance, min=0) ** 2
    return loss.mean() + L2 * (kernel**2).sum()


X, Y = tensors((BATCHES, 4, 3), (BATCHES, 4, 2))
averages = []


def chain(weights, batch):
    global averages
    kernel, gamma, beta, last, last_bias = weights
    x = X[batch]
    for _ in range(3):
        x = x @ kernel
        mean, variance = x.mean(0), x.var(0, unbiased=False)
        observed = (mean.detach(), x.var(0, unbiased=True).detach())
        averages = [0.9 * a + 0.1 * now for a, now in zip(averages, observed)]
        x = torch.tanh(gamma * (x - mean) / torch.sqrt(variance + 1e-3) + beta)
    return ((x @ last + last_bias - Y[batch]) ** 2).mean()


siamese_first = tensors((3, 5), (5,), (5, 4), (4,))
chain_first = tensors((3, 3), (3,), (3,), (3, 2), (2,))
siamese_last, siamese_gradients = train(siamese, siamese_first, 6)
averages = [torch.zeros(3), torch.ones(3)]
chain_last, chain_gradients = train(chain, chain_first, 6)
WORDS, NEXT = (torch.tensor(random.integers(0, 19, (BATCHES, 4, 5))) for _ in range(2))


def reader(weights, batch):
    table, kernel, bias = weights
    scores = torch.tanh(table[WORDS[batch]] @ kernel + bias) @ table.T
    return torch.nn.functional.cross_entropy(scores.flatten(0, 1), NEXT[batch].flatten()) + L2 * (table**2).sum()


reader_first = tensors((19, 11), (11, 11), (11,))
reader_last, reader_gradients = train(reader, reader_first, 6)
result = {
    "siamese": {"left": flat([LEFT]), "right": flat([RIGHT]), "alike": flat([ALIKE]), "first": flat(siamese_first),
                "gradients": siamese_gradients, "last": siamese_last},
    "chain": {"x": flat([X]), "y": flat([Y]), "first": flat(chain_first), "gradients": chain_gradients,
              "last": chain_last, "averages": flat(averages)},
    "reader": {"words": flat([WORDS]), "next": flat([NEXT]), "first": flat(reader_first), "gradients": reader_gradients,
               "last": reader_last},
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(result) + "\n", encoding="utf-8")
