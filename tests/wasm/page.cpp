// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What a page's engine looks like: functions that the page calls, and two that it offers.
#include <strata/layers/layers.hpp>
#include <strata/learning/optimizers.hpp>
#include <strata/training/trainer.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#define OFFERED_BY_PAGE(name) [[clang::import_module("page"), clang::import_name(#name)]]
#define OFFERED_TO_PAGE(name) [[clang::export_name(#name)]]

using namespace strata;

namespace {
using network = model<input<2> | dense<8> | tanh | dense<2> | softmax>;

const std::vector<float> x{0, 0, 0, 1, 1, 0, 1, 1};
const std::vector<float> y{0, 1, 1, 0};
std::array<float, 2> sample, prediction;
std::optional<network> net;
training_snapshot kept;
} // namespace

extern "C" {
OFFERED_BY_PAGE(fail) void page_fail(const char* kind, const char* message);
OFFERED_BY_PAGE(show) void page_show(const char* text, std::size_t length);

OFFERED_TO_PAGE(handle_errors) void handle_errors() { set_error_handler(page_fail); }
OFFERED_TO_PAGE(show_progress) void show_progress() {
    set_progress_output({[](std::string_view text) { page_show(text.data(), text.size()); }});
}
OFFERED_TO_PAGE(create) void create() { net.emplace(seed{3}); }
OFFERED_TO_PAGE(sample) float* get_sample() { return sample.data(); }
OFFERED_TO_PAGE(predict) const float* predict() {
    net->predict(sample, prediction);
    return prediction.data();
}
OFFERED_TO_PAGE(train) double train(std::size_t epochs, double rate) {
    trainer teach{*net, sparse_categorical_crossentropy, adam{.learning_rate = rate}};
    const auto seen = teach.fit(x, y, {.batch_size = 2, .epochs = epochs});
    kept = teach.snapshot();
    return seen["loss"].back();
}
OFFERED_TO_PAGE(set_weights) void set_weights(std::size_t count) {
    net->set_weights(std::vector<float>(count));
}
OFFERED_TO_PAGE(restore) void restore(std::size_t damaged_byte) {
    auto snapshot = kept;
    snapshot.bytes.at(damaged_byte) ^= 1;
    trainer(*net, sparse_categorical_crossentropy, adam{}).restore(snapshot);
}
}
