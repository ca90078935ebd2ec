// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// One network, compiled with several settings into one program. FILE names the function of this setting.
#include "network.hpp"

#include <strata/strata.hpp>

#include <bit>
#include <vector>

#define STRATA_TEXT_OF(name) #name
#define STRATA_TEXT(name) STRATA_TEXT_OF(name)

namespace settings {

using network = strata::model<strata::input<9, 9, 5> | strata::conv<7, 3> | strata::relu | strata::flatten |
                              strata::dense<33> | strata::relu | strata::dense<3> | strata::softmax>;

answer FILE() {
    network net{strata::seed{7}};
    std::vector<float> x(64 * network::input_size);
    std::vector<int> y(64);
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = static_cast<float>(i * 37 % 101) / 101;
    for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = static_cast<int>(i % 3);
    const std::span<const float, network::input_size> first(x.data(), network::input_size);

    answer result{STRATA_TEXT(STRATA_SETTING), net.predict(first), {}, 0, false};
    const strata::cosine_decay rate{.initial = 0.0123, .steps = 500, .final = 0.00301};
    for (int step = 0; step < 500; ++step)
        result.rates = result.rates * 31 + std::bit_cast<std::uint64_t>(rate(step));
    strata::trainer teach{net, strata::sparse_categorical_crossentropy, strata::adam{rate}};
    teach.fit(x, y, {.batch_size = 16, .epochs = 1, .verbose = strata::verbosity::silent});
    result.learnt = net.predict(first);
#if defined(__cpp_exceptions)
    try {
        misread();
    } catch (const strata::data_error&) {
        result.caught = true;
    }
#else
    result.caught = strata::set_error_handler(handle) == handle;
#endif
    return result;
}

} // namespace settings
