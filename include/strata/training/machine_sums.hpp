// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/aligned_vector.hpp>
#include <strata/kernels/product/batch_pieces.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/model/gradient_consumers.hpp>
#include <strata/model/learnt_arrays.hpp>
#include <strata/model/update.hpp>
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

/// The gradients of a batch that several machines share: each sends the sums over its pieces to those who
/// update the weights concerned, and adds up what it gets of its own part, as the batch's tree says. The
/// machines of a host read the sums in each other's memory. Between hosts every machine sends and receives
/// (machines - 1) / machines of the gradients in a step, the least that is possible where each takes part in
/// the work.
template <class Pass>
class machine_sums {
public:
    using T = typename Pass::value_type;
    using table = summed_arrays<Pass>;
    static constexpr std::size_t arrays = table::count;
    static constexpr std::size_t stride = table::stride; ///< of the sums of two nodes

    /// The sums lie in the memory of hosts, `offset` bytes behind its begin.
    machine_sums(machine_group& group, machine_hosts& hosts, std::size_t offset)
        : group_(&group), hosts_(&hosts), offset_(offset), table_(group.count()) {}

    /// Bytes that a machine's memory must have for a batch, so that every machine finds room in its own.
    [[nodiscard]] std::size_t bytes(const piece_tree& tree) const {
        std::size_t most = 1;
        for (std::size_t machine = 0; machine < group_->count(); ++machine) {
            const piece_tree::node share = tree.share(machine, group_->count());
            most = std::max(most, tree.nodes(share.begin, share.end).size());
        }
        return offset_ + most * stride * sizeof(T);
    }

    /// Begins a step: `pieces` of the batch are at hand here. Returns the memory for the sums of this
    /// machine's nodes, [nodes][stride].
    T* begin(const batch_pieces& pieces) {
        const std::size_t machines = group_->count();
        if (nodes_.empty() || tree_.pieces != pieces.tree.pieces) {
            tree_ = pieces.tree;
            nodes_.clear();
            for (std::size_t machine = 0; machine < machines; ++machine) {
                const piece_tree::node share = tree_.share(machine, machines);
                nodes_.push_back(tree_.nodes(share.begin, share.end));
            }
            find_merges();
        }
        unsent_ = arrays;
        updated_ = {};
        expect_sums();
        return sums(group_->rank());
    }

    /// Of the nodes of this machine, or of another of its host, [nodes][stride].
    [[nodiscard]] T* sums(std::size_t machine) const noexcept {
        return reinterpret_cast<T*>(hosts_->memory(machine) + offset_);
    }
    /// This machine's part of the array that begins at a place.
    [[nodiscard]] team::range own_slice(std::size_t place) const noexcept {
        return table_.slice(table_.find(place), group_->rank());
    }
    /// The nodes of a machine in the present batch.
    [[nodiscard]] const std::vector<piece_tree::node>& nodes(std::size_t machine) const noexcept {
        return nodes_[machine];
    }
    /// How many sums are added to that of each node, machine by machine.
    [[nodiscard]] const std::vector<std::size_t>& merges() const noexcept { return merges_; }

    /// Sends this machine's sums of all arrays of the stages from `stage` on, which are complete, and lets
    /// other messages get on.
    void send_from(std::size_t stage) {
        for (; unsent_ > 0 && table_.stage(unsent_ - 1) >= stage; --unsent_)
            send(unsent_ - 1);
        advance();
    }
    /// The same of all arrays, and tells the machines of this host, which may change the weights from here
    /// on.
    void send_all() {
        send_from(0);
        for (const std::size_t machine : hosts_->neighbours())
            sent_.push_back(hosts_->say(machine, complete));
    }
    /// Waits for the other machines' sums.
    void wait() {
        for (; !expected_.empty(); expected_.pop_back())
            group_->wait(expected_.back());
    }

    /// Waits until the own sums, which must stay where they are, have left.
    void wait_sent() {
        for (; !sent_.empty(); sent_.pop_back())
            group_->wait(sent_.back());
    }

