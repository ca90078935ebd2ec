# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Reinforcement learning in PyTorch, as bench/strata/cart_pole.cpp: cart_pole_pytorch.py LESSONS SEED. The environments are
NumPy's arrays, side by side. Tries Adam in a loop and over all tensors at once and takes the faster."""

import os
import sys
import time

import numpy
import torch
from torch import nn

lessons, seed = map(int, sys.argv[1:])
torch.set_num_threads(int(os.environ["BENCH_THREADS"]))
torch.set_flush_denormal(True)
environments, horizon, batch, passes = 8, 64, 64, 10
discount, trace, exploration = 0.99, 0.95, 0.01


def start(random, count):
    return random.uniform(-0.05, 0.05, (count, 4))


def advance(states, right):
    x, v, angle, w = states.T
    sine, cosine = numpy.sin(angle), numpy.cos(angle)
    pushed = (numpy.where(right, 10.0, -10.0) + 0.05 * w * w * sine) / 1.1
    angular = (9.8 * sine - cosine * pushed) / (0.5 * (4 / 3 - 0.1 * cosine * cosine / 1.1))
    return numpy.stack([x + 0.02 * v, v + 0.02 * (pushed - 0.05 * angular * cosine / 1.1), angle + 0.02 * w,
                        w + 0.02 * angular], axis=1)


def has_fallen(states):
    return (numpy.abs(states[:, 0]) > 2.4) | (numpy.abs(states[:, 2]) > 12 * numpy.pi / 180)


class Agent:
    def __init__(self, foreach):
        torch.manual_seed(seed)
        self.random = numpy.random.default_rng(seed)
        self.actor = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 2))
        self.critic = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
        self.optimizer = torch.optim.Adam([*self.actor.parameters(), *self.critic.parameters()], lr=2e-3, eps=1e-7,
                                          foreach=foreach)
        self.states = start(self.random, environments)
        self.steps = numpy.zeros(environments, int)

    @torch.no_grad()
    def values(self, states):
        return self.critic(torch.from_numpy(states).float())[:, 0].numpy()

    @torch.no_grad()
    def collect(self):
        shape = (horizon, environments)
        seen, chosen = torch.zeros(*shape, 4), torch.zeros(shape, dtype=torch.int64)
        chances, values = torch.zeros(shape), numpy.zeros((horizon + 1, environments))
        after, over = numpy.zeros(shape), numpy.zeros(shape, bool)
        for t in range(horizon):
            seen[t] = torch.from_numpy(self.states)
            probabilities = self.actor(seen[t]).softmax(1)
            chosen[t] = torch.from_numpy((self.random.random(environments) < probabilities[:, 1].numpy()).astype(int))
            chances[t] = probabilities.gather(1, chosen[t, :, None])[:, 0]
            values[t] = self.critic(seen[t])[:, 0].numpy()
            self.states = advance(self.states, chosen[t].numpy() == 1)
            self.steps += 1
            fallen = has_fallen(self.states)
            over[t] = fallen | (self.steps >= 500)
            if over[t].any():
                after[t] = numpy.where(fallen, 0, self.values(self.states))
                self.states[over[t]] = start(self.random, over[t].sum())
                self.steps[over[t]] = 0
        values[horizon] = self.values(self.states)
        advantages, advantage = numpy.zeros(shape), numpy.zeros(environments)
        for t in reversed(range(horizon)):
            following = numpy.where(over[t], after[t], values[t + 1])
            error = 1 - discount + discount * following - values[t]
            advantage = error + numpy.where(over[t], 0, discount * trace * advantage)
            advantages[t] = advantage
        returns = advantages + values[:-1]
        advantages = (advantages - advantages.mean()) / advantages.std()
        flat = (torch.from_numpy(each).float().reshape(-1) for each in (advantages, returns))
        return seen.reshape(-1, 4), chosen.reshape(-1), chances.reshape(-1), *flat

    def learn(self):
        seen, chosen, chances, advantages, returns = self.collect()
        for _ in range(passes):
            for rows in torch.randperm(horizon * environments).split(batch):
                logs = self.actor(seen[rows]).log_softmax(1)
                ratio = logs.gather(1, chosen[rows, None])[:, 0].exp() / chances[rows]
                policy = -torch.min(ratio * advantages[rows], ratio.clamp(0.8, 1.2) * advantages[rows]).mean()
                certainty = (logs.exp() * logs).sum(1).mean()
                error = 0.5 * (self.critic(seen[rows])[:, 0] - returns[rows]).square().mean()
                self.optimizer.zero_grad(set_to_none=True)
                (policy + exploration * certainty + error).backward()
                self.optimizer.step()

    @torch.no_grad()
    def hold(self):
        states, steps, alive = start(self.random, 100), numpy.zeros(100), numpy.ones(100, bool)
        for _ in range(500):
            states = advance(states, self.actor(torch.from_numpy(states).float()).argmax(1).numpy() == 1)
            steps += alive
            alive &= ~has_fallen(states)
        return steps.mean()


def seconds(call):
    begin = time.process_time()
    call()
    return time.process_time() - begin


def probe(foreach):
    agent = Agent(foreach)
    agent.learn()
    return seconds(agent.learn)


foreach = min((False, True), key=probe)
agent = Agent(foreach)
steps = lessons * horizon * environments
passed = seconds(lambda: [agent.learn() for _ in range(lessons)])
print(f"microseconds {1e6 * passed / steps:.4f}")
print(f"steps {steps}")
print(f"held {agent.hold():.1f}")
print(f"way {'foreach' if foreach else 'loop'}")
