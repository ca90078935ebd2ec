// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <kissfft/kissfft.hh>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>
#include <span>

namespace engines {

/// What a second of sound, 16,000 numbers -1 to 1, has of each pitch at each time: 48 steps of 40 bands,
/// which are as wide for the ear (mel, 2595 log10(1 + f / 700), from 60 to 7,600 Hz). A number is the
/// logarithm of the band's power in a window of 32 ms by Hann, 0 for -80 dB of full scale or less and 1 for 0
/// dB.
class spectrogram {
public:
    static constexpr std::size_t rate = 16'000;
    static constexpr std::size_t steps = 48;
    static constexpr std::size_t bands = 40;

    spectrogram() {
        double sum = 0;
        for (std::size_t i = 0; i < length; ++i) {
            const double angle = 2 * std::numbers::pi * static_cast<double>(i) / length;
            window_[i] = static_cast<float>(0.5 - 0.5 * std::cos(angle));
            sum += static_cast<double>(window_[i]);
        }
        // A sine of full scale has the power 1 in all bins together, as its window spreads it.
        scale_ = static_cast<float>(4 / (sum * sum));
        const double lowest = mel(60), highest = mel(7'600);
        for (std::size_t i = 0; i < edges_.size(); ++i)
            edges_[i] =
                frequency(lowest + (highest - lowest) * static_cast<double>(i) / (bands + 1)) * length / rate;
    }

    /// `result` is [steps, bands].
    void compute(std::span<const float, rate> sound, std::span<float, steps * bands> result) {
        for (std::size_t step = 0; step < steps; ++step) {
            const std::size_t begin = step * (rate - length) / (steps - 1);
            for (std::size_t i = 0; i < length; ++i)
                samples_[i] = sound[begin + i] * window_[i];
            transform_.transform_real(samples_.data(), spectrum_.data());
            for (std::size_t band = 0; band < bands; ++band)
                result[step * bands + band] = level(band);
        }
    }

private:
    static constexpr std::size_t length = 512;
    static constexpr double silence = 1e-8;

    static double mel(double hertz) { return 2595 * std::log10(1 + hertz / 700); }
    static double frequency(double number) { return 700 * (std::pow(10, number / 2595) - 1); }

    /// The power under the band's triangle, as a logarithm. A triangle narrower than the bins lies between
    /// two.
    [[nodiscard]] float level(std::size_t band) const {
        const double left = edges_[band], middle = edges_[band + 1], right = edges_[band + 2];
        double power = 0;
        for (auto bin = static_cast<std::size_t>(left); static_cast<double>(bin) <= right + 1; ++bin) {
            const double place = static_cast<double>(bin);
            const double rising = (place - left) / std::max(middle - left, 1.0);
            const double falling = (right - place) / std::max(right - middle, 1.0);
            const double weight = std::clamp(std::min(rising, falling), 0.0, 1.0);
            power += weight * static_cast<double>(std::norm(spectrum_[bin]) * scale_);
        }
        const double decades = std::log10(power + silence) - std::log10(silence);
        return static_cast<float>(std::clamp(decades / -std::log10(silence), 0.0, 1.0));
    }

    kissfft<float> transform_{length / 2, false};
    std::array<float, length> window_{}, samples_{};
    std::array<std::complex<float>, length / 2 + 1> spectrum_{};
    std::array<double, bands + 2> edges_{}; // in bins
    float scale_ = 0;
};

} // namespace engines
