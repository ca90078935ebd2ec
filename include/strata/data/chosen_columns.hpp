// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/column_names.hpp>
#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Which columns of a table are features and which are targets, for a source of its rows. `YRank` is 1 for
/// one target a row and 2 for a list of them.
template <std::size_t YRank>
class chosen_columns {
public:
    using x_value = double;
    using y_value = double;
    static constexpr std::size_t x_rank = 2, y_rank = YRank;

    [[nodiscard]] std::array<std::size_t, 2> x_shape(std::size_t rows) const {
        return {rows, feature_count_};
    }
    [[nodiscard]] std::array<std::size_t, YRank> y_shape(std::size_t rows) const {
        if constexpr (YRank == 1)
            return {rows};
        else
            return {rows, target_count_};
    }
    [[nodiscard]] static std::size_t rows() { return 0; } // which are not known
    static void seek(std::size_t) {}                      // which is not offered
    [[nodiscard]] static bool allow_seeking() { return false; }

protected:
    /// data_error for names that there are not, and for choices that leave no feature or no target.
    void choose(const std::filesystem::path& file, const std::vector<std::string>& names,
                const std::vector<std::string>& targets, const std::vector<std::string>& dropped) {
        std::vector<std::string> others = dropped;
        others.insert(others.end(), targets.begin(), targets.end());
        places_.assign(names.size(), {});
        for (const std::size_t j : other_positions(file, names, others))
            places_[j] = {kind::feature, feature_count_++};
        for (const std::string& name : targets) {
            column_place& one = places_[column_position(file, names, name)];
            if (one.use == kind::target)
                raise(data_error::in_file(file, "different targets", shown(name) + " twice"));
            one = {kind::target, target_count_++};
        }
        for (const std::string& name : dropped)
            if (places_[column_position(file, names, name)].use == kind::target)
                raise(data_error::in_file(file, "a target that is not dropped", shown(name)));
        if (feature_count_ == 0 || target_count_ == 0)
            raise(data_error::in_file(file, "a feature and a target at least",
                                      concatenate(feature_count_, " and ", target_count_)));
    }

    /// Where the number of a column goes; null if it is dropped.
    [[nodiscard]] double* place(std::size_t column, double* x, double* y) const {
        const column_place& one = places_[column];
        return one.use == kind::dropped ? nullptr : (one.use == kind::feature ? x : y) + one.position;
    }

private:
    enum class kind { dropped, feature, target };
    struct column_place {
        kind use = kind::dropped;
        std::size_t position = 0; ///< among the features or targets
    };

    std::vector<column_place> places_; ///< of each column
    std::size_t feature_count_ = 0, target_count_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
