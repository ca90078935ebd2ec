"""What PyTorch makes of networks that are given as strata's own expressions, one a line of its input.

For every expression and every batch size it writes raw arrays, each as its number of elements (64 bits) and doubles: the
inputs, the weights as strata orders them, the upstream gradient, the outputs in training, the input gradients, for each
weight its gradient (for a moving average: its new value), and the outputs in prediction. All are channels last, as in
strata; PyTorch's own layers are called on permuted views, so that autograd turns the gradients back.

The numbers that go in are floats, so that the same data serve both types; PyTorch computes in double. Behind `masking` a
tensor carries its mask, `steps` [samples, steps], by Keras's rules; some steps of the inputs are zero then, of the second
sample all. The losses of a masked output count the steps that are left, as many times as they make all.
"""
import math
import re
import sys
import zlib
from fractions import Fraction

import numpy
import torch
import torch.nn.functional as F

BATCHES = (1, 3)


# ---- the expression

def parse(expression):
    tokens = re.findall(r"[A-Za-z_][\w:]*|-?\d+(?:\.\d+)?(?:e-?\d+)?|[<>(){},|]", expression)
    position = 0

    def peek():
        return tokens[position] if position < len(tokens) else ""

    def take(*wanted):
        nonlocal position
        token = tokens[position]
        assert not wanted or token in wanted, f"{expression}: {token} instead of {wanted}"
        position += 1
        return token

    def listed(item, end):
        result = []
        while peek() != end:
            result.append(item())
            if peek() == ",":
                take()
        take(end)
        return result

    def argument():
        token = take()
        if token == "{":
            return listed(argument, "}")
        if re.match(r"-?\d", token):
            return float(token) if re.search(r"[.e]", token) else int(token)
        if peek() == "{":  # spatial{1, 2} and margins{...} are lists
            take()
            return listed(argument, "}")
        if peek() == "<":
            take()
            return token, listed(argument, ">")
        return token, []

    def piece():
        name = take()
        options = []
        if peek() == "<":
            take()
            options = listed(argument, ">")
        pieces = None
        if peek() == "(":
            take()
            pieces = listed(chain, ")")
        return name, options, pieces

    def chain():
        result = [piece()]
        while peek() == "|":
            take()
            result.append(piece())
        return result

    result = chain()
    assert position == len(tokens), f"{expression}: {tokens[position:]} is left over"
    return result


# ---- helpers of layers

class Options:
    """The arguments of a layer behind its first, positional ones."""

    def __init__(self, given):
        self.given = dict(one for one in given if isinstance(one, tuple))

    def __contains__(self, name):
        return name in self.given

    def number(self, name, default):
        return self.given[name][0] if name in self.given else default

    def spatial(self, name, default, axes):
        return spatial(self.number(name, default), axes)


def spatial(numbers, axes):
    return list(numbers) if isinstance(numbers, list) else [numbers] * axes


def channels_first(x):
    return x.movedim(-1, 1)


def channels_last(x):
    return x.movedim(1, -1)


def padded(x, before, after, value=0.0):
    """A channels-first image with places around its spatial axes."""
    around = []
    for b, a in zip(reversed(before), reversed(after)):
        around += [b, a]
    return F.pad(x, around, value=value)


