#!/usr/bin/env python3
"""Writes metrics.json beside it: metrics by scikit-learn, and where it has none, by Keras's published definition.

Needs NumPy and scikit-learn. Predictions are rounded to hundredths, so that some are equal.
"""
import json
import pathlib
import warnings

import numpy as np
from sklearn import metrics

random = np.random.default_rng(11)
SAMPLES = 60


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def mean_iou(truth, guess, classes):
    """Keras's MeanIoU: classes that are neither predicted nor right do not count."""
    confusion = metrics.confusion_matrix(truth, guess, labels=range(classes))
    both = np.diag(confusion)
    any_of_both = confusion.sum(0) + confusion.sum(1) - both
    return float((both[any_of_both > 0] / any_of_both[any_of_both > 0]).mean())


def f1(truth, guess, **arguments):
    return {"f1" + end: metrics.f1_score(truth, guess, average=average, zero_division=0, **arguments)
            for end, average in (("", "micro"), ("_macro", "macro"), ("_weighted", "weighted"))}


cases = {}

truth = (random.random(SAMPLES) < 0.4).astype(int)
chance = np.round(np.clip(0.3 * truth + 0.6 * random.random(SAMPLES), 0, 1), 2)
cases["binary"] = {
    "prediction": chance.tolist(), "target": truth.tolist(),
    "roc_auc": metrics.roc_auc_score(truth, chance),
    "average_precision": metrics.average_precision_score(truth, chance),
    "f1": metrics.f1_score(truth, chance > 0.5),
    "f1_0.35": metrics.f1_score(truth, chance > 0.35),
    "precision_0.35": metrics.precision_score(truth, chance > 0.35),
    "recall_0.35": metrics.recall_score(truth, chance > 0.35),
    "binary_accuracy_0.35": metrics.accuracy_score(truth, chance > 0.35),
    "mean_iou": mean_iou(truth, (chance > 0.5).astype(int), 2),
}

# The class 3 is never right, the class 4 never predicted.
truth = random.choice([0, 0, 0, 1, 2, 2, 4], SAMPLES)
logits = random.normal(size=(SAMPLES, 5)) + 1.5 * np.eye(5)[truth] - [0, 0, 0, 0, 20]
probabilities = np.round(softmax(logits), 4)
one_hot = np.eye(5)[truth]
guess = probabilities.argmax(1)
precision, recall, f1_classes, support = metrics.precision_recall_fscore_support(
    truth, guess, labels=range(5), zero_division=0)
cases["classes"] = {
    "prediction": probabilities.flatten().tolist(), "target": truth.tolist(), "one_hot": one_hot.flatten().tolist(),
    "accuracy": metrics.accuracy_score(truth, guess),
    "top_2": metrics.top_k_accuracy_score(truth, logits, k=2, labels=range(5)),
    "roc_auc": metrics.roc_auc_score(one_hot.flatten(), probabilities.flatten()),
    "average_precision": metrics.average_precision_score(one_hot.flatten(), probabilities.flatten()),
    "mean_iou": mean_iou(truth, guess, 5),
    "confusion": metrics.confusion_matrix(truth, guess, labels=range(5)).flatten().tolist(),
    "precisions": precision.tolist(), "recalls": recall.tolist(), "f1s": f1_classes.tolist(), "supports": support.tolist(),
    **f1(truth, guess, labels=range(5)),
}

truth = (random.random((SAMPLES, 4)) < [0.5, 0.3, 0.7, 0.1]).astype(int)
chance = np.round(np.clip(0.35 * truth + 0.6 * random.random((SAMPLES, 4)), 0, 1), 2)
cases["several"] = {
    "prediction": chance.flatten().tolist(), "target": truth.flatten().tolist(),
    "binary_accuracy": float((truth == (chance > 0.5)).mean()),
    "binary_accuracy_0.4": float((truth == (chance > 0.4)).mean()),
    "roc_auc": metrics.roc_auc_score(truth, chance, average="micro"),
    "average_precision": metrics.average_precision_score(truth, chance, average="micro"),
    "roc_auc_macro": metrics.roc_auc_score(truth, chance),
    "average_precision_macro": metrics.average_precision_score(truth, chance),
    "confusions": metrics.multilabel_confusion_matrix(truth, chance > 0.4).flatten().tolist(),
    **{name + "_0.4": value for name, value in f1(truth, chance > 0.4).items()},
}

truth = random.normal(size=(SAMPLES, 2, 3)) + [0, 10, 1e7]
prediction = truth + 0.3 * random.normal(size=truth.shape)
truth, prediction = np.round(truth, 3), np.round(prediction, 3)
cases["numbers"] = {
    "prediction": prediction.flatten().tolist(), "target": truth.flatten().tolist(),
    "r2": metrics.r2_score(truth.reshape(-1, 3), prediction.reshape(-1, 3)),
    "cosine_similarity": float(np.mean([metrics.pairwise.cosine_similarity(a[None], b[None])[0, 0]
                                        for a, b in zip(truth.reshape(-1, 3) - [0, 10, 1e7],
                                                        prediction.reshape(-1, 3) - [0, 10, 1e7])])),
}

# The classes 1 and 4 are neither right nor the largest; the class 5 is never right.
truth = random.choice([0, 2, 3], SAMPLES)
probabilities = np.round(softmax(random.normal(size=(SAMPLES, 6)) + np.eye(6)[truth] - [0, 20, 0, 0, 20, 1]), 4)
one_hot = np.eye(6)[truth]
guess = probabilities.argmax(1)
with warnings.catch_warnings():  # of classes without a true target
    warnings.simplefilter("ignore")
    cases["absent"] = {
        "prediction": probabilities.flatten().tolist(), "target": truth.tolist(), "one_hot": one_hot.flatten().tolist(),
        "average_precision": metrics.average_precision_score(one_hot.flatten(), probabilities.flatten()),
        "average_precision_macro": metrics.average_precision_score(one_hot, probabilities),
        "mean_iou": mean_iou(truth, guess, 6),
        "f1_macro_0.3": metrics.f1_score(one_hot, probabilities > 0.3, average="macro", zero_division=0),
        **f1(truth, guess),
    }
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(cases).replace('}, "', '},\n"') + "\n", encoding="utf-8")
