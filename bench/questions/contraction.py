# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How fast are the kernels of a dense layer, beside oneDNN, OpenBLAS and Eigen?"""

from comparison import Question, cpp, strata

titles = {"forward": "forward, bias, relu", "weight_gradient": "weight gradient, Adam",
          "input_gradient": "input gradient, slope of relu"}


def seconds(kernel, rows, weights, machine):
    """The least time that a product can take: its multiply-adds; or the weights come from their cache, or go back there
    with Adam's two moments, whichever takes longer. Adam's arithmetic runs on the pipes of the multiply-adds, and where
    rows are few its roots and divisions bind."""
    products = 2 * rows * weights / machine["gflops"]
    is_large = weights > 100_000
    if kernel != "weight_gradient":
        return max(products, 4 * weights * is_large / machine["weights_gbytes"]) / 1e9
    return max(products + weights / machine["updates_beside_products_g"], weights / machine["updates_g"],
               12 * weights * is_large / machine["update_gbytes"]) / 1e9


def floor(kernel, rows, weights):
    """The best possible GFLOP/s."""
    return lambda machine: 2 * rows * weights / seconds(kernel, rows, weights, machine) / 1e9


def run():
    contenders = [strata("contraction"),
                  cpp("oneDNN", "contraction_onednn", "libdnnl-dev", ["-ffast-math", "-ldnnl"]),
                  cpp("OpenBLAS", "contraction_openblas", "libopenblas-openmp-dev", ["-ffast-math", "-lopenblas"]),
                  cpp("Eigen", "contraction_eigen", "libeigen3-dev", ["-I/usr/include/eigen3", "-ffast-math"])]
    question = Question("contraction", "Kernels of a dense layer", "gflops", "GFLOP/s", lower_is_better=False,
                        text="One thread, dense operands. The operations counted are the product's alone. Peers add bias, "
                             "relu and Adam in a pass of their own, but for oneDNN's forward product, which fuses them. The floor is the "
                             "peak in multiply-adds, or reading large weights from their cache, and with Adam changing "
                             "them and both moments there, whichever takes longer. Adam's own arithmetic is part of it: "
                             "what a root, a division and six multiplications for each weight take on the same pipes, "
                             "which is measured in the same run.")
    for kernel, title in titles.items():
        for rows, inputs, outputs in ((1, 784, 512), (32, 784, 512), (256, 784, 512), (32, 512, 512), (32, 512, 10)):
            question.measure(f"{title}, {rows} x {inputs} x {outputs}", contenders, [kernel, rows, inputs, outputs],
                             floor=floor(kernel, rows, inputs * outputs), shown=["microseconds"])
    return question
