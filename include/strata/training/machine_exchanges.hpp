// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/product/batch_pieces.hpp>
#include <strata/model/array_squares.hpp>
#include <strata/setting.hpp>
#include <strata/training/machine_failure.hpp>
#include <strata/training/machine_group.hpp>
#include <strata/training/machine_sums.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// What machines that share a batch ask each other for in the middle of a step: sums over all of the batch
/// for a layer or a loss, and norms for an optimizer.
template <class Pass>
class machine_exchanges final : public squares_exchange, public piece_exchange {
public:
    machine_exchanges(machine_group& group, const machine_sums<Pass>& sums) : group_(&group), sums_(&sums) {}

    /// How often a step's kernels ask for sums over the machines: until the loss is known, and from there on.
    template <bool Training>
    static constexpr std::size_t forward_count = [] {
        std::size_t result = 0;
        for_each_type(typename Pass::stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            result += Training ? head_kernels<typename Stage::head>::forward_exchanges : 0;
        });
        for_each_index<Pass::output_count>(
            [&](auto index) { result += Pass::template output<index>::counts_rows ? 1 : 0; });
        return result;
    }();
    static constexpr std::size_t backward_count = [] {
        std::size_t result = 0;
        for_each_type(typename Pass::stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            result += head_kernels<typename Stage::head>::backward_exchanges;
        });
        return result;
    }();

    /// Takes part in so many exchanges with nothing to say.
    void join(std::size_t count) noexcept {
        for (; count > 0; --count)
            internal::run_or_abandon(*group_, [&] { (void)group_->gather({}); });
    }

    void add(const float* nodes, std::size_t stride, std::size_t count, float* total) noexcept override {
        internal::run_or_abandon(*group_, [&] { add_nodes(nodes, stride, count, total); });
    }
    void add(const double* nodes, std::size_t stride, std::size_t count, double* total) noexcept override {
        internal::run_or_abandon(*group_, [&] { add_nodes(nodes, stride, count, total); });
    }
    std::size_t add(std::size_t number) noexcept override {
        std::size_t result = 0;
        internal::run_or_abandon(*group_, [&] {
            for (const auto& said : group_->gather(std::as_bytes(std::span(&number, 1))))
                if (!said.empty()) {
                    std::size_t other = 0;
                    std::memcpy(&other, said.data(), sizeof other);
                    result += other;
                }
        });
        return result;
    }

    const std::vector<piece_squares>& collect(const std::vector<piece_squares>& own) noexcept override {
        internal::run_or_abandon(
            *group_, [&] { sums_->order(group_->gather(std::as_bytes(std::span(own))), all_squares_); });
        return all_squares_;
    }

private:
    template <class Number>
    void add_nodes(const Number* nodes, std::size_t stride, std::size_t count, Number* total) {
        const std::size_t own = sums_->nodes(group_->rank()).size();
        std::vector<Number> said(own * count);
        for (std::size_t node = 0; node < own; ++node)
            std::copy_n(nodes + node * stride, count, said.data() + node * count);
        auto found = group_->gather(std::as_bytes(std::span(said)));
        std::vector<const Number*> all;
        for (std::size_t machine = 0; machine < found.size(); ++machine)
            for (std::size_t node = 0; node < sums_->nodes(machine).size(); ++node)
                all.push_back(reinterpret_cast<const Number*>(found[machine].data()) + node * count);
        for (std::size_t i = 0; i < count; ++i) {
            piece_stack<Number> stack;
            for (std::size_t node = 0; node < all.size(); ++node)
                stack.push(all[node][i], sums_->merges()[node]);
            total[i] = stack.total();
        }
    }

    machine_group* group_;
    const machine_sums<Pass>* sums_;
    std::vector<piece_squares> all_squares_;
};

} // namespace strata::bedrock::inline STRATA_SETTING
