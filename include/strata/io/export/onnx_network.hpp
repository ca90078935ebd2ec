// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/export/onnx_operation.hpp>
#include <strata/io/export/onnx_tensors.hpp>
#include <strata/io/export/onnx_value.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// The graph of ONNX that a network becomes, operation by operation.
class onnx_network {
public:
    explicit onnx_network(onnx_tensors& tensors) : tensors_(tensors) {}

    /// What follows belongs to the layer of that name.
    void begin_layer(std::string name) {
        layer_ = std::move(name);
        first_of_layer_ = operations_.size();
    }
    /// Gives what makes a layer's result the layer's own name.
    void end_layer(onnx_value& result) {
        for (std::size_t i = first_of_layer_; i < operations_.size(); ++i)
            if (operations_[i].outputs.front() == result.name && names_.count(layer_) == 0) {
                operations_[i].name = layer_;
                rename(result.name, layer_);
                result.name = layer_;
                return;
            }
    }

    /// Adds an operation of one result, whose name it returns.
    std::string add(std::string_view type, std::vector<std::string> inputs, onnx_attributes attributes = {}) {
        return add_several(type, std::move(inputs), 1, std::move(attributes)).front();
    }
    std::vector<std::string> add_several(std::string_view type, std::vector<std::string> inputs,
                                         std::size_t outputs, onnx_attributes attributes = {}) {
        const std::string name = unique_name(internal::concatenate(layer_, "/", type));
        std::vector<std::string> results{name};
        for (std::size_t i = 1; i < outputs; ++i)
            results.push_back(unique_name(name));
        operations_.push_back({std::string(type), std::move(inputs), results, name, std::move(attributes)});
        return results;
    }

    /// Says why the last operation's numbers are as they are.
    void annotate(std::string note) { operations_.back().note = std::move(note); }

    /// What an array is called in one of the forms in which layers read it: the first has its own name.
    [[nodiscard]] std::string name_of_tensor(const std::string& array, std::string_view form) {
        const std::string& first = forms_.try_emplace(array, form).first->second;
        return first == form ? array : internal::concatenate(array, "/", form);
    }
    /// Numbers under a name that nothing else has.
    void add_tensor(const std::string& name, const extents& shape, std::span<const float> numbers) {
        names_.insert(name);
        tensors_.add(name, shape, numbers);
    }
    [[nodiscard]] bool has_tensor(const std::string& name) const { return names_.count(name) != 0; }
    /// A constant that layers share where it has the same numbers.
    std::string constant(const extents& shape, std::span<const float> numbers) {
        return constant_of(reals_, shape, std::vector<float>(numbers.begin(), numbers.end()));
    }
    std::string constant(double number) { return constant({}, std::vector{static_cast<float>(number)}); }
    std::string constant(const wholes& numbers) { return constant_of(wholes_, {numbers.size()}, numbers); }

    /// The value with its axes where they are wanted.
    onnx_value arrange(const onnx_value& given, const extents& axes) {
        onnx_value value = given.is_flattened() ? unflatten(given) : given;
        if (value.axes == axes)
            return value;
        wholes order(axes.size() + 1);
        wholes inverse(axes.size() + 1);
        for (std::size_t i = 0; i < axes.size(); ++i) {
            order[axes[i]] = static_cast<std::int64_t>(value.axes[i]);
            inverse[value.axes[i]] = static_cast<std::int64_t>(axes[i]);
        }
        const auto found = turned_.find({value.name, order});
        if (found == turned_.end()) {
            const std::string turned = add("Transpose", {value.name}, {{"perm", order}});
            turned_[{value.name, order}] = turned;
            turned_[{turned, inverse}] = value.name;
            value.name = turned;
        } else
            value.name = found->second;
        value.axes = axes;
        return value;
    }
    onnx_value arrange_plain(const onnx_value& value) { return arrange(value, plain_axes(value.rank())); }

    /// The same numbers in another shape; `extents` without the samples.
    std::string reshape(const std::string& name, const extents& shape) {
        wholes target = as_wholes(shape);
        target.insert(target.begin(), 0); // as many samples as there are
        return add("Reshape", {name, constant(target)});
    }

