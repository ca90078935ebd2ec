// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// One kernel of one of ResNet-50's convolutions, with bias and relu forward: GFLOP/s. Or what all threads
// together can do at most in fused multiply-adds.
//   convolution forward|input_gradient|weight_gradient SIZE CHANNELS FILTERS KERNEL STRIDE BATCH
//   convolution peak
#include <strata/kernels/windows/convolution_heads.hpp>
#include <strata/layers/layers.hpp>
#include <strata/model/parameters.hpp>
#include <strata/model/update.hpp>

#include "machine.hpp"
#include "peers/convolution.hpp"

#include <omp.h>

using namespace strata;

namespace {

template <std::size_t Number>
void run(const sliding::options& with) {
    constexpr sliding::shape of = sliding::resnet50[Number];
    constexpr auto layer = conv<of.filters, of.kernel, stride<of.stride>, padding<of.padding()>>;
    using head =
        typename std::remove_const_t<decltype(layer)>::template head<shape<of.size, of.size, of.channels>>;
    using stage =
        strata::stage<head, tail<std::remove_const_t<decltype(relu)>>, no_closing, head::output_rows>;
    using kernels = head_kernels<head>;
    constexpr std::size_t places = places_of_head<float, head>;

    const std::size_t threads = bench::threads();
    const bool is_forward = with.kernel == "forward";
    const bool is_update = with.kernel == "weight_gradient";
    sliding::numbers x(with.batch * head::input_rows * of.channels);
    sliding::numbers y(with.batch * head::output_rows * of.filters);
    sliding::numbers back(is_forward || is_update ? 0 : x.size());
    sliding::numbers parameters(places);
    sliding::numbers gradients(is_update ? places : 0);
    sliding::numbers shared(is_update ? kernels::template shared_size<float>(with.batch) : 0);
    std::vector<sliding::numbers> scratch(threads, sliding::numbers(kernels::template scratch_size<float>));
    meeting_point point;

    const rows_view<const float> source{x.data(), of.channels};
    const rows_view<float> before{back.data(), of.channels};
    const bool adds = false;
    const auto one = [&](const team& now) {
        if (is_forward) {
            head_forward<float> at{};
            at.x = &source;
            at.y = {y.data(), of.filters};
            at.parameters = parameters.data();
            at.scratch = scratch[now.rank].data();
            at.samples = with.batch;
            kernels::template forward<stage, keeping::nothing, false>(
                at, now, prediction_tail<typename stage::tail>{});
            return;
        }
        head_backward<float> at{};
        at.x = &source;
        at.delta = {y.data(), of.filters};
        at.before = &before;
        at.adds = &adds;
        at.parameters = parameters.data();
        at.shared = shared.data();
        at.scratch = scratch[now.rank].data();
        at.samples = with.batch;
        const gradient_store<float> store{gradients.data()};
        if (is_update)
            kernels::template update<stage, false>(
                at, now, head_updates<float, head, gradient_store<float>>{store, 0});
        else
            kernels::template backward<stage>(at, now, no_slope{});
    };
    sliding::time(with, [&] {
        if (threads == 1)
            one(team{});
        else {
#pragma omp parallel num_threads(static_cast <int>(threads))
            one(team{static_cast<std::size_t>(omp_get_thread_num()), threads, &point});
        }
    });
}

void print_peak() {
    double sum = 0;
#pragma omp parallel num_threads(static_cast <int>(bench::threads())) reduction(+ : sum)
    sum += bench::peak_flops<float>();
    std::printf("gflops %.1f\n", sum / 1e9);
}

} // namespace

int main(int count, char** arguments) {
    if (count == 2 && std::string(arguments[1]) == "peak") {
        print_peak();
        return 0;
    }
    const sliding::options with(count, arguments);
    bool found = false;
    for_each_index<sliding::resnet50.size()>([&](auto number) {
        if (sliding::resnet50[number] == with.of) {
            run<number>(with);
            found = true;
        }
    });
    if (!found)
        throw std::runtime_error("no convolution of this shape was compiled");
}
