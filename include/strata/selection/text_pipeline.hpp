// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/error.hpp>
#include <strata/data/samples.hpp>
#include <strata/data/table_encoder.hpp>
#include <strata/data/text_rows.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/selection/pipeline.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// A pipeline that begins with texts: an encoder makes the numbers that the other steps get.
///
///     pipeline pipe{table_encoder{{"city", one_hot_column{.categories = cities}}}, input<5>,
///                   standard_scaler{}, linear_regression{}};
///     pipe.fit(read_csv_texts("houses.csv").drop("price"), prices);
///     pipe.save("houses.strata"); // the encoding, too
///
/// `input<5>` says how many columns the encoder makes, which only its rows can tell: data_error, with their
/// names, where it makes another number. For cross-validation columns name their categories, or a fold's
/// rows may lack one. Rows of weight zero tell the encoder their categories, and no other step anything.
template <class... Given>
class pipeline<table_encoder, Given...> : public internal::savable<pipeline<table_encoder, Given...>> {
    using numbers = pipeline<Given...>;

public:
    static constexpr std::size_t features = numbers::features;
    using value_type = typename numbers::value_type;
    using options_type = typename numbers::options_type;

    pipeline() = default;
    explicit pipeline(const table_encoder& encoder, const Given&... all) : encoder_(encoder), rest_(all...) {}

    /// Errors are those of the steps. All are as they were then.
    pipeline& fit(const text_table& x, const samples& y, const options_type& options = {}) {
        return fit_all(x, [&](const auto& rows) { rest_.fit(rows, y, options); });
    }
    /// The same for a last step that takes no y, as `kmeans`.
    pipeline& fit(const text_table& x) requires requires(numbers& rest, const samples& rows) {
        rest.fit(rows);
    }
    {
        return fit_all(x, [&](const auto& rows) { rest_.fit(rows); });
    }

    [[nodiscard]] auto predict(const text_table& x) const { return rest_.predict(encode(x)); }
    /// [rows, classes], where the last step gives probabilities.
    [[nodiscard]] auto predict_probability(const text_table& x) const requires
        requires(const numbers& rest, const samples& rows) {
        rest.predict_probability(rows);
    }
    { return rest_.predict_probability(encode(x)); }
    /// The last step's score: R^2, or the accuracy.
    [[nodiscard]] double score(const text_table& x, const samples& y) const {
        return rest_.score(encode(x), y);
    }
    [[nodiscard]] double score(const text_table& x) const requires
        requires(const numbers& rest, const samples& rows) {
        rest.score(rows);
    }
    { return rest_.score(encode(x)); }

    [[nodiscard]] const table_encoder& encoder() const noexcept { return encoder_; }
    /// The steps behind the encoder.
    [[nodiscard]] const numbers& rest() const noexcept { return rest_; }

    [[nodiscard]] static std::string description() {
        return internal::concatenate(table_encoder::description(), " | ", numbers::description());
    }
    /// What is saved: what each step learnt.
    template <class Self, class Visit>
    static void visit_state(Self& self, Visit& visit) {
        table_encoder::visit_state(self.encoder_, visit);
        numbers::visit_state(self.rest_, visit);
    }

private:
    template <class Fit>
    pipeline& fit_all(const text_table& x, const Fit& fit_rest) {
        table_encoder encoder = encoder_;
        encoder.fit(x);
        check_columns(encoder, x);
        fit_rest(encoder.encode(x).values);
        encoder_ = std::move(encoder);
        return *this;
    }
    static void check_columns(const table_encoder& encoder, const text_table& x) {
        if (const auto& names = encoder.names(); names.size() != features)
            internal::raise(data_error::in_file(
                x.file, internal::concatenate(features, " columns for the steps behind the encoder"),
                internal::concatenate(names.size(), ", ", internal::shown_names(names, "none"))));
    }

    /// [rows, features]
    [[nodiscard]] auto encode(const text_table& x) const {
        auto result = encoder_.encode(x);
        check_columns(encoder_, x); // of an encoder that came from a file
        return std::move(result.values);
    }

    table_encoder encoder_;
    numbers rest_;
};

} // namespace strata::bedrock::inline STRATA_SETTING

STRATA_HEADER_END
