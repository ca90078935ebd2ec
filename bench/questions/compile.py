# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What do topologies and programs cost the compiler?"""

import concurrent.futures
import shutil
import subprocess

from comparison import Question, build, cores, root, rounds_of
from goals import goals as all_goals

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


# What strata stands on, without strata: the libraries' headers, and the standard ones that strata.hpp reaches.
standard = """algorithm array atomic bit cctype cerrno charconv chrono climits cmath concepts cstddef cstdint cstdio cstdlib cstring
exception filesystem fstream functional initializer_list ios iterator limits map memory new numbers numeric optional ranges span
stdexcept string string_view system_error tuple type_traits utility vector version""".split()
reference = "headers of xsimd, xtensor and the standard"
headers = "".join(f"#include <{name}>\n" for name in ["xsimd/xsimd.hpp", "xtensor/xtensor.hpp", *standard])

layers_of_digits = "".join(f"#include <strata/layers/{name}.hpp>\n" for name in ["common_activations", "dense", "dropout", "flatten", "softmax"])

predicting = layers_of_digits + """#include <strata/model/basic_model.hpp>
#include <cstdio>
using namespace strata;
using classifier = model<input<28, 28> | flatten | dense<512> | relu | dropout<0.2> | dense<10> | softmax>;
int main() {
    classifier net{seed{7}};
    const std::array<float, 784> image{};
    std::printf("%f\\n", net.predict(image)[0]);
}
"""

named_task = layers_of_digits + """#include <strata/learning/accuracy.hpp>
#include <strata/learning/adam.hpp>
#include <strata/learning/cross_entropies.hpp>
#include <strata/training/learner.hpp>
struct digits {
    static constexpr auto topology = strata::input<28, 28> | strata::flatten | strata::dense<512> | strata::relu |
                                     strata::dropout<0.2> | strata::dense<10> | strata::softmax;
    static constexpr auto loss = strata::sparse_categorical_crossentropy;
    using optimizer = strata::adam;
    static constexpr std::tuple metrics{strata::accuracy};
};
extern template class strata::learner<digits>;
"""
training = """#include <cstdio>
struct images {
    xt::xtensor<float, 3> x;
    xt::xtensor<int, 1> y;
};
images read_images(const char* file);
int main() {
    const images train = read_images("train"), test = read_images("test");
    strata::learner<digits> net{strata::seed{7}};
    net.fit(train.x, train.y, {.batch_size = 32, .epochs = 5});
    const auto score = net.evaluate(test.x, test.y);
    const auto p = net.predict(test.x);
    std::printf("accuracy %.4f; the first is an ankle boot: %.2f\\n", score["accuracy"], p(0, 9));
}
"""
elsewhere = "#include <strata/training/learner_definition.hpp>\ntemplate class strata::learner<digits>;\n"

# The same prediction without strata, by a loop over registers.
by_hand = """#include <xsimd/xsimd.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <vector>
template <std::size_t Inputs, std::size_t Outputs>
void dense(const float* x, const std::vector<float>& kernel, const std::vector<float>& bias, float* y) {
    using registers = xsimd::batch<float>;
    constexpr std::size_t lanes = registers::size;
    for (std::size_t column = 0; column < Outputs; column += lanes) {
        registers sum = registers::load_unaligned(&bias[column]);
        for (std::size_t k = 0; k < Inputs; ++k)
            sum = xsimd::fma(registers(x[k]), registers::load_unaligned(&kernel[k * Outputs + column]), sum);
        sum.store_unaligned(y + column);
    }
}
int main() {
    const std::vector<float> first(784 * 512), first_bias(512), second(512 * 16), second_bias(16);
    const std::array<float, 784> image{};
    std::array<float, 512> hidden;
    std::array<float, 16> result;
    dense<784, 512>(image.data(), first, first_bias, hidden.data());
    for (float& value : hidden)
        value = std::max(value, 0.0f);
    dense<512, 16>(hidden.data(), second, second_bias, result.data());
    float sum = 0;
    for (std::size_t i = 0; i < 10; ++i)
        sum += result[i] = std::exp(result[i]);
    std::printf("%f\\n", result[0] / sum);
}
"""