def paddings(extents, kernel, stride, dilation, options):
    """Places before and after each axis."""
    axes = len(extents)
    if "padding" in options:
        return margins(options.number("padding", 0), axes)
    if "causal" in options:
        return [(k - 1) * d for k, d in zip(kernel, dilation)], [0] * axes
    if "same" not in options and "same_lower" not in options:
        return [0] * axes, [0] * axes
    before, after = [], []
    for extent, k, s, d in zip(extents, kernel, stride, dilation):
        missing = max((-(-extent // s) - 1) * s + (k - 1) * d + 1 - extent, 0)
        before.append((missing + ("same_lower" in options)) // 2)
        after.append(missing - before[-1])
    return before, after


def margins(given, axes):
    """A number for everything, spatial{...} for both sides, or numbers before and numbers after."""
    if isinstance(given, list) and any(isinstance(each, list) for each in given):
        before, after = given
        return spatial(before, axes), spatial(after, axes)
    if isinstance(given, list) and len(given) == 2 and axes == 1:
        return [given[0]], [given[1]]
    return spatial(given, axes), spatial(given, axes)


class Weights:
    """Draws the weights in the order in which the layers ask for them, and keeps them for the second run."""

    def __init__(self, random):
        self.random = random
        self.arrays = []
        self.next = 0
        self.averages = {}

    def draw(self, shape, around=0.0, scale=1.0, learnt=True):
        if self.next == len(self.arrays):
            numbers = (around + scale * self.random.standard_normal(shape)).astype(numpy.float32)
            if not learnt:
                numbers = numpy.abs(numbers) if around else numbers
            self.arrays.append(torch.tensor(numbers.astype(numpy.float64), requires_grad=learnt))
        self.next += 1
        return self.arrays[self.next - 1]

    def kernel(self, shape, inputs):
        return self.draw(shape, scale=inputs ** -0.5)

    def bias(self, count, options):
        return None if "no_bias" in options else self.draw((count,), scale=0.3)

    def average(self, shape, around):
        place = self.next
        return place, self.draw(shape, around=around, scale=0.2 if around else 0.5, learnt=False)


# ---- masks

ZEROES = [False]  # whether results of masked steps are zeros


def mask_of(x):
    return getattr(x, "steps", None)


def with_mask(x, mask):
    if mask is not None and x.shape[:mask.dim()] == mask.shape and x.dim() > mask.dim():
        x.steps = mask
    return x


def flipped(x):
    mask = mask_of(x)
    return with_mask(x.flip(1), None if mask is None else mask.flip(1))


def masking(x, options, *_):
    mask = (x != (options[0] if options else 0.0)).any(-1)
    return with_mask(torch.where(mask[..., None], x, torch.zeros_like(x)), mask)


def masked_steps(x, step, units, zeroes):
    """Keras's loop: a masked step keeps the state and has the result of the step before, zeros at first."""
    mask = mask_of(x)
    zeros = torch.zeros(len(x), units, dtype=x.dtype)
    state, result, rows = (zeros, zeros), zeros, []
    for time in range(x.shape[1]):
        counts = mask[:, time, None]
        new = step(x[:, time], state)
        result = torch.where(counts, new[0], zeros if zeroes else result)
        state = tuple(a if b is None else torch.where(counts, b, a) for a, b in zip(state, new))
        rows.append(result)
    return torch.stack(rows, 1)


# ---- layers of one value

CONVOLUTIONS = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
MAX_POOLS = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
AVERAGE_POOLS = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}


def convolution(x, kernel, bias, size, options, groups):
    """`kernel` is [K..., C / groups, F]."""
    axes = x.dim() - 2
    stride = options.spatial("stride", 1, axes)
    dilation = options.spatial("dilation", 1, axes)
    x = channels_first(x)
    before, after = paddings(x.shape[2:], size, stride, dilation, options)
    weight = kernel.permute(axes + 1, axes, *range(axes)).contiguous()
    if before == after:
        y = CONVOLUTIONS[axes](x, weight, bias, stride, before, dilation, groups)
    else:
        y = CONVOLUTIONS[axes](padded(x, before, after), weight, bias, stride, 0, dilation, groups)
    return channels_last(y)


def conv(x, options, weights, _):
    filters, size, *options = options
    axes, channels, options = x.dim() - 2, x.shape[-1], Options(options)
    size, groups = spatial(size, axes), options.number("groups", 1)
    inputs = channels // groups
    kernel = weights.kernel((*size, inputs, filters), inputs * numpy.prod(size))
    return convolution(x, kernel, weights.bias(filters, options), size, options, groups)


def depthwise_conv(x, options, weights, _):
    size, *options = options
    axes, channels, options = x.dim() - 2, x.shape[-1], Options(options)
    size, multiplier = spatial(size, axes), options.number("depth_multiplier", 1)
    kernel = weights.kernel((*size, channels, multiplier), numpy.prod(size))
    bias = weights.bias(channels * multiplier, options)
    return convolution(x, kernel.reshape(*size, 1, channels * multiplier), bias, size, options, channels)


def separable_conv(x, options, weights, training):
    filters, size, *options = options
    of_window = [one for one in options if one[0] in ("stride", "dilation", "same", "same_lower", "valid", "padding", "depth_multiplier")]
    rest = [one for one in options if one not in of_window]
    x = depthwise_conv(x, [size, *of_window, ("no_bias", [])], weights, training)
    return conv(x, [filters, 1, *rest], weights, training)


def conv_transpose(x, options, weights, _):
    filters, size, *options = options
    axes, channels, options = x.dim() - 2, x.shape[-1], Options(options)
    size = spatial(size, axes)
    stride, extra = options.spatial("stride", 1, axes), options.spatial("output_padding", 0, axes)
    dilation, groups = options.spatial("dilation", 1, axes), options.number("groups", 1)
    kernel = weights.kernel((*size, filters // groups, channels), channels * numpy.prod(size))
    bias = weights.bias(filters, options)
    weight = kernel.permute(axes + 1, axes, *range(axes)).contiguous()
    x = channels_first(x)
    if "padding" in options:
        before, after = margins(options.number("padding", 0), axes)
        if before == after:
            return channels_last(TRANSPOSED[axes](x, weight, bias, stride, before, extra, groups, dilation))
        y = TRANSPOSED[axes](x, weight, bias, stride, 0, extra, groups, dilation)
        return channels_last(padded(y, [-b for b in before], [-a for a in after]))
    y = TRANSPOSED[axes](x, weight, None, stride, 0, 0, groups, dilation)
    for axis in range(axes):
        extent, k, s = x.shape[2 + axis], (size[axis] - 1) * dilation[axis] + 1, stride[axis]
        is_same, is_lower = "same" in options or "same_lower" in options, "same_lower" in options
        wanted = extent * s if is_same else extent * s + max(k - s, 0) + extra[axis]
        begin = (max(y.shape[2 + axis] - wanted, 0) + is_lower) // 2 if is_same else 0
        y = y.narrow(2 + axis, begin, min(wanted, y.shape[2 + axis] - begin))
        missing = [0] * axes
        missing[axis] = wanted - y.shape[2 + axis]
        y = padded(y, [0] * axes, missing)
    y = channels_last(y)
    return y if bias is None else y + bias


def max_pool(x, options, *_):
    size, *options = options
    axes, options = x.dim() - 2, Options(options)
    size = spatial(size, axes)
    stride, dilation = options.spatial("stride", size, axes), options.spatial("dilation", 1, axes)
    x = channels_first(x)
    before, after = paddings(x.shape[2:], size, stride, dilation, options)
    if "ceil_mode" in options:
        return channels_last(MAX_POOLS[axes](x, size, stride, before, dilation, True))
    return channels_last(MAX_POOLS[axes](padded(x, before, after, -numpy.inf), size, stride, 0, dilation))


def average_pool(x, options, *_):
    size, *options = options
    axes, options = x.dim() - 2, Options(options)
    size = spatial(size, axes)
    stride = options.spatial("stride", size, axes)
    x = channels_first(x)
    before, after = paddings(x.shape[2:], size, stride, [1] * axes, options)
    counts = "count_padding" in options
    if "ceil_mode" in options:
        return channels_last(AVERAGE_POOLS[axes](x, size, stride, before, True, False))
    if before == after and all(2 * b <= k for b, k in zip(before, size)):
        return channels_last(AVERAGE_POOLS[axes](x, size, stride, before, count_include_pad=counts))
    y = AVERAGE_POOLS[axes](padded(x, before, after), size, stride)
    if not counts:
        y = y / AVERAGE_POOLS[axes](padded(torch.ones_like(x), before, after), size, stride)
    return channels_last(y)


def global_max_pool(x, *_):
    return x.amax(tuple(range(1, x.dim() - 1)))


def global_average_pool(x, *_):
    mask = mask_of(x)
    if mask is not None and x.dim() == 3:
        return (x * mask[..., None]).sum(1) / mask.sum(1).clamp(min=1)[:, None]
    return x.mean(tuple(range(1, x.dim() - 1)))


def scale_and_center(channels, options, weights):
    gamma = None if "no_scale" in options else weights.draw((channels,), around=1.0, scale=0.3)
    beta = None if "no_center" in options else weights.draw((channels,), scale=0.3)
    return gamma, beta


def batch_norm(x, options, weights, training):
    options = Options(options)
    channels = x.shape[-1]
    gamma, beta = scale_and_center(channels, options, weights)
    place_of_mean, mean = weights.average((channels,), 0.0)
    place_of_variance, variance = weights.average((channels,), 1.0)
    mean, variance = mean.clone(), variance.clone()
    keeps, epsilon = options.number("momentum", 0.99), options.number("epsilon", 1e-3)
    y = F.batch_norm(channels_first(x), mean, variance, gamma, beta, training, 1 - keeps, epsilon)
    weights.averages[place_of_mean], weights.averages[place_of_variance] = mean, variance
    return channels_last(y)


def layer_norm(x, options, weights, _):
    options = Options(options)
    shape = x.shape[-options.number("last_axes", 1):]
    gamma, beta = (each if each is None else each.reshape(shape)
                   for each in scale_and_center(numpy.prod(shape), options, weights))
    return F.layer_norm(x, shape, gamma, beta, options.number("epsilon", 1e-3))


def rms_norm(x, options, weights, _):
    options = Options(options)
    y = x * torch.rsqrt((x * x).mean(-1, keepdim=True) + options.number("epsilon", 1e-6))
    return y if "no_scale" in options else y * weights.draw((x.shape[-1],), around=1.0, scale=0.3)


def instance_norm(x, options, weights, training):
    return group_norm(x, [x.shape[-1], *options], weights, training)


def group_norm(x, options, weights, _):
    groups, *options = options
    options = Options(options)
    gamma, beta = scale_and_center(x.shape[-1], options, weights)
    # The gradient of version 1.13 needs both.
    gamma = torch.ones(x.shape[-1], dtype=x.dtype) if gamma is None else gamma
    beta = torch.zeros(x.shape[-1], dtype=x.dtype) if beta is None else beta
    return channels_last(F.group_norm(channels_first(x), groups, gamma, beta, options.number("epsilon", 1e-3)))


def normalization(x, options, weights, _):
    options = Options(options)
    shape = x.shape[1:] if "shared::none" in options else (1,) if "shared::all" in options else x.shape[-1:]
    place_of_mean, mean = weights.average(shape, 0.0)
    place_of_variance, variance = weights.average(shape, 1.0)
    weights.averages[place_of_mean], weights.averages[place_of_variance] = mean, variance
    return (x - mean) / torch.sqrt(variance)


def upsample(x, options, *_):
    factor, *options = options
    axes = x.dim() - 2
    factor = [float(each) for each in spatial(factor, axes)]
    x = channels_first(x)
    if "bilinear" in Options(options):
        mode = {1: "linear", 2: "bilinear", 3: "trilinear"}[axes]
        return channels_last(F.interpolate(x, scale_factor=factor, mode=mode, align_corners=False))
    return channels_last(F.interpolate(x, scale_factor=factor, mode="nearest"))


def resize(x, options, *_):
    size, *options = options
    axes, options = x.dim() - 2, Options(options)
    size = spatial(size, axes)
    corners = next((each for each in ("align_corners", "asymmetric") if each in options), "half_pixel")
    x = channels_first(x)
    if "nearest" not in options and corners != "asymmetric":
        mode = {1: "linear", 2: "bilinear", 3: "trilinear"}[axes]
        return channels_last(F.interpolate(x, size, mode=mode, align_corners=corners == "align_corners"))
    roundings = {"nearest_down": math.floor, "nearest_up": math.ceil, "nearest_half_up": lambda place: math.floor(place + 0.5),
                 "nearest_half_down": lambda place: math.ceil(place - 0.5)}
    own = {"half_pixel": "nearest-exact", "asymmetric": "nearest"}
    if "nearest" in options and corners in own and not roundings.keys() & options.given.keys():
        return channels_last(F.interpolate(x, size, mode=own[corners]))
    usual = roundings["nearest_down" if corners == "asymmetric" else "nearest_half_up"]
    for axis in range(axes):
        before, after = x.shape[2 + axis], size[axis]
        rows = torch.zeros(after, before, dtype=x.dtype)
        for o in range(after):
            place = {"half_pixel": Fraction((2 * o + 1) * before - after, 2 * after),
                     "align_corners": Fraction(o * (before - 1), max(after - 1, 1)),
                     "asymmetric": Fraction(o * before, after)}[corners]
            place = min(max(place, 0), before - 1)
            if "nearest" in options:
                rows[o, next((roundings[each] for each in roundings if each in options), usual)(place)] = 1
            else:
                low = math.floor(place)
                rows[o, low] = float(1 + low - place)
                if low + 1 < before:
                    rows[o, low + 1] = float(place - low)
        x = torch.tensordot(x, rows, ([2 + axis], [1])).movedim(-1, 2 + axis)
    return channels_last(x)


def zero_pad(x, options, *_):
    before, after = margins(options[0], x.dim() - 2)
    return channels_last(padded(channels_first(x), before, after))


def mirrored_pad(mode):
    def pad(x, options, *_):
        before, after = margins(options[0], x.dim() - 2)
        around = [each for pair in zip(reversed(before), reversed(after)) for each in pair]
        return channels_last(F.pad(channels_first(x), around, mode=mode))
    return pad


def crop(x, options, *_):
    before, after = margins(options[0], x.dim() - 2)
    return channels_last(padded(channels_first(x), [-b for b in before], [-a for a in after]))


def prelu(x, options, weights, _):
    if "shared::all" in Options(options):
        return F.prelu(x, weights.draw((1,), around=0.2, scale=0.3))
    if options:
        return channels_last(F.prelu(channels_first(x), weights.draw(x.shape[-1:], around=0.2, scale=0.3)))
    return torch.where(x > 0, x, x * weights.draw(x.shape[1:], around=0.2, scale=0.3))


def permute(x, options, *_):
    return x.permute(0, *(axis + 1 for axis in options))


def dense(x, options, weights, _):
    units, *options = options
    options = Options(options)
    kernel = weights.kernel((x.shape[-1], units), x.shape[-1])
    bias = weights.bias(units, options)
    return x @ kernel if bias is None else x @ kernel + bias


def unembedding(x, options, weights, _):
    vocabulary, width = options[0][1][:2]
    return x @ weights.draw((vocabulary, width), scale=width**-0.5).T


ACTIVATIONS = {
    "gelu": F.gelu, "hard_sigmoid": lambda x: torch.clamp(0.2 * x + 0.5, 0, 1), "linear": lambda x: x, "relu": F.relu,
    "sigmoid": torch.sigmoid, "softsign": F.softsign, "tanh": torch.tanh,
}


def gated(x, options, weights, gate):
    gates, values = (dense(x, options, weights, True) for _ in range(2))
    return F.glu(torch.cat((values, gates), -1)) if gate is torch.sigmoid else gate(gates) * values


def gated_dense(x, options, weights, _):
    units, activation, *options = options
    return gated(x, [units, *options], weights, ACTIVATIONS[activation[0]])


def activations(options):
    """That of the state, and that of the gates, by their names."""
    own = [name for name, _ in options if name in ACTIVATIONS]
    within = [given[0][0] for name, given in options if name == "recurrent" and given[0][0] in ACTIVATIONS]
    return own[0] if own else "tanh", within[0] if within else "sigmoid"


def recurrent(x, options, weights, gates, step, whole, bias_rows=1):
    """Runs a cell. PyTorch's own layer does it where it has one with these activations: whole(x, kernels, biases)."""
    units, *given = options
    kernel = weights.kernel((x.shape[-1], gates * units), x.shape[-1])
    recurrent_kernel = weights.kernel((units, gates * units), units)
    has_bias = "no_bias" not in Options(given)
    shape = (gates * units,) if bias_rows == 1 else (bias_rows, gates * units)
    bias = weights.draw(shape, scale=0.3) if has_bias else torch.zeros(shape, dtype=x.dtype)
    names = [name for name, _ in given]
    if "backwards" in names:
        x = flipped(x)
    mask = mask_of(x)
    if mask is not None:
        function, gate = (ACTIVATIONS[name] for name in activations(given))
        zeroes = "last_step" not in names and (ZEROES[0] or "zero_masked" in names)
        y = masked_steps(x, lambda row, state: step(row, state, kernel, recurrent_kernel, bias, function, gate), units, zeroes)
        y = with_mask(y, None if "backwards" in names else mask)
    elif whole is not None:
        y = whole(x, kernel, recurrent_kernel, bias, units)
    else:
        function, gate = (ACTIVATIONS[name] for name in activations(given))
        state = (torch.zeros(len(x), units, dtype=x.dtype),) * 2
        rows = []
        for time in range(x.shape[1]):
            state = step(x[:, time], state, kernel, recurrent_kernel, bias, function, gate)
            rows.append(state[0])
        y = torch.stack(rows, 1)
    return y[:, -1] if "last_step" in names else y


def lstm(x, options, weights, _):
    def step(x, state, kernel, recurrent_kernel, bias, function, gate):
        h, c = state
        i, f, g, o = torch.chunk(x @ kernel + h @ recurrent_kernel + bias, 4, -1)
        c = gate(f) * c + gate(i) * function(g)
        return gate(o) * function(c), c

    def whole(x, kernel, recurrent_kernel, bias, units):
        zeros = torch.zeros(1, len(x), units, dtype=x.dtype)
        arrays = [kernel.T.contiguous(), recurrent_kernel.T.contiguous(), bias, torch.zeros_like(bias)]
        return torch.lstm(x, (zeros, zeros), arrays, True, 1, 0.0, False, False, True)[0]
    return recurrent(x, options, weights, 4, step, whole if activations(options[1:]) == ("tanh", "sigmoid") else None)


def gru(x, options, weights, _):
    resets_state = "reset_before" in Options(options[1:])

    def step(x, state, kernel, recurrent_kernel, bias, function, gate):
        h, _ = state
        of_x, of_h = (bias, torch.zeros_like(bias)) if resets_state else (bias[0], bias[1])
        xz, xr, xn = torch.chunk(x @ kernel + of_x, 3, -1)
        hz, hr, hn = torch.chunk(h @ recurrent_kernel + of_h, 3, -1)
        z, r = gate(xz + hz), gate(xr + hr)
        units = h.shape[-1]
        n = function(xn + ((r * h) @ recurrent_kernel[:, 2 * units:] if resets_state else r * hn))
        return z * h + (1 - z) * n, h

    def whole(x, kernel, recurrent_kernel, bias, units):
        def reordered(array):  # from z r h to r z n
            z, r, n = torch.chunk(array, 3, -1)
            return torch.cat([r, z, n], -1).T.contiguous() if array.dim() > 1 else torch.cat([r, z, n])
        arrays = [reordered(each) for each in (kernel, recurrent_kernel, bias[0], bias[1])]
        return torch.gru(x, torch.zeros(1, len(x), units, dtype=x.dtype), arrays, True, 1, 0.0, False, False, True)[0]
    is_usual = activations(options[1:]) == ("tanh", "sigmoid") and not resets_state
    return recurrent(x, options, weights, 3, step, whole if is_usual else None, 1 if resets_state else 2)


def simple_rnn(x, options, weights, _):
    def step(x, state, kernel, recurrent_kernel, bias, function, _):
        return function(x @ kernel + state[0] @ recurrent_kernel + bias), None

    def whole(x, kernel, recurrent_kernel, bias, units):
        zeros = torch.zeros(1, len(x), units, dtype=x.dtype)
        arrays = [kernel.T.contiguous(), recurrent_kernel.T.contiguous(), bias, torch.zeros_like(bias)]
        return torch.rnn_tanh(x, zeros, arrays, True, 1, 0.0, False, False, True)[0]
    return recurrent(x, options, weights, 1, step, whole if activations(options[1:])[0] == "tanh" else None)


def positions(x, options, weights, _):
    steps, features = x.shape[1:]
    if "sinusoidal" in Options(options):
        angles = torch.arange(steps).double()[:, None] / 10000 ** (torch.arange(0, 2 * features, 2).double() / features)
        return x + torch.stack((torch.sin(angles), torch.cos(angles)), 2).flatten(1)[:, :features]
    return x + weights.kernel((steps, features), steps)


def rotary_positions(x, options, *_):
    heads, *base = options
    halves = x.reshape(*x.shape[:2], heads, 2, -1)
    width = 2 * halves.shape[-1]
    exponents = torch.arange(0, width, 2).double() / width
    angles = torch.arange(x.shape[1]).double()[:, None] / (base or [10000])[0] ** exponents
    turns = torch.polar(torch.ones_like(angles), angles)[:, None]
    turned = torch.complex(halves[..., 0, :], halves[..., 1, :]) * turns
    return torch.stack((turned.real, turned.imag), -2).flatten(2)


def axis(options):
    return options[0] + 1 if options and options[0] >= 0 else options[0] if options else -1


def reduction(function):
    def reduced(x, options, *_):
        axes = [axis([each]) for each in options if not isinstance(each, tuple)] or list(range(1, x.dim()))
        y = function(x, axes, keepdim="keep_axes" in Options(options))
        return y if y.dim() > 1 else y[:, None]
    return reduced


def axis_slice(x, options, *_):
    along, begin, *rest = options
    return x.movedim(axis([along]), 0)[slice(begin, *(rest or [None]))].movedim(0, axis([along]))


def linear_sigmoid(x, options, *_):
    slope, offset = options or (0.2, 0.5)
    return torch.clamp(slope * x + offset, 0, 1)


PASSING = ["dense", "elu", "group_norm", "layer_norm", "positions", "prelu", "relu", "rms_norm", "rotary_positions", "sigmoid",
           "softmax", "tanh"]

LAYERS = {
    "axis_softmax": lambda x, options, *_: F.softmax(x, axis(options)),
    "log_softmax": lambda x, options, *_: F.log_softmax(x, axis(options)),
    "reduce_max": reduction(torch.amax), "reduce_mean": reduction(torch.mean), "reduce_min": reduction(torch.amin),
    "reduce_sum": reduction(torch.sum), "slice": axis_slice,
    "clip": lambda x, options, *_: F.hardtanh(x, *options), "hard_sigmoid": linear_sigmoid,
    # The slopes of version 1.13's own have a sixth in single precision.
    "hard_sigmoid6": lambda x, *_: F.relu6(x + 3) / 6, "hard_swish": lambda x, *_: x * F.relu6(x + 3) / 6,
    "linear_sigmoid": linear_sigmoid, "linear_swish": lambda x, options, *_: x * linear_sigmoid(x, options),
    "rescaling": lambda x, options, *_: x * options[0] + sum(options[1:]), "relu6": lambda x, *_: F.relu6(x),
    "average_pool": average_pool, "batch_norm": batch_norm, "conv": conv, "conv_transpose": conv_transpose, "crop": crop,
    "dense": dense, "depthwise_conv": depthwise_conv, "global_average_pool": global_average_pool,
    "global_max_pool": global_max_pool, "group_norm": group_norm, "gru": gru, "instance_norm": instance_norm, "layer_norm": layer_norm,
    "lstm": lstm, "masking": masking, "max_pool": max_pool, "normalization": normalization,
    "permute": permute, "positions": positions, "prelu": prelu, "rms_norm": rms_norm,
    "rotary_positions": rotary_positions, "separable_conv": separable_conv, "simple_rnn": simple_rnn,
    "edge_pad": mirrored_pad("replicate"), "reflect_pad": mirrored_pad("reflect"), "resize": resize,
    "upsample": upsample, "zero_pad": zero_pad,
    "unembedding": unembedding, "gated_dense": gated_dense,
    "glu": lambda x, options, weights, _: gated(x, options, weights, torch.sigmoid),
    "swiglu": lambda x, options, weights, _: gated(x, options, weights, F.silu),
    "geglu": lambda x, options, weights, _: gated(x, options, weights, F.gelu),
    "elu": lambda x, *_: F.elu(x), "flatten": lambda x, *_: x.flatten(1), "relu": lambda x, *_: F.relu(x),
    "repeat_vector": lambda x, options, *_: x.unsqueeze(1).repeat(1, options[0], 1),
    "reshape": lambda x, options, *_: x.reshape(-1, *options), "sigmoid": lambda x, *_: torch.sigmoid(x),
    "softmax": lambda x, *_: F.softmax(x, -1), "tanh": lambda x, *_: torch.tanh(x),
}


# ---- layers of several values, and branches

def reduce(function, values):
    result = values[0]
    for value in values[1:]:
        result = function(result, value)
    return result


def dot(values, options):
    axes = [each for each in options if not isinstance(each, tuple)] or [-1]
    vectors, others = [], []
    for x, axis in zip(values, (axes[0], axes[-1])):
        x = x.movedim(axis + 1 if axis >= 0 else axis, -1)
        if "normalize" in Options(options):
            x = x / torch.sqrt(torch.clamp(torch.sum(x * x, -1, keepdim=True), min=1e-12))
        others += x.shape[1:-1]
        vectors.append(x.reshape(len(x), -1, x.shape[-1]))
    return torch.bmm(vectors[0], vectors[1].transpose(1, 2)).reshape(-1, *(others or [1]))


def dot_attention(values, options):
    heads, *options = options
    options = Options(options)
    query, key, value = values
    key_heads = options.number("key_heads", heads)

    def split(x, count):
        parts = x.reshape(len(x), x.shape[1], count, -1).transpose(1, 2)
        return parts.repeat_interleave(heads // count, 1)

    query, key, value = split(query, heads), split(key, key_heads), split(value, key_heads)
    scores = query @ key.transpose(2, 3) / math.sqrt(query.shape[-1])
    if "causal" in options:
        seen = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
        scores = scores.masked_fill(~seen, -math.inf)
    hidden = torch.zeros_like(scores, dtype=torch.bool)
    for each, place in zip(values, ((slice(None), None, slice(None), None),) + ((slice(None), None, None),) * 2):
        if mask_of(each) is not None:
            hidden = hidden | ~mask_of(each)[place]
    scores = scores.masked_fill(hidden, -math.inf)
    # A row that sees nothing has no weights.
    weights = torch.where((scores == -math.inf).all(-1, True), torch.zeros_like(scores), scores).softmax(-1)
    return (torch.where(scores == -math.inf, torch.zeros_like(scores), weights) @ value).transpose(1, 2).flatten(2)


def attention(values, options, weights):
    heads, key_width, *options = options
    given = Options(options)
    key_heads = given.number("key_heads", heads)
    widths = [heads * key_width, key_heads * key_width, key_heads * given.number("value_width", key_width)]
    query, memory = values[0], values[-1]
    projected = [with_mask(dense(x, [width, *options], weights, True), mask_of(x)) for x, width in zip((query, memory, memory), widths)]
    if "rotary" in given:
        for i, count in enumerate((heads, key_heads)):
            projected[i] = with_mask(rotary_positions(projected[i], [count, *given.given["rotary"]]), mask_of(projected[i]))
    return dense(dot_attention(projected, [heads, *options]), [query.shape[-1], *options], weights, True)


MERGES = {
    "add": lambda values, _: reduce(torch.add, values), "average": lambda values, _: torch.stack(values).mean(0),
    "concat": lambda values, options: torch.cat(values, options[0] + 1 if options and options[0] >= 0 else
                                                options[0] if options else -1),
    "dot": dot, "dot_attention": dot_attention,
    "maximum": lambda values, _: reduce(torch.maximum, values), "minimum": lambda values, _: reduce(torch.minimum, values),
    "multiply": lambda values, _: reduce(torch.mul, values), "subtract": lambda values, _: values[0] - values[1],
}


def merged_mask(name, options, values):
    masks = [mask_of(x) for x in values]
    if name == "concat" and options and options[0] == 0 and any(mask is not None for mask in masks):
        return torch.cat([torch.ones(x.shape[:2], dtype=torch.bool) if mask is None else mask
                          for x, mask in zip(values, masks)], 1)
    if name == "dot_attention":
        return masks[0]
    if name == "dot" or any(mask is None for mask in masks):
        return None
    return reduce(torch.logical_or, masks)


def run(chain, values, weights, training):
    for name, options, pieces in chain:
        if name in MERGES:
            values = [with_mask(MERGES[name](values, options), merged_mask(name, options, values))]
        elif name == "attention":
            values = [with_mask(attention(values, options, weights), mask_of(values[0]))]
        elif name == "branches":
            beside = values * len(pieces) if len(values) == 1 else values
            values = [out for value, piece in zip(beside, pieces) for out in run(piece, [value], weights, training)]
        elif name == "split":
            values = list(torch.chunk(values[0], options[0], axis(options[1:])))
        elif name == "with_all":
            values = [out for piece in pieces for out in run(piece, values, weights, training)]
        elif name == "pick":
            values = [values[options[0]]]
        elif name == "residual":
            body = run(pieces[0], values, weights, training)
            past = run(pieces[1], values, weights, training) if len(pieces) > 1 else values
            values = [with_mask(body[0] + past[0], merged_mask("add", [], [body[0], past[0]]))]
        elif name == "bidirectional":
            (value,), merge = values, pieces[1][0] if len(pieces) > 1 else ("concat", [])
            ZEROES[0] = True
            (ahead,), (back,) = run(pieces[0], [value], weights, training), run(pieces[0], [flipped(value)], weights, training)
            ZEROES[0] = False
            values = [with_mask(MERGES[merge[0]]([ahead, back.flip(1) if back.dim() > 2 else back], merge[1]), mask_of(ahead))]
        elif name == "time_distributed":
            (value,) = values
            (each,) = run(pieces[0], [value.flatten(0, 1)], weights, training)
            values = [with_mask(each.reshape(*value.shape[:2], *each.shape[1:]), mask_of(value))]
        elif name == "repeat":
            values = run(pieces[0] * options[0], values, weights, training)
        elif name != "identity":
            value, = values
            values = [LAYERS[name](value, options, weights, training)]
            if name in PASSING:
                with_mask(values[0], mask_of(value))
    return values


def write(array):
    numbers = numpy.ascontiguousarray(array.detach().numpy() if torch.is_tensor(array) else array, dtype=numpy.float64)
    sys.stdout.buffer.write(numpy.int64(numbers.size).tobytes())
    sys.stdout.buffer.write(numbers.tobytes())


def main():
    torch.set_num_threads(1)
    for line in sys.stdin:
        expression = line.rstrip("\n")
        (name, shape, pieces), *chain = parse(expression)
        shapes = [piece[0][1] for piece in pieces] if name == "inputs" else [shape]
        for samples in BATCHES:
            random = numpy.random.default_rng(zlib.crc32(expression.encode()) + samples)
            numbers = [random.standard_normal((samples, *each)).astype(numpy.float32).astype(numpy.float64) for each in shapes]
            if "masking" in expression:
                for each in numbers:
                    each[0, random.random(each.shape[1:-1]) < 0.4] = 0
                    each[1:2] = 0
            inputs = [torch.tensor(each, requires_grad=True) for each in numbers]
            weights = Weights(random)
            output, = run(chain, inputs, weights, True)
            upstream = torch.tensor(random.standard_normal(output.shape).astype(numpy.float32).astype(numpy.float64))
            learnt = [array for array in weights.arrays if array.requires_grad]
            counted = upstream
            if mask_of(output) is not None:
                mask = mask_of(output)
                counts = mask.reshape(*mask.shape, *[1] * (output.dim() - mask.dim()))
                counted = upstream * counts * mask.numel() / max(1, int(mask.sum()))
            gradients = iter(torch.autograd.grad(output, [*inputs, *learnt], counted))
            input_gradients = [next(gradients) for _ in inputs]
            updates = [next(gradients) if array.requires_grad else weights.averages[place]
                       for place, array in enumerate(weights.arrays)]
            weights.next = 0
            prediction, = run(chain, inputs, weights, False)

            def joined(arrays):
                return numpy.concatenate([array.detach().numpy().ravel() for array in arrays] or [numpy.zeros(0)])
            for array in (joined(inputs), joined(weights.arrays), upstream, output, joined(input_gradients), joined(updates),
                          prediction):
                write(array)
        sys.stdout.flush()


main()
