# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What the library wants to reach beside its peers and its floors, on a machine of two cores.

`reached.py` compares these with the figures of a run."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Goal:
    """A figure of a question's case, and what it wants to be: at most a part of the time, or of the memory, of what stands
    beside it, or at least a part of its speed; where nothing stands beside it the figure itself is meant."""
    what: str  # in a reader's words
    question: str
    case: str  # or the beginning of many cases' names
    most: float | None = None
    least: float | None = None
    # Contenders, of which the best counts; "peers" are all but strata's own, "floor" is the case's.
    beside: tuple = ()
    other_case: str = ""  # the same figure of another case stands beside it
    contender: str = "strata"
    shown: str = ""  # the figure's name among those that a case shows beside its metric
    over: str = ""  # of many cases' ratios the "lowest" or the "mean"
    # What no program can pass: "floor" is the case's, other names are bounds or shown figures of the case.
    bound: str = "floor"


def controllers():
    for network, name in (("6-64-8-4", "6-64-8-4"), ("4-32-32-2", "4-32-32-2")):
        yield Goal(f"{network}, predict one", "small", name, least=1.0, beside=("peers",))
        for rule, words in (("sgd", "gradient descent"), ("adam", "Adam")):
            for batch, many in ((1, "one"), (32, "32")):
                yield Goal(f"{network}, train {many}, {words}", "small", f"{name}, an update by {batch}, {rule}", least=1.0,
                           beside=("peers",))


def gradients_of_convolutions():
    for kernel in ("input gradient", "weight gradient"):
        for batch in (1, 16):
            for threads in ("1 thread", "2 threads"):
                case = f"{kernel}, batch {batch}, {threads}"
                for over, least in (("lowest", 0.95), ("mean", 1.05)):
                    yield Goal(f"convolutions of ResNet-50, {case}, {over}", "convolution", f"{case}: ", least=least,
                               beside=("oneDNN",), shown="ratio", over=over)


def narrow_weights():
    for words, name, kernels, alone in (("bfloat16", "strata, bfloat16", "kernels of bfloat16", 0.6),
                                        ("int8", "strata, int8", "weights of 8 bits", 0.4)):
        yield Goal(f"{words}, one prediction, no dark pixels", "predict", f"one at a time, no dark pixels, {kernels}, 1 thread",
                   most=alone, contender=name, beside=("strata",))
        if words == "bfloat16":
            yield Goal(f"{words}, 256 predictions at once, no dark pixels", "predict",
                       f"256 at once, no dark pixels, {kernels}, 1 thread", least=1.6, contender=name, beside=("strata",))
        for epochs in ("1 epoch", "5 epochs"):
            yield Goal(f"{words}, accuracy after {epochs}", "narrow", epochs, least=0.999, contender=name, beside=("strata",))


def mapped():
    for order in ("in order", "shuffled"):
        yield Goal(f"training from a file, {order}, beside reading it", "mapped", "1.2 GB", least=0.95,
                   contender=f"strata, {order}", shown="of_reading", bound="")


def machines():
    for network in ("MNIST network, batch 256", "convnet, batch 64"):
        for mpi in ("OpenMPI", "MPICH"):
            def goal(words, ranks, **wanted):
                return Goal(f"{network}, {words}, {mpi}", "machines", network, contender=f"strata, {ranks} ranks, {mpi}",
                            **{"bound": "work and meetings", **wanted})

            yield goal("2 ranks", 2, least=1.75, beside=("strata", f"strata, 1 rank, {mpi}"))
            yield goal("2 ranks beside 2 threads", 2, least=0.95, beside=("strata, 2 threads",))
            yield goal("8 ranks beside 2 on two cores", 8, most=1.15, beside=(f"strata, 2 ranks, {mpi}",))
            yield goal("8 ranks beside their work alone", 8, most=1.15, shown="beside silence",
                       bound="meetings beside silence")
        yield Goal(f"{network}, 2 ranks beside 2 processes", "machines", network, most=1.0, contender="strata, 2 ranks, OpenMPI",
                   beside=("PyTorch, 2 processes",), bound="work and meetings")


