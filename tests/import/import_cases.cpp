// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Imports real models: import_cases MODELS OUTPUT. Each folder of MODELS has a case.json which says where its
// file, inputs and outputs are. Writes what was imported to OUTPUT, a line each to standard output, and says
// of those that must be refused whether they are, and with which words.
#include "hostile_files.hpp"

#include <strata/data/plain_file.hpp>
#include <strata/io/import/model_file.hpp>
#include <strata/io/import/npy_tensor.hpp>
#include <strata/io/import/sample_axes.hpp>
#include <strata/io/import/write_model.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace strata::bedrock::imports;
namespace fs = std::filesystem;

// What the answer to a file that is no network, or is damaged, has to say.
const std::map<std::string, std::vector<std::string>> refusals = {
    {"bad-custom-layer", {"sampling_2: Sampling"}},
    {"bad-no-weights", {"the weights of layer \"dense\", kernel", "without groups of layers"}},
    {"bad-sklearn-tree", {"TreeEnsembleClassifier", "ai.onnx.ml"}},
};
const std::map<std::string, std::string> warnings = {
    {"bad-nan-weights", "128 of the 1152 numbers in kernel of layer \"dense\" are NaN"},
};
// A file of weights alone: its topology is in its repository, and so it is no work for an importer.
const std::string weights_alone = "mnist-cnn-safetensors";

std::vector<tensor> read_arrays(const json* list, const fs::path& folder) {
    std::vector<tensor> result;
    if (list != nullptr)
        for (const json& each : *list) {
            result.push_back(read_npy_tensor(folder / text_of(member(each, "file"))));
            if (const json* const scale = member(each, "scale"))
                for (float& number : result.back().numbers)
                    number = number / static_cast<float>(number_of(member(scale, "divide_by"), 1)) -
                             static_cast<float>(number_of(member(scale, "then_subtract"), 0));
        }
    return result;
}

/// What is wrong, or nothing.
std::string import_case(const fs::path& folder, const fs::path& output) {
    const json about =
        parse_json(strata::bedrock::plain_file(folder / "case.json").read_rest(), folder / "case.json");
    const std::string name = folder.filename();
    const fs::path file =
        folder / text_of(member(element(member(member(about, "source"), "files"), 0), "file"));
    const auto refusal = refusals.find(name);
    std::vector<std::string> outputs; // where the network ends, if not where the file does
    const json* const named = member(about, "outputs");
    for (std::size_t i = 0; named != nullptr && i < named->size(); ++i)
        outputs.push_back(text_of(element(named, i)));
    std::string said;
    try {
        const model_graph graph = read_model(file, {}, {}, outputs);
        if (refusal != refusals.end())
            return "it is read, and should be refused";
        if (const auto warning = warnings.find(name); warning != warnings.end()) {
            const bool is_told =
                std::any_of(graph.warnings.begin(), graph.warnings.end(),
                            [&](const std::string& each) { return each.find(warning->second) != each.npos; });
            return is_told ? "" : "no warning of " + warning->second;
        }
        const json* const tolerance = member(about, "tolerance");
        std::string word = name;
        std::replace(word.begin(), word.end(), '-', '_');
        write_model(graph, output, word,
                    {read_arrays(member(about, "inputs"), folder),
                     read_arrays(member(about, "expected"), folder),
                     number_of(member(tolerance, "abs"), 1e-4), number_of(member(tolerance, "rel"), 1e-4)});
        std::printf("imported %s\n", word.c_str());
        return "";
    } catch (const strata::data_error& error) {
        said = error.what();
    }
    if (refusal == refusals.end())
        return said;
    for (const std::string& words : refusal->second)
        if (said.find(words) == said.npos)
            return "the refusal does not say " + words + ": " + said;
    return "";
}

/// Files that break off anywhere are errors of strata's own, which name the file; nothing else may happen.
std::string cut_case(const fs::path& folder, const fs::path& output) {
    const json about =
        parse_json(strata::bedrock::plain_file(folder / "case.json").read_rest(), folder / "case.json");
    const fs::path file =
        folder / text_of(member(element(member(member(about, "source"), "files"), 0), "file"));
    const std::string bytes = strata::bedrock::plain_file(file).read_rest();
    const fs::path cut = output / ("cut" + file.extension().string());
    constexpr std::size_t parts = 16;
    for (std::size_t part = 0; part < parts; ++part) {
        const std::string some = bytes.substr(0, bytes.size() * part / parts);
        strata::bedrock::internal::write_complete_file({some.begin(), some.end()}, cut);
        try {
            (void)read_model(cut);
            return "it is read although it breaks off after " + std::to_string(some.size()) + " bytes";
        } catch (const strata::data_error& error) {
            if (std::string(error.what()).find(cut.filename().string()) == std::string::npos)
                return std::string("the error does not name the file: ") + error.what();
        }
    }
    return "";
}

} // namespace

int main(int count, char** arguments) {
    if (count != 3)
        return 2;
    std::size_t wrong = 0;
    for (const fs::directory_entry& each : fs::directory_iterator(arguments[1])) {
        if (!each.is_directory() || each.path().filename() == weights_alone)
            continue;
        std::string problem = import_case(each.path(), arguments[2]);
        if (problem.empty())
            problem = cut_case(each.path(), arguments[2]);
        if (!problem.empty()) {
            ++wrong;
            std::fprintf(stderr, "%s: %s\n", each.path().filename().c_str(), problem.c_str());
        }
    }
    for (const std::string& problem :
         {hostile::check_files(arguments[2]), hostile::check_writing(arguments[2])})
        if (!problem.empty()) {
            ++wrong;
            std::fprintf(stderr, "hostile files: %s\n", problem.c_str());
        }
    return wrong == 0 ? 0 : 1;
}
