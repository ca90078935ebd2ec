// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/training/early_update.hpp>
#include <strata/training/machine_group.hpp>
#include <strata/training/machine_hosts.hpp>
#include <strata/training/machine_sums.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Two machines of one host, of which each has one node of a batch's tree. Both say when the sums of the last
/// array's part are complete that the other updates, which may be before their own part is: once a step,
/// whether or not they update anything early.
template <class Pass>
class machine_pair {
public:
    using T = typename Pass::value_type;

    machine_pair(machine_group& group, machine_hosts& hosts, const machine_sums<Pass>& sums)
        : group_(&group), hosts_(&hosts), sums_(&sums) {}

    /// Begins a step, behind that of the sums.
    void begin() {
        is_pair_ = group_->count() == 2 && hosts_->neighbours().size() == 1 && sums_->nodes(0).size() == 1 &&
                   sums_->nodes(1).size() == 1;
        is_unsaid_ = is_pair_;
        if (is_pair_)
            messages_.push_back(hosts_->hear(1 - group_->rank(), half_complete));
    }
    /// What this machine may update early of the last array.
    [[nodiscard]] early_part<T> find_part() const noexcept {
        constexpr std::size_t place = last_array<Pass>::find().place;
        if (!is_pair_ || last_array<Pass>::find().size == 0)
            return {};
        const team::range own = sums_->own_slice(place);
        return {{own.begin - place, own.end - place}, {}, sums_->sums(1 - group_->rank()) + place};
    }
    /// Says that the other's part is complete, unless this has been said in this step.
    void say() {
        if (is_unsaid_)
            messages_.push_back(hosts_->say(1 - group_->rank(), half_complete));
        is_unsaid_ = false;
    }
    /// Says so, and waits until the other has.
    void meet() {
        say();
        wait();
    }
    /// Waits until the other has said so.
    void wait() {
        for (; !messages_.empty(); messages_.pop_back())
            group_->wait(messages_.back());
    }

private:
    static constexpr std::uint32_t half_complete = 4; ///< the channel

    machine_group* group_;
    machine_hosts* hosts_;
    const machine_sums<Pass>* sums_;
    bool is_pair_ = false;
    bool is_unsaid_ = false;
    std::vector<machine_group::ticket> messages_;
};

} // namespace strata::bedrock::inline STRATA_SETTING
