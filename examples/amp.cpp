// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// A guitar amplifier as a network: it learns on windows of recordings what an amplifier makes of them, then
// plays as a stream, block by block, as a plug-in would. The recordings are an electric guitar's from
// Debian's package sonic-pi-samples; the amplifier is computed here, and the network knows its sound alone.
#include "command_line.hpp"

#include <strata/data/batch_sources.hpp>
#include <strata/model/shared_part.hpp>
#include <strata/strata.hpp>

#include <sndfile.hh>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <random>

using namespace strata;

constexpr std::size_t window_length = 1024;
/// Steps at the beginning of a window in which the network has not heard enough yet.
constexpr std::size_t unmeasured = 256;
constexpr std::size_t windows_a_step = 32;
constexpr std::size_t block_length = 64; ///< of the stream, 1.5 ms

// What plays, and the same behind which the first steps of a window are left out, for training.
constexpr auto body = conv<16, 3, causal, dilation<2>> | leaky_relu<0.1> | lstm<32> | dense<1>;
using amp = model<input<window_length, 1> | body>;
using learner = model<input<window_length, 1> | body | crop<margins{unmeasured, 0}>>;

using waveform = std::vector<float>;

struct recording {
    waveform sound;
    int rate;
};

/// Any format that libsndfile knows; of several channels the mean.
recording read_sound(const std::string& path) {
    SndfileHandle file(path);
    if (file.error() != 0 || file.frames() == 0)
        throw std::invalid_argument("'" + path + "': expected a file of sound, found: " + file.strError());
    const auto channels = static_cast<std::size_t>(file.channels());
    waveform all(static_cast<std::size_t>(file.frames()) * channels);
    all.resize(static_cast<std::size_t>(file.readf(all.data(), file.frames())) * channels);
    waveform sound(all.size() / channels);
    for (std::size_t i = 0; i < all.size(); ++i)
        sound[i / channels] += all[i] / static_cast<float>(channels);
    return {std::move(sound), file.samplerate()};
}

void write_sound(const std::string& path, const waveform& sound, int rate) {
    SndfileHandle file(path, SFM_WRITE, SF_FORMAT_WAV | SF_FORMAT_PCM_24, 1, rate);
    const auto count = static_cast<sf_count_t>(sound.size());
    if (file.error() != 0 || file.write(sound.data(), count) != count)
        throw std::runtime_error("'" + path + "' cannot be written: " + file.strError());
}

/// As loud as it can be.
waveform normalized(waveform sound) {
    float peak = 0;
    for (const float each : sound)
        peak = std::max(peak, std::abs(each));
    if (peak > 0)
        for (float& each : sound)
            each /= peak;
    return sound;
}

/// A filter of the first order: what lies below a frequency, or above it.
class filter {
public:
    filter(double frequency, int rate)
        : part_(1 - std::exp(-2 * std::numbers::pi * frequency / static_cast<double>(rate))) {}
    double low(double x) { return state_ += part_ * (x - state_); }
    double high(double x) { return x - low(x); }

private:
    double part_;
    double state_ = 0;
};

/// Two stages of tubes: a capacitor before each takes the lowest tones away, the first one clips the two
/// halves of a wave differently, the second both alike, and a speaker plays no high tones.
waveform amplify(const waveform& sound, int rate, double drive) {
    filter first_capacitor(120, rate);
    filter second_capacitor(40, rate);
    filter speaker(5000, rate);
    filter cabinet(5000, rate);
    constexpr double bias = 0.3;
    waveform result;
    result.reserve(sound.size());
    for (const float each : sound) {
        const double grid = drive * first_capacitor.high(static_cast<double>(each));
        const double first = second_capacitor.high(std::tanh(grid + bias) - std::tanh(bias));
        result.push_back(static_cast<float>(0.7 * cabinet.low(speaker.low(std::tanh(1.5 * first)))));
    }
    return result;
}

/// The error's part of a signal, as those who model amplifiers count it: the sum of the squares of the error
/// by that of the signal.
double error_to_signal(const waveform& found, const waveform& wanted) {
    double error = 0;
    double signal = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        error += std::pow(static_cast<double>(found[i]) - static_cast<double>(wanted[i]), 2);
        signal += std::pow(static_cast<double>(wanted[i]), 2);
    }
    return error / signal;
}
/// That of the guitar itself, as loud as fits best.
double error_without_amplifier(const waveform& dry, const waveform& wanted) {
    double both = 0;
    double squares = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        both += static_cast<double>(dry[i]) * static_cast<double>(wanted[i]);
        squares += static_cast<double>(dry[i]) * static_cast<double>(dry[i]);
    }
    waveform scaled = dry;
    for (float& each : scaled)
        each *= static_cast<float>(both / squares);
    return error_to_signal(scaled, wanted);
}

