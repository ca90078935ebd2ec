// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/extents.hpp>
#include <strata/data/safetensors_output.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/keras_weights.hpp>
#include <strata/io/pytorch_weights.hpp>
#include <strata/io/weight_conventions.hpp>
#include <strata/io/weight_names.hpp>
#include <strata/io/weight_parts.hpp>
#include <strata/model/parameter_views.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// A tensor of a file in another convention, and the arrays of the network that its numbers are of.
struct arranged_tensor {
    struct piece {
        std::size_t array;
        weight_part part;
    };
    std::string name;
    std::vector<std::size_t> shape;
    std::vector<piece> pieces;

    /// Whether its pieces have one shape, and are all of its numbers.
    [[nodiscard]] bool is_whole() const {
        std::size_t size = 1;
        for (const std::size_t extent : shape)
            size *= extent;
        for (const piece& each : pieces) {
            if (each.part.shape != shape || each.part.size() > size)
                return false;
            size -= each.part.size();
        }
        return size == 0;
    }
};

/// The tensors that `load_weights` would read a network's arrays from. Of several choices the first is taken
/// that makes whole tensors: projections of one width are packed. `std::invalid_argument` where two arrays
/// have one name.
inline std::vector<arranged_tensor> arrange_tensors(const std::vector<array_description>& arrays,
                                                    const flattened_images& images,
                                                    const weight_options& options) {
    const pytorch_weights pytorch_arrays(options.names, images);
    const keras_weights keras_arrays(options.names, images);
    std::vector<weight_choices> choices;
    for (const array_description& array : arrays)
        choices.push_back(options.convention == pytorch ? pytorch_arrays.choose(array)
                          : options.convention == keras ? keras_arrays.choose(array)
                                                        : choose_equal(array, options.names));
    while (true) {
        std::vector<arranged_tensor> result;
        for (std::size_t i = 0; i < arrays.size(); ++i)
            for (const weight_part& part : choices[i].front()) {
                auto found = std::find_if(result.begin(), result.end(), [&](const arranged_tensor& each) {
                    return each.name == part.name;
                });
                if (found == result.end())
                    found = result.insert(found, {part.name, part.shape, {}});
                found->pieces.push_back({i, part});
            }
        const auto broken = std::find_if(result.begin(), result.end(),
                                         [](const arranged_tensor& each) { return !each.is_whole(); });
        if (broken == result.end())
            return result;
        for (const arranged_tensor::piece& each : broken->pieces) {
            weight_choices& others = choices[each.array];
            if (others.size() == 1)
                raise(std::invalid_argument(
                    concatenate("save_weights: ", arrays[each.array].name, " would be ", shown(broken->name),
                                " of ", extents_text(broken->shape), ", which other arrays are, too")));
            others.erase(others.begin());
        }
    }
}

/// What a file of tensors is written of, each of which is put together when its first numbers are asked for.
/// The second of two biases that are added is zero.
template <class T>
std::vector<tensor_source<T>> arranged_sources(const std::vector<any_parameter<const T>>& parameters,
                                               const std::vector<arranged_tensor>& tensors) {
    std::vector<tensor_source<T>> result;
    const auto whole = std::make_shared<std::vector<T>>();
    for (const arranged_tensor& tensor : tensors)
        result.push_back({tensor.name, tensor.shape,
                          [&parameters, &tensor, whole](std::size_t first, std::span<T> numbers) {
                              if (first == 0) {
                                  std::size_t size = 1;
                                  for (const std::size_t extent : tensor.shape)
                                      size *= extent;
                                  whole->assign(size, T(0));
                                  for (const arranged_tensor::piece& each : tensor.pieces) {
                                      if (each.part.adds)
                                          continue;
                                      const std::vector<T> array = parameters[each.array].values();
                                      T* next = whole->data() + each.part.first;
                                      weight_walk(each.part).walk(
                                          each.part.size(),
                                          [&](std::size_t place, std::size_t stride, std::size_t count) {
                                              for (; count > 0; --count, place += stride)
                                                  *next++ = array[place];
                                          });
                                  }
                              }
                              std::copy_n(whole->begin() + static_cast<std::ptrdiff_t>(first), numbers.size(),
                                          numbers.begin());
                          }});
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
