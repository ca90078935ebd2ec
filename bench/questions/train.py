# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How long does an epoch of the MNIST network take?"""

import os

from comparison import (Contender, Question, all_threads, bench, build, compile_cpp, cpp, data, flags, node, python,
                        root, strata, without_dark_pixels)
from contraction import seconds

# Multiplications and additions for one image: both products forward, the weight gradients, one input gradient.
flops_per_image = 2 * (2 * 784 * 512 + 2 * 512 * 10) + 2 * 512 * 10


def floor(batch, images, threads=1):
    """The least time of an epoch: each product's, and the updates'. One thread's share of all is the same."""
    def best(machine):
        products = [("forward", 784 * 512), ("weight_gradient", 784 * 512), ("forward", 512 * 10),
                    ("weight_gradient", 512 * 10), ("input_gradient", 512 * 10)]
        return images / batch * sum(seconds(kernel, batch, weights, machine) for kernel, weights in products) / threads
    return best


def prototype():
    """The hand-written fused program that the library grew from, where its source is at hand."""
    source = root.parent / "shared" / "prototype" / "mlp.cpp"
    source = type(source)(os.environ.get("STRATA_PROTOTYPE", source))
    if not source.exists():
        return None
    program, why = compile_cpp(source, [*flags, "-lz"], root)
    return Contender("prototype", [str(bench / "peers" / "train_prototype.sh"), str(program)],
                     f"g++ {' '.join(flags)}", missing="" if program else why)


def third_party():
    """Debian's tiny-dnn looks for stb where Debian does not put it."""
    link = build / "third_party" / "third_party" / "stb"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to("/usr/include/stb")
    return link.parent.parent


def run():
    _, raw = data()
    blas = ["-DEIGEN_USE_BLAS", "-lopenblas"]
    fast = [strata("train"),
            cpp("Eigen", "train_eigen", "libeigen3-dev", ["-I/usr/include/eigen3", "-ffast-math"]),
            cpp("Eigen + OpenBLAS", "train_eigen", "libeigen3-dev, libopenblas-openmp-dev", ["-I/usr/include/eigen3", "-ffast-math", *blas]),
            python("PyTorch", "train_pytorch", "torch", "python3-torch"),
            cpp("libtorch", "train_libtorch", "libtorch-dev",
                ["-I/usr/include/torch/csrc/api/include", "-ltorch", "-ltorch_cpu", "-lc10"]),
            cpp("dlib", "train_dlib", "libdlib-dev", ["-ldlib", "-lopenblas", "-llapack"])]
    slow = [cpp("tiny-dnn", "train_tiny_dnn", "tiny-dnn, libcereal-dev, libgemmlowp-dev, libstb-dev",
                [f"-I{third_party()}", "-DCNN_USE_AVX", "-DCNN_SINGLE_THREAD", "-lstb"]),
            node("TensorFlow.js", "train_tensorflow", "@tensorflow/tfjs")]
    question = Question(
        "train", "Training the MNIST network", "seconds", "s an epoch",
        text="784-512-10, relu, dropout 0.2, softmax, Adam, the same first weights. An epoch has 60,000 images, with "
             "batches of 1 6,000; its seconds are three times those of the first third of them, after which the accuracy is "
             "taken. The slowest peers train on 3,200, the faster of two epochs. "
             "Four fifths of the pixels are dark, which strata leaves out of its products; where they are not it does the "
             "work that the floor counts.")
    for batch, epoch in ((1, 6_000), (32, 60_000), (128, 60_000), (1024, 60_000)):
        for threads in all_threads:
            # The prototype always trains on all images.
            by_hand = [found for found in [prototype()] if found and batch == 32]
            question.measure(f"batch {batch}, {threads} thread{'s' * (threads > 1)}", fast + by_hand,
                             [raw, batch, epoch // 3, 1], threads, floor=floor(batch, epoch, threads), scale=3,
                             shown=["initial_loss", "updates", "accuracy", "way"])
    for batch in (32, 128):
        question.measure(f"batch {batch}, 1 thread, no dark pixels", fast[:4], [without_dark_pixels(raw), batch, 20_000, 1], 1,
                         floor=floor(batch, 60_000), scale=3,
                         shown=["initial_loss", "updates", "accuracy", "way"])
    question.measure("batch 32, 1 thread, 3,200 images", [fast[0], *slow], [raw, 32, 3_200, 2], 1,
                     shown=["initial_loss", "updates", "accuracy"])
    return question
