// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Tables of numbers and of texts, with and without a line of names.
#include "fuzzed_file.hpp"

#include <strata/data/csv.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto file = fuzzed_file(bytes, size);
    for (const bool header : {true, false}) {
        strata::text_table texts;
        const bool has_texts = reads(file, [&] { texts = strata::read_csv_texts(file, {.header = header}); });
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
