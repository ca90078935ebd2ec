// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::imports {

inline bool is_upper(char letter) { return letter >= 'A' && letter <= 'Z'; }
inline bool is_lower(char letter) { return letter >= 'a' && letter <= 'z'; }

/// "leaky_re_lu" of "LeakyReLU", as Keras's `to_snake_case`: an underscore before a capital that small
/// letters follow, and between a small letter and a capital.
inline std::string snake_case(std::string_view name) {
    std::string first;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (i > 0 && is_upper(name[i]) && i + 1 < name.size() && is_lower(name[i + 1]) &&
            (first.empty() || first.back() != '_'))
            first += '_';
        first += name[i];
    }
    std::string result;
    for (std::size_t i = 0; i < first.size(); ++i) {
        if (i > 0 && is_lower(first[i - 1]) && is_upper(first[i]))
            result += '_';
        result += is_upper(first[i]) ? static_cast<char>(first[i] - 'A' + 'a') : first[i];
    }
    return result;
}

/// Names that count how often each was asked for: "dense", "dense_1", "dense_2".
class counted_names {
public:
    std::string next(const std::string& name) {
        const std::size_t number = counts_[name]++;
        return number == 0 ? name : internal::concatenate(name, "_", number);
    }

private:
    std::map<std::string, std::size_t> counts_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
