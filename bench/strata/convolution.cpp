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

#include "bedrock.hpp"
#include "machine.hpp"
#include "peers/convolution.hpp"

#include <omp.h>

using namespace strata;

namespace {

template <std::size_t Number>
void run(const sliding::options& settings) {
    constexpr sliding::shape geometry = sliding::resnet50[Number];
    constexpr auto layer =
        conv<geometry.filters, geometry.kernel, stride<geometry.stride>, padding<geometry.padding()>>;
    using head = typename std::remove_const_t<decltype(layer)>::template head<
        shape<geometry.size, geometry.size, geometry.channels>>;
    using stage =
        strata::stage<head, tail<std::remove_const_t<decltype(relu)>>, no_closing, head::output_rows>;
    using kernels = head_kernels<head>;
    constexpr std::size_t places = places_of_head<float, head>;

    const std::size_t threads = bench::threads();
    const bool is_forward = settings.kernel == "forward";
    const bool is_update = settings.kernel == "weight_gradient";
    sliding::numbers x(settings.batch * head::input_rows * geometry.channels);
    sliding::numbers y(settings.batch * head::output_rows * geometry.filters);
    sliding::numbers gradient_rows(is_forward || is_update ? 0 : x.size());
    sliding::numbers parameters(places);
    sliding::numbers gradients(is_update ? places : 0);
    sliding::numbers shared(is_update ? kernels::template shared_size<float>(settings.batch) : 0);
    std::vector<sliding::numbers> scratch(threads, sliding::numbers(kernels::template scratch_size<float>));
    meeting_point point;

    const rows_view<const float> source{x.data(), geometry.channels};
    const rows_view<float> input_gradient{gradient_rows.data(), geometry.channels};
    const bool adds = false;
    const auto run_kernel = [&](const team& team_member) {
        if (is_forward) {
            const head_forward<float> pass{
                &source,  {y.data(), geometry.filters},     nullptr,        parameters.data(),
                nullptr,  scratch[team_member.rank].data(), settings.batch, {},
                no_pieces};
            kernels::template forward<stage, keeping::nothing, false>(
                pass, team_member, prediction_tail<typename stage::tail>{});
            return;
        }
        const batch_pieces all = batch_pieces::whole(settings.batch, settings.batch);
        const head_backward<float> pass{&source,
                                        {y.data(), geometry.filters},
                                        &input_gradient,
                                        &adds,
                                        nullptr,
                                        parameters.data(),
                                        shared.data(),
                                        scratch[team_member.rank].data(),
                                        settings.batch,
                                        {},
                                        all};
        const gradient_store<float> store{gradients.data()};
        if (is_update)
            kernels::template update<stage, false>(
                pass, team_member, head_updates<float, head, gradient_store<float>>{store, 0});
        else
            kernels::template backward<stage>(pass, team_member, no_slope{});
    };
    sliding::time(settings, [&] {
        if (threads == 1)
            run_kernel(team{});
        else {
#pragma omp parallel num_threads(static_cast <int>(threads))
            run_kernel(team{static_cast<std::size_t>(omp_get_thread_num()), threads, &point});
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
    const sliding::options settings(count, arguments);
    bool found = false;
    for_each_index<sliding::resnet50.size()>([&](auto number) {
        if (sliding::resnet50[number] == settings.geometry) {
            run<number>(settings);
            found = true;
        }
    });
    if (!found)
        throw std::runtime_error("no convolution of this shape was compiled");
}
