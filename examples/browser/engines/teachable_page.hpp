// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What every engine of the Teachable machine offers to the page, whatever it reads. An engine's file names
// what it reads, `using kind = teachable::pictures;`, in the namespace `teachable_engine` and includes this.
//
// Order of calls: `load_trunk` where `describe` says that the trunk needs weights; then `read_input`, and
// `add` it as an example of a class, for all examples; `begin`, and `learn` once an epoch; `read_input` and
// `predict`. Texts are UTF-8. A function that returns a text returns what was wrong, for a person to read; an
// empty one where nothing was.
#pragma once

#include "exchange.hpp"
#include "teachable_session.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace teachable_engine {

using session_type = teachable::session<kind>;

// Behind everything that the library needs before the first call, and never destroyed.
inline session_type& current() {
    static auto& session = *new session_type;
    return session;
}

inline std::string list(std::span<const std::size_t> extents) {
    std::string result = "[";
    for (const std::size_t each : extents)
        result += (result.size() > 1 ? "," : "") + std::to_string(each);
    return result + "]";
}
/// What is said of sounds alone.
template <class Kind>
std::string rate_text() {
    if constexpr (requires { Kind::rate; })
        return ",\"rate\":" + std::to_string(Kind::rate);
    else
        return {};
}
inline std::string json_string(std::string_view text) { return strata::bedrock::internal::json_text(text); }
inline std::vector<unsigned char> bytes_of(const unsigned char* bytes, std::size_t count) {
    return {bytes, bytes + count};
}
} // namespace teachable_engine

