#!/usr/bin/env python3
"""Makes a file of weights for classify_image of one of torchvision's: from_torchvision.py STATE.pth WEIGHTS

STATE.pth is a state dictionary of densenet121, inception_v3, mobilenet_v2, resnet18, resnet50 or squeezenet1_1, as
torchvision's releases have them. WEIGHTS becomes raw 32-bit floats in the order of strata's layers, which is that of the
dictionary, and in its layouts: kernels as height x width x in x out. PyTorch is needed, torchvision is not.
"""
import sys

import numpy
import torch


def conventional(array):
    if array.dim() == 4:
        return array.permute(2, 3, 1, 0)
    return array.t() if array.dim() == 2 else array


def main(source, target):
    state = torch.load(source, map_location="cpu")
    # Counts of batches, and the classifier that only Inception's training uses, are no part of the networks.
    kept = [conventional(array).contiguous().numpy().ravel() for name, array in state.items()
            if not name.endswith("num_batches_tracked") and not name.startswith("AuxLogits.")]
    weights = numpy.concatenate(kept).astype("<f4")
    weights.tofile(target)
    print(f"{target}: {weights.size} weights")


main(*sys.argv[1:])