    /// Keeps a name for what is added later.
    void reserve(const std::string& name) { names_.insert(name); }
    void add_input(onnx_border border) {
        names_.insert(border.name);
        inputs_.push_back(std::move(border));
    }
    /// The result of the network, under the name that it has as an output.
    void add_output(const onnx_value& given, const std::string& name) {
        const onnx_value value = arrange_plain(given);
        const auto is_taken = [&](const onnx_border& each) { return each.name == value.name; };
        if (std::any_of(inputs_.begin(), inputs_.end(), is_taken) ||
            std::any_of(outputs_.begin(), outputs_.end(), is_taken)) {
            begin_layer(name);
            rename(add("Identity", {value.name}), name);
        } else
            rename(value.name, name);
        outputs_.push_back({name, value.shape});
    }

    /// The whole graph as a message.
    [[nodiscard]] std::string& finish() {
        protozero::pbf_builder<graph_field> graph(tensors_.bytes());
        for (const onnx_operation& each : operations_)
            write_operation(graph, each);
        graph.add_string(graph_field::name, "strata");
        for (const onnx_border& each : inputs_)
            write_border(graph, graph_field::input, each);
        for (const onnx_border& each : outputs_)
            write_border(graph, graph_field::output, each);
        return tensors_.bytes();
    }

    /// Whatever a graph cannot hold, a line for each layer.
    void add_problem(std::string_view label, std::string_view reason) {
        ++problem_count_;
        internal::append(problems_, "\n  ", layer_, ": ", label, reason.empty() ? "" : ", ", reason);
    }
    [[nodiscard]] std::size_t problem_count() const noexcept { return problem_count_; }
    [[nodiscard]] const std::string& problems() const noexcept { return problems_; }

private:
    template <class Number>
    using constants = std::map<std::pair<extents, std::vector<Number>>, std::string>;

    template <class Number>
    std::string constant_of(constants<Number>& known, const extents& shape,
                            const std::vector<Number>& numbers) {
        const auto [place, is_new] = known.try_emplace({shape, numbers});
        if (is_new) {
            place->second = unique_name("constant");
            tensors_.add(place->second, shape, std::span<const Number>(numbers));
        }
        return place->second;
    }
    std::string unique_name(const std::string& wanted) {
        std::string result = wanted;
        for (std::size_t number = 1; !names_.insert(result).second; ++number)
            result = internal::concatenate(wanted, "_", number);
        return result;
    }
    void rename(const std::string& old, const std::string& name) {
        const std::string former = old;
        names_.insert(name);
        for (onnx_operation& each : operations_) {
            std::replace(each.inputs.begin(), each.inputs.end(), former, name);
            std::replace(each.outputs.begin(), each.outputs.end(), former, name);
        }
        std::map<std::pair<std::string, wholes>, std::string> turned;
        for (const auto& [key, value] : turned_)
            turned[{key.first == former ? name : key.first, key.second}] = value == former ? name : value;
        turned_ = std::move(turned);
        for (onnx_border& each : outputs_)
            if (each.name == former)
                each.name = name;
    }
    /// The row of a flattened image in the order of strata.
    onnx_value unflatten(const onnx_value& value) {
        onnx_value image{value.name, value.image, value.image_order};
        image.name = reshape(value.name, image.extents_in_order());
        onnx_value result = arrange_plain(image);
        result.name = reshape(result.name, value.shape);
        result.shape = value.shape;
        result.axes = plain_axes(1);
        return result;
    }

    onnx_tensors& tensors_;
    std::vector<onnx_operation> operations_;
    std::vector<onnx_border> inputs_;
    std::vector<onnx_border> outputs_;
    std::set<std::string> names_;
    std::map<std::pair<std::string, wholes>, std::string> turned_; ///< what transposing has made of values
    std::map<std::string, std::string> forms_;
    constants<float> reals_;
    constants<std::int64_t> wholes_;
    std::string layer_;
    std::size_t first_of_layer_ = 0;
    std::string problems_;
    std::size_t problem_count_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING::exports