/// A description of the engine, JSON: {"kind": its name, "input": the shape of an input, "bytes": whether its
/// numbers are bytes (floats otherwise), "rate": of sounds, samples a second, "features": their number,
/// "shown": the shape of what `shown` gives, "mostClasses": 20, "needsWeights": whether `load_trunk` has to
/// be called, "trunk": what makes features: the namespace of a header beside the page, models/centernet.hpp,
/// or a C++ type, or what it is in words, "head": the C++ type of the network that learns, for three classes,
/// "parameters": the weights of the trunk}.
OFFERED_TO_PAGE(describe) inline const exchange::view* describe() {
    using namespace teachable_engine;
    return exchange::give("{\"kind\":" + json_string(kind::name) + ",\"input\":" + list(kind::input_shape) +
                          ",\"bytes\":" + (sizeof(kind::input) == 1 ? "true" : "false") + rate_text<kind>() +
                          ",\"features\":" + std::to_string(session_type::feature_count) +
                          ",\"shown\":" + list(kind::shown_shape) +
                          ",\"mostClasses\":" + std::to_string(teachable::most_classes) +
                          ",\"needsWeights\":" + (current().is_ready() ? "false" : "true") +
                          ",\"trunk\":" + json_string(current().kind().trunk()) +
                          ",\"head\":" + json_string(session_type::type_text(3)) +
                          ",\"parameters\":" + std::to_string(kind::trunk_parameters) + "}");
}
/// Gives the trunk its weights, the bytes of a safetensors file. A text. What is no such file ends the
/// engine.
OFFERED_TO_PAGE(load_trunk)
inline const exchange::view* load_trunk(const unsigned char* bytes, std::size_t count) {
    return exchange::give(teachable_engine::current().load_trunk(teachable_engine::bytes_of(bytes, count)));
}
/// Reads an input of the described shape: RGBA bytes of a picture, as a canvas has them, or one second of
/// sound, -1 to 1. Returns whether it has that many numbers; where not, nothing is read.
OFFERED_TO_PAGE(read_input)
inline bool read_input(const teachable_engine::kind::input* numbers, std::size_t count) {
    if (count != teachable_engine::kind::input_size)
        return false;
    teachable_engine::current().read({numbers, count});
    return true;
}
/// The features of the input that was read last, floats.
OFFERED_TO_PAGE(features) inline const exchange::view* features() {
    return exchange::show(teachable_engine::current().features());
}
/// What a page draws of it, floats of the described shape: a pose's points (y, x, score each, in parts of the
/// picture's height and width), the spectrogram of a sound (steps x bands, 0 to 1), nothing of a picture.
OFFERED_TO_PAGE(shown) inline const exchange::view* shown() {
    return exchange::show(teachable_engine::current().shown());
}
/// Keeps the input that was read last as an example of class `label`, from 0. Returns the example's number.
OFFERED_TO_PAGE(add) inline std::uint32_t add(std::uint32_t label) {
    return teachable_engine::current().add(label);
}
/// Keeps features that `features` gave for an earlier input as an example of class `label`, so that a page
/// can give all examples again in another order without reading them. A text: another number of features.
OFFERED_TO_PAGE(add_features)
inline const exchange::view* add_features(std::uint32_t label, const float* numbers, std::size_t count) {
    using namespace teachable_engine;
    if (count != session_type::feature_count)
        return exchange::give("expected " + std::to_string(session_type::feature_count) +
                              " features, found " + std::to_string(count));
    current().learning.add(label, {numbers, count});
    return exchange::give(std::string());
}
/// Forgets all examples.
OFFERED_TO_PAGE(clear) inline void clear() { teachable_engine::current().learning.clear(); }
/// Draws first weights and chooses the held-out examples. A text: what is missing, as a class without
/// examples.
OFFERED_TO_PAGE(begin)
inline const exchange::view* begin(std::size_t classes, std::size_t batch_size, double rate,
                                   std::uint32_t seed, double held_out_share) {
    return exchange::give(
        teachable_engine::current().learning.begin({classes, batch_size, rate, seed, held_out_share}));
}
/// Trains for one epoch behind `begin`. Four doubles: loss and accuracy in training, and of what is held out
/// (0 where that is nothing); empty where `begin` has not been called.
OFFERED_TO_PAGE(learn) inline const exchange::view* learn() {
    auto& learning = teachable_engine::current().learning;
    if (!learning.is_training())
        return exchange::give(std::vector<double>{});
    const teachable::epoch_scores seen = learning.learn();
    return exchange::give(
        std::vector<double>{seen.loss, seen.accuracy, seen.held_out_loss, seen.held_out_accuracy});
}
/// Classes that the network knows; 0 before it has learnt.
OFFERED_TO_PAGE(classes) inline std::uint32_t classes() {
    return static_cast<std::uint32_t>(teachable_engine::current().learning.classes());
}
/// The confusion matrix, floats [classes, classes], a row the right class and a column the predicted one: of
/// the held-out examples, or of those learnt from. Accuracy per class is its diagonal over its rows' sums.
OFFERED_TO_PAGE(confusion) inline const exchange::view* confusion(bool held_out) {
    return exchange::give(teachable_engine::current().learning.confusion(held_out));
}
/// The probability of each class for the input that was read last, floats.
OFFERED_TO_PAGE(predict) inline const exchange::view* predict() {
    return exchange::give(teachable_engine::current().predict());
}
/// The C++ type of the network that learns, for so many classes.
OFFERED_TO_PAGE(type_text) inline const exchange::view* type_text(std::size_t classes) {
    return exchange::give(teachable_engine::session_type::type_text(classes));
}
/// The names of the classes, a JSON array of texts, which files keep.
OFFERED_TO_PAGE(set_names) inline void set_names(const char* text, std::size_t length) {
    teachable_engine::current().names = exchange::taken(text, length);
}
/// Bytes of a safetensors file: the weights that were learnt.
OFFERED_TO_PAGE(save_weights) inline const exchange::view* save_weights() {
    return exchange::give(teachable_engine::current().save_weights());
}
/// Takes such weights. A text. What is no safetensors file ends the engine.
OFFERED_TO_PAGE(load_weights)
inline const exchange::view* load_weights(const unsigned char* bytes, std::size_t count) {
    return exchange::give(teachable_engine::current().load_weights(teachable_engine::bytes_of(bytes, count)));
}
/// Bytes of a project, a safetensors file too: examples, weights and names.
OFFERED_TO_PAGE(save_project) inline const exchange::view* save_project() {
    return exchange::give(teachable_engine::current().save_project());
}
/// The text of a C++ header with the type and the weights of the network that learns, which a program
/// includes: `taught.predict(features)`. Empty before anything is learnt.
OFFERED_TO_PAGE(save_header) inline const exchange::view* save_header() {
    return exchange::give(teachable_engine::current().save_header());
}
/// Bytes of a model of ONNX of that network, features in and probabilities out. Empty before anything is
/// learnt.
OFFERED_TO_PAGE(save_onnx) inline const exchange::view* save_onnx() {
    return exchange::give(teachable_engine::current().save_onnx());
}
