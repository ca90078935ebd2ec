// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// A layer that normalizes, forward and backward in training, with the derivatives by its source and its
// parameters: microseconds, and gigabytes a second of numbers read and written at least: x, y, and the
// derivatives by both.
//   normalization batch|group|instance|layer|rms
#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>
#include <strata/model/training_pass.hpp>
#include <strata/model/update.hpp>

#include "bedrock.hpp"
#include "numbers.hpp"
#include "timing.hpp"

#include <cstdio>
#include <stdexcept>
#include <string>

using namespace strata;

namespace {

constexpr auto weighted_sum = loss<"weighted_sum", symbols::target * symbols::prediction, over_outputs::sum>;

template <auto Topology>
void run(std::size_t samples) {
    using network = model<Topology>;
    using pass =
        training_pass<typename network::topology, float, std::remove_const_t<decltype(weighted_sum)>, true>;
    const std::size_t size = samples * network::input_size;
    bench::numbers x(size), targets(size), input_gradients(size);
    network net;
    bench::numbers gradients(net.parameter_block().size());
    const batch_pieces pieces = batch_pieces::whole(samples, samples);
    typename pass::workspace space(samples, 1, pieces.length);
    std::vector<double> losses(samples);
    const typename pass::batch batch{{x.data()}, {targets.data()}, samples, {input_gradients.data()}, {},
                                     pieces};
    const float* const parameters = net.parameter_block().data();
    const dropout_key key{};
    const auto forward = [&] { pass::template forward<true>(parameters, batch, space, team{}, key); };
    forward();
    pass::template loss<true>(batch, space, team{}, losses.data(), [](auto...) noexcept {});
    const double time = bench::median_seconds(15, 20, [&] {
        forward();
        pass::backward(parameters, batch, space, team{}, key, gradient_store<float>{gradients.data()});
        bench::keep(input_gradients[0]);
    });
    std::printf("microseconds %.2f\ngbytes %.2f\n", time * 1e6, 16 * static_cast<double>(size) / time / 1e9);
}

} // namespace

int main(int count, char** arguments) {
    const std::string name = count == 2 ? arguments[1] : "";
    if (name == "batch")
        run<input<28, 28, 64> | batch_norm<>>(16);
    else if (name == "group")
        run<input<28, 28, 64> | group_norm<8>>(16);
    else if (name == "instance")
        run<input<28, 28, 64> | instance_norm<>>(16);
    else if (name == "layer")
        run<input<512> | layer_norm<>>(128);
    else if (name == "rms")
        run<input<512> | rms_norm<>>(128);
    else
        throw std::invalid_argument("expected batch|group|instance|layer|rms");
}
