// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/diagnostic.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <string>

/// What estimators and what prepares their data have in common, without files.
namespace strata::bedrock::inline STRATA_SETTING::internal {

/// An error of its own where files are not known.
template <bool Known, class File>
consteval bool check_estimator_files() {
    if constexpr (Known)
        return true;
    else
        return reject<File, "an estimator alone", "knows no files",
                      "they come with strata/io/estimator_file.hpp">();
}

/// The type of numbers, as descriptions name it.
template <class Value>
inline constexpr const char* value_name = sizeof(Value) == sizeof(float) ? "float" : "double";

/// "1 feature", "3 features".
[[nodiscard]] inline std::string counted(std::size_t count, const char* noun) {
    return concatenate(count, " ", noun, count == 1 ? "" : "s");
}

/// The part of an estimator that goes to files and comes from them. `Self` has
///     static std::string description();             what it is, on one line
///     static void visit_state(self, visit);         each thing that it learnt, as visit(name, value) or
///                                                   visit(name, vector, length); `self` is const or not
/// A vector whose length only a file tells is visit(name, vector).
template <class Self>
class savable {
public:
    /// Writes what was learnt to a file, which is replaced as a whole or not at all. `data_error` where it
    /// cannot be written. Needs `strata/io/estimator_file.hpp`.
    template <class File>
    void save(const File& file) const {
        constexpr bool known = requires(const Self& self) { write_estimator(self, file); };
        static_assert(check_estimator_files<known, File>());
        if constexpr (known)
            write_estimator(static_cast<const Self&>(*this), file);
    }
    /// Becomes what `save` wrote, to the last bit. `data_error` for a file that is damaged, cut short or of
    /// something else; it is as it was then. Needs `strata/io/estimator_file.hpp`.
    template <class File>
    void load(const File& file) {
        constexpr bool known = requires(Self & self) { read_estimator(self, file); };
        static_assert(check_estimator_files<known, File>());
        if constexpr (known)
            read_estimator(static_cast<Self&>(*this), file);
    }
};

/// An estimator that has not been told how many features there are: a step for a pipeline, which knows.
/// By itself it can do nothing, and says so.
template <class Self>
class step_without_features {
public:
    static constexpr bool lacks_features = true;

    template <class... Arguments>
    void fit(const Arguments&...) const {
        static_assert(
            reject<Self, "an estimator does not know", "how many features there are",
                   "say so, as in linear_regression<3>", "or use it behind input<3> in a pipeline">());
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
