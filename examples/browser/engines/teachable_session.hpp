// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "teachable_learner.hpp"
#include "teachable_onnx.hpp"
#include "weight_bytes.hpp"

#include <strata/data/safetensors_bytes.hpp>
#include <strata/io/export/header_text.hpp>
#include <strata/version.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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
/// `Kind` has `name`; `input`, the type of an input's numbers, and `input_shape`; `network`, what learns, and
/// `head`, its type as `to_string` writes it, which would cost an engine a tenth of its size; `shown_shape`,
/// of what a page draws of an input, as points; `trunk()`, what makes features, as a text, and `meaning`,
/// what they are, where that text does not say it; `load(file)`,
/// which gives that network weights and returns what is wrong; `is_ready()`; and `read(input, features,
/// shown)`.
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
        return text_of_classes(std::string(Kind::head), classes);
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
        learning.network() = learnt;
        learning.adopt(known);
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

    /// The text of a C++ header with the type of the network that learns and its weights as constants, and
    /// what they are of: as `strata::export_header` writes one, `taught.predict(features)`. Empty before
    /// anything is learnt.
    [[nodiscard]] std::string save_header() const {
        if (learning.classes() == 0)
            return {};
        const std::string topology = type_text(learning.classes());
        std::string lines =
            "It takes features of " + std::string(Kind::name) + ": " + meaning() + "\n" + topology + "\n";
        if (!names.empty())
            lines += "classes: " + names + "\n";
        return strata::bedrock::internal::header_text(learnt_arrays(), lines,
                                                      {"taught", "model<" + topology + ">"});
    }
    /// The bytes of a model of ONNX of the network that learns, as `strata::export_onnx` writes one. Empty
    /// before anything is learnt.
    [[nodiscard]] std::vector<unsigned char> save_onnx() const {
        namespace exports = strata::bedrock::exports;
        const std::size_t classes = learning.classes();
        if (classes == 0)
            return {};
        exports::onnx_arrays arrays;
        for (const array& each : learnt_arrays())
            arrays[each.name] = {each.shape, [numbers = each.numbers] { return numbers; }};
        return onnx_bytes(exports::entries_of(typename network::topology{}), arrays, classes,
                          type_text(classes),
                          {{"features", meaning()}, {"trunk", kind_.trunk()}, {"classes", names}});
    }

private:
    /// What the features are, for whoever computes them elsewhere.
    [[nodiscard]] std::string meaning() const {
        if constexpr (requires { Kind::meaning; })
            return std::string(Kind::meaning);
        else
            return kind_.trunk();
    }

    using array = strata::bedrock::internal::constant_array<float>;

    static std::size_t number(const engines::tensor_file& file, std::string_view key) {
        return std::strtoul(std::string(file.text(key)).c_str(), nullptr, 10);
    }

    /// The network's arrays as the one of so many classes as there are has them: the last layer's are
    /// narrower.
    [[nodiscard]] std::vector<array> learnt_arrays() const {
        const std::size_t classes = learning.classes();
        const auto parameters = learning.network().parameters();
        std::vector<array> result;
        for (std::size_t i = 0; i < parameters.size() && classes > 0; ++i) {
            array next{
                parameters[i].name(), {parameters[i].shape().begin(), parameters[i].shape().end()}, {}};
            const bool is_last = i + 2 >= parameters.size();
            const std::vector<float> numbers = parameters[i].values();
            for (std::size_t place = 0; place < numbers.size(); ++place)
                if (!is_last || place % most_classes < classes)
                    next.numbers.push_back(numbers[place]);
            if (is_last)
                next.shape.back() = classes;
            result.push_back(std::move(next));
        }
        return result;
    }

    std::vector<unsigned char> write(const std::vector<float>& features, const std::vector<float>& labels,
                                     bool is_project) const {
        const std::size_t classes = learning.classes();
        const std::vector<array> arrays = learnt_arrays();
        std::vector<strata::named_tensor<float>> tensors;
        for (const array& each : arrays)
            tensors.push_back({each.name, each.shape, each.numbers});
        if (is_project) {
            tensors.push_back({"examples.features", {labels.size(), feature_count}, features});
            tensors.push_back({"examples.labels", {labels.size()}, labels});
        }
        return strata::safetensors_bytes(tensors,
                                         {{"strata", std::string(strata::bedrock::project_version)},
                                          {"kind", std::string(Kind::name)},
                                          {"topology", type_text(classes > 0 ? classes : most_classes)},
                                          {"trunk", kind_.trunk()},
                                          {"features", meaning()},
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