# The training of mnist_mlp without strata: whole batches of 32, one thread, no bookkeeping, nothing that is checked.
trained_by_hand = """#include <xsimd/xsimd.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <random>
#include <vector>
using registers = xsimd::batch<float>;
constexpr std::size_t lanes = registers::size, tall = 8, samples = 32, pixels = 784, width = 512, classes = 10, padded = 16;
template <std::size_t Inputs, std::size_t Outputs>
struct dense {
    std::vector<float> w, m, v;
    explicit dense(std::minstd_rand& random)
        : w((Inputs + 1) * Outputs), m(w.size()), v(w.size()) {
        const float limit = std::sqrt(6.0f / (Inputs + Outputs));
        std::uniform_real_distribution<float> draw(-limit, limit);
        std::generate(w.begin(), w.end() - Outputs, [&] { return draw(random); });
    }
    void forward(const float* x, float* y) const {
        for (std::size_t column = 0; column < Outputs; column += lanes)
            for (std::size_t row = 0; row < samples; row += tall) {
                registers sums[tall];
                for (registers& sum : sums)
                    sum = registers::load_unaligned(&w[Inputs * Outputs + column]);
                for (std::size_t k = 0; k < Inputs; ++k)
                    for (std::size_t i = 0; i < tall; ++i)
                        sums[i] = xsimd::fma(registers(x[(row + i) * Inputs + k]),
                                             registers::load_unaligned(&w[k * Outputs + column]), sums[i]);
                for (std::size_t i = 0; i < tall; ++i)
                    sums[i].store_unaligned(y + (row + i) * Outputs + column);
            }
    }
    void backward(const float* delta, float* source) const {
        for (std::size_t row = 0; row < samples; ++row)
            for (std::size_t k = 0; k < Inputs; ++k) {
                registers sum(0.0f);
                for (std::size_t column = 0; column < Outputs; column += lanes)
                    sum = xsimd::fma(registers::load_unaligned(delta + row * Outputs + column),
                                     registers::load_unaligned(&w[k * Outputs + column]), sum);
                std::array<float, lanes> parts;
                sum.store_unaligned(parts.data());
                source[row * Inputs + k] = std::accumulate(parts.begin(), parts.end(), 0.0f);
            }
    }
    void adam(std::size_t place, registers g, float rate) {
        const registers mean = 0.9f * registers::load_unaligned(&m[place]) + 0.1f * g;
        const registers square = 0.999f * registers::load_unaligned(&v[place]) + 0.001f * g * g;
        mean.store_unaligned(&m[place]);
        square.store_unaligned(&v[place]);
        (registers::load_unaligned(&w[place]) - rate * mean / (xsimd::sqrt(square) + 1e-7f)).store_unaligned(&w[place]);
    }
    void update(const float* x, const float* delta, float rate) {
        for (std::size_t column = 0; column < Outputs; column += lanes) {
            for (std::size_t k = 0; k < Inputs; k += tall) {
                registers sums[tall];
                for (registers& sum : sums)
                    sum = registers(0.0f);
                for (std::size_t row = 0; row < samples; ++row)
                    for (std::size_t i = 0; i < tall; ++i)
                        sums[i] = xsimd::fma(registers(x[row * Inputs + k + i]),
                                             registers::load_unaligned(delta + row * Outputs + column), sums[i]);
                for (std::size_t i = 0; i < tall; ++i)
                    adam((k + i) * Outputs + column, sums[i], rate);
            }
            registers sum(0.0f);
            for (std::size_t row = 0; row < samples; ++row)
                sum += registers::load_unaligned(delta + row * Outputs + column);
            adam(Inputs * Outputs + column, sum, rate);
        }
    }
};
template <class Number>
std::vector<Number> read(const char* name, std::size_t count) {
    std::vector<Number> result(count);
    std::FILE* const file = std::fopen(name, "rb");
    if (file == nullptr || std::fread(result.data(), sizeof(Number), count, file) != count)
        std::printf("%s cannot be read\\n", name);
    if (file != nullptr)
        std::fclose(file);
    return result;
}
int main() {
    constexpr std::size_t images = 60'000;
    const auto bytes = read<std::uint8_t>("train_x.u8", images * pixels), labels = read<std::uint8_t>("train_y.u8", images);
    std::minstd_rand random(7);
    dense<pixels, width> first(random);
    dense<width, padded> second(random);
    std::vector<float> x(samples * pixels), y(samples * width), logits(samples * padded), mask(y.size()), delta(y.size());
    std::vector<std::uint32_t> order(images);
    std::iota(order.begin(), order.end(), 0u);
    for (int epoch = 0, step = 0; epoch < 5; ++epoch) {
        std::shuffle(order.begin(), order.end(), random);
        double loss = 0;
        std::size_t right = 0;
        for (std::size_t begin = 0; begin < images; begin += samples) {
            for (std::size_t i = 0; i < samples; ++i)
                for (std::size_t k = 0; k < pixels; ++k)
                    x[i * pixels + k] = bytes[order[begin + i] * pixels + k] / 255.0f;
            first.forward(x.data(), y.data());
            for (std::size_t i = 0; i < y.size(); ++i) {
                mask[i] = y[i] > 0 && random() % 5 > 0 ? 1.25f : 0.0f;
                y[i] *= mask[i];
            }
            second.forward(y.data(), logits.data());
            for (std::size_t i = 0; i < samples; ++i) {
                float* const row = &logits[i * padded];
                const std::size_t label = labels[order[begin + i]];
                const float most = *std::max_element(row, row + classes);
                right += row[label] == most;
                float sum = 0;
                for (std::size_t j = 0; j < classes; ++j)
                    sum += row[j] = std::exp(row[j] - most);
                loss -= std::log(row[label] / sum);
                for (std::size_t j = 0; j < padded; ++j)
                    row[j] = j < classes ? (row[j] / sum - (j == label)) / samples : 0;
            }
            second.backward(logits.data(), delta.data());
            for (std::size_t i = 0; i < y.size(); ++i)
                delta[i] *= mask[i];
            ++step;
            const float rate = 1e-3f * std::sqrt(1 - std::pow(0.999f, step)) / (1 - std::pow(0.9f, step));
            second.update(y.data(), logits.data(), rate);
            first.update(x.data(), delta.data(), rate);
        }
        std::printf("loss %.4f, accuracy %.4f\\n", loss / images, static_cast<double>(right) / images);
    }
}
"""


