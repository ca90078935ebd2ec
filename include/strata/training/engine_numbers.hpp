// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/model/parameters.hpp>
#include <strata/setting.hpp>
#include <strata/training/snapshot_header.hpp>
#include <strata/training/training_numbers.hpp>

#include <cstddef>
#include <cstring>

namespace strata::bedrock::inline STRATA_SETTING::internal {

template <class Topology, class T, class Engine>
[[gnu::noinline]] void copy_block(const void* engine, std::size_t block, transfer direction,
                                  unsigned char* bytes) {
    T* const numbers = static_cast<const Engine*>(engine)->blocks()[block].data();
    visit_parameters<T, Topology>(numbers, [bytes, direction](T& number) mutable {
        if (direction == transfer::store)
            std::memcpy(bytes, &number, sizeof number);
        else
            std::memcpy(&number, bytes, sizeof number);
        bytes += sizeof number;
    });
}

template <class Model, class Optimizer, class Engine>
training_numbers numbers_of(const Engine& engine) {
    using T = typename Model::value_type;
    return {describe_snapshot<typename Model::topology, T, Optimizer>,
            copy_block<typename Model::topology, T, Engine>,
            &engine,
            Engine::state_count + 1,
            Model::weight_count,
            sizeof(T)};
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