fixed = ("Eigen", "RTNeural", "NeuralAudio")
goals = [
    Goal("1-8-8-1 tanh, one after the other", "small", "1-8-8-1, one after the other", most=0.7, beside=fixed),
    Goal("1-8-8-1 tanh, output fed back", "small", "1-8-8-1, output fed back", most=0.7, beside=fixed),
    Goal("XOR, 40,000 updates", "small", "XOR, 40,000 updates", most=1.0, beside=("by hand",)),
    *controllers(),
    Goal("input gradient 1 x 784 x 512", "contraction", "input gradient, slope of relu, 1 x 784 x 512", least=0.95,
         beside=("peers",)),
    *(Goal(f"input gradient {size}", "contraction", f"input gradient, slope of relu, {size}", least=1.0, beside=("oneDNN",))
      for size in ("32 x 784 x 512", "32 x 512 x 512")),
    Goal("weight gradient with Adam 32 x 784 x 512", "contraction", "weight gradient, Adam, 32 x 784 x 512", most=1.15,
         beside=("floor",)),
    Goal("epoch of MNIST, batch 32, no dark pixels, 1 thread", "train", "batch 32, 1 thread, no dark pixels", most=1.25,
         beside=("floor",)),
    *(Goal(f"epoch of {words}, batch {batch}, 2 threads", "scaling", f"{network}, batch {batch}, 2 threads", least=1.9,
           other_case=f"{network}, batch {batch}, 1 thread", bound="apart")
      for words, network, batch in (("MNIST", "MNIST network", 32), ("MNIST", "MNIST network", 128),
                                    ("the convnet", "convnet", 32))),
    Goal("softmax, rows of 10", "elementwise", "softmax, 1,024 rows of 10", least=8.0),
    Goal("cross-entropy, rows of 10", "elementwise", "cross_entropy, 1,024 rows of 10", least=6.0),
    Goal("mean squared error, rows of 10", "elementwise", "mean_squared_error, 1,024 rows of 10", least=12.0),
    Goal("sigmoid", "elementwise", "sigmoid, cache", least=1.0, beside=("SLEEF",)),
    Goal("sigmoid's error, ulp", "elementwise", "sigmoid, cache", most=2.0, shown="ulp", bound=""),
    *(Goal(f"{name} normalization, forward and backward", "elementwise", f"{name} normalization", least=1.0,
           beside=("PyTorch",)) for name in ("batch", "group", "layer")),
    Goal("gathering batches", "pipeline", "gather batches", least=15e6),
    *(Goal(f"k-means 1,000,000 x 16, 32 clusters, {threads}", "kmeans", threads, most=1.8, beside=("floor",))
      for threads in ("1 thread", "2 threads")),
    *(Goal(f"least squares {size}, {threads}", "least_squares", f"{size}, {threads}", most=most, beside=("floor",))
      for size, most in (("1,000,000 x 20", 1.8), ("100,000 x 200", 1.3)) for threads in ("1 thread", "2 threads")),
    *gradients_of_convolutions(),
    Goal("ResNet-50, one image, 2 threads", "resnet50", "2 threads", most=1.15, beside=("floor",)),
    Goal("epoch of the convnet, batch 32, 1 thread", "mnist_cnn", "batch 32, 1 thread", most=1.1, beside=("floor",)),
    Goal("step of an AC-GAN, 2 threads", "mnist_gan", "batch 100, 2 threads", least=2.0, beside=("PyTorch",)),
    Goal("memory of training ResNet-50, batch 16", "memory", "batch of 16", most=1.0, beside=("PyTorch",)),
    Goal("start-up", "startup", "one prediction", most=1.0, beside=("Eigen",)),
    *narrow_weights(),
    *machines(),
    *mapped(),
    *(Goal(f"compile time, {case}", "compile", case, most=most, shown="times", bound=bound)
      for case, most, bound in (("examples/mnist_mlp.cpp", 2.5, "code"), ("a program that predicts", 1.0, "floor"),
                                ("main of a program in two files", 1.2, "headers"))),
    Goal("six image networks, MB beyond code and data", "compile", "six image networks in one program", most=3.0,
         shown="MB beyond code and data"),
]

