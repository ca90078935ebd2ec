# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How long does an epoch of the MNIST convnet take?"""

from comparison import Question, all_threads, data, python, run_once, strata

# Multiplications and additions for one image: all products forward and for the weight gradients, and for the input
# gradients but the first's.
forward = 2 * (26 * 26 * 32 * 9 + 24 * 24 * 32 * 288 + 4608 * 128 + 128 * 10)
flops_per_image = 3 * forward - 2 * 26 * 26 * 32 * 9


def run():
    _, raw = data()
    ours = strata("mnist_cnn")
    if not (raw / "cnn_weights.f32").exists():
        run_once(ours, [raw, "export"], 1)
    contenders = [ours, python("PyTorch", "mnist_cnn_pytorch", "torch", "python3-torch")]
    question = Question(
        "mnist_cnn", "Training the MNIST convnet", "seconds", "s an epoch",
        text="Keras's mnist_cnn: 32 and 32 filters of 3 x 3, relu, max-pooling, dropout 0.25, dense 128, dropout 0.5, dense 10; "
             "Adam, the same first weights; an epoch has 60,000 images, and its seconds are "
             "six times those of the first 10,000 of them, after which the accuracy is taken. The floor counts all "
             "products as plain sums; strata computes the second convolution and its input gradient by Winograd's, which "
             "take a quarter of them.")
    for batch, all_counts in ((32, all_threads), (128, all_threads[-1:])):
        for threads in all_counts:
            question.measure(f"batch {batch}, {threads} thread{'s' * (threads > 1)}", contenders, [raw, batch, 10_000, 1],
                             threads, scale=6,
                             floor=lambda machine: 60_000 * flops_per_image / (machine["gflops"] * 1e9 * threads),
                             shown=["initial_loss", "updates", "accuracy", "way"])
    return question