    /// Has `hand_on` leave out places of the own part of an array, which have been updated.
    void leave_out(team::range places) noexcept { updated_ = places; }
    /// Adds up the own part of all arrays that are learnt, by a team together, and hands the sums on as
    /// backward does: `consumer.take(parameter, place)` takes registers of the array that begins at that
    /// place, and what `consumer.later_use<n>()` is takes those of a later use. Behind `wait`.
    template <class Consumer>
    void hand_on(const team& threads, const Consumer& consumer) const noexcept {
        std::size_t array = 0;
        for_each_summed<Pass>([&]<class Parameter>(std::type_identity<Parameter>, std::size_t begin,
                                                   auto stage) {
            for_each_index<table::template uses_of<stage>>([&](auto use) {
                if constexpr (Parameter::is_learnt)
                    hand_on_array(threads, array, begin, consumer_of<use>(consumer).take(Parameter{}, begin));
                ++array;
            });
        });
    }

    /// Moves all statistics on by what was observed of them in a batch, by a team together: `observed` is the
    /// block where this machine has it, but for sums over all machines, whose own part is moved.
    void move_statistics(const team& threads, T* parameters, const T* observed) const noexcept {
        bedrock::move_statistics<Pass, false>(parameters, observed, threads);
        std::size_t array = 0;
        for_each_summed<Pass>(
            [&]<class Parameter>(std::type_identity<Parameter>, std::size_t begin, auto stage) {
                constexpr std::size_t uses = table::template uses_of<stage>;
                if constexpr (!Parameter::is_learnt) {
                    const moving_average<T, Parameter> moved{parameters + begin, parameters + begin};
                    const team::range slice = table_.slice(array, group_->rank());
                    const team::range mine = threads.share(slice.end - slice.begin, line_size<T>);
                    for (std::size_t i = mine.begin; i < mine.end; i += V::size) {
                        V seen = total(array, i);
                        if constexpr (uses > 1)
                            for_each_index<uses - 1>([&](auto use) {
                                using mean = observation_mean<T, typename Parameter::single, use + 1>;
                                seen = mean::advance(seen, total(array + use + 1, i));
                            });
                        moved(slice.begin - begin + i, seen);
                    }
                }
                array += uses;
            });
    }

    /// visit(i) for the places in a block of this machine's part of all that is learnt, by a team together.
    template <class Visit>
    void visit_own(const team& threads, const Visit& visit) const noexcept {
        for (std::size_t array = 0; array < arrays; ++array) {
            if (table_.what(array) != table::kind::learnt)
                continue;
            const team::range slice = table_.slice(array, group_->rank());
            const team::range mine = threads.share(slice.end - slice.begin, line_size<T>);
            for (std::size_t i = mine.begin; i < mine.end; ++i)
                visit(slice.begin + i);
        }
    }

    /// As `summed_arrays::order`.
    template <class Said>
    const std::vector<Said>& order(const std::vector<std::vector<std::byte>>& found,
                                   std::vector<Said>& result) const {
        return table_.order(found, result);
    }

private:
    using V = simd<T, lanes_of<T, line_size<T>>>;

    template <std::size_t EarlierUses, class Consumer>
    static auto consumer_of(const Consumer& consumer) noexcept {
        if constexpr (EarlierUses > 0)
            return consumer.template later_use<EarlierUses>();
        else
            return consumer;
    }
    // Registers of the sums over the batch of this thread's places of the own part.
    template <class Use>
    void hand_on_array(const team& threads, std::size_t array, std::size_t begin,
                       const Use& use) const noexcept {
        const team::range slice = table_.slice(array, group_->rank());
        const T* const* const nodes = summands_.data() + array * merges_.size();
        const std::size_t offset = slice.begin - begin;
        const auto hand_on_part = [&](std::size_t first, std::size_t last) {
            const team::range mine = threads.share(last - first, line_size<T>);
            const std::size_t end = first - slice.begin + mine.end;
            if (merges_.size() == 2)
                for (std::size_t i = first - slice.begin + mine.begin; i < end; i += V::size)
                    use(offset + i, V(load<V>(nodes[0] + i) + load<V>(nodes[1] + i)));
            else
                for (std::size_t i = first - slice.begin + mine.begin; i < end; i += V::size)
                    use(offset + i, total(array, i));
        };
        hand_on_part(slice.begin, std::clamp(updated_.begin, slice.begin, slice.end));
        hand_on_part(std::clamp(updated_.end, slice.begin, slice.end), slice.end);
    }
    [[nodiscard]] V total(std::size_t array, std::size_t i) const noexcept {
        const T* const* const nodes = summands_.data() + array * merges_.size();
        piece_stack<V> sums;
        for (std::size_t node = 0; node < merges_.size(); ++node)
            sums.push(load<V>(nodes[node] + i), merges_[node]);
        return sums.total();
    }

