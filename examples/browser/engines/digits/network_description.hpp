// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/model/model.hpp>
#include <strata/plan/layers_of.hpp>
#include <strata/source/to_string.hpp>

#include <boost/hana/for_each.hpp>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstddef>
#include <span>
#include <string_view>

namespace engines {

using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

inline void write_text(json_writer& json, std::string_view text) {
    json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}
inline void write_shape(json_writer& json, std::span<const std::size_t> extents) {
    json.StartArray();
    for (const std::size_t extent : extents)
        json.Uint64(extent);
    json.EndArray();
}

/// What a page says of a network, as JSON: "type", how it is written in C++; "summary" and "plan", the
/// library's texts; "parameters", how many numbers it learnt.
template <auto Topology>
void describe_network(json_writer& json) {
    using network = strata::model<Topology>;
    json.Key("type");
    write_text(json, "model<" + strata::to_string(Topology) + ">");
    json.Key("summary");
    write_text(json, network::summary());
    json.Key("plan");
    write_text(json, network::plan());
    json.Key("parameters");
    json.Uint64(network::parameter_count);
}

} // namespace engines
