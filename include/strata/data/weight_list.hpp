// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/call_name.hpp>
#include <strata/data/sample_list.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/expression/print.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {

/// The weights of samples as those of each one's rows. `lead` is the shape of a sample but for its last axis;
/// `takes_rows`: whether rows may have weights of their own.
inline std::vector<double> spread_weights(const samples& given, std::span<const std::size_t> lead,
                                          bool takes_rows, std::size_t count, const call_name& caller) {
    std::size_t rows = 1;
    for (const std::size_t extent : lead)
        rows *= extent;
    std::vector<double> result(count * rows);
    if (given.has_numbers(count)) {
        given.read(0, count, result.data());
        for (std::size_t i = count; i-- > 0;)
            std::fill_n(result.begin() + static_cast<std::ptrdiff_t>(i * rows), rows, result[i]);
    } else if (takes_rows && given.fits(lead, count))
        given.read(0, result.size(), result.data());
    else {
        std::string expected = concatenate(count);
        if (takes_rows && rows > 1)
            append(expected, ", or ", rows, " for each");
        raise(std::invalid_argument(concatenate(caller.text(), ": the weights of ", count, " samples have ",
                                                given.contents(), ", expected ", expected)));
    }
    const auto* const found = std::find_if(result.data(), result.data() + result.size(),
                                           [](double weight) { return !is_finite(weight); });
    if (found != result.data() + result.size())
        raise(std::invalid_argument(concatenate(
            caller.text(), ": the weight of sample ", static_cast<std::size_t>(found - result.data()) / rows,
            " is ", number_to_string(*found), ", expected a finite number")));
    return result;
}

} // namespace internal

/// What samples count: one array for all outputs of a network, or one each, `together`. It names the function
/// that reads weights, so that only programs which give some compile it.
class weight_list : public sample_list {
public:
    weight_list() = default;

    template <class Array>
        requires(std::constructible_from<sample_list, const Array&> && !std::same_as<Array, weight_list>)
    weight_list(const Array& array) : sample_list(array), spread_(internal::spread_weights) {}
    template <internal::movable_numbers Array>
        requires(!std::is_reference_v<Array>)
    weight_list(Array&& array) : sample_list(std::move(array)), spread_(internal::spread_weights) {}

    void add(samples array) {
        sample_list::add(std::move(array));
        spread_ = internal::spread_weights;
    }
    void resize(std::size_t size) {
        sample_list::resize(size);
        spread_ = internal::spread_weights;
    }

    /// One of them as the weights of each sample's rows; `lead` is the shape of a sample but for its last
    /// axis, and rows may have weights of their own where `takes_rows`. `std::invalid_argument` for weights
    /// that do not fit or are not finite.
    [[nodiscard]] std::vector<double> spread(std::size_t index, std::span<const std::size_t> lead,
                                             bool takes_rows, std::size_t count,
                                             const internal::call_name& caller) const {
        return spread_((*this)[index], lead, takes_rows, count, caller);
    }

private:
    std::vector<double> (*spread_)(const samples&, std::span<const std::size_t>, bool, std::size_t,
                                   const internal::call_name&) = nullptr;
};

} // namespace strata::bedrock::inline STRATA_SETTING
