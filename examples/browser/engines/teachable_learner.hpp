// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/learning/optimizers.hpp>
#include <strata/model/model.hpp>
#include <strata/random/philox.hpp>
#include <strata/training/trainer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace teachable {

/// Outputs of every network that learns: a page's user has 2 to this many classes.
inline constexpr std::size_t most_classes = 20;
/// The bias of an output that no class has. `exp` of it is 0 and so are its probability, its gradient and its
/// update: the network learns what the one with fewer outputs learns.
inline constexpr float unused_bias = -10'000;

/// What learns classes from features: one hidden layer, as Teachable Machine's.
template <std::size_t Features>
using dense_head = strata::model<strata::input<Features> | strata::dense<100> | strata::relu |
                                 strata::dense<most_classes> | strata::softmax>;

/// An example: what the network reads of it, and the class that its user gave it.
struct example {
    std::uint32_t number; ///< as `add` counts them; never used again
    std::uint32_t label;
    std::vector<float> features;
};

struct training_settings {
    std::size_t classes = 2;
    std::size_t batch_size = 16;
    double rate = 0.001;
    std::uint64_t seed = 1;
    /// Of each class, what is not learnt from but measured with; each class keeps one example to learn from.
    double held_out_share = 0.15;
};

/// The losses and shares of right answers behind an epoch; of held-out examples 0 where there are none.
struct epoch_scores {
    double loss = 0, accuracy = 0, held_out_loss = 0, held_out_accuracy = 0;
};

/// Examples, and a network that learns their classes: any with one input, whose last layers are
/// `dense<most_classes> | softmax`.
///
/// Training is a function of the examples in their order, the settings and the number of epochs alone: the
/// same bits in every browser and, with the same instructions, in every other program.
template <class Network>
class learner {
    using trainer_type = decltype(strata::trainer{
        std::declval<Network&>(), strata::sparse_categorical_crossentropy, strata::adam{}, strata::accuracy});

public:
    static constexpr std::size_t feature_count = Network::input_size;
    static_assert(Network::output_size == most_classes);

    [[nodiscard]] const std::vector<example>& examples() const noexcept { return examples_; }
    [[nodiscard]] const Network& network() const noexcept { return network_; }
    [[nodiscard]] Network& network() noexcept { return network_; }
    [[nodiscard]] const training_settings& settings() const noexcept { return settings_; }
    /// Classes that the network knows; 0 before its first training.
    [[nodiscard]] std::size_t classes() const noexcept { return classes_; }

    /// Keeps an example and returns its number.
    std::uint32_t add(std::uint32_t label, std::span<const float> features) {
        examples_.push_back({next_, label, {features.begin(), features.end()}});
        return next_++;
    }
    /// Forgets an example. Returns whether there was one.
    bool remove(std::uint32_t number) {
        return std::erase_if(examples_, [&](const example& each) { return each.number == number; }) > 0;
    }
    /// Forgets a class with its examples; those behind it move up.
    void remove_class(std::uint32_t label) {
        std::erase_if(examples_, [&](const example& each) { return each.label == label; });
        for (example& each : examples_)
            each.label -= each.label > label ? 1u : 0u;
    }
    void clear() { examples_.clear(); }
    [[nodiscard]] std::size_t count(std::uint32_t label) const {
        return static_cast<std::size_t>(std::count_if(
            examples_.begin(), examples_.end(), [&](const example& each) { return each.label == label; }));
    }

    /// Draws first weights and chooses what is held out. Returns what is wrong, or nothing.
    std::string begin(const training_settings& settings) {
        if (settings.classes < 2 || settings.classes > most_classes)
            return "there are " + std::to_string(settings.classes) + " classes, expected 2 to " +
                   std::to_string(most_classes);
        for (std::uint32_t label = 0; label < settings.classes; ++label)
            if (count(label) == 0)
                return "class " + std::to_string(label + 1) + " has no examples";
        if (settings.batch_size == 0 || !(settings.rate > 0) || !(settings.rate <= 1))
            return "expected a batch of 1 or more and a rate above 0 and at most 1";
        settings_ = settings;
        classes_ = settings.classes;
        network_ = Network{strata::seed{settings.seed}};
        silence_unused(network_, classes_);
        divide();
        trainer_.emplace(network_, strata::sparse_categorical_crossentropy,
                         strata::adam{.learning_rate = settings.rate}, strata::accuracy);
        return {};
    }

