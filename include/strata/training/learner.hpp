// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN
#include <strata/expression/type_of.hpp>
#include <strata/model/output_arrays.hpp>
#include <strata/random/philox.hpp>
#include <strata/topology/topology.hpp>
#include <strata/training/arguments.hpp>
#include <strata/training/options.hpp>
#include <strata/training/snapshot.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// A network and its trainer which a file of their own compiles, so that the files that use them are compiled
/// as fast as if they had no kernels. A task, a type of the program's, says what they are, and a header what
/// is elsewhere:
///
///     struct digits {
///         static constexpr auto topology =
///             input<28, 28> | flatten | dense<512> | relu | dense<10> | softmax;
///         static constexpr auto loss = sparse_categorical_crossentropy;
///         using optimizer = adam;
///         static constexpr std::tuple metrics{accuracy};
///     };
///     extern template class strata::learner<digits>;
///
/// One file includes `strata/training/learner_definition.hpp` besides and has the line
/// `template class strata::learner<digits>;`. With `using value_type = double;` a task has other numbers.
///
/// All members are as those of `model` and `trainer`, and give the same bits. Machines train together by the
/// trainer itself, `net->trainer.fit(part_of(x, world), ...)`, in a file with the definition.
template <class Task>
class learner {
    using topology = type_of<Task::topology>;
    using loss = type_of<Task::loss>;
    using arguments = arguments_for<topology, loss>;
    using inputs = typename arguments::inputs;
    using targets = typename arguments::targets;
    using optimizer_type = typename Task::optimizer;

    template <class T>
    struct number_of {
        using type = float;
    };
    template <class T>
        requires requires { typename T::value_type; }
    struct number_of<T> {
        using type = typename T::value_type;
    };

public:
    using value_type = typename number_of<Task>::type;
    static constexpr std::size_t input_count = topology::inputs::size;
    static constexpr std::size_t output_count = topology::outputs::size;
    static constexpr std::size_t input_size = topology::input_shape::size;
    static constexpr std::size_t output_size = topology::output_shape::size;

    explicit learner(seed key = {}, optimizer_type optimizer = {});
    learner(learner&&) noexcept;
    learner& operator=(learner&&) noexcept;
    ~learner();

    history fit(const inputs& x, const targets& y, const fit_options& options = {});
    history fit_batches(batch_source& source, const fit_options& options = {});
    scores evaluate(const inputs& x, const targets& y, const evaluate_options& options = {});
    scores evaluate_batches(batch_source& source, const evaluate_options& options = {});
    scores train_on_batch(const inputs& x, const targets& y, const batch_options& options = {});

    /// Of an array of samples.
    template <class Array>
        requires(!std::is_convertible_v<const Array&, std::span<const value_type, input_size>>)
    [[nodiscard]] auto predict(const Array& x) const {
        return internal::predict_arrays<value_type, topology>(
            x, count_predicted, [&](const sample_list& samples, std::size_t count, const auto& results) {
                predict_samples(samples, count, results);
            });
    }
    /// Of one sample, by a function call and a copy more than `model::predict`.
    [[nodiscard]] std::array<value_type, output_size>
    predict(std::span<const value_type, input_size> sample) const
        requires(input_count == 1 && output_count == 1) {
        std::array<value_type, output_size> result;
        predict_sample(sample.data(), result.data());
        return result;
    }

    [[nodiscard]] std::vector<value_type> weights() const;
    void set_weights(std::span<const value_type> weights);
    [[nodiscard]] training_snapshot snapshot() const;
    void restore(const training_snapshot& snapshot);
    [[nodiscard]] static std::string summary();
    [[nodiscard]] static std::string plan(std::size_t samples = 32);

    /// `network` and `trainer`, in files that include `strata/training/learner_definition.hpp`:
    /// `net->network.parameter<"dense.kernel">()`.
    struct parts;
    [[nodiscard]] parts* operator->() noexcept { return parts_.get(); }
    [[nodiscard]] const parts* operator->() const noexcept { return parts_.get(); }

private:
    static std::size_t count_predicted(const sample_list& x);
    void predict_samples(const sample_list& x, std::size_t count,
                         const std::array<value_type*, output_count>& y) const;
    void predict_sample(const value_type* x, value_type* y) const;

    std::unique_ptr<parts> parts_;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::learner;
} // namespace strata
STRATA_HEADER_END
