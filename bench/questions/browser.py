# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What do training and predicting cost in WebAssembly, as in a browser?"""

from comparison import Question, data, node, wasm


def run():
    _, raw = data()
    question = Question(
        "browser", "The MNIST network in WebAssembly", "seconds", "s",
        text="784-512-10 in Node.js, one thread: both use WebAssembly's 128-bit registers. The time of a prediction, `first` "
             "being the first image's largest probability, and of an epoch of 3,200 images with Adam.")
    strata = wasm("browser")
    predict = [strata, node("TensorFlow.js", "predict_tensorflow", "@tensorflow/tfjs")]
    train = [strata, node("TensorFlow.js", "train_tensorflow", "@tensorflow/tfjs")]
    question.measure("one at a time", predict, [raw, "one"], shown=["first"])
    question.measure("256 at once, each", predict, [raw, "many"], shown=["first"])
    question.measure("an epoch, batch 32", train, [raw, 32, 3_200, 3], shown=["initial_loss", "accuracy"])
    return question