    /// Learns from all examples that are not held out once, in a new order. `begin` came before.
    epoch_scores learn() {
        const std::size_t epoch = trainer_->epochs();
        const auto seen = trainer_->fit(learnt_.features, learnt_.labels,
                                        {.batch_size = settings_.batch_size,
                                         .epochs = epoch + 1,
                                         .initial_epoch = epoch,
                                         .verbose = strata::verbosity::silent});
        epoch_scores result{seen["loss"].back(), seen["accuracy"].back()};
        if (!held_out_.labels.empty()) {
            const auto held = trainer_->evaluate(held_out_.features, held_out_.labels,
                                                 {.verbose = strata::verbosity::silent});
            result.held_out_loss = held["loss"];
            result.held_out_accuracy = held["accuracy"];
        }
        return result;
    }
    [[nodiscard]] std::size_t epochs() const { return trainer_ ? trainer_->epochs() : 0; }
    [[nodiscard]] bool is_training() const noexcept { return trainer_.has_value(); }

    /// How often examples of each class [classes] were taken for each [classes], of those that are held out
    /// or of those that are learnt from. A row is the right class.
    [[nodiscard]] std::vector<float> confusion(bool held_out) const {
        const part& examples = held_out ? held_out_ : learnt_;
        std::vector<float> result(classes_ * classes_);
        std::vector<float> predicted(examples.labels.size() * most_classes);
        if (!examples.labels.empty())
            network_.predict_batch(examples.features.data(), predicted.data(), examples.labels.size());
        for (std::size_t i = 0; i < examples.labels.size(); ++i) {
            const auto row = predicted.begin() + static_cast<std::ptrdiff_t>(i * most_classes);
            const auto best = std::max_element(row, row + static_cast<std::ptrdiff_t>(classes_)) - row;
            ++result[static_cast<std::size_t>(examples.labels[i]) * classes_ +
                     static_cast<std::size_t>(best)];
        }
        return result;
    }

    /// The probability of each class; those beyond `classes()` are 0.
    void predict(std::span<const float> features, std::span<float, most_classes> result) const {
        network_.predict_batch(features.data(), result.data(), 1);
    }

    /// Takes weights that were learnt elsewhere, for so many classes. What was held out is forgotten.
    void adopt(std::size_t classes) {
        classes_ = classes;
        trainer_.reset();
        learnt_ = held_out_ = {};
        silence_unused(network_, classes);
    }

private:
    struct part {
        std::vector<float> features, labels;
        void add(const example& given) {
            features.insert(features.end(), given.features.begin(), given.features.end());
            labels.push_back(static_cast<float>(given.label));
        }
    };

    /// The outputs that no class has get weights of 0 and a bias whose `exp` is 0.
    static void silence_unused(Network& network, std::size_t classes) {
        auto parameters = network.parameters();
        const auto& bias = parameters[parameters.size() - 1];
        const auto& kernel = parameters[parameters.size() - 2];
        for (std::size_t i = 0; i < kernel.size(); ++i)
            if (i % most_classes >= classes)
                kernel[i] = 0;
        for (std::size_t i = classes; i < most_classes; ++i)
            bias[i] = unused_bias;
    }

    /// Of each class a share of its examples, drawn by the seed, is held out.
    void divide() {
        std::vector<std::uint32_t> order(examples_.size());
        std::iota(order.begin(), order.end(), 0u);
        strata::bedrock::random_sequence(strata::seed{settings_.seed}, strata::bedrock::draw_purpose::shuffle,
                                         ~std::uint32_t{0})
            .shuffle(order);
        std::array<std::size_t, most_classes> rest{};
        for (std::uint32_t label = 0; label < classes_; ++label) {
            const std::size_t all = count(label);
            rest[label] = std::min(
                all - 1, static_cast<std::size_t>(settings_.held_out_share * static_cast<double>(all) + 0.5));
        }
        learnt_ = held_out_ = {};
        for (const std::uint32_t place : order) {
            const example& each = examples_[place];
            if (each.label >= classes_)
                continue;
            if (rest[each.label] > 0) {
                --rest[each.label];
                held_out_.add(each);
            } else
                learnt_.add(each);
        }
    }

    Network network_;
    std::vector<example> examples_;
    std::uint32_t next_ = 0;
    training_settings settings_;
    std::size_t classes_ = 0;
    part learnt_, held_out_;
    std::optional<trainer_type> trainer_;
};

} // namespace teachable
