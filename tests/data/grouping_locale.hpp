// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <locale>
#include <string>

/// While it lives, streams that ask for no locale of their own write four digits of a number as 1,000.
class grouping_locale {
public:
    grouping_locale() : former_(std::locale::global(std::locale(std::locale(), new grouping))) {}
    ~grouping_locale() { std::locale::global(former_); }
    grouping_locale(const grouping_locale&) = delete;
    grouping_locale& operator=(const grouping_locale&) = delete;

private:
    struct grouping final : std::numpunct<char> {
        char do_thousands_sep() const override { return ','; }
        std::string do_grouping() const override { return "\3"; }
    };

    std::locale former_;
};