# What mnist_mlp computes, without what reads files, checks arguments, keeps account and writes texts: the kernels of a step and
# those of an evaluation.
kernels_of_training = layers_of_digits + """#include <strata/learning/class_losses.hpp>
#include <strata/learning/optimizers.hpp>
#include <strata/model/basic_model.hpp>
#include <strata/model/training_pass.hpp>
#include <strata/model/update_path.hpp>
using namespace strata::bedrock;
using network = model<strata::input<28, 28> | strata::flatten | strata::dense<512> | strata::relu | strata::dropout<0.2> |
                      strata::dense<10> | strata::softmax>;
using pass = training_pass<network::topology, float, std::remove_const_t<decltype(strata::sparse_categorical_crossentropy)>>;
using path = update_path<pass, strata::adam>;
struct visitor {
    template <class... Seen>
    void operator()(const Seen&...) const noexcept {}
};
void train(float* parameters, const pass::batch& batch, pass::workspace& space, const team& threads, dropout_key key,
           path::blocks& states, const scalars_of<float, strata::adam>& rates, double* losses) {
    pass::forward<true>(parameters, batch, space, threads, key);
    pass::loss<true>(batch, space, threads, losses, visitor{});
    path::step(parameters, batch, space, key, states, strata::adam{}, rates, 0, threads);
}
void evaluate(const float* parameters, const pass::batch& batch, pass::workspace& space, const team& threads, dropout_key key,
              double* losses) {
    pass::forward<false>(parameters, batch, space, threads, key);
    pass::loss<false>(batch, space, threads, losses, visitor{});
}
"""


def includes(source):
    """What a program takes to read alone."""
    return "".join(line + "\n" for line in source.splitlines() if line.startswith("#include"))


# Of these the floor is what their headers take alone, and what the same network by hand takes beyond its own.
networks_by_hand = {"examples/mnist_mlp.cpp": trained_by_hand, "a program that predicts": by_hand}

# Parts of a program, each compiled alone: its kernels, all of it without optimization, all of it only read.
parts_of_programs = {"examples/mnist_mlp.cpp": [("kernels", kernels_of_training, []),
                                                ("headers of kernels", includes(kernels_of_training), []),
                                                ("unoptimized", None, ["-O0"]), ("read", None, ["-fsyntax-only"])]}

# Times as many seconds as the headers take, and no more.
goals = {each.case: each.most for each in all_goals if each.question == "compile" and each.shown == "times"}


def kilobytes_of_code(object_file):
    """Code and constants."""
    table = subprocess.run(["size", str(object_file)], capture_output=True, text=True, check=True).stdout
    return int(table.splitlines()[1].split()[0]) / 1000


def compile_once(source, options, place=build / "compiled"):
    """Seconds of the processor, megabytes at most, and kilobytes of code, where any is made."""
    file = place.with_suffix(".cpp")
    file.write_text(source)
    command = ["/usr/bin/time", "-f", "%U %S %M", "g++", *flags, *options, "-c", str(file), "-o", str(place.with_suffix(".o"))]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    user, system, kilobytes = run.stderr.split()[-3:]
    code = 0 if "-fsyntax-only" in options else kilobytes_of_code(place.with_suffix(".o"))
    return float(user) + float(system), float(kilobytes) / 1024, code


