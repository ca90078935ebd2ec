// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Imports ONNX's own node cases: onnx_node_cases CASES EXCLUSIONS OUTPUT. Each folder of CASES is a model of
// one operator with inputs and outputs. Writes what was imported to OUTPUT, a line each to standard output.
// EXCLUSIONS names those that strata does not express, a line each with the reason; one that is read after
// all is as wrong as another that is not.
#include <strata/data/plain_file.hpp>
#include <strata/io/import/complete_graph.hpp>
#include <strata/io/import/onnx_file.hpp>
#include <strata/io/import/sample_axes.hpp>
#include <strata/io/import/write_model.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace strata::bedrock::imports;
namespace fs = std::filesystem;

// ONNX's own tolerances are 1e-7 and 1e-3; a result near zero is a sum of larger numbers, which float rounds.
constexpr double absolute = 1e-6;
constexpr double relative = 1e-4;
constexpr double relative_of_half = 1e-3; // of results that are stored as halves

struct stored_value {
    onnx_constant numbers;
    std::int64_t type = 0;

    [[nodiscard]] bool is_float() const { return !is_whole_onnx_type(type); }
};

/// The files NAME_0.pb, NAME_1.pb, ... of a folder, a tensor each.
std::vector<stored_value> read_values(const fs::path& folder, const std::string& name) {
    std::vector<stored_value> result;
    for (std::size_t i = 0;; ++i) {
        const fs::path path = folder / (name + "_" + std::to_string(i) + ".pb");
        if (!fs::exists(path))
            return result;
        const std::string bytes = strata::bedrock::plain_file(path).read_rest();
        const onnx_tensor_message message = onnx_fields::tensor(bytes);
        result.push_back({onnx_tensor_reader(path).read(message), message.type});
    }
}

/// Imports a case with some of its inputs as constants. What is wrong, or nothing.
std::string import_case(const fs::path& folder, const fs::path& output, bool is_unbatched,
                        bool has_one_input) {
    const std::string name = folder.filename();
    const fs::path file = folder / "model.onnx";
    try {
        const std::string bytes = strata::bedrock::plain_file(file).read_rest();
        const onnx_model model = parse_onnx(bytes, file.string());
        const std::vector<stored_value> inputs = read_values(folder / "test_data_set_0", "input");
        const std::vector<stored_value> outputs = read_values(folder / "test_data_set_0", "output");
        if (inputs.size() != model.inputs.size() || outputs.size() != model.outputs.size() || inputs.empty())
            return "inputs or outputs that are no tensors";
        given_values given;
        std::vector<tensor> open;
        std::vector<extents> shapes;
        for (std::size_t i = 0; i < inputs.size(); ++i)
            if (!inputs[i].is_float() || (has_one_input && !open.empty()))
                given[model.inputs[i].name] = as_weight(inputs[i].numbers);
            else {
                open.push_back(as_weight(inputs[i].numbers));
                shapes.push_back(as_weight(inputs[i].numbers).shape);
            }
        if (open.empty())
            return "whole numbers";
        std::vector<tensor> results;
        bool has_half = false;
        constexpr std::int64_t half_type = 10;
        for (const stored_value& each : outputs) {
            if (!each.is_float())
                return "results that are whole numbers or truths";
            results.push_back(as_weight(each.numbers));
            has_half = has_half || each.type == half_type;
        }
        model_graph graph = onnx_file(file).read(shapes, given, is_unbatched);
        complete_graph(graph);
        write_model(graph, output, name,
                    {arrange_samples(std::move(open), graph.input_axes),
                     arrange_samples(std::move(results), graph.output_axes), absolute,
                     has_half ? relative_of_half : relative});
        return "";
    } catch (const std::exception& error) {
        return error.what();
    }
}

/// A model's first axis may count samples or not, and its inputs after the first may be weights.
std::string import_somehow(const fs::path& folder, const fs::path& output) {
    std::string problems;
    for (const bool is_unbatched : {false, true})
        for (const bool has_one_input : {false, true}) {
            const std::string problem = import_case(folder, output, is_unbatched, has_one_input);
            if (problem.empty())
                return "";
            problems += "\n  " + problem;
        }
    return problems;
}

} // namespace

int main(int count, char** arguments) {
    if (count != 4)
        return 2;
    std::map<std::string, std::string> exclusions;
    std::ifstream lines(arguments[2]);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t end = line.find(' ');
        if (!line.empty() && line.front() != '#' && end != line.npos)
            exclusions[line.substr(0, end)] = line.substr(end + 1);
    }
    std::size_t wrong = 0;
    for (const fs::directory_entry& each : fs::directory_iterator(arguments[1])) {
        const std::string name = each.path().filename().string();
        const std::string problem = import_somehow(each.path(), arguments[3]);
        const bool is_excluded = exclusions.erase(name) > 0;
        if (problem.empty() && !is_excluded)
            std::printf("imported %s\n", name.c_str());
        if (problem.empty() == is_excluded) {
            ++wrong;
            std::fprintf(stderr, "%s: %s\n", name.c_str(),
                         is_excluded ? "it is read, and the list of exclusions names it" : problem.c_str());
        }
    }
    for (const auto& [name, reason] : exclusions) {
        ++wrong;
        std::fprintf(stderr, "%s: excluded, and no case\n", name.c_str());
    }
    return wrong == 0 ? 0 : 1;
}
