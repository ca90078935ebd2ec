# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What do recurrent networks and transformers cost?"""

from comparison import Question, all_threads, build, cpp, node, python, run_once, strata

# Bytes of the weights that a token needs, by the width of the small GPT.
bytes_a_token = {128: 1_719_296, 256: 19_220_480, 512: 151_846_912}


def flops_of_encoder(samples):
    return 2 * samples * (256 * (4 * 128 * 128 + 2 * 128 * 512) + 2 * 256 * 256 * 128)


def flops_of_lstms(samples):
    return 2 * samples * 200 * 2 * 2 * (128 + 64) * 256


def run():
    ours = strata("sequence")
    pytorch = python("PyTorch", "sequence_pytorch", "torch", "python3-torch")
    runtime = node("ONNX Runtime", "sequence_onnxruntime", "onnxruntime-node")
    onednn = cpp("oneDNN", "sequence_onednn", "libdnnl-dev", ["-ldnnl"])
    directory = build / "data" / "sequence"
    if not (directory / "encoder.gradients").exists():
        directory.mkdir(parents=True, exist_ok=True)
        run_once(ours, [directory, "export"], 1)
    if not pytorch.missing and not (directory / "encoder.onnx").exists():
        run_once(pytorch, [directory, "export"], 1)
    question = Question(
        "sequence", "Sequences", "seconds", "s",
        text="An embedding of 20,000 x 128, two bidirectional LSTMs of 64 and a dense<1>, on 200 steps; an encoder block of "
             "width 128 with 4 heads, layer normalization before each part, and GELU between 128 and 512, 16 samples of 256 "
             "steps; a step of Adam trains. `difference` is the largest from strata's results, or gradients, as a part of the "
             "largest of them. A small GPT of 2 (6, 12) blocks of width 128 (256, 512) writes a window of 128 tokens as a "
             "stream; the floor is reading the weights that a token needs, from the cache that they stay in.")
    cases = [("lstm_train", "LSTMs, training step, batch 32", [pytorch], lambda: 3 * flops_of_lstms(32)),
             ("lstm_1", "LSTMs, forward, batch 1", [onednn, runtime, pytorch], lambda: flops_of_lstms(1)),
             ("lstm_32", "LSTMs, forward, batch 32", [onednn, runtime, pytorch], lambda: flops_of_lstms(32)),
             ("encoder", "encoder block, forward", [runtime, pytorch], lambda: flops_of_encoder(16)),
             ("encoder_train", "encoder block, training step", [pytorch], lambda: 3 * flops_of_encoder(16))]
    for case, words, peers, flops in cases:
        for threads in all_threads:
            question.measure(f"{words}, {threads} thread{'s' * (threads > 1)}", [ours, *peers], [directory, case], threads,
                             floor=lambda machine: flops() / (machine["gflops"] * 1e9 * threads),
                             shown=["difference", "way"])
    writer = strata("writing")
    for width, read in bytes_a_token.items():
        question.measure(f"GPT of width {width}, a token", [writer], [width], 1, floor_arguments=[read],
                         floor=lambda machine: read / (machine["given_gbytes"] * 1e9))
    return question