    void send(std::size_t array) {
        for (std::size_t machine = 0; machine < group_->count(); ++machine) {
            const team::range slice = table_.slice(array, machine);
            if (machine == group_->rank() || hosts_->is_neighbour(machine) || slice.begin == slice.end)
                continue;
            for (std::size_t node = 0; node < nodes_[group_->rank()].size(); ++node)
                sent_.push_back(group_->send(machine, channel(array),
                                             std::as_bytes(std::span(sums(group_->rank()) + node * stride +
                                                                         table_.block(array) + slice.begin,
                                                                     slice.end - slice.begin))));
        }
    }
    void advance() {
        if (!expected_.empty() && group_->is_done(expected_.back()))
            expected_.pop_back();
    }

    static constexpr std::uint32_t complete = 3; ///< the channel on which a host's machines say so
    static std::uint32_t channel(std::size_t array) noexcept {
        return static_cast<std::uint32_t>(8 + array * 2);
    }

    // How often a node's sums are added to those before it.
    void find_merges() {
        merges_.clear();
        for (const auto& nodes : nodes_)
            for (piece_tree::node node : nodes) {
                std::size_t merges = 0;
                for (auto partner = tree_.partner(node); partner.begin < partner.end;
                     partner = tree_.partner(node), ++merges)
                    node.begin = partner.begin;
                merges_.push_back(merges);
            }
    }

    // Makes room for the other hosts' sums, [arrays][machines][nodes][slice], and awaits them.
    void expect_sums() {
        std::size_t received = 0;
        for (std::size_t machine = 0; machine < group_->count(); ++machine)
            if (machine != group_->rank() && !hosts_->is_neighbour(machine))
                received += nodes_[machine].size();
        std::size_t places = 0;
        for (std::size_t array = 0; array < arrays; ++array) {
            const team::range own = table_.slice(array, group_->rank());
            places += received * (own.end - own.begin);
        }
        if (others_.size() < places)
            others_.assign(places, T(0));
        summands_.clear();
        T* next = others_.data();
        for (std::size_t array = 0; array < arrays; ++array) {
            const team::range own = table_.slice(array, group_->rank());
            const std::size_t length = own.end - own.begin;
            for (std::size_t machine = 0; machine < group_->count(); ++machine)
                for (std::size_t node = 0; node < nodes_[machine].size(); ++node) {
                    if (machine == group_->rank() || hosts_->is_neighbour(machine)) {
                        summands_.push_back(sums(machine) + node * stride + table_.block(array) + own.begin);
                        continue;
                    }
                    summands_.push_back(next);
                    if (length > 0)
                        expected_.push_back(group_->receive(machine, channel(array),
                                                            std::as_writable_bytes(std::span(next, length))));
                    next += length;
                }
        }
        for (const std::size_t machine : hosts_->neighbours())
            expected_.push_back(hosts_->hear(machine, complete));
    }

    machine_group* group_;
    machine_hosts* hosts_;
    std::size_t offset_;
    table table_;
    std::size_t unsent_ = 0; ///< arrays whose sums have not been sent yet, the first ones
    piece_tree tree_{0};
    std::vector<std::vector<piece_tree::node>> nodes_; ///< of each machine
    aligned_vector<T> others_;                         ///< of other hosts' nodes, the own part of each array
    std::vector<std::size_t> merges_;                  ///< of all nodes, machine by machine
    std::vector<const T*> summands_;                   ///< [arrays][nodes], each the own part's numbers
    std::vector<machine_group::ticket> expected_;
    std::vector<machine_group::ticket> sent_;
    team::range updated_{}; ///< places of the block that `hand_on` leaves out
};

} // namespace strata::bedrock::inline STRATA_SETTING
