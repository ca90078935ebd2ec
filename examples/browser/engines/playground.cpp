// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The engine of the page Playground. source/playground/worker.ts has the page's side of what is exchanged.
#include "exchange.hpp"
#include "playground/session.hpp"

#include <algorithm>
#include <string>

namespace {
playground::session& state() {
    static playground::session session;
    return session;
}
std::string found; // where the last formula went wrong

template <class List>
std::string names_of(const List& list) {
    std::string result;
    for (const auto& each : list)
        result += (result.empty() ? "" : " ") + std::string(each.name);
    return result;
}
} // namespace

/// The names of activations, optimizers and features, in the order of their numbers, with spaces between.
OFFERED_TO_PAGE(activation_names) const exchange::view* activation_names() {
    return exchange::give(names_of(playground::activations));
}
OFFERED_TO_PAGE(optimizer_names) const exchange::view* optimizer_names() {
    return exchange::give(names_of(playground::optimizers));
}
OFFERED_TO_PAGE(feature_names) const exchange::view* feature_names() {
    return exchange::give(names_of(playground::features));
}

/// The points of a data set, [count][x, y, label].
OFFERED_TO_PAGE(generate)
const exchange::view* generate(const char* name, std::size_t length, std::size_t count, double noise,
                               double seed) {
    std::vector<float> numbers;
    for (const playground::point& each : playground::generate_points(
             exchange::taken(name, length), count, noise, strata::seed{static_cast<std::uint64_t>(seed)}))
        for (const double number : {each.x, each.y, each.label})
            numbers.push_back(static_cast<float>(number));
    return exchange::give(std::move(numbers));
}
/// Takes points, [points][x, y, label]; the network begins again unless it `stays`. Returns how many of them
/// are for training.
OFFERED_TO_PAGE(set_points)
std::size_t set_points(const float* points, std::size_t count, double share, std::int32_t stays) {
    state().set_points(exchange::taken(points, count), share, stays != 0);
    return state().train_count();
}

/// Makes another network: its features and hidden layers as numbers, the activation's number or a formula
/// where that is none, and the goal's. Nothing where all is well; else the formula's fault: the place and
/// what was expected, and `found_text` has what was found.
OFFERED_TO_PAGE(set_topology)
const exchange::view* set_topology(const std::int32_t* seen, std::size_t seen_count,
                                   const std::int32_t* hidden, std::size_t hidden_count,
                                   std::int32_t activation, const char* formula, std::size_t formula_length,
                                   std::int32_t goal, double seed) {
    const auto sizes = [](std::span<const std::int32_t> numbers, std::int32_t least, std::int32_t most) {
        std::vector<std::size_t> result;
        for (const std::int32_t number : numbers)
            result.push_back(static_cast<std::size_t>(std::clamp(number, least, most)));
        return result;
    };
    playground::activation chosen(playground::activations[0]);
    if (activation >= 0 && static_cast<std::size_t>(activation) < playground::activations.size())
        chosen = playground::activations[static_cast<std::size_t>(activation)];
    else {
        playground::formula_parser parser(exchange::taken(formula, formula_length));
        if (const auto own = parser.parse())
            chosen = playground::activation(*own);
        else {
            found = parser.error().found;
            return exchange::give(std::vector<double>{static_cast<double>(parser.error().place),
                                                      static_cast<double>(parser.error().expected)});
        }
    }
    state().set_topology(
        sizes(exchange::taken(seen, seen_count), 0, 6), sizes(exchange::taken(hidden, hidden_count), 1, 8),
        chosen, static_cast<playground::goal>(std::clamp(goal, 0, 2)), static_cast<std::uint64_t>(seed));
    return exchange::give(std::vector<double>());
}
OFFERED_TO_PAGE(found_text) const exchange::view* found_text() { return exchange::give(found); }
/// The derivative of a formula, or nothing where that is wrong.
OFFERED_TO_PAGE(derivative_text)
const exchange::view* derivative_text(const char* formula, std::size_t length) {
    const auto own = playground::formula_parser(exchange::taken(formula, length)).parse();
    return exchange::give(own ? own->slope_text : std::string());
}

OFFERED_TO_PAGE(set_learning)
void set_learning(std::size_t optimizer, double rate, double l1, double l2, std::size_t batch) {
    const std::size_t number = std::min(optimizer, playground::optimizers.size() - 1);
    state().set_learning({&playground::optimizers[number], rate, l1, l2, std::max<std::size_t>(1, batch)});
}

OFFERED_TO_PAGE(reset) void reset() { state().rebuild(); }
/// Returns whether it can go on: whether the loss was finite.
OFFERED_TO_PAGE(train) std::int32_t train(std::size_t epochs) {
    state().train(epochs);
    return state().has_diverged() ? 0 : 1;
}
OFFERED_TO_PAGE(epochs) double epochs() { return static_cast<double>(state().epochs()); }
/// The epochs, whether the loss is no longer finite, the loss of the training points and that of the others,
/// and behind them an x of which the user's formula has no value, if that is why.
OFFERED_TO_PAGE(measure) const exchange::view* measure() {
    std::vector<double> result{static_cast<double>(state().epochs()), state().has_diverged() ? 1.0 : 0.0,
                               state().train_loss(), state().test_loss()};
    if (!strata::bedrock::detail::is_finite(result[2]))
        if (const auto sum = state().sum_without_value())
            result.push_back(static_cast<double>(*sum));
    return exchange::give(std::move(result));
}

OFFERED_TO_PAGE(weights) const exchange::view* weights() { return exchange::give(state().weights()); }
OFFERED_TO_PAGE(set_weights) void set_weights(const float* numbers, std::size_t count) {
    state().set_weights(exchange::taken(numbers, count));
}

OFFERED_TO_PAGE(draw_units) const exchange::view* draw_units(std::size_t side) {
    return exchange::give(state().draw(side));
}
OFFERED_TO_PAGE(draw_unit) const exchange::view* draw_unit(std::size_t side, std::size_t unit) {
    return exchange::give(state().draw(side, unit));
}
OFFERED_TO_PAGE(draw_feature) const exchange::view* draw_feature(std::size_t side, std::size_t number) {
    return exchange::give(playground::session::draw_feature(side, std::min<std::size_t>(number, 6)));
}

OFFERED_TO_PAGE(type_text) const exchange::view* type_text() { return exchange::give(state().type()); }
OFFERED_TO_PAGE(program_text) const exchange::view* program_text() {
    return exchange::give(state().program());
}
