// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/json.hpp>
#include <strata/io/import/nam_layers.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// The WaveNets of Neural Amp Modeler, as its core computes them. A layer reads x, a condition that all
/// layers have in common, and what the layers before it add up for the output: z is the activation of a
/// convolution of x with the condition mixed in. x + W z + b goes on to the next layer, and z into the sum.
/// Layers may be gated (two halves of what is activated), and each of their values modulated by the
/// condition.
class nam_wavenet {
public:
    nam_wavenet(nam_layers& layers, const json& config) : layers_(layers), config_(config) {}

    /// The node of the result. `input` is what is heard, `condition` what the layers mix in.
    std::size_t add(std::size_t input, std::size_t condition, std::size_t channels,
                    std::size_t condition_channels) {
        condition_ = condition;
        condition_channels_ = condition_channels;
        const json* const stacks = member(config_, "layers");
        if (stacks == nullptr || !stacks->is_array() || stacks->empty())
            layers_.fail("\"layers\", a list of stacks of layers", json_excerpt(stacks));
        state current{input, none, channels};
        for (std::size_t i = 0; i < stacks->size(); ++i)
            add_stack(internal::concatenate("layers.", i), *element(stacks, i), current);
        std::vector<nam_convolution> head;
        const json* const head_config = member(config_, "head");
        if (head_config != nullptr)
            head = take_head(*head_config, head_channels_);
        const float scale = layers_.weights().take({1}, "head_scale").front();
        graph_node scaled{"rescaling", "head_scale"};
        scaled.attributes = {{"scale", std::vector<double>{double{scale}}},
                             {"offset", std::vector<double>{0}}};
        std::size_t result = layers_.add(std::move(scaled), {current.sum});
        for (std::size_t i = 0; i < head.size(); ++i) {
            const std::string name = internal::concatenate("head.", i);
            result = layers_.activate(name, result, member(head_config, "activation"), head_channels_);
            result = layers_.convolve(name, result, head[i]);
            head_channels_ = head[i].kernel.shape.back();
        }
        return result;
    }

private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    /// Values between layers: x, the sum for the output where it has begun, and the channels of x.
    struct state {
        std::size_t x;
        std::size_t sum;
        std::size_t channels;
    };
    /// Some of the channels of a layer's inner values.
    struct range {
        std::size_t begin;
        std::size_t count;
    };
    enum class place {
        before_convolution,
        behind_convolution,
        before_mixing,
        behind_mixing,
        before_activation,
        behind_activation,
        behind_mixture,
        behind_head
    };
    static constexpr std::array<const char*, 8> place_names = {
        "conv_pre_film",       "conv_post_film",       "input_mixin_pre_film", "input_mixin_post_film",
        "activation_pre_film", "activation_post_film", "layer1x1_post_film",   "head1x1_post_film"};

    /// y = x * scale + shift, both of them products of the condition.
    struct modulation {
        bool is_active = false;
        nam_convolution scale;
        nam_convolution shift;
        bool has_shift = false;
    };
    struct layer {
        std::string name;
        std::size_t inner; ///< channels of z
        std::string gating;
        nam_convolution convolution, mixing, mixture, head;
        bool has_mixture, has_head;
        std::array<modulation, 8> modulations;
    };

    /// A list's element for each layer, or one for all.
    static const json* each_of(const json& config, const char* key, std::size_t index) {
        const json* const value = member(config, key);
        return value != nullptr && value->is_array() ? element(value, index) : value;
    }

    std::vector<nam_convolution> take_head(const json& config, std::size_t channels) {
        const std::vector<std::size_t> taps = layers_.counts(config, "kernel_sizes");
        std::vector<nam_convolution> result;
        for (std::size_t i = 0; i < taps.size(); ++i) {
            const std::size_t outputs =
                layers_.count(config, i + 1 == taps.size() ? "out_channels" : "channels");
            result.push_back(layers_.take_convolution(internal::concatenate("head.", i), channels, outputs,
                                                      taps[i], 1, 1, true));
            channels = outputs;
        }
        return result;
    }

