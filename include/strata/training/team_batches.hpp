// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_list.hpp>
#include <strata/data/sample_range.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/setting.hpp>
#include <strata/training/batches.hpp>

#include <cstddef>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// The batches of a team, which gathers them together; or each thread gathers its own, where samples have
/// fewer bytes than the numbers that are made of them. Reading those once more takes less time than what
/// another core has made of them takes to come over.
template <class Model, class Pass>
class team_batches {
public:
    using batches_type = batches<Model, Pass>;

    /// Makes room for batches of these samples. Where there is not enough memory, the next call makes it
    /// anew.
    void prepare(const sample_range& range, std::size_t batch_size, std::size_t threads) {
        is_shared_ = threads == 1 || !is_worthwhile(range, batch_size, threads);
        const std::size_t count = is_shared_ ? 1 : threads;
        if (count > all_.size())
            all_.resize(count);
        for (std::size_t i = 0; i < count; ++i) {
            all_[i].reserve(batch_size);
            if (range.weights != nullptr)
                all_[i].reserve_weights(batch_size);
        }
    }

    /// Those that a thread gathers and reads.
    [[nodiscard]] batches_type& own(const team& threads) noexcept {
        return all_[is_shared_ ? 0 : threads.rank];
    }
    /// With whom it gathers them.
    [[nodiscard]] team gatherers(const team& threads) const noexcept { return is_shared_ ? threads : team{}; }

private:
    using T = typename Model::value_type;
    static constexpr std::size_t most_bytes = std::size_t{32} << 20; ///< of all threads' batches

    static bool is_worthwhile(const sample_range& range, std::size_t batch_size,
                              std::size_t threads) noexcept {
        std::size_t numbers = 0;
        for (std::size_t input = 0; input < Model::input_count; ++input) {
            if (range.x[input].is_paged() || range.x[input].element_size() >= sizeof(T))
                return false;
            numbers += Model::input_sizes[input];
        }
        return batch_size * threads <= most_bytes / sizeof(T) / numbers;
    }

    std::vector<batches_type> all_;
    bool is_shared_ = true;
};

} // namespace strata::bedrock::inline STRATA_SETTING
