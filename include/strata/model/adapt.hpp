// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/array_check.hpp>
#include <strata/data/sample_count.hpp>
#include <strata/expression/finite.hpp>
#include <strata/model/model.hpp>
#include <strata/plan/marks.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Calls use(number, place) for all numbers of some samples, with their places in a sample, a part at a time.
template <class Use>
void visit_numbers(const samples& x, std::size_t count, std::size_t size, Use use) {
    const std::size_t part = std::clamp<std::size_t>(65'536 / size, 1, count);
    std::vector<double> numbers(part * size);
    for (std::size_t first = 0; first < count; first += part) {
        const std::size_t length = std::min(part, count - first);
        x.read(first * size, length * size, numbers.data());
        for (std::size_t i = 0; i < length * size; ++i)
            use(numbers[i], first * size + i);
    }
}

/// The means of the numbers whose places have the same remainder, and the means of their squared distances
/// from those, in two passes.
struct column_moments {
    std::vector<double> means;
    std::vector<double> variances;

    column_moments(const samples& x, std::size_t count, std::size_t size, std::size_t columns)
        : means(columns), variances(columns) {
        const double share = static_cast<double>(columns) / static_cast<double>(count * size);
        visit_numbers(x, count, size, [&](double number, std::size_t i) {
            if (!detail::is_finite(number))
                raise(std::invalid_argument(concatenate("adapt: expected finite numbers, found ",
                                                        std::to_string(number), " in sample ", i / size)));
            means[i % columns] += number;
        });
        for (double& mean : means)
            mean *= share;
        visit_numbers(x, count, size, [&](double number, std::size_t i) {
            const double distance = number - means[i % columns];
            variances[i % columns] += distance * distance;
        });
        for (double& variance : variances)
            variance *= share;
    }
};
} // namespace internal

/// Gives a `normalization` layer the mean and the variance of data, as Keras's `adapt`: x holds samples of
/// what the layer reads, [samples, shape...]. `Layer` is its name, `adapt<"normalization_1">(net, x)`. The
/// sums are taken in double, in two passes. `std::invalid_argument` for another shape, for no samples, and
/// for numbers that are not finite; nothing is changed then.
template <text Layer = "normalization", class Model, class Array>
void adapt(Model& net, const Array& array) {
    using topology = typename Model::topology;
    using names = detail::network_names<topology>;
    using T = typename Model::value_type;
    static_assert(internal::check_readable<"the array to adapt to", Array, text("it takes numbers")>());
    constexpr std::size_t index = detail::find_array<topology, Layer + text(".mean")>();
    using shape = typename detail::node_list<topology, detail::purpose::training>::template element<
        names::arrays[index].node>::input;
    const samples x(array);
    const std::size_t count = x.count(std::span<const std::size_t>(shape::extents), "the array to adapt to");
    if (count == 0)
        internal::raise(std::invalid_argument("adapt: expected a sample at least, found none"));
    auto mean = net.template parameter<Layer + text(".mean")>();
    auto variance = net.template parameter<Layer + text(".variance")>();
    const internal::column_moments found(x, count, shape::size, mean.size);
    mean.set(std::vector<T>(found.means.begin(), found.means.end()));
    variance.set(std::vector<T>(found.variances.begin(), found.variances.end()));
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::adapt;
} // namespace strata

STRATA_HEADER_END
