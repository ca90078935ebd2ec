# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What does ResNet-50 cost, one image at a time?"""

from comparison import Question, all_threads, build, node, python, run_once, strata

flops = 2 * 4_089_184_256  # multiplications and additions of the products


def contenders():
    place = build / "data" / "resnet50"
    place.mkdir(parents=True, exist_ok=True)
    pytorch = python("PyTorch", "resnet50_pytorch", "torch", "python3-torch", is_started=False)
    if not pytorch.missing and not (place / "weights.f32").exists():
        run_once(pytorch, [place, "export"], 1)
    return place, [strata("resnet50"), node("ONNX Runtime", "resnet50_onnxruntime", "onnxruntime-node"), pytorch]


def run():
    place, found = contenders()
    question = Question(
        "resnet50", "ResNet-50", "milliseconds", "ms an image",
        text="224 x 224 x 3, batch 1, random weights that all have in common, batch normalizations folded by all; `first` is "
             "the largest logit. `megabytes` is the most that the process holds while it predicts, of which the weights are "
             "97; the peers' have an interpreter in them. The floor is the peak in multiply-adds, which an algorithm with "
             "fewer of them may pass.")
    for threads in all_threads:
        question.measure(f"{threads} thread{'s' * (threads > 1)}", found, [place], threads,
                         floor=lambda machine: 1e3 * flops / (machine["gflops"] * 1e9 * threads),
                         shown=["megabytes", "first", "way"])
    return question
