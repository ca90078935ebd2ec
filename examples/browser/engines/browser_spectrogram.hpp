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

/// The spectrogram that Teachable Machine takes of sounds (TensorFlow.js's speech commands, BROWSER_FFT): 43
/// frames of 232 pitches, 0 to 4,974 Hz, as a browser's AnalyserNode says them in decibels, less their mean
/// and by their standard deviation.
///
/// A frame is the power of 2048 samples under Blackman's window as Web Audio writes it (alpha 0.16,
/// periodic), 20 log10(|sum| / 2048); frames begin 1024 samples apart. That library's frames come by a
/// timer, so that they are about as far apart.
class browser_spectrogram {
public:
    static constexpr std::size_t rate = 44'100;
    static constexpr std::size_t frames = 43;
    static constexpr std::size_t bins = 232;
    static constexpr std::size_t length = 2048;
    static constexpr std::size_t hop = 1024;
    /// Samples of a spectrogram: 1.02 s.
    static constexpr std::size_t samples = (frames - 1) * hop + length;

    browser_spectrogram() {
        for (std::size_t i = 0; i < length; ++i) {
            const double angle = 2 * std::numbers::pi * static_cast<double>(i) / length;
            window_[i] = static_cast<float>(0.42 - 0.5 * std::cos(angle) + 0.08 * std::cos(2 * angle));
        }
    }

    /// Levels [frames, bins] in decibels. Frames of digital silence are left out, as that library leaves them
    /// out; those before them move up and the first ones are 0 then, as they are there before a microphone
    /// has filled them. Returns how many those are.
    std::size_t measure(std::span<const float, samples> sound, std::span<float, frames * bins> levels) {
        std::size_t heard = 0;
        for (std::size_t frame = 0; frame < frames; ++frame) {
            for (std::size_t i = 0; i < length; ++i)
                windowed_[i] = sound[frame * hop + i] * window_[i];
            transform_.transform_real(windowed_.data(), spectrum_.data());
            // The transform has the highest pitch beside the lowest, which are real both.
            spectrum_[0] = spectrum_[0].real();
            if (level(0) <= silence)
                continue;
            for (std::size_t bin = 0; bin < bins; ++bin)
                levels[heard * bins + bin] = level(bin);
            ++heard;
        }
        const std::size_t missing = (frames - heard) * bins;
        std::copy_backward(levels.begin(), levels.end() - static_cast<std::ptrdiff_t>(missing), levels.end());
        std::fill_n(levels.begin(), missing, 0.0f);
        return frames - heard;
    }

    /// (x - mean) / (deviation + 1e-7), of all numbers.
    static void normalize(std::span<float> levels) {
        double sum = 0, squares = 0;
        for (const float each : levels)
            sum += static_cast<double>(each);
        const double mean = sum / static_cast<double>(levels.size());
        for (const float each : levels)
            squares += (static_cast<double>(each) - mean) * (static_cast<double>(each) - mean);
        const double deviation = std::sqrt(squares / static_cast<double>(levels.size()));
        for (float& each : levels)
            each = static_cast<float>((static_cast<double>(each) - mean) / (deviation + 1e-7));
    }

private:
    /// Decibels that no sound has: rounding in the transform is louder.
    static constexpr float silence = -200;

    [[nodiscard]] float level(std::size_t bin) const {
        const float power = std::norm(spectrum_[bin] / static_cast<float>(length));
        return power > 0 ? std::max(10 * std::log10(power), silence) : silence;
    }

    kissfft<float> transform_{length / 2, false};
    std::array<float, length> window_{}, windowed_{};
    std::array<std::complex<float>, length / 2 + 1> spectrum_{};
};

} // namespace engines
