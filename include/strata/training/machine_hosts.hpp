// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/training/machine_group.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Which machines of a group share memory: those of one host, as it is called here. They say to each other by
/// messages without bytes when something there is ready, so that the end of one ends the others as well.
class machine_hosts {
public:
    explicit machine_hosts(machine_group& group) : group_(&group), first_(group.count()) {
        std::iota(first_.begin(), first_.end(), std::size_t{0});
    }

    /// Makes new memory of so many bytes for each machine. Every machine must call it, when none uses what
    /// was there before.
    void share(std::size_t bytes) {
        const std::size_t machines = group_->count();
        memory_ = {};
        memory_ = group_->share_memory(bytes);
        bytes_ = bytes;
        std::vector<std::byte> sees;
        for (const auto& block : memory_.blocks)
            sees.push_back(std::byte{!block.empty()});
        const auto all = group_->gather(sees);
        for (std::size_t machine = 0; machine < machines; ++machine)
            first_[machine] = static_cast<std::size_t>(
                std::find(all[machine].begin(), all[machine].end(), std::byte{1}) - all[machine].begin());
        // Where a machine sees another that does not see all that it sees itself, each is a host.
        for (std::size_t machine = 0; machine < machines; ++machine)
            if (all[machine] != all[first_[machine]] || all[machine][machine] == std::byte{0}) {
                std::iota(first_.begin(), first_.end(), std::size_t{0});
                break;
            }
        neighbours_.clear();
        sizes_.assign(machines, 0);
        turns_.clear();
        for (const std::size_t first : first_)
            turns_.push_back(sizes_[first]++);
        for (std::size_t machine = 0; machine < machines; ++machine)
            if (machine != group_->rank() && first_[machine] == first_[group_->rank()])
                neighbours_.push_back(machine);
    }
    /// Of each machine's memory, or 0 before there is any.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    /// Memory of this machine, or of another of its host.
    [[nodiscard]] std::byte* memory(std::size_t machine) const noexcept {
        return memory_.blocks[machine].data();
    }

    /// The other machines of this one's host.
    [[nodiscard]] const std::vector<std::size_t>& neighbours() const noexcept { return neighbours_; }
    /// Whether another machine is of this one's host.
    [[nodiscard]] bool is_neighbour(std::size_t machine) const noexcept {
        return machine != group_->rank() && first_[machine] == first_[group_->rank()];
    }
    /// The first machine of the host of this one.
    [[nodiscard]] std::size_t first() const noexcept { return first_[group_->rank()]; }
    /// Whether `receiver` is the one of its host that takes what `sender`, of another, says to all hosts.
    [[nodiscard]] bool takes(std::size_t receiver, std::size_t sender) const noexcept {
        return first_[receiver] != first_[sender] && sender % sizes_[first_[receiver]] == turns_[receiver];
    }

    /// Begins to say something to another machine, or to hear it, by a message without bytes.
    [[nodiscard]] machine_group::ticket say(std::size_t machine, std::uint32_t channel) {
        return group_->send(machine, channel, {});
    }
    [[nodiscard]] machine_group::ticket hear(std::size_t machine, std::uint32_t channel) {
        return group_->receive(machine, channel, {});
    }
    /// Waits until all machines of this host have come here.
    void meet() {
        for (const std::size_t machine : neighbours_) {
            messages_.push_back(hear(machine, meeting));
            messages_.push_back(say(machine, meeting));
        }
        for (; !messages_.empty(); messages_.pop_back())
            group_->wait(messages_.back());
    }

private:
    static constexpr std::uint32_t meeting = 2; ///< the channel of a meeting

    machine_group* group_;
    machine_memory memory_;
    std::size_t bytes_ = 0;
    std::vector<std::size_t> first_; ///< of the host of each machine
    std::vector<std::size_t> sizes_; ///< of the host with that first machine
    std::vector<std::size_t> turns_; ///< which of its host each machine is
    std::vector<std::size_t> neighbours_;
    std::vector<machine_group::ticket> messages_;
};

} // namespace strata::bedrock::inline STRATA_SETTING
