// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What an error begins with: the function that was called and, where it goes through the batches of a
/// source, the number of the batch. A text is made of it for an error only, since every batch is looked at.
struct call_name {
    std::string_view function;
    std::size_t batch = SIZE_MAX; ///< none
    std::size_t first = 0;        ///< of the batch's samples that are at hand

    call_name(const char* called) : function(called) {}
    call_name(std::string_view called, std::size_t number) : function(called), batch(number) {}

    [[nodiscard, gnu::noinline]] std::string text() const {
        std::string result(function);
        if (batch != SIZE_MAX)
            append(result, ", batch ", batch);
        if (first > 0)
            append(result, ", from sample ", first, " on");
        return result;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
