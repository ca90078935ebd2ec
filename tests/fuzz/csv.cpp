// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Tables of numbers and of texts, with and without a line of names.
#include "fuzzed_file.hpp"

#include <strata/data/csv.hpp>
#include <strata/data/csv_stream.hpp>

namespace {
/// The same fields in the same places, or the same error, from pieces of a few bytes as from the whole.
void check_pieces(const std::filesystem::path& file, const strata::csv_options& options,
                  const strata::text_table& whole, bool is_whole) {
    std::size_t count = 0;
    const bool is_in_pieces = reads(file, [&] {
        strata::bedrock::internal::csv_stream stream(file, options, 5);
        while (stream.read([&](const strata::bedrock::internal::csv_field& field, std::size_t) {
            if (!is_whole)
                return;
            require(count < whole.cells.size() && field.value == whole.cells[count] &&
                        field.line == whole.places[count].line && field.column == whole.places[count].column,
                    "a field in a piece is that of the whole");
            ++count;
        })) {
        }
    });
    require(is_in_pieces || !is_whole, "pieces can be read where the whole can");
    require(!is_whole || count == whole.cells.size(), "pieces make the whole");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto file = fuzzed_file(bytes, size);
    for (const bool header : {true, false}) {
        strata::text_table texts;
        const bool has_texts = reads(file, [&] { texts = strata::read_csv_texts(file, {.header = header}); });
        check_pieces(file, {.header = header}, texts, has_texts);
        strata::bedrock::table numbers;
        const bool has_numbers =
            reads(file, [&] { numbers = strata::read_csv(file, {.header = header, .missing = 0}); });
        require(has_texts || !has_numbers, "numbers are texts");
        if (has_texts)
            require(texts.cells.size() % texts.names.size() == 0 && texts.places.size() == texts.cells.size(),
                    "records have as many fields as there are names");
        if (has_numbers)
            require(numbers.names == texts.names && numbers.values.size() == texts.cells.size(),
                    "the same fields are numbers and texts");
    }
    return 0;
}
