// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// A small GPT: a causal transformer learns on windows of a text which character follows, then writes as a
// stream, character by character. The text is the Jargon File, a dictionary of hackers' slang in the public
// domain, from Debian's package jargon-text.
#include "command_line.hpp"
#include "networks/small_gpt.hpp"

#include <strata/data/batch_sources.hpp>
#include <strata/strata.hpp>

#include <lzma.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <random>

using namespace strata;

constexpr std::size_t character_count = 256; ///< of bytes
constexpr std::size_t window_length = 128;   ///< characters that the network sees
constexpr std::size_t feature_count = 128;
constexpr std::size_t windows_a_step = 16;
/// The characters at the end of a window that are measured, so that each has as many before it at least.
constexpr std::size_t measured_count = window_length / 2;

// The network learns in all steps of a window at once: causal attention hides from each what follows. The
// stream goes on for longer than a window, so positions are distances.
using writer = model<networks::rotary_gpt<window_length, character_count, feature_count, 4, 2>>;

using tokens = xt::xtensor<std::uint8_t, 2>; ///< [windows, window_length]

std::string read_text(const std::string& path) {
    const std::unique_ptr<gzFile_s, decltype(&gzclose)> file(gzopen(path.c_str(), "rb"), gzclose);
    if (!file)
        throw std::invalid_argument("--text: expected a file that can be read, found '" + path + "'");
    std::string result;
    std::string part(1u << 16, '\0');
    int count = 0;
    while ((count = gzread(file.get(), part.data(), static_cast<unsigned>(part.size()))) > 0)
        result.append(part, 0, static_cast<std::size_t>(count));
    if (count < 0)
        throw std::runtime_error("--text: '" + path + "' cannot be unpacked behind byte " +
                                 std::to_string(result.size()));
    return result;
}

/// Puts some characters of a text, from `first` on, into a row.
void copy_window(std::string_view text, std::size_t first, tokens& windows, std::size_t row) {
    std::transform(text.begin() + static_cast<std::ptrdiff_t>(first),
                   text.begin() + static_cast<std::ptrdiff_t>(first + window_length), &windows(row, 0),
                   [](char character) { return static_cast<std::uint8_t>(character); });
}

/// Windows of a text that begin anywhere, each with the characters that follow its own.
auto draw_windows(std::string_view text, std::uint64_t seed) {
    tokens x({windows_a_step, window_length});
    tokens y({windows_a_step, window_length});
    std::mt19937_64 random(seed);
    std::uniform_int_distribution<std::size_t> choose(0, text.size() - window_length - 1);
    for (std::size_t row = 0; row < windows_a_step; ++row) {
        const std::size_t first = choose(random);
        copy_window(text, first, x, row);
        copy_window(text, first + 1, y, row);
    }
    return std::pair(std::move(x), std::move(y));
}

/// What the network needs for each character of a text from `first` on, in the mean, if a perfect arithmetic
/// coder asks it.
double bits_per_character(const writer& net, std::string_view text, std::size_t first) {
    constexpr std::size_t together = 32;
    const std::size_t windows = (text.size() - first) / measured_count;
    double bits = 0;
    for (std::size_t done = 0; done < windows; done += together) {
        const std::size_t count = std::min(together, windows - done);
        const auto start = [&](std::size_t row) {
            return first + (done + row) * measured_count + measured_count - window_length - 1;
        };
        tokens x({count, window_length});
        for (std::size_t row = 0; row < count; ++row)
            copy_window(text, start(row), x, row);
        const auto probabilities = net.predict(x);
        for (std::size_t row = 0; row < count; ++row)
            for (std::size_t step = window_length - measured_count; step < window_length; ++step)
                bits -= std::log2(static_cast<double>(
                    probabilities(row, step, static_cast<std::uint8_t>(text[start(row) + step + 1]))));
    }
    return bits / static_cast<double>(windows * measured_count);
}

/// The bytes of a text that `xz -9` has packed.
double packed_size(std::string_view text) {
    lzma_options_lzma options{};
    if (lzma_lzma_preset(&options, 9))
        throw std::runtime_error("liblzma does not know preset 9");
    // As large as all of the text is as good as 64 MiB, and takes less memory.
    options.dict_size = std::clamp(static_cast<std::uint32_t>(text.size()), std::uint32_t{LZMA_DICT_SIZE_MIN},
                                   options.dict_size);
    lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
    std::vector<std::uint8_t> packed(lzma_stream_buffer_bound(text.size()));
    std::size_t size = 0;
    const lzma_ret problem = lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC64, nullptr,
                                                       reinterpret_cast<const std::uint8_t*>(text.data()),
                                                       text.size(), packed.data(), &size, packed.size());
    if (problem != LZMA_OK)
        throw std::runtime_error("liblzma cannot pack the text: error " + std::to_string(problem));
    return static_cast<double>(size);
}

