// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/setting.hpp>
#include <strata/training/history.hpp>
#include <strata/training/meter.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Whether these samples' losses are so finite that no batch of them has an infinite sum.
[[nodiscard]] inline bool is_sum_finite(std::span<const double> losses, team::range samples,
                                        double penalties) noexcept {
    // An exponent that 2^32 such numbers could make one too many carries into the sign.
    constexpr std::uint64_t least = ((detail::last_exponent<double>) >> 52) - 32;
    constexpr std::uint64_t carry = (0x800 - least) << 52;
    std::uint64_t all = detail::size_bits(penalties) + carry;
    for (std::size_t i = samples.begin; i < samples.end; ++i)
        all |= detail::size_bits(losses[i]) + carry;
    return all >> 63 == 0;
}
} // namespace internal

/// The losses that a pass has added up: plain numbers, which a processor may keep in registers.
struct loss_totals {
    double loss = 0; ///< the sum over samples
    std::size_t samples = 0;
    std::size_t steps = 0;
    /// The same of the steps before the first whose loss was not finite.
    double finite_loss = 0;
    std::size_t finite_samples = 0;
    bool finite = true; ///< whether every step's loss was; training ends with one that was not

    /// Adds the losses of one step in the order of the samples; `is_broken` is one that made no update.
    /// Returns whether all losses so far are finite.
    [[gnu::always_inline]] bool add(const double* losses, std::size_t count, double penalties,
                                    bool is_broken) noexcept {
        double sum = 0;
        for (std::size_t i = 0; i < count; ++i)
            sum += losses[i];
        sum += penalties * static_cast<double>(count);
        if ((is_broken || !internal::is_finite(sum)) && finite) {
            finite = false;
            finite_loss = loss;
            finite_samples = samples;
        }
        loss += sum;
        samples += count;
        ++steps;
        return finite;
    }
};

/// What one pass over samples has added up. The metrics come with their meters, as `metered`.
template <class... Metrics>
struct pass_totals : loss_totals {
    /// What each sample gives for all metrics together, and where the numbers of each begin.
    static constexpr std::size_t numbers = (std::size_t{0} + ... + Metrics::meter_type::numbers);

    std::tuple<typename Metrics::meter_type::total...> metrics{};

    /// Makes room for that many samples, so that adding them allocates nothing.
    void reserve(std::size_t count) {
        std::apply([&](auto&... each) { (each.reserve(count), ...); }, metrics);
    }

    /// Adds what the metrics measured of some samples, in their order.
    void measure([[maybe_unused]] const double* parts, std::size_t count) noexcept {
        for (std::size_t i = 0; i < count; ++i)
            std::apply(
                [&]([[maybe_unused]] auto&... each) {
                    ((each.add(parts), parts += Metrics::meter_type::numbers), ...);
                },
                metrics);
    }

    /// The mean over the steps before the first whose loss was not finite; infinity where there are none.
    [[nodiscard]] double finite_mean() const noexcept {
        const double sum = finite ? loss : finite_loss;
        const std::size_t count = finite ? samples : finite_samples;
        return count == 0 ? detail::infinity<double> : sum / static_cast<double>(count);
    }

    [[nodiscard]] double mean_loss() const noexcept {
        return loss / static_cast<double>(samples > 0 ? samples : 1);
    }

    /// Sets the scores of their names, which allocates nothing if they exist.
    void name(scores& result) const {
        result.set("loss", mean_loss(), direction::smaller);
        std::apply(
            [&](const auto&... each) {
                (result.set(Metrics::metric::name.view(), each.value(), Metrics::metric::better), ...);
            },
            metrics);
    }
    /// The same where `name` was the first to set some of these scores, and names need not be compared.
    void renew(scores& result) const {
        std::size_t place = 0;
        result.renew(place, mean_loss());
        std::apply([&](const auto&... each) { (result.renew(++place, each.value()), ...); }, metrics);
    }
    [[nodiscard]] scores named() const {
        scores result;
        name(result);
        return result;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
