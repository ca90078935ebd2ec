# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How fast are the kernels of ResNet-50's convolutions, beside oneDNN?"""

from statistics import geometric_mean, median

from comparison import Question, all_threads, build_probes, cpp, floors, many_rounds, mode, rounds_of, run_in_turn, strata

# Size, channels, filters, kernel, stride: those of bench/peers/convolution.hpp.
shapes = [(224, 3, 64, 7, 2), (56, 64, 64, 1, 1), (56, 64, 64, 3, 1), (56, 64, 256, 1, 1), (56, 256, 64, 1, 1),
          (56, 256, 128, 1, 1), (56, 128, 128, 3, 2), (28, 128, 512, 1, 1), (56, 256, 512, 1, 2), (28, 512, 128, 1, 1),
          (28, 128, 128, 3, 1), (28, 512, 256, 1, 1), (28, 256, 256, 3, 2), (14, 256, 1024, 1, 1), (28, 512, 1024, 1, 2),
          (14, 1024, 256, 1, 1), (14, 256, 256, 3, 1), (14, 1024, 512, 1, 1), (14, 512, 512, 3, 2), (7, 512, 2048, 1, 1),
          (14, 1024, 2048, 1, 2), (7, 2048, 512, 1, 1), (7, 512, 512, 3, 1)]
titles = {"forward": "forward, bias, relu", "input_gradient": "input gradient", "weight_gradient": "weight gradient"}
last_cache = 32 << 20  # bytes


def least_work(kernel, shape, batch):
    """The operations that GFLOP/s count, those of them that do not fall on padding, and the bytes of all operands, each once."""
    size, channels, filters, window, stride = shape
    padding = window // 2
    results = (size + 2 * padding - window) // stride + 1
    inside = sum(0 <= result * stride + tap - padding < size for result in range(results) for tap in range(window))
    x, weights, y = batch * size * size * channels, window * window * channels * filters, batch * results * results * filters
    # What is written is read into the cache first.
    written = {"forward": y, "input_gradient": x, "weight_gradient": weights}[kernel]
    products = 2 * batch * channels * filters
    return products * (results * window) ** 2, products * inside ** 2, 4 * (x + weights + y + written)


def compare(question, ours, peer, kernel, batch, threads):
    """All shapes; returns the ratios of the speeds, each the median of neighbouring runs'."""
    ratios = []
    machine = run_in_turn(floors(), [], 1)
    for shape in shapes:
        size, channels, filters, window, stride = shape
        arguments = [kernel, *shape, batch]
        found = {contender.name: [] for contender in (ours, peer) if not contender.missing}
        peak = run_in_turn(ours, ["peak"], threads)["gflops"]
        for number in range(rounds_of(many_rounds)):
            # The order alternates.
            for contender in ((ours, peer) if number % 2 == 0 else (peer, ours)):
                if not contender.missing:
                    found[contender.name].append(run_in_turn(contender, arguments, threads)["gflops"])
        counted, needed, size_in_bytes = least_work(kernel, shape, batch)
        speed = threads * machine["l3_gbytes" if size_in_bytes < last_cache else "memory_gbytes"]
        floor = counted / max(needed / peak, size_in_bytes / speed)
        shown = {name: {"of the floor": f"{100 * median(values) / floor:.0f} %"} for name, values in found.items()}
        if not peer.missing:
            pairs = [mine / theirs for mine, theirs in zip(found[ours.name], found[peer.name])]
            ratios.append(median(pairs))
            shown[ours.name]["ratio"] = ratios[-1]
        question.add(f"{titles[kernel]}, batch {batch}, {threads} thread{'s' if threads > 1 else ''}: "
                     f"{size} x {size} x {channels} to {filters}, {window} x {window}, stride {stride}",
                     {name: (values, shown[name]) for name, values in found.items()}, floor)
    return ratios


def run():
    ours = strata("convolution")
    peer = cpp("oneDNN", "convolution_onednn", "libdnnl-dev", ["-ldnnl"])
    question = Question("convolution", "Kernels of ResNet-50's convolutions", "gflops", "GFLOP/s", lower_is_better=False,
                        text="All distinct convolutions of ResNet-50 (version 1.5). The operations counted are those of plain sums "
                             "that multiply the padding as well: leaving it out, and Winograd's products, give more than is counted. "
                             "The floor of a direct convolution is what takes longer: the products inside of the image at the peak "
                             "in fused multiply-adds of so many threads, or the bytes of all operands, each once, at the speed of "
                             "reading. oneDNN: direct convolution, all operands in layouts of its own choice.")
    question.contenders = {each.name: {"how": each.how, "missing": each.missing} for each in (ours, peer)}
    if mode == "build":
        build_probes()
        return question
    summary = []
    for threads in all_threads:
        for batch in (1, 16):
            for kernel in titles:
                ratios = compare(question, ours, peer, kernel, batch, threads)
                if ratios:
                    summary.append(f"{titles[kernel]}, batch {batch}, {threads} thread{'s' if threads > 1 else ''}: "
                                   f"{geometric_mean(ratios):.3f}, lowest {min(ratios):.3f}")
                    print(f"  strata's speed over oneDNN's, geometric mean: {summary[-1]}", flush=True)
    if summary:
        question.text += " Strata's speed over oneDNN's, geometric means of the medians: " + "; ".join(summary) + "."
    return question
