// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <protozero/pbf_writer.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// Models of ONNX as bytes, written field by field as onnx.proto numbers them.
class onnx_graph {
public:
    struct attribute {
        attribute(std::string key, std::int64_t whole) : name(std::move(key)) {
            protozero::pbf_writer out(fields);
            out.add_int64(3, whole);
        }
        attribute(std::string key, std::vector<std::int64_t> wholes) : name(std::move(key)) {
            protozero::pbf_writer out(fields);
            out.add_packed_int64(8, wholes.begin(), wholes.end());
        }
        attribute(std::string key, const std::vector<float>& reals) : name(std::move(key)) {
            protozero::pbf_writer out(fields);
            out.add_packed_float(7, reals.begin(), reals.end());
        }
        attribute(std::string key, const std::vector<std::string>& texts) : name(std::move(key)) {
            protozero::pbf_writer out(fields);
            for (const std::string& each : texts)
                out.add_bytes(9, each);
        }
        attribute(std::string key, std::string text) : name(std::move(key)) {
            protozero::pbf_writer out(fields);
            out.add_bytes(4, text);
        }
        attribute(std::string key, const onnx_graph& branch) : name(std::move(key)) {
            protozero::pbf_writer out(fields);
            out.add_message(6, branch.bytes_);
        }
        std::string name;
        std::string fields{};
    };
    using names = std::vector<std::string>;
    std::int64_t version = 16; ///< of the set of operators

    void node(const std::string& type, const names& inputs, const names& outputs,
              const std::vector<attribute>& attributes = {}, const std::string& note = {}) {
        std::string bytes;
        protozero::pbf_writer out(bytes);
        for (const std::string& each : inputs)
            out.add_string(1, each);
        for (const std::string& each : outputs)
            out.add_string(2, each);
        out.add_string(3, type + " " + outputs.front());
        out.add_string(4, type);
        if (!note.empty())
            out.add_string(6, note);
        for (const attribute& each : attributes) {
            std::string attribute_bytes;
            protozero::pbf_writer attribute_out(attribute_bytes);
            attribute_out.add_string(1, each.name);
            attribute_bytes += each.fields;
            out.add_message(5, attribute_bytes);
        }
        protozero::pbf_writer(bytes_).add_message(1, bytes);
    }
    void weights(const std::string& name, const std::vector<std::int64_t>& shape,
                 const std::vector<float>& numbers) {
        add_tensor(name, shape, 1, [&](protozero::pbf_writer& out) {
            out.add_packed_float(4, numbers.begin(), numbers.end());
        });
    }
    void wholes(const std::string& name, const std::vector<std::int64_t>& shape,
                const std::vector<std::int64_t>& numbers) {
        add_tensor(name, shape, 7, [&](protozero::pbf_writer& out) {
            out.add_packed_int64(7, numbers.begin(), numbers.end());
        });
    }
    void input(const std::string& name, const std::vector<std::int64_t>& shape, std::int64_t type = 1) {
        add_value(11, name, shape, type);
    }
    void output(const std::string& name) { add_value(12, name, {}, 1); }

    [[nodiscard]] std::string model() const {
        std::string opset;
        protozero::pbf_writer(opset).add_int64(2, version);
        std::string result;
        protozero::pbf_writer out(result);
        out.add_int64(1, 8);
        out.add_message(7, bytes_);
        out.add_message(8, opset);
        return result;
    }

private:
    template <class Add>
    void add_tensor(const std::string& name, const std::vector<std::int64_t>& shape, std::int64_t type,
                    const Add& add) {
        std::string bytes;
        protozero::pbf_writer out(bytes);
        out.add_packed_int64(1, shape.begin(), shape.end());
        out.add_int64(2, type);
        add(out);
        out.add_string(8, name);
        protozero::pbf_writer(bytes_).add_message(5, bytes);
    }
    void add_value(unsigned field, const std::string& name, const std::vector<std::int64_t>& shape,
                   std::int64_t type) {
        std::string dimensions;
        for (const std::int64_t extent : shape) {
            std::string dimension;
            protozero::pbf_writer(dimension).add_int64(1, extent);
            protozero::pbf_writer(dimensions).add_message(1, dimension);
        }
        std::string tensor;
        protozero::pbf_writer tensor_out(tensor);
        tensor_out.add_int64(1, type);
        tensor_out.add_message(2, dimensions);
        std::string kind;
        protozero::pbf_writer(kind).add_message(1, tensor);
        std::string value;
        protozero::pbf_writer out(value);
        out.add_string(1, name);
        out.add_message(2, kind);
        protozero::pbf_writer(bytes_).add_message(field, value);
    }

    std::string bytes_;
};
