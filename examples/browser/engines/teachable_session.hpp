// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "teachable_learner.hpp"
#include "weight_bytes.hpp"

#include <strata/data/safetensors_bytes.hpp>
#include <strata/source/to_string.hpp>
#include <strata/version.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace teachable {

/// Sets all outputs' number in the text of a network that learns: the type of so many classes.
inline std::string text_of_classes(std::string text, std::size_t classes) {
    const std::string widest = "dense<" + std::to_string(most_classes) + ">";
    const std::size_t place = text.rfind(widest);
    return text.replace(place, widest.size(), "dense<" + std::to_string(classes) + ">");
}

/// What a page teaches: a reader of one kind of input, whose features its network learns.
///
/// `Kind` has `name`; `input`, the type of an input's numbers, and `input_shape`; `network`, what learns;
/// `shown_shape`, of what a page draws of an input, as points; `trunk()`, what makes features, as a text;
/// `load(file)`, which gives that network weights and returns what is wrong; `is_ready()`; and `read(input,
/// features, shown)`.
template <class Kind>
class session {
public:
    using network = typename Kind::network;
    using input = typename Kind::input;
    static constexpr std::size_t feature_count = network::input_size;

    learner<network> learning;

    /// Gives the trunk its weights. Returns what is wrong, or nothing.
    std::string load_trunk(const std::vector<unsigned char>& bytes) {
        return kind_.load(engines::tensor_file(bytes));
    }
    [[nodiscard]] bool is_ready() const { return kind_.is_ready(); }
    [[nodiscard]] Kind& kind() noexcept { return kind_; }

    /// Reads an input: its features are there for `add` and `predict` until the next.
    void read(std::span<const input> numbers) { kind_.read(numbers, features_, shown_); }
    [[nodiscard]] std::span<const float> features() const noexcept { return features_; }
    /// What a page draws of the input, `Kind::shown_shape`.
    [[nodiscard]] std::span<const float> shown() const noexcept { return shown_; }

    std::uint32_t add(std::uint32_t label) { return learning.add(label, features_); }
    /// The probability of each class.
    [[nodiscard]] std::vector<float> predict() const {
        std::vector<float> result(most_classes);
        learning.predict(features_, std::span<float, most_classes>(result.data(), most_classes));
        result.resize(learning.classes());
        return result;
    }

    /// Names of the classes, and what else a page keeps with a project, each a text of the page's own.
    std::string names, page;

    /// The type of the network that learns, for so many classes.
    [[nodiscard]] static std::string type_text(std::size_t classes) {
        return text_of_classes(strata::to_string(typename network::topology{}), classes);
    }

    /// The weights that were learnt, as a safetensors file. Names are those of the network for the classes
    /// that there are; the metadata say the topology, that of the trunk, the kind and the names of the
    /// classes.
    [[nodiscard]] std::vector<unsigned char> save_weights() const { return write({}, {}, false); }
    /// All that is needed to go on: examples, weights, settings, names, and the page's own text.
    [[nodiscard]] std::vector<unsigned char> save_project() const {
        std::vector<float> features, labels;
        for (const example& each : learning.examples()) {
            features.insert(features.end(), each.features.begin(), each.features.end());
            labels.push_back(static_cast<float>(each.label));
        }
        return write(features, labels, true);
    }
    /// Goes on from such a file. Returns what is wrong, and nothing has changed then; or nothing.
    std::string load_project(const std::vector<unsigned char>& bytes) {
        const engines::tensor_file file(bytes);
        if (file.text("kind") != Kind::name)
            return "expected a project of " + std::string(Kind::name) + ", found one of \"" +
                   std::string(file.text("kind")) + "\"";
        const auto* const features = file.find("examples.features");
        const auto* const labels = file.find("examples.labels");
        if (features == nullptr || labels == nullptr || features->shape.size() != 2 ||
            features->shape[1] != feature_count || labels->shape.size() != 1 ||
            labels->shape[0] != features->shape[0])
            return "expected examples of " + std::to_string(feature_count) +
                   " features each, and as many labels";
        const auto numbers = file.read(*features), classes = file.read(*labels);
        if (!numbers || !classes)
            return "expected features and labels that are floats";
        const std::size_t known = number(file, "classes");
        for (const float label : *classes)
            if (!(label >= 0) || label >= static_cast<float>(most_classes) ||
                label != static_cast<float>(static_cast<std::uint32_t>(label)))
                return "expected labels that are whole numbers below " + std::to_string(most_classes);
        if (known > most_classes)
            return "expected at most " + std::to_string(most_classes) + " classes";
        network learnt = learning.network();
        if (known > 0)
            if (const std::string wrong = load_head(learnt, file, known); !wrong.empty())
                return wrong;
        learning.clear();
        for (std::size_t i = 0; i < classes->size(); ++i)
            learning.add(static_cast<std::uint32_t>((*classes)[i]),
                         std::span(*numbers).subspan(i * feature_count, feature_count));
        if (known > 0) {
            learning.network() = learnt;
            learning.adopt(known);
        }
        names = file.text("names");
        page = file.text("page");
        return {};
    }
    /// Takes what `save_weights` wrote. Returns what is wrong, or nothing.
    std::string load_weights(const std::vector<unsigned char>& bytes) {
        const engines::tensor_file file(bytes);
        if (file.text("kind") != Kind::name)
            return "expected weights of " + std::string(Kind::name);
        const std::size_t known = number(file, "classes");
        if (known < 2 || known > most_classes)
            return "expected 2 to " + std::to_string(most_classes) + " classes";
        network learnt = learning.network();
        if (const std::string wrong = load_head(learnt, file, known); !wrong.empty())
            return wrong;
        learning.network() = learnt;
        learning.adopt(known);
        names = file.text("names");
        return {};
    }

private:
    static std::size_t number(const engines::tensor_file& file, std::string_view key) {
        return std::strtoul(std::string(file.text(key)).c_str(), nullptr, 10);
    }

