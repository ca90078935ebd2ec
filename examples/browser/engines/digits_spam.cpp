// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The engine of the box for texts on the page of digits: whether a mail is spam, and how much each word
// counts.
// Options in tests: -O0
#include "digits/stage_values.hpp"
#include "digits/word_weights.hpp"
#include "exchange.hpp"
#include "weight_bytes.hpp"

#include <memory>
#include <string>
#include <vector>

using namespace engines;

namespace {
word_weights& own() {
    static const auto weights = std::make_unique<word_weights>();
    return *weights;
}
stage_values stages;
} // namespace

OFFERED_TO_PAGE(describe) const exchange::view* describe() {
    rapidjson::StringBuffer text;
    json_writer json(text);
    json.StartObject();
    describe_network<networks::spam_reader>(json);
    json.EndObject();
    return exchange::give(std::string(text.GetString(), text.GetSize()));
}

/// Takes the weights, a safetensors file. Gives a text that says what is wrong, or an empty one.
OFFERED_TO_PAGE(load) const exchange::view* load(const unsigned char* bytes, std::size_t size) {
    const std::vector<unsigned char> file(bytes, bytes + size);
    return exchange::give(load_weights(own().net, tensor_file(file)));
}

OFFERED_TO_PAGE(set_words) void set_words(const char* text, std::size_t size) {
    own().set_words(exchange::taken(text, size));
}

/// Reads a text in UTF-8. JSON: "words", each with "begin" and "end", bytes of the text, "known" and
/// "weight"; "count", of all words of the text; "score", "probability", and "stages", whose numbers
/// `stage_numbers` gives.
OFFERED_TO_PAGE(weigh) const exchange::view* weigh(const char* text, std::size_t size) {
    const weighed_text weighed = own().weigh(exchange::taken(text, size));
    rapidjson::StringBuffer buffer;
    json_writer json(buffer);
    json.StartObject();
    json.Key("words");
    json.StartArray();
    for (const weighed_word& word : weighed.words) {
        json.StartObject();
        json.Key("begin");
        json.Uint64(word.begin);
        json.Key("end");
        json.Uint64(word.end);
        json.Key("known");
        json.Bool(word.token > 1);
        json.Key("weight");
        json.Double(static_cast<double>(word.weight));
        json.EndObject();
    }
    json.EndArray();
    json.Key("count");
    json.Uint64(weighed.word_count);
    json.Key("score");
    json.Double(static_cast<double>(weighed.score));
    json.Key("probability");
    json.Double(static_cast<double>(weighed.probability));
    json.Key("stages");
    stages.run(own().net, word_weights::tokens_of(weighed.words, weighed.words.size()), json);
    json.EndObject();
    return exchange::give(std::string(buffer.GetString(), buffer.GetSize()));
}

OFFERED_TO_PAGE(stage_numbers) const exchange::view* stage_numbers() {
    return exchange::show(std::span<const float>(stages.numbers));
}