struct sound_pair {
    waveform dry;
    waveform wet;
};

auto draw_windows(const sound_pair& pair, std::uint64_t seed) {
    xt::xtensor<float, 3> x({windows_a_step, window_length, std::size_t{1}});
    xt::xtensor<float, 3> y({windows_a_step, window_length - unmeasured, std::size_t{1}});
    std::mt19937_64 random(seed);
    std::uniform_int_distribution<std::size_t> choose(0, pair.dry.size() - window_length);
    for (std::size_t row = 0; row < windows_a_step; ++row) {
        const std::size_t first = choose(random);
        std::copy_n(&pair.dry[first], window_length, &x(row, 0, 0));
        std::copy_n(&pair.wet[first + unmeasured], window_length - unmeasured, &y(row, 0, 0));
    }
    return std::pair(std::move(x), std::move(y));
}

/// Plays a sound through the network, and says how long that took beside how long it lasts.
waveform play(const amp& net, const waveform& sound, int rate) {
    waveform result(sound.size());
    stream live{net};
    const auto started = std::chrono::steady_clock::now();
    for (std::size_t first = 0; first < sound.size(); first += block_length) {
        const std::size_t count = std::min(block_length, sound.size() - first);
        live.process(std::span(sound).subspan(first, count), std::span(result).subspan(first, count));
    }
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - started;
    const double length = static_cast<double>(sound.size()) / static_cast<double>(rate);
    std::printf("a stream in blocks of %zu samples: %.1f s of sound in %.2f s, %.0f times real time\n",
                block_length, length, time.count(), length / time.count());
    return result;
}

void learn(const given_options& options) {
    const double drive = options.number<double>("drive");
    const std::string& folder = options.text("recordings");
    sound_pair train;
    const recording held_out = read_sound(folder + "/guit_e_fifths.flac");
    for (const char* const name : {"guit_em9", "guit_e_slide", "guit_harmonics"}) {
        const recording each = read_sound(folder + "/" + name + ".flac");
        const waveform dry = normalized(each.sound);
        const waveform wet = amplify(dry, held_out.rate, drive);
        train.dry.insert(train.dry.end(), dry.begin(), dry.end());
        train.wet.insert(train.wet.end(), wet.begin(), wet.end());
    }
    const std::string& own_path = options.text("play");
    const recording own = own_path.empty() ? held_out : read_sound(own_path);
    if (own.rate != held_out.rate)
        throw std::invalid_argument("--play: expected " + std::to_string(held_out.rate) +
                                    " samples a second, as in the training, found " +
                                    std::to_string(own.rate));

    const std::size_t steps = options.count("steps");
    const std::size_t parts = std::clamp<std::size_t>(steps, 1, 5);
    const std::uint64_t first_seed = options.count("seed");
    learner student{seed{first_seed}};
    const amp net = shared_part<amp>(student);
    std::printf("%s\nlearns from %.1f s of a guitar\n", amp::summary().c_str(),
                static_cast<double>(train.dry.size()) / static_cast<double>(held_out.rate));
    trainer teach{student, mean_squared_error,
                  clip_global_norm(
                      adam{.learning_rate = warm_up{0.02 * static_cast<double>(steps),
                                                    cosine_decay{5e-3, 0.98 * static_cast<double>(steps)}}},
                      1)};
    auto batches = function_batches(steps / parts, [&](const batch_number& number) {
        return draw_windows(train, first_seed + number.epoch * steps + number.step);
    });
    const auto started = std::chrono::steady_clock::now();
    teach.fit_batches(batches, {.epochs = parts});
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - started;

    const waveform dry = normalized(held_out.sound);
    const waveform wanted = amplify(dry, held_out.rate, drive);
    std::printf("trained in %.0f s\n\nanother recording:\n", time.count());
    const waveform found = play(net, dry, held_out.rate);
    std::printf("error-to-signal ratio: %.4f (the guitar without an amplifier: %.4f)\n",
                error_to_signal(found, wanted), error_without_amplifier(dry, wanted));

    const std::string& path = options.text("sound");
    write_sound(path, own_path.empty() ? found : play(net, normalized(own.sound), own.rate), held_out.rate);
    std::printf("sound: %s\n", path.c_str());
}

int main(int count, char** arguments) {
    return run_example(
        count, arguments, "Learns the sound of a guitar amplifier and plays through it.",
        {{"recordings", "folder of the guitar's", "/usr/share/sonic-pi/samples"},
         {"play", "file of sound to play through the network, instead of another recording", ""},
         {"sound", "where what it plays goes, a WAV file", "amp.wav"},
         {"drive", "how much the amplifier distorts", "12"},
         {"steps", "updates, a multiple of 5", "2500"},
         {"seed", "draws the first weights and windows", "7"}},
        learn);
}
