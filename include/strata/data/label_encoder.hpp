// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/array.hpp>
#include <strata/data/categories.hpp>
#include <strata/data/error.hpp>
#include <strata/data/estimator.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Texts to labels 0, 1, ... and back, for a network that tells classes apart:
/// `label_encoder classes; teach.fit(x, classes.fit_encode(table.column("species")));`, then
/// `classes.class_names()[label]`. Classes are sorted as bytes, as in scikit-learn's LabelEncoder, or in an
/// order of the user's own. `save` and `load` keep them for prediction.
class label_encoder : public internal::savable<label_encoder> {
public:
    label_encoder() = default;
    /// data_error for a class that occurs twice.
    explicit label_encoder(std::vector<std::string> class_names) : classes_(std::move(class_names)) {
        if (const std::string* name = classes_.repeated())
            internal::raise(data_error{"label_encoder: expected different classes, found " +
                                       internal::shown(*name) + " twice"});
    }

    /// Learns the different texts, in the order of their bytes. Never an error.
    label_encoder& fit(const std::vector<std::string>& texts) {
        classes_ = internal::category_index(internal::sorted_categories(texts));
        return *this;
    }
    /// Labels of shape [texts]. data_error, with its index, for a text that is no class.
    [[nodiscard]] xt::xtensor<std::int32_t, 1> encode(const std::vector<std::string>& texts) const {
        xt::xtensor<std::int32_t, 1> result(std::array{texts.size()});
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const std::size_t label = classes_.find(texts[i]);
            if (label == classes_.size())
                internal::raise(
                    data_error{internal::concatenate("label_encoder: expected ", classes_.text(), ", found ",
                                                     internal::shown(texts[i]), " at index ", i)});
            result(i) = static_cast<std::int32_t>(label);
        }
        return result;
    }
    /// Both, [texts].
    [[nodiscard]] xt::xtensor<std::int32_t, 1> fit_encode(const std::vector<std::string>& texts) {
        return fit(texts).encode(texts);
    }

    /// What the labels 0, 1, ... stand for.
    [[nodiscard]] const std::vector<std::string>& class_names() const noexcept { return classes_.all(); }

    [[nodiscard]] static std::string description() { return "label_encoder"; }
    /// What is saved: the classes.
    template <class Self, class Visit>
    static void visit_state(Self& self, Visit& visit) {
        internal::visit_categories("classes", self.classes_, visit);
    }

private:
    internal::category_index classes_;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::label_encoder;
} // namespace strata

STRATA_HEADER_END
