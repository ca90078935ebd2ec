// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_list.hpp>
#include <strata/data/sample_range.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/expression/environment.hpp>
#include <strata/learning/gradient_needs.hpp>
#include <strata/setting.hpp>
#include <strata/training/machine_agreement.hpp>
#include <strata/training/options.hpp>
#include <strata/training/training_data.hpp>
#include <strata/version.hpp>

#include <boost/crc.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What has to be the same on all machines that train together, as lines for `agree`.
namespace strata::bedrock::inline STRATA_SETTING::internal {

template <class... Variables, class... Values>
void add_values(boost::crc_32_type& sum, const environment<binding<Variables, Values>...>& values) {
    const auto add = [&](double value) { sum.process_bytes(&value, sizeof value); };
    (add(static_cast<double>(values[Variables{}])), ...);
}

/// A checksum of what an optimizer computes with in so many updates from one on: in the first thousands, and
/// in as many that are spread over the others. Its own bytes would not do: a schedule has the address of a
/// function, which differs from process to process.
template <class Optimizer>
std::uint32_t checksum_optimizer(const Optimizer& optimizer, double first, double updates) {
    constexpr array_norms norms{{1000, 1000}, 1000}; // above usual limits, which then count
    boost::crc_32_type sum;
    constexpr int thousands = 4096;
    for (int distance = 0; distance < thousands && distance < updates; ++distance)
        add_values(sum, optimizer.scalars(first + distance));
    const double others = std::ceil(updates) - thousands;
    for (int part = 1; part <= thousands && others > 0; ++part)
        add_values(sum, optimizer.scalars(first + thousands - 1 + std::ceil(others * part / thousands)));
    if constexpr (detail::scales_arrays<Optimizer>)
        add_values(sum, optimizer.array_scalars(norms));
    if constexpr (detail::scales_directions<Optimizer>)
        add_values(sum, optimizer.direction_scalars(norms));
    return sum.checksum();
}

/// The settings of an optimizer as a line.
template <class Optimizer>
void append_optimizer(std::string& lines, const Optimizer& optimizer, double first, double updates) {
    append(lines, "settings of the optimizer of checksum ", checksum_optimizer(optimizer, first, updates),
           "\n");
}

/// A checksum of what some types are called, all arguments of templates included.
template <class... Types>
std::uint32_t checksum_types() {
    boost::crc_32_type sum;
    // The setting is a fact of its own.
    constexpr std::string_view setting = STRATA_SETTING_TEXT "::";
    for (std::string_view name = __PRETTY_FUNCTION__; !name.empty();) {
        const std::size_t end = name.find(setting);
        const std::string_view part = name.substr(0, end);
        sum.process_bytes(part.data(), part.size());
        name.remove_prefix(end == std::string_view::npos ? name.size() : end + setting.size());
    }
    return sum.checksum();
}

/// CRC-32 of some numbers.
inline std::uint32_t checksum_numbers(std::span<const double> numbers) {
    boost::crc_32_type sum;
    sum.process_bytes(numbers.data(), numbers.size_bytes());
    return sum.checksum();
}

/// The program itself.
inline void append_program(std::string& lines) {
    append(lines, "strata ", project_version, "\nthe setting ", STRATA_SETTING_TEXT, "\n");
#if defined(__VERSION__)
    append(lines, "the compiler ", std::string_view(__VERSION__), "\n");
#endif
}

/// What is trained: the lines of a snapshot's header, which are JSON, without the commas behind them.
inline void append_training(std::string& lines, std::string_view header) {
    while (!header.empty()) {
        const std::size_t end = std::min(header.find('\n'), header.size());
        const bool has_comma = end > 0 && header[end - 1] == ',';
        append(lines, header.substr(0, end - (has_comma ? 1 : 0)), "\n");
        header.remove_prefix(std::min(end + 1, header.size()));
    }
}

/// visit(kind, number, checksum) for the inputs, the targets and the weights of some samples.
template <class Model, class Pass, class Visit>
void visit_checksums(const sample_range& range, const Visit& visit) {
    using T = typename Model::value_type;
    for (std::size_t i = 0; i < Model::input_count; ++i)
        visit("input", i, checksum_samples<T>(range.x[i], range.first, range.count, Model::input_sizes[i]));
    for_each_index<Model::output_count>([&](auto index) {
        using goal = typename Pass::template output<index>;
        if (!range.y[index].empty())
            visit("targets", index,
                  checksum_samples<typename goal::target>(range.y[index], range.first, range.count,
                                                          goal::targets));
    });
    for (std::size_t i = 0; range.weights != nullptr && i < range.weights->size(); ++i)
        visit("weights", i, checksum_numbers((*range.weights)[i]));
}
/// The same as lines; `purpose` is what people call the samples, with a space behind it.
template <class Model, class Pass>
void append_data(std::string& lines, const sample_range& range, std::string_view purpose) {
    append(lines, range.count, " ", purpose, "samples\n");
    if (range.count > 0)
        visit_checksums<Model, Pass>(range, [&](const char* kind, std::size_t number, std::uint32_t found) {
            append(lines, "a checksum of ", purpose, kind, " ", number + 1, " of ", found, "\n");
        });
}

inline void append_batch_size(std::string& lines, std::size_t size) {
    append(lines, "a batch size of ", size, "\n");
}
/// How `fit` is to go about it.
inline void append_options(std::string& lines, const fit_options& options) {
    append_batch_size(lines, options.batch_size);
    append(lines, "pieces of ", piece_length(options), " samples\n", options.epochs, " epochs from ",
           options.initial_epoch, "\n",
           options.shuffle ? "samples that are shuffled in windows of " : "samples that are not shuffled, ",
           options.shuffle_window, "\n", options.callbacks.size(), " callbacks\n", options.steps_per_epoch,
           " steps of an epoch, where 0 are all\n",
           options.validation_batches == nullptr ? "no batches for validation\n"
                                                 : "batches for validation\n");
    std::vector<double> weights(options.class_weight.size());
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = options.class_weight[i];
    append(lines, "weights of classes of checksum ", checksum_numbers(weights), "\n");
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
