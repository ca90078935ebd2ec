// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/json.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// All weights of a network as one list, which its layers take in turn.
class flat_weights {
public:
    flat_weights(std::string place, const json* list) : place_(std::move(place)) {
        if (list == nullptr || !list->is_array())
            fail("\"weights\", a list of numbers", json_excerpt(list));
        numbers_.reserve(list->size());
        for (const json& each : *list) {
            if (!each.is_number())
                fail(internal::concatenate("a number as weight ", numbers_.size()), json_excerpt(&each));
            numbers_.push_back(each.get<float>());
        }
    }

    /// The next numbers, for `layer`.
    std::vector<float> take(const extents& shape, std::string_view layer) {
        std::size_t count = 1;
        for (const std::size_t extent : shape) {
            if (extent != 0 && count > (numbers_.size() - next_) / extent)
                fail(internal::concatenate("weights for ", layer, ", with an axis of ", extent),
                     internal::concatenate(numbers_.size() - next_, " that are left of ", numbers_.size()));
            count *= extent;
        }
        const auto begin = numbers_.begin() + static_cast<std::ptrdiff_t>(next_);
        next_ += count;
        return {begin, begin + static_cast<std::ptrdiff_t>(count)};
    }

    void expect_end() const {
        if (next_ != numbers_.size())
            fail(internal::concatenate(next_, " weights"), internal::concatenate(numbers_.size()));
    }

private:
    [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
        internal::raise(data_error::in_file(place_, expected, found));
    }

    std::string place_;
    std::vector<float> numbers_;
    std::size_t next_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