/// Draws a character from a row of probabilities p as if each were p^(1 / temperature): below 1 the likely
/// ones become likelier.
char draw_character(std::span<const float> probabilities, double temperature, std::mt19937_64& random) {
    std::array<double, character_count> weights{};
    // Beside the likeliest: at a low temperature the powers of all would be zero.
    const double most = *std::max_element(probabilities.begin(), probabilities.end());
    std::transform(probabilities.begin(), probabilities.end(), weights.begin(),
                   [&](float p) { return std::pow(static_cast<double>(p) / most, 1 / temperature); });
    return static_cast<char>(std::discrete_distribution<int>(weights.begin(), weights.end())(random));
}

/// Goes on with a text. The stream keeps the keys and values of the last characters, so that each costs one
/// step, not a window.
void write(const writer& net, const std::string& text, std::size_t count, double temperature,
           std::uint64_t seed) {
    std::mt19937_64 random(seed);
    stream live{net};
    const auto hear = [&](char character) {
        return live(std::array{static_cast<float>(static_cast<std::uint8_t>(character))});
    };
    std::array<float, character_count> probabilities{};
    for (const char character : text)
        probabilities = hear(character);
    std::fputs(text.c_str(), stdout);
    const auto started = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < count; ++i) {
        const char next = draw_character(probabilities, temperature, random);
        probabilities = hear(next);
        std::putchar(next);
        std::fflush(stdout);
    }
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - started;
    std::printf("\n\n%.0f characters a second\n", static_cast<double>(count) / time.count());
}

void learn(const given_options& options) {
    const std::string text = read_text(options.text("text"));
    if (text.size() < 40 * window_length)
        throw std::invalid_argument("--text: expected " + std::to_string(40 * window_length) +
                                    " characters at least, found " + std::to_string(text.size()));
    const double temperature = options.number<double>("temperature");
    if (!(temperature > 0))
        throw std::invalid_argument("--temperature: expected a number above 0, found '" +
                                    options.text("temperature") + "'");
    const std::string beginning = options.text("begin");
    if (beginning.empty())
        throw std::invalid_argument("--begin: expected a character at least, found none");

    // The last twentieth is held out.
    const std::size_t held_out = text.size() / 20 / measured_count * measured_count;
    const std::string_view train(text.data(), text.size() - held_out);
    std::printf("%zu characters, the last %zu of them held out\n", text.size(), held_out);

    const std::size_t steps = options.count("steps");
    const std::size_t parts = std::clamp<std::size_t>(steps, 1, 5);
    const std::uint64_t first_seed = options.count("seed");
    writer net{seed{first_seed}};
    trainer teach{net, sparse_categorical_crossentropy,
                  adam{.learning_rate = warm_up{0.05 * static_cast<double>(steps),
                                                cosine_decay{3e-3, 0.95 * static_cast<double>(steps)}}}};
    auto batches = function_batches(steps / parts, [&](const batch_number& number) {
        return draw_windows(train, first_seed + number.epoch * steps + number.step);
    });
    const auto started = std::chrono::steady_clock::now();
    teach.fit_batches(batches, {.epochs = parts});
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - started;
    std::printf("trained in %.0f s\n\nbits per character of what is held out\n", time.count());

    const double characters = static_cast<double>(held_out);
    std::printf("  the network            %.3f\n", bits_per_character(net, text, train.size()));
    std::printf("  xz -9                  %.3f\n",
                8 * packed_size(std::string_view(text).substr(train.size())) / characters);
    std::printf(
        "  xz -9 behind the rest  %.3f (what the whole text takes more than the part that trains)\n\n",
        8 * (packed_size(text) - packed_size(train)) / characters);
    write(net, beginning, options.count("characters"), temperature, first_seed);
}

int main(int count, char** arguments) {
    return run_example(
        count, arguments, "Learns to write in the manner of a text.",
        {{"text", "file of text, plain or packed with gzip", "/usr/share/doc/jargon-text/jargon.txt.gz"},
         {"steps", "updates, a multiple of 5", "2500"},
         {"begin", "what the writing begins with", "   :hacker:"},
         {"characters", "to write", "600"},
         {"temperature", "below 1 for likely characters, above it for unlikely ones", "0.7"},
         {"seed", "draws the first weights, windows and characters", "7"}},
        learn);
}