    void add_stack(const std::string& name, const json& config, state& current) {
        const std::size_t inputs = layers_.count(config, "input_size");
        const std::size_t channels = layers_.count(config, "channels");
        const std::size_t inner = layers_.count(config, "bottleneck", static_cast<double>(channels));
        if (inputs != current.channels || layers_.count(config, "condition_size") != condition_channels_)
            layers_.fail(internal::concatenate(name, " of ", current.channels, " inputs and ",
                                               condition_channels_, " channels of the condition"),
                         internal::concatenate(inputs, " and ", layers_.count(config, "condition_size")));
        const std::vector<std::size_t> dilations = layers_.counts(config, "dilations");
        current.x =
            layers_.convolve(name + ".rechannel", current.x,
                             layers_.take_convolution(name + ".rechannel", inputs, channels, 1, 1, 1, false));
        const json* const head1x1 = member(config, "head1x1");
        const bool has_head = truth_of(member(head1x1, "active"), false);
        for (std::size_t i = 0; i < dilations.size(); ++i) {
            const layer one = take_layer(internal::concatenate(name, ".layers.", i), config, i, dilations[i],
                                         channels, inner, has_head ? head1x1 : nullptr);
            add_layer(one, config, i, current);
        }
        const json* const head = member(config, "head");
        const std::size_t outputs =
            head == nullptr ? layers_.count(config, "head_size") : layers_.count(*head, "out_channels");
        const std::size_t taps = head == nullptr ? 1 : layers_.count(*head, "kernel_size");
        const std::size_t dilation = head == nullptr ? 1 : layers_.count(*head, "head_dilation", 1);
        const bool has_bias =
            truth_of(head == nullptr ? member(config, "head_bias") : member(head, "bias"), false);
        const std::size_t summed = has_head ? layers_.count(*head1x1, "out_channels") : inner;
        current.sum = layers_.convolve(
            name + ".head", current.sum,
            layers_.take_convolution(name + ".head", summed, outputs, taps, dilation, 1, has_bias));
        current.channels = channels;
        head_channels_ = outputs;
    }

