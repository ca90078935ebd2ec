// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Compiled with -fno-exceptions -fno-rtti: trains, predicts, keeps and reads files; then makes the error that
// its argument names, which a handler takes. `program FILE [ERROR [handler]]`
#include <strata/strata.hpp>

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#if defined(__cpp_exceptions) || defined(__cpp_rtti)
#    error "this program is to be compiled with -fno-exceptions -fno-rtti"
#endif

using namespace strata;

namespace {
using network = model<input<2> | dense<16> | tanh | dropout<0.1> | dense<2> | softmax>;
const std::vector<float> x{0, 0, 0, 1, 1, 0, 1, 1};
const std::vector<float> y{0, 1, 1, 0};

bool learns(const std::filesystem::path& file) {
    network net{seed{3}};
    trainer teach{net, sparse_categorical_crossentropy, adam{.learning_rate = 0.03}, accuracy};
    teach.fit(
        x, y,
        {.epochs = 300,
         .verbose = verbosity::silent,
         .callbacks = {early_stopping{.monitor = "loss", .patience = 300, .restore_best_weights = false},
                       checkpoint{file}}});
    network other;
    trainer again{other, sparse_categorical_crossentropy, adam{.learning_rate = 0.03}, accuracy};
    again.load(file);
    const auto p = other.predict(xt::xtensor<double, 2>{{0, 1}, {1, 1}});
    return teach.evaluate(x, y, {.verbose = verbosity::silent})["accuracy"] == 1 && p(0, 1) > 0.9 &&
           p(1, 0) > 0.9 && other.predict(std::array{1.0f, 0.0f}) == net.predict(std::array{1.0f, 0.0f});
}

void make_error(std::string_view name) {
    network net;
    trainer teach{net, sparse_categorical_crossentropy, adam{.learning_rate = 1e38}};
    if (name == "labels")
        teach.fit(x, std::vector<float>{0, 1, 2, 0});
    else if (name == "weights")
        net.set_weights(std::array{1.0f});
    else if (name == "array")
        static_cast<void>(net.predict(xt::xtensor<float, 2>{{1}}));
    else if (name == "score")
        static_cast<void>(teach.evaluate(x, y, {.verbose = verbosity::silent})["accuracy"]);
    else if (name == "file")
        teach.load("/nowhere/net.strata");
    else if (name == "infinity")
        teach.fit(x, y, {.batch_size = 1, .verbose = verbosity::silent});
}
} // namespace

int main(int count, char** arguments) {
    if (count == 2)
        return learns(arguments[1]) ? 0 : 1;
    if (count == 4)
        set_error_handler([](const char* kind, const char* message) {
            std::printf("%s: %s\n", kind, message);
            std::exit(3);
        });
    make_error(arguments[2]);
    return 0;
}
