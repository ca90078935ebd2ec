# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What does a prediction of the MNIST network cost, one at a time and 256 at once?"""

from comparison import Contender, Question, all_threads, cpp, data, node, python, run_once, strata, without_dark_pixels

parameters = 784 * 512 + 512 + 512 * 10 + 10
bfloat16_bytes = 2 * (784 * 512 + 512 * 10) + 4 * (512 + 10)
int8_bytes = 784 * 512 + 512 * 10 + 8 * (512 + 10)
flops = 2 * (784 * 512 + 512 * 10)


def contenders():
    _, raw = data()
    pytorch = python("PyTorch", "predict_pytorch", "torch", "python3-torch")
    for directory in (raw, without_dark_pixels(raw)):
        if not pytorch.missing and not (directory / "network.onnx").exists():
            run_once(pytorch, [directory, "export", directory / "network.onnx"], 1)
    return raw, [strata("predict"),
                 cpp("oneDNN", "predict_onednn", "libdnnl-dev", ["-ldnnl"]),
                 cpp("Eigen", "predict_eigen", "libeigen3-dev", ["-I/usr/include/eigen3", "-ffast-math"]),
                 pytorch,
                 node("ONNX Runtime", "predict_onnxruntime", "onnxruntime-node"),
                 cpp("dlib", "predict_dlib", "libdlib-dev", ["-ldlib", "-lopenblas", "-llapack"]),
                 node("TensorFlow.js", "predict_tensorflow", "@tensorflow/tfjs")]


def run():
    raw, found = contenders()
    question = Question(
        "predict", "Predicting with the MNIST network", "seconds", "s an image",
        text="784-512-10 with the same weights; `first` is the first image's largest probability. The floor is reading "
             "all weights, or the peak in multiply-adds; strata is below it where it leaves out dark pixels. Where there "
             "are no dark pixels those of 0 were raised to 1. With kernels of bfloat16, and with weights of "
             "8 bits, the floor is reading those, or the peak in products of such numbers. PyTorch with weights of 8 bits "
             "is the faster of networks quantized as they run, and calibrated.")
    bright = without_dark_pixels(raw)
    question.measure("one at a time, 1 thread", found, [raw, "one"], 1,
                     floor=lambda machine: parameters * 4 / (machine["weights_gbytes"] * 1e9), shown=["first", "way"])
    question.measure("one at a time, no dark pixels, 1 thread", found, [bright, "one"], 1,
                     floor=lambda machine: parameters * 4 / (machine["weights_gbytes"] * 1e9))
    narrow = [strata("predict_bfloat16", "strata, bfloat16"), found[0]]
    question.measure("one at a time, no dark pixels, kernels of bfloat16, 1 thread", narrow, [bright, "one"], 1,
                     floor=lambda machine: bfloat16_bytes / (machine["bfloat16_gbytes"] * 1e9))
    question.measure("one at a time, kernels of bfloat16, 1 thread", narrow, [raw, "one"], 1,
                     floor=lambda machine: bfloat16_bytes / (machine["bfloat16_gbytes"] * 1e9), shown=["first"])
    question.measure("256 at once, no dark pixels, kernels of bfloat16, 1 thread", narrow, [bright, "many"], 1,
                     floor=lambda machine: flops / (machine["bfloat16_gflops"] * 1e9))
    pytorch = found[3]
    integer = [strata("predict_integer", "strata, int8"), found[0],
               Contender("PyTorch, int8", pytorch.command and [*pytorch.command, "int8"], pytorch.how, pytorch.missing, pytorch.module)]
    for case, images in (("one at a time, no dark pixels", bright), ("one at a time", raw)):
        question.measure(f"{case}, weights of 8 bits, 1 thread", integer, [images, "one"], 1,
                         floor=lambda machine: int8_bytes / (machine["int8_gbytes"] * 1e9), shown=["first", "way"])
    question.measure("256 at once, no dark pixels, weights of 8 bits, 1 thread", integer, [bright, "many"], 1,
                     floor=lambda machine: flops / (machine["byte_gops"] * 1e9))
    question.measure("256 at once, no dark pixels, 1 thread", found, [bright, "many"], 1,
                     floor=lambda machine: flops / (machine["gflops"] * 1e9))
    for threads in all_threads:
        question.measure(f"256 at once, {threads} thread{'s' * (threads > 1)}", found, [raw, "many"], threads,
                         floor=lambda machine: flops / (machine["gflops"] * 1e9 * threads), shown=["first", "way"])
    return question
