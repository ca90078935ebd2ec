// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/data/extents.hpp>
#include <strata/data/safetensors_grammar.hpp>
#include <strata/data/stored_tensor.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// The header of a safetensors file: the length of a JSON text as 64 bits, and the text. All rules of the
/// format's reference reader (huggingface/safetensors, 0.6) hold: a text of 100 MB at most that begins with
/// {, ends with } and spaces, and says nothing twice; each tensor as large as its shape and type say; and
/// tensors without holes between them and without overlaps.
///
/// RapidJSON reads the text: headers alone, a tenth of what nlohmann_json takes to compile, and its events
/// see what a document would hide, as a name that comes twice.
class safetensors_header {
public:
    std::vector<std::pair<std::string, std::string>> metadata; ///< sorted by key
    std::vector<stored_tensor> tensors;                        ///< in the order of their numbers
    std::uint64_t numbers_begin = 0;                           ///< the byte at which those begin
    std::uint64_t numbers_size = 0;                            ///< bytes of all of them

    /// Reads the header. Behind it `file` stands at the first number. A reader is a `plain_file`, or reads
    /// bytes and fails as one does.
    template <class Reader>
    explicit safetensors_header(Reader& file) {
        std::uint64_t length = 0;
        file.read(&length, sizeof length, "a safetensors header's length");
        if (length > longest)
            file.fail(0, concatenate("a header of at most ", longest, " bytes"), concatenate(length));
        // A length that lies allocates no more than there is.
        std::string text;
        while (text.size() < length) {
            const std::size_t begin = text.size();
            text.resize(std::min<std::uint64_t>(length, begin + piece));
            file.read(text.data() + begin, text.size() - begin, "a safetensors header");
        }
        numbers_begin = file.position();
        const failure fail = [&file](std::size_t place, const std::string& expected,
                                     const std::string& found) {
            file.fail(header_begin + place, expected, found);
        };
        parse(text, fail);
        sort_metadata(fail);
        check_names(fail);
        check_places(fail);
    }

    static constexpr std::uint64_t longest = 100'000'000;

private:
    using failure = safetensors_grammar::failure;
    static constexpr std::size_t header_begin = sizeof(std::uint64_t);
    static constexpr std::size_t piece = std::size_t{1} << 20;

    void parse(std::string& text, const failure& fail) {
        if (!text.starts_with('{'))
            fail(0, "{, which begins a header", text.empty() ? "an empty header" : shown(text));
        header_stream stream(text);
        safetensors_grammar grammar(text, stream, fail);
        // Texts are decoded where they are, so nothing is allocated; the grammar allows no depth.
        constexpr unsigned how = rapidjson::kParseInsituFlag | rapidjson::kParseValidateEncodingFlag |
                                 rapidjson::kParseStopWhenDoneFlag;
        rapidjson::Reader reader;
        const rapidjson::ParseResult result = reader.Parse<how>(stream, grammar);
        if (result.IsError())
            fail(result.Offset(), "JSON",
                 concatenate(shown(std::string_view(text).substr(std::min(result.Offset(), text.size()))),
                             " (", rapidjson::GetParseError_En(result.Code()), ")"));
        const std::size_t end = std::min(text.find_first_not_of(' ', stream.Tell()), text.size());
        if (end < text.size())
            fail(end, "nothing but spaces behind the header's }", shown(std::string_view(text).substr(end)));
        tensors = std::move(grammar.tensors);
        entries_ = std::move(grammar.metadata);
    }

    void sort_metadata(const failure& fail) {
        std::sort(entries_.begin(), entries_.end(),
                  [](const metadata_entry& one, const metadata_entry& other) {
                      return std::tie(one.key, one.place) < std::tie(other.key, other.place);
                  });
        for (metadata_entry& entry : entries_) {
            if (!metadata.empty() && metadata.back().first == entry.key)
                fail(entry.place, "metadata with each key once", shown(entry.key) + " again");
            metadata.emplace_back(std::move(entry.key), std::move(entry.value));
        }
        entries_.clear();
    }

    void check_names(const failure& fail) const {
        std::vector<const stored_tensor*> sorted;
        for (const stored_tensor& tensor : tensors)
            sorted.push_back(&tensor);
        std::sort(sorted.begin(), sorted.end(), [](const stored_tensor* one, const stored_tensor* other) {
            return std::tie(one->name, one->place) < std::tie(other->name, other->place);
        });
        const auto twice = std::adjacent_find(
            sorted.begin(), sorted.end(),
            [](const stored_tensor* one, const stored_tensor* other) { return one->name == other->name; });
        if (twice != sorted.end())
            fail(twice[1]->place, "each tensor once", shown(twice[1]->name) + " again");
    }

    /// In the order of their numbers each tensor begins where the one before it ends.
    void check_places(const failure& fail) {
        std::sort(tensors.begin(), tensors.end(), [](const stored_tensor& one, const stored_tensor& other) {
            return std::tie(one.begin, one.end, one.place) < std::tie(other.begin, other.end, other.place);
        });
        for (const stored_tensor& tensor : tensors) {
            if (tensor.begin != numbers_size)
                fail(tensor.place,
                     concatenate("tensors without ", tensor.begin > numbers_size ? "holes" : "overlaps",
                                 " between them: one that begins at ", numbers_size),
                     concatenate(shown(tensor.name), " at ", tensor.begin));
            if (tensor.end < tensor.begin)
                fail(tensor.place,
                     concatenate("an end of ", shown(tensor.name), " behind its begin, ", tensor.begin),
                     concatenate(tensor.end));
            const auto count = byte_count(tensor.shape, 1);
            const unsigned bits = bits_of_tensor_type(tensor.type);
            const std::string what =
                concatenate(shown(tensor.name), ", ", extents_text(tensor.shape), " of ", tensor.type);
            if (!count || *count > ~std::uint64_t{0} / bits)
                fail(tensor.place, "a tensor whose size 64 bits hold", what);
            if (*count * bits % 8 != 0)
                fail(tensor.place, "a tensor of whole bytes", what);
            if (const std::uint64_t size = *count * bits / 8; size != tensor.end - tensor.begin)
                fail(tensor.place, concatenate(size, " bytes of ", what),
                     concatenate(tensor.end - tensor.begin));
            numbers_size = tensor.end;
        }
    }

    std::vector<metadata_entry> entries_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
