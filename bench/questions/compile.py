# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What do topologies cost the compiler?"""

import subprocess

from comparison import Question, build, root

flags = ["-std=c++20", "-march=native", f"-I{root / 'dsl'}", f"-I{root / 'include'}"]
named = "static_assert(decltype(net)::output_shape::size == {width});"
runs = "std::array<float, {width}> run(const model<net>& by, std::span<const float, {width}> x) {{ return by.predict(x); }}"


def network(header, depth, width, rest):
    layers = "".join(f" | dense<{width}> | relu" for _ in range(depth))
    return (f"#include <strata/{header}.hpp>\n#include <strata/layers/layers.hpp>\nusing namespace strata;\n"
            f"constexpr auto net = input<{width}>{layers};\n{rest.format(width=width)}\n")


def convolutions(depth):
    """Residual blocks whose images shrink and whose channels grow, so that four kinds of stages recur."""
    blocks = "".join(f" | block<{16 * 2 ** min(3, 4 * i // depth)}, {1 if i == 0 or 4 * i // depth == 4 * (i - 1) // depth else 2}>()"
                     for i in range(depth))
    return f"""#include <strata/model/model.hpp>
#include <strata/layers/layers.hpp>
using namespace strata;
template <std::size_t Filters, std::size_t Stride>
constexpr auto block() {{
    return conv<Filters, 3, stride<Stride>, padding<1>, no_bias> | batch_norm<> | relu;
}}
constexpr auto net = input<56, 56, 16>{blocks} | global_average_pool;
using network = model<net>;
void run(const network& by, std::span<const float, network::input_size> x, std::span<float, network::output_size> y) {{ by.predict(x, y); }}
"""


def sequences(layer, depth):
    """Layers of [steps, features] behind each other, each in a residual as blocks of transformers are."""
    return f"""#include <strata/model/model.hpp>
#include <strata/layers/layers.hpp>
using namespace strata;
using network = model<input<32, 64> | repeat<{depth}>(residual({layer}))>;
void run(const network& by, std::span<const float, network::input_size> x, std::span<float, network::output_size> y) {{ by.predict(x, y); }}
"""


resnet50 = """#include <strata/model/model.hpp>
#include "networks/resnet50.hpp"
using network = strata::model<networks::resnet50>;
void run(const network& by, std::span<const float, network::input_size> x, std::span<float, network::output_size> y) { by.predict(x, y); }
"""


def compile_once(source, options):
    """Seconds of the processor and megabytes at most."""
    place = build / "compiled.cpp"
    place.write_text(source)
    command = ["/usr/bin/time", "-f", "%U %M", "g++", *flags, *options, "-c", str(place), "-o", str(place.with_suffix(".o"))]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, kilobytes = run.stderr.split()[-2:]
    return float(seconds), float(kilobytes) / 1024


def run():
    question = Question("compile", "Compiling", "seconds", "s of g++",
                        text="g++ -O3 -march=native; `MB` is the compiler's largest memory.")
    cases = [(f"{depth} layers of 64, named only", network("topology/topology", depth, 64, named), []) for depth in (1, 8, 64, 256)]
    cases += [(f"{depth} layers of 64, predict", network("model/model", depth, 64, runs), ["-O3"]) for depth in (1, 8, 64, 256)]
    cases += [(f"{depth} convolutions, predict", convolutions(depth), ["-O3"]) for depth in (1, 8, 64, 256)]
    for layer, words in (("lstm<64>", "LSTMs of 64"), ("layer_norm<> | attention<4, 16>", "layers of attention")):
        cases += [(f"{depth} {words}, predict", sequences(layer, depth), ["-O3"]) for depth in (1, 8, 64, 256)]
    cases += [("ResNet-50, predict", resnet50, ["-O3", "-fopenmp", f"-I{root / 'examples'}"])]
    cases += [(f"8 layers of {width}, predict", network("model/model", 8, width, runs), ["-O3"]) for width in (16, 256, 1024, 4096)]
    cases += [("an empty program with strata.hpp", "#include <strata/strata.hpp>\n", ["-O3"]),
              ("examples/mnist_mlp.cpp", (root / "examples" / "mnist_mlp.cpp").read_text(), ["-O3", "-fopenmp", f"-I{root / 'examples'}"])]
    for name, source, options in cases:
        seen = [compile_once(source, options) for _ in range(3)]
        question.add(name, {"strata": ([each[0] for each in seen], {"MB": max(each[1] for each in seen)})})
    question.contenders["strata"] = {"how": "g++ -O3 -march=native", "missing": ""}
    return question
