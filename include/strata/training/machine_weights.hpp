// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/alignment.hpp>
#include <strata/model/learnt_arrays.hpp>
#include <strata/setting.hpp>
#include <strata/training/machine_group.hpp>
#include <strata/training/machine_hosts.hpp>
#include <strata/training/summed_arrays.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Blocks of numbers as long as the parameters of which each machine updates a part: the weights, which the
/// machines of a host have in common, and the optimizer's states.
template <class Pass>
class machine_weights {
public:
    using T = typename Pass::value_type;
    using table = summed_arrays<Pass>;

    machine_weights(machine_group& group, machine_hosts& hosts)
        : group_(&group), hosts_(&hosts), table_(group.count()) {}
    machine_weights(const machine_weights&) = delete;
    machine_weights& operator=(const machine_weights&) = delete;
    ~machine_weights() { leave(); }

    /// Bytes of a host's memory for the weights.
    static constexpr std::size_t common_bytes = [] {
        // A statistic that each machine moves on by itself must not move once for each of them.
        bool is_common = true;
        for_each_changing<Pass>([&]<class Parameter>(std::type_identity<Parameter>, std::size_t) {
            is_common = is_common && Parameter::is_learnt;
        });
        return is_common ? Pass::places::size * sizeof(T) : 0;
    }();

    /// The weights to train: a network's own, or those that the machines of this host have in common from
    /// here on until they leave, which are all of them like the first machine's. Every machine must call it.
    T* enter(std::span<T> own) {
        if (common_bytes == 0 || hosts_->neighbours().empty())
            return own.data();
        T* const common = reinterpret_cast<T*>(hosts_->memory(hosts_->first()));
        if (!own_.empty())
            return common;
        // The others may still look at those of before.
        hosts_->meet();
        if (hosts_->first() == group_->rank())
            std::copy(own.begin(), own.end(), common);
        hosts_->meet();
        own_ = own;
        return common;
    }
    [[nodiscard]] bool are_common() const noexcept { return !own_.empty(); }
    /// Copies weights that machines have in common to the network.
    void leave() noexcept {
        std::copy_n(reinterpret_cast<const T*>(own_.empty() ? nullptr : hosts_->memory(hosts_->first())),
                    own_.size(), own_.data());
        own_ = {};
    }

    /// Makes weights whole of which each machine has updated its part, as soon as the machines of this host
    /// meet.
    void share(T* weights) { share(weights, table::kind::learnt, common_bytes > 0); }
    /// Sends the own part of what a block has of all that is learnt to all others and receives theirs.
    void share_states(T* block) { share(block, table::kind::learnt, false); }

    /// Sends the statistics in a block of parameters to all: of sums each machine its part, and the others
    /// from the machine that has a part in every batch, however few its pieces: the last one.
    void share_statistics(T* block) {
        const std::size_t last = group_->count() - 1;
        for_each_changing<Pass>([&]<class Parameter>(std::type_identity<Parameter>, std::size_t place) {
            if constexpr (!Parameter::is_learnt && !Parameter::sums_pieces) {
                const std::span<T> numbers(block + place, layout_of<T, Parameter>::size);
                if (group_->rank() != last)
                    messages_.push_back(group_->receive(last, 1, std::as_writable_bytes(numbers)));
                else
                    for (std::size_t machine = 0; machine < last; ++machine)
                        messages_.push_back(group_->send(machine, 1, std::as_bytes(numbers)));
            }
        });
        wait();
        share(block, table::kind::statistic, false);
    }

private:
    static_assert(common_bytes % alignment == 0, "what lies behind the weights begins on a cache line");

    // Of a block that a host's machines have in common, one of them receives for all.
    void share(T* block, typename table::kind wanted, bool is_common) {
        for (std::size_t array = 0; array < table::count; ++array) {
            if (table_.what(array) != wanted)
                continue;
            for (std::size_t machine = 0; machine < group_->count(); ++machine)
                if (goes(machine, group_->rank(), is_common))
                    begin(block, array, machine, [&](std::span<T> numbers) {
                        return group_->receive(machine, channel(array), std::as_writable_bytes(numbers));
                    });
            for (std::size_t machine = 0; machine < group_->count(); ++machine)
                if (goes(group_->rank(), machine, is_common))
                    begin(block, array, group_->rank(), [&](std::span<T> numbers) {
                        return group_->send(machine, channel(array), std::as_bytes(numbers));
                    });
        }
        wait();
    }
    [[nodiscard]] bool goes(std::size_t sender, std::size_t receiver, bool is_common) const noexcept {
        return is_common ? hosts_->takes(receiver, sender) : receiver != sender;
    }
    // A message about a machine's part of an array, unless it has none.
    template <class Message>
    void begin(T* block, std::size_t array, std::size_t machine, const Message& message) {
        const team::range slice = table_.slice(array, machine);
        if (slice.begin < slice.end)
            messages_.push_back(message(std::span(block + slice.begin, slice.end - slice.begin)));
    }
    void wait() {
        for (; !messages_.empty(); messages_.pop_back())
            group_->wait(messages_.back());
    }
    static std::uint32_t channel(std::size_t array) noexcept {
        return static_cast<std::uint32_t>(8 + array * 2 + 1);
    }

    machine_group* group_;
    machine_hosts* hosts_;
    table table_;
    std::span<T> own_; ///< the network's, while common ones are trained
    std::vector<machine_group::ticket> messages_;
};

} // namespace strata::bedrock::inline STRATA_SETTING