    /// Tensors of the network as the one of so many classes has them: the last layer's are narrower.
    [[nodiscard]] static std::vector<float> narrow(const std::vector<float>& numbers, std::size_t classes) {
        std::vector<float> result;
        for (std::size_t i = 0; i < numbers.size(); ++i)
            if (i % most_classes < classes)
                result.push_back(numbers[i]);
        return result;
    }

    std::vector<unsigned char> write(const std::vector<float>& features, const std::vector<float>& labels,
                                     bool is_project) const {
        const std::size_t classes = learning.classes();
        std::vector<strata::named_tensor<float>> tensors;
        const auto parameters = learning.network().parameters();
        std::vector<std::vector<float>> numbers;
        numbers.reserve(parameters.size());
        if (classes > 0)
            for (std::size_t i = 0; i < parameters.size(); ++i) {
                const bool is_last = i + 2 >= parameters.size();
                std::vector<std::size_t> shape(parameters[i].shape().begin(), parameters[i].shape().end());
                numbers.push_back(is_last ? narrow(parameters[i].values(), classes) : parameters[i].values());
                if (is_last)
                    shape.back() = classes;
                tensors.push_back({parameters[i].name(), shape, numbers.back()});
            }
        if (is_project) {
            tensors.push_back({"examples.features", {labels.size(), feature_count}, features});
            tensors.push_back({"examples.labels", {labels.size()}, labels});
        }
        return strata::safetensors_bytes(tensors,
                                         {{"strata", std::string(strata::bedrock::project_version)},
                                          {"kind", std::string(Kind::name)},
                                          {"topology", type_text(classes > 0 ? classes : most_classes)},
                                          {"trunk", kind_.trunk()},
                                          {"classes", std::to_string(classes)},
                                          {"names", names},
                                          {"page", is_project ? page : std::string()}});
    }

    static std::string load_head(network& net, const engines::tensor_file& file, std::size_t classes) {
        const auto parameters = net.parameters();
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            const auto* const tensor = file.find(parameters[i].name());
            const auto read = tensor == nullptr ? std::nullopt : file.read(*tensor);
            const bool is_last = i + 2 >= parameters.size();
            const std::size_t expected =
                is_last ? parameters[i].size() / most_classes * classes : parameters[i].size();
            if (!read || read->size() != expected)
                return "expected a tensor \"" + parameters[i].name() + "\" of " + std::to_string(expected) +
                       " numbers";
            if (!is_last) {
                parameters[i].set(*read);
                continue;
            }
            for (std::size_t place = 0; place < read->size(); ++place)
                parameters[i][place / classes * most_classes + place % classes] = (*read)[place];
        }
        return {};
    }

    Kind kind_;
    std::vector<float> features_ = std::vector<float>(feature_count);
    std::vector<float> shown_ = std::vector<float>(Kind::shown_size);
};

} // namespace teachable
