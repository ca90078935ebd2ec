// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/complete_file.hpp>
#include <strata/data/error.hpp>
#include <strata/io/import/model_file.hpp>
#include <strata/io/import/write_model.hpp>

#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

// Files that nobody's exporter writes: what reads them must say what is wrong and name the file.
namespace hostile {

namespace fs = std::filesystem;

inline void write(const fs::path& path, const std::string& bytes) {
    strata::bedrock::internal::write_complete_file({bytes.begin(), bytes.end()}, path);
}

inline std::string varint(std::size_t number) {
    std::string result;
    for (; number >= 128; number /= 128)
        result += static_cast<char>(number % 128 + 128);
    return result + static_cast<char>(number);
}
/// A field of a message of protocol buffers that holds bytes, texts or another message; and a number.
inline std::string field(std::size_t number, const std::string& bytes) {
    return varint(number * 8 + 2) + varint(bytes.size()) + bytes;
}
inline std::string number_field(std::size_t number, std::size_t value) {
    return varint(number * 8) + varint(value);
}

inline std::string value(const std::string& name, const std::vector<std::size_t>& shape) {
    std::string dims;
    for (const std::size_t extent : shape)
        dims += field(1, number_field(1, extent));
    return field(1, name) + field(2, field(1, number_field(1, 1) + field(2, dims)));
}
inline std::string model(const std::string& graph) {
    return number_field(1, 8) + field(8, number_field(2, 17)) + field(7, graph);
}
/// y = x W, where W is in another file.
inline std::string external_model(const std::string& location, const std::string& offset = "0") {
    const auto entry = [](const std::string& key, const std::string& text) {
        return field(13, field(1, key) + field(2, text));
    };
    const std::string weight = number_field(1, 2) + number_field(1, 2) + number_field(2, 1) + field(8, "W") +
                               entry("location", location) + entry("offset", offset) + entry("length", "16") +
                               number_field(14, 1);
    return model(field(1, field(1, "x") + field(1, "W") + field(2, "y") + field(4, "MatMul")) +
                 field(2, "g") + field(5, weight) + field(11, value("x", {1, 2})) +
                 field(12, value("y", {1, 2})));
}
/// Graphs in branches of graphs, so many; each is the branch for a condition that is known.
inline std::string nested_model(std::size_t depth) {
    std::string graph;
    for (std::size_t i = 0; i < depth; ++i)
        graph = field(1, field(2, "c") + field(4, "Constant") +
                             field(5, field(1, "value") + number_field(20, 4) +
                                          field(5, number_field(2, 9) + field(9, std::string(1, '\1'))))) +
                field(1, field(1, "c") + field(2, "y") + field(4, "If") +
                             field(5, field(1, "then_branch") + field(6, graph) + number_field(20, 5)) +
                             field(5, field(1, "else_branch") + field(6, graph.substr(0, 0)) +
                                          number_field(20, 5))) +
                field(12, value("y", {1, 2}));
    return model(graph + field(2, "g") + field(11, value("x", {1, 2})));
}
/// A cycle of two operators.
inline std::string cyclic_model() {
    return model(field(1, field(1, "b") + field(2, "a") + field(4, "Relu")) +
                 field(1, field(1, "a") + field(2, "b") + field(4, "Relu")) + field(2, "g") +
                 field(11, value("x", {1, 2})) + field(12, value("b", {1, 2})));
}

/// A layers model of TensorFlow.js, a dense layer whose weights are in these files.
inline std::string layers_model(const std::string& paths, const std::string& shape = "[2,2]",
                                const std::string& further = "") {
    return R"({"format":"layers-model","modelTopology":{"keras_version":"2.4.0","model_config":{"class_name":)"
           R"("Sequential","config":{"name":"s","layers":[{"class_name":"Dense","config":{"name":"dense","units":2,)"
           R"("activation":"linear","use_bias":false,"batch_input_shape":[null,2])" +
           further + R"(}}]}}},"weightsManifest":[{"paths":[)" + paths +
           R"(],"weights":[{"name":"dense/kernel","dtype":"float32","shape":)" + shape + "}]}]}";
}

/// The error of reading a file, or what else happened to it.
inline std::string problem_of(const fs::path& file, const std::string& expected) {
    try {
        (void)strata::read_model(file);
    } catch (const strata::data_error& error) {
        const std::string said = error.what();
        if (!said.starts_with(file.string()))
            return "the error does not begin with the file: " + said;
        return said.find(expected) != said.npos ? "" : "the error does not say " + expected + ": " + said;
    }
    return "it is read, and should be refused for: " + expected;
}

inline std::string repeated(const std::string& text, std::size_t count) {
    std::string result;
    for (std::size_t i = 0; i < count; ++i)
        result += text;
    return result;
}

/// What is wrong with how such files are answered, or nothing.
inline std::string check_files(const fs::path& output) {
    const fs::path folder = output / "hostile", outside = output / "outside.bin";
    fs::create_directories(folder / "inner");
    write(outside, std::string(16, '\0'));
    write(folder / "inner" / "weights..bin", std::string(16, '\0'));
    fs::create_symlink(outside, folder / "link.bin");
    fs::create_symlink("loop.bin", folder / "loop.bin");
    fs::create_directory_symlink("..", folder / "up");
    const fs::path onnx = folder / "model.onnx", json = folder / "model.json";
    const auto refuse = [](const fs::path& file, const std::string& bytes, const std::string& expected) {
        write(file, bytes);
        return problem_of(file, expected);
    };
    std::string wrong;
    // Numbers in files beside the model, and nowhere else.
    for (const std::string& name :
         {outside.string(), std::string("../outside.bin"), std::string("inner/../../outside.bin"),
          std::string("link.bin"), std::string("up/outside.bin"), std::string("loop.bin"), std::string()}) {
        wrong += refuse(onnx, external_model(name), "in the model's folder");
        wrong += refuse(json, layers_model('"' + name + '"'), "in the model's folder");
    }
    write(onnx, external_model("inner/weights..bin"));
    write(json, layers_model("\"inner/weights..bin\""));
    for (const fs::path& file : {onnx, json})
        if (strata::read_model(file).nodes.empty())
            wrong += "weights in a folder beside the model are not read";
    wrong += refuse(onnx, external_model("inner/weights..bin", "18446744073709551615"), "from byte");
    wrong +=
        refuse(onnx, external_model("inner/weights..bin", "99999999999999999999"), "a number for offset");
    // Sizes that no file has.
    wrong += refuse(json, layers_model("\"inner/weights..bin\"", "[4294967296,4294967296]"), "shape");
    wrong +=
        refuse(json, layers_model("\"inner/weights..bin\"", "[2147483647,2147483647]"), "than its files");
    wrong += refuse(json, layers_model("\"inner/weights..bin\"", "[-1]"), "shape");
    // Depth.
    constexpr std::size_t deep = 100'000;
    wrong += refuse(json, "{\"a\":" + repeated("[", deep), "JSON");
    wrong +=
        refuse(json, "{\"modelTopology\":" + repeated("{\"config\":", deep) + "1" + repeated("}", deep) + "}",
               "expected");
    wrong += refuse(
        json,
        layers_model("", "[2,2]", ",\"kernel_constraint\":" + repeated("[", deep) + repeated("]", deep)),
        "expected");
    wrong +=
        refuse(json,
               R"({"format":"graph-model","modelTopology":{"node":[{"name":"x","op":"Placeholder","attr":)"
               R"({"dtype":{"type":)" +
                   repeated("[", deep) + repeated("]", deep) + "}}}]}}",
               "expected");
    wrong += refuse(onnx, nested_model(2000), "expected");
    wrong += refuse(onnx, cyclic_model(), "expected");
    return wrong;
}

/// A model whose files cannot all be written leaves none, and no folder of another one is taken for its own.
inline std::string check_writing(const fs::path& output) {
    const fs::path folder = output / "unwritten", file = output / "hostile" / "model.onnx";
    write(file, external_model("inner/weights..bin"));
    const auto graph = strata::read_model(file);
    fs::create_directories(folder / "net.hpp"); // the last of the files that are written
    const strata::check_samples samples{{{{1, 2}, {1, 2}}}, {{{1, 2}, {0, 0}}}};
    try {
        strata::write_model(graph, folder, "net", samples);
        return "a model takes the place of a folder";
    } catch (const strata::data_error& error) {
        if (std::string(error.what()).find("net.hpp") == std::string::npos)
            return std::string("the error does not name what cannot be written: ") + error.what();
    }
    if (std::distance(fs::directory_iterator(folder), fs::directory_iterator{}) != 1)
        return "some files of a model are left that could not be written";
    fs::remove_all(folder / "net.hpp");
    fs::create_directories(folder / "net.unfinished" / "of_another");
    strata::write_model(graph, folder, "net", samples);
    if (!fs::exists(folder / "net.unfinished" / "of_another"))
        return "what another import had begun is lost";
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator{}) == 5
               ? ""
               : "a model is not four files";
}

} // namespace hostile