def instantiations(source, options, place):
    """How many classes and functions clang makes of templates, None without clang."""
    if shutil.which("clang++-19") is None:
        return None
    file, trace = place.with_suffix(".cpp"), place.with_suffix(".json")
    file.write_text(source)
    subprocess.run(["clang++-19", "-w", *flags, *options, "-O0", "-Xclang", "-disable-llvm-passes", "-S", "-emit-llvm", "-o", "/dev/null",
                    f"-ftime-trace={trace}", "-ftime-trace-granularity=0", str(file)], check=True, capture_output=True)
    events = trace.read_bytes()
    return sum(events.count(b'"name":"Instantiate%s"' % kind) for kind in (b"Class", b"Function"))


def options_of(*packages):
    """Where packages have their headers, of those that are here."""
    found = [subprocess.run(["pkg-config", "--cflags", name], capture_output=True, text=True) for name in packages]
    return [word for each in found if each.returncode == 0 for word in each.stdout.split()]


def topologies():
    cases = [(f"{depth} layers of 64, named only", network("topology/topology", depth, 64, named), []) for depth in (1, 8, 64, 256)]
    cases += [(f"{depth} layers of 64, predict", network("model/model", depth, 64, runs), ["-O3"]) for depth in (1, 8, 64, 256)]
    cases += [(f"{depth} convolutions, predict", convolutions(depth), ["-O3"]) for depth in (1, 8, 64, 256)]
    for layer, words in (("lstm<64>", "LSTMs of 64"), ("layer_norm<> | attention<4, 16>", "layers of attention")):
        cases += [(f"{depth} {words}, predict", sequences(layer, depth), ["-O3"]) for depth in (1, 8, 64, 256)]
    cases += [("ResNet-50, predict", resnet50, ["-O3", "-fopenmp", f"-I{root / 'examples'}"])]
    cases += [(f"8 layers of {width}, predict", network("model/model", 8, width, runs), ["-O3"]) for width in (16, 256, 1024, 4096)]
    return cases


def programs():
    options = ["-O3", "-fopenmp", f"-I{root / 'examples'}", *options_of("hdf5", "libzip", "ompi", "sndfile", "stb")]
    cases = [("an empty program with strata.hpp", "#include <strata/strata.hpp>\n", options),
             ("a program that predicts", predicting, options),
             ("the same network by hand", by_hand, options),
             ("mnist_mlp's training by hand", trained_by_hand, options),
             ("mnist_mlp's training on Eigen", (root / "bench" / "peers" / "train_eigen.cpp").read_text(),
              [*options, f"-I{root / 'bench'}", f"-I{root / 'bench' / 'peers'}", *options_of("eigen3")]),
             ("main of a program in two files", named_task + training, options),
             ("its other file", named_task + elsewhere, options)]
    for path in sorted((root / "examples").glob("*.cpp")):
        if "int main(" in path.read_text():
            cases.append((f"examples/{path.name}", path.read_text(), options))
    return cases


def side_by_side(call, things):
    """What a call makes of each, as many at a time as the machine has cores."""
    with concurrent.futures.ThreadPoolExecutor(cores) as workers:
        return list(workers.map(call, things))


def six_networks():
    """Six image networks in one program: seconds of all files, and what of the program is no code but names."""
    place = build / "six_networks"
    place.mkdir(parents=True, exist_ok=True)
    paths = sorted((root / "examples" / "image_classifiers").glob("*.cpp"))
    options = ["-O3", "-fopenmp", "-DNDEBUG", f"-I{root / 'examples'}"]
    taken = side_by_side(lambda path: compile_once(path.read_text(), [*options, f"-I{path.parent}"], place / path.stem), paths)
    seconds = sum(each for each, *_ in taken)
    objects = [place / f"{path.stem}.o" for path in paths]
    (place / "main.cpp").write_text("int main() {}\n")
    program = place / "program"
    # What the networks call besides, readers of files, is no part of the question.
    linked = ["-Wl,--unresolved-symbols=ignore-all", "-o", str(program)]
    subprocess.run(["g++", "-fopenmp", str(place / "main.cpp"), *map(str, objects), *linked],
                   check=True, capture_output=True)
    size = program.stat().st_size
    table = subprocess.run(["nm", "-P", str(program)], check=True, capture_output=True, text=True).stdout
    names = {line.split()[0] for line in table.splitlines() if line}
    subprocess.run(["strip", str(program)], check=True)
    return seconds, {"MB of the program": size / 1e6, "MB beyond code and data": (size - program.stat().st_size) / 1e6,
                     "MB of names": sum(map(len, names)) / 1e6, "characters of the longest": max(map(len, names))}