    layer take_layer(std::string name, const json& config, std::size_t index, std::size_t dilation,
                     std::size_t channels, std::size_t inner, const json* head) {
        layer one{std::move(name), inner, "none", {}, {}, {}, {}, true, head != nullptr, {}};
        if (const json* const mode = each_of(config, "gating_mode", index))
            one.gating = text_of(mode);
        else if (truth_of(member(config, "gated"), false))
            one.gating = "gated";
        if (one.gating != "none" && one.gating != "gated" && one.gating != "blended")
            layers_.fail("\"gating_mode\" none, gated or blended", internal::shown(one.gating));
        const std::size_t activated = one.gating == "none" ? inner : 2 * inner;
        const json* const taps = member(config, "kernel_sizes");
        const std::size_t size = taps == nullptr ? layers_.count(config, "kernel_size")
                                                 : layers_.whole(element(taps, index), "kernel_sizes");
        const std::size_t groups = layers_.count(config, "groups_input", 1);
        const std::size_t mixing_groups = layers_.count(config, "groups_input_mixin", 1);
        one.convolution =
            layers_.take_convolution(one.name + ".conv", channels, activated, size, dilation, groups, true);
        one.mixing = layers_.take_convolution(one.name + ".input_mixin", condition_channels_, activated, 1, 1,
                                              mixing_groups, false);
        const json* const mixture = member(config, "layer1x1");
        one.has_mixture = truth_of(member(mixture, "active"), true);
        if (one.has_mixture)
            one.mixture =
                layers_.take_convolution(one.name + ".layer1x1", inner, channels, 1, 1,
                                         mixture == nullptr ? 1 : layers_.count(*mixture, "groups", 1), true);
        const std::size_t head_outputs = head == nullptr ? inner : layers_.count(*head, "out_channels");
        if (head != nullptr)
            one.head = layers_.take_convolution(one.name + ".head1x1", inner, head_outputs, 1, 1,
                                                layers_.count(*head, "groups", 1), true);
        const std::array<std::size_t, 8> widths = {
            channels, activated, condition_channels_, activated, activated, inner, channels, head_outputs};
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const bool is_present =
                (i != static_cast<std::size_t>(place::behind_mixture) || one.has_mixture) &&
                (i != static_cast<std::size_t>(place::behind_head) || one.has_head);
            if (is_present)
                one.modulations[i] = take_modulation(one.name, config, place_names[i], widths[i]);
        }
        return one;
    }

    modulation take_modulation(const std::string& name, const json& config, const char* key,
                               std::size_t width) {
        const json* const film = member(config, key);
        if (film == nullptr || !film->is_object() || !truth_of(member(film, "active"), true))
            return {};
        const bool has_shift = truth_of(member(film, "shift"), true);
        const std::size_t groups = layers_.count(*film, "groups", 1);
        const nam_convolution both = layers_.take_convolution(
            name + "." + key, condition_channels_, width * (has_shift ? 2 : 1), 1, 1, groups, true);
        return {true, both.part(0, width), has_shift ? both.part(width, width) : nam_convolution{},
                has_shift};
    }

    std::size_t modulate(const layer& one, place where, std::size_t x, range channels) {
        const modulation& film = one.modulations[static_cast<std::size_t>(where)];
        if (!film.is_active)
            return x;
        const std::string name = one.name + "." + place_names[static_cast<std::size_t>(where)];
        const std::size_t scale =
            layers_.convolve(name, condition_, film.scale.part(channels.begin, channels.count));
        x = layers_.add("multiply", name, {x, scale});
        if (!film.has_shift)
            return x;
        const std::size_t shift =
            layers_.convolve(name, condition_, film.shift.part(channels.begin, channels.count));
        return layers_.add("add", name, {x, shift});
    }

    /// What some channels of a layer's activation get.
    std::size_t add_sum(const layer& one, std::size_t x, range channels) {
        const bool is_whole = channels.count == one.convolution.kernel.shape.back();
        const auto some = [&](const nam_convolution& all) {
            return is_whole ? all : all.part(channels.begin, channels.count);
        };
        const range all_inputs{0, one.convolution.kernel.shape[1] * one.convolution.groups};
        std::size_t a = modulate(one, place::before_convolution, x, all_inputs);
        a = layers_.convolve(one.name + ".conv", a, some(one.convolution));
        a = modulate(one, place::behind_convolution, a, channels);
        std::size_t b = modulate(one, place::before_mixing, condition_, {0, condition_channels_});
        b = layers_.convolve(one.name + ".input_mixin", b, some(one.mixing));
        b = modulate(one, place::behind_mixing, b, channels);
        return modulate(one, place::before_activation, layers_.add("add", one.name, {a, b}), channels);
    }

    std::size_t add_activation(const layer& one, const json& config, std::size_t index, std::size_t x) {
        const std::size_t sum = add_sum(one, x, {0, one.inner});
        const json* const first = each_of(config, "activation", index);
        const std::size_t y = layers_.activate(one.name, sum, first, one.inner);
        if (one.gating == "none")
            return y;
        static const json sigmoid = "Sigmoid";
        const json* const second = each_of(config, "secondary_activation", index);
        const std::size_t gate = layers_.activate(one.name, add_sum(one, x, {one.inner, one.inner}),
                                                  second == nullptr ? &sigmoid : second, one.inner);
        if (one.gating == "gated")
            return layers_.add("multiply", one.name, {y, gate});
        // gate * y + (1 - gate) * sum
        const std::size_t way = layers_.add("subtract", one.name, {y, sum});
        return layers_.add("add", one.name, {sum, layers_.add("multiply", one.name, {gate, way})});
    }

    void add_layer(const layer& one, const json& config, std::size_t index, state& current) {
        std::size_t z = add_activation(one, config, index, current.x);
        z = modulate(one, place::behind_activation, z, {0, one.inner});
        std::size_t output = z;
        if (one.has_head) {
            output = layers_.convolve(one.name + ".head1x1", z, one.head);
            output = modulate(one, place::behind_head, output, {0, one.head.kernel.shape.back()});
        }
        if (one.has_mixture) {
            std::size_t step = layers_.convolve(one.name + ".layer1x1", z, one.mixture);
            if (one.gating == "blended") // as the core has it: of other layers this modulation is passed over
                step = modulate(one, place::behind_mixture, step, {0, one.mixture.kernel.shape.back()});
            current.x = layers_.add("add", one.name, {current.x, step});
        }
        current.sum = current.sum == none ? output : layers_.add("add", one.name, {current.sum, output});
    }

    nam_layers& layers_;
    const json& config_;
    std::size_t condition_ = 0;
    std::size_t condition_channels_ = 1;
    std::size_t head_channels_ = 1;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
