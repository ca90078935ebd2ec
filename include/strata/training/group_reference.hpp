// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

class machine_group;

/// Names the machines that train together in options, `.machines = world`, or none. They are referred to.
class group_reference {
public:
    constexpr group_reference() = default;
    constexpr group_reference(machine_group& group) noexcept : group_(&group) {}

    /// Null for none.
    [[nodiscard]] constexpr const machine_group* get() const noexcept { return group_; }

private:
    const machine_group* group_ = nullptr;
};

} // namespace strata::bedrock::inline STRATA_SETTING