def attempt(name, source, options, place):
    """What a compilation takes and makes, as `compile_once` says; none where it fails."""
    try:
        return [compile_once(source, options, place)]
    except subprocess.CalledProcessError as error:
        complaints = [line for line in error.stderr.splitlines() if "error" in line]
        print(f"  {name} does not compile here: {complaints[0][:200] if complaints else error}", flush=True)
        return []


def run(cases=None, rounds=3):
    question = Question("compile", "Compiling", "seconds", "s of g++",
                        text="g++ -O3 -march=native, seconds of the processor: of what has a goal, and of what its floor is made of, the least of "
                             "three rounds in turn, of all else one, as many at a time as the machine has cores. `MB` is the compiler's "
                             "largest memory, `times` how many times as long it takes as the headers do that strata stands on, "
                             "`instantiations` how many classes and functions clang makes of templates; `headers`: as `times`, what a "
                             "program includes alone. By hand are networks with xsimd alone, without any checks; `floor`, as `times`: "
                             "the program's headers and what its network by hand takes beyond the headers of that; `kernels`, as "
                             "`times`: what computes a step and an evaluation, compiled alone; `headers and kernels`: the "
                             "program's headers and these kernels beyond their own, which bounds the library as it is and no other; "
                             "`code`: the bare headers, and as many kilobytes of code as the program has at the rate at which g++ "
                             "makes them of the network by hand, which bounds any program with so much code; "
                             "`unoptimized`: all of the program with -O0; `read`: all of it without making code.")
    build.mkdir(parents=True, exist_ok=True)
    is_whole = cases is None
    cases = cases or topologies() + programs()
    in_turn = [(reference, headers, ["-O3", "-fopenmp"])]
    in_turn += [(f"headers of {name}", includes(source), options) for name, source, options in cases if name in goals]
    in_turn += [each for each in cases if each[0] in goals]
    in_turn += [(f"{part} of {name} by hand", text(networks_by_hand[name]), options) for name, _, options in cases
                if name in networks_by_hand for part, text in (("headers", includes), ("all", str))]
    # What only explains is compiled once.
    parts = [(f"{part} of {name}", source if other is None else other, [*options, *more]) for name, source, options in cases
             for part, other, more in parts_of_programs.get(name, [])]
    seen = {name: [] for name, _, _ in in_turn + parts}
    for number in range(rounds_of(rounds)):
        for name, source, options in in_turn + parts * (number == 0):
            seen[name] += attempt(name, source, options, build / "compiled")

    def look(numbered):
        number, (name, source, options) = numbered
        place = build / f"compiled_{number}"
        found = seen.get(name) or attempt(name, source, options, place)
        made = instantiations(source, options, place) if found else None
        for path in build.glob(f"{place.name}.*"):
            path.unlink()
        return found, made

    def least_of(name):
        return min(seconds for seconds, *_ in seen[name])

    least = least_of(reference)
    for (name, source, options), (found, made) in zip(cases, side_by_side(look, enumerate(cases))):
        if not found:
            continue
        seconds = min(seconds for seconds, *_ in found)
        shown = {"MB": max(megabytes for _, megabytes, _ in found), "times": seconds / least}
        if made is not None:
            shown["instantiations"] = made
        if name in goals:
            shown["goal"] = goals[name]
            shown["headers"] = least_of(f"headers of {name}") / least
            for part, _, _ in parts_of_programs.get(name, []):
                shown[part] = least_of(f"{part} of {name}") / least
            if "kernels" in shown:
                shown["headers and kernels"] = shown["headers"] + shown["kernels"] - shown["headers of kernels"]
            if name in networks_by_hand:
                own = least_of(f"all of {name} by hand") - least_of(f"headers of {name} by hand")
                # Noise can make the difference nothing, which says nothing of a floor then.
                if own > 0:
                    shown["floor"] = shown["headers"] + own / least
                if own > 0 and name in parts_of_programs:
                    shown["KB of code"] = found[0][2]
                    shown["code"] = 1 + own / seen[f"all of {name} by hand"][0][2] * shown["KB of code"] / least
        question.add(name, {"strata": ([seconds], shown), reference: ([least], {})})
        print(f"    {', '.join(f'{key} {round(value, 2)}' for key, value in shown.items())}", flush=True)
    if is_whole:
        seconds, shown = six_networks()
        question.add("six image networks in one program", {"strata": ([seconds], shown)})
    question.contenders["strata"] = {"how": "g++ -O3 -march=native", "missing": ""}
    question.contenders[reference] = {"how": "g++ -O3 -march=native", "missing": ""}
    return question
