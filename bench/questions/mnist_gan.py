# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How long do two networks that learn from each other take for a step?"""

from comparison import Question, all_threads, data, python, run_once, strata

batch = 100
# Multiplications and additions for one image: the generator's dense layers and transposed convolutions, and the
# discriminator's convolutions and dense layers.
drawing = 2 * (10 * 100 + 100 * 3456 + 9 * 25 * 384 * 192 + 49 * 25 * 192 * 96 + 196 * 25 * 96)
first_look = 2 * 196 * 9 * 32
judging = first_look + 2 * (196 * 288 * 64 + 49 * 576 * 128 + 49 * 1152 * 256 + 12544 * 11)
# The generator draws a batch; the discriminator learns from twice as many images; the generator learns through the
# discriminator, whose weights have no gradients then.
flops = batch * (drawing + 2 * (3 * judging - first_look) + 3 * drawing + 2 * judging)


def run():
    _, raw = data()
    ours = strata("mnist_gan")
    if not (raw / "gan_weights.f32").exists():
        run_once(ours, [raw, "export"], 1)
    contenders = [ours, python("PyTorch", "mnist_gan_pytorch", "torch", "python3-torch")]
    question = Question(
        "mnist_gan", "Two networks that learn from each other", "seconds", "s a step",
        text="Keras's mnist_acgan: a generator of 2.7 million parameters draws 100 digits, a discriminator of 0.5 million learns "
             "from these and 100 real ones, and the generator learns from the discriminator with another 100; Adam, the same "
             "first weights, so that `judged`, how real the first drawn digit seems before, is the same. In strata the network "
             "that the generator learns in has the very parameters of both. The floor is the peak in multiply-adds.")
    for threads in all_threads:
        question.measure(f"batch {batch}, {threads} thread{'s' * (threads > 1)}", contenders, [raw, batch, 5], threads,
                         floor=lambda machine: flops / (machine["gflops"] * 1e9 * threads), shown=["judged", "losses", "way"])
    return question
