// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Memory of all machines of a group, as one of them sees it.
struct machine_memory {
    std::vector<std::span<std::byte>> blocks; ///< of each machine; empty where it cannot be seen from here
    std::shared_ptr<void> owner;              ///< of all that are seen
};

/// The machines that train one network together, seen from one of them: processes with a number each, which
/// send each other bytes. What training needs of MPI, or of whatever else connects them, and no more. One
/// thread at a time uses it. Whatever fails is a `machine_error`.
class machine_group {
public:
    machine_group() = default;
    machine_group(const machine_group&) = delete;
    machine_group& operator=(const machine_group&) = delete;
    virtual ~machine_group() = default;

    [[nodiscard]] virtual std::size_t rank() const noexcept = 0;  ///< of this machine, from 0
    [[nodiscard]] virtual std::size_t count() const noexcept = 0; ///< of machines, this one included
    /// What people call this machine, as its host's name.
    [[nodiscard]] virtual std::string host() const = 0;

    /// Says which message is meant, until it has been waited for.
    using ticket = std::size_t;

    /// Begins to send bytes, which must stay as they are until the message is done. Those of one channel from
    /// one machine to another arrive in the order in which they were sent.
    virtual ticket send(std::size_t receiver, std::uint32_t channel, std::span<const std::byte> bytes) = 0;
    /// Begins to receive as many bytes as the sender sends. Nothing may touch their place until the message
    /// is done.
    virtual ticket receive(std::size_t sender, std::uint32_t channel, std::span<std::byte> bytes) = 0;
    /// Whether a message is done; if so its ticket is used up. Messages get on while somebody asks.
    [[nodiscard]] virtual bool is_done(ticket message) = 0;
    virtual void wait(ticket message) = 0;

    /// Bytes of each machine, in their order, for all: every machine must call it. The machines' bytes may
    /// be more and less.
    [[nodiscard]] virtual std::vector<std::vector<std::byte>> gather(std::span<const std::byte> own) = 0;
    /// Copies the bytes of machine 0 to all others. Every machine must call it, with room for as many.
    virtual void broadcast(std::span<std::byte> bytes) = 0;

    /// Makes memory of so many bytes, zeros from a cache line on, for each machine: every machine must call
    /// it with the same number. It sees its own, and those of others that work on the same computer, if it is
    /// seen by them. What a machine has written there, others find behind a message that it sent afterwards.
    [[nodiscard]] virtual machine_memory share_memory(std::size_t bytes) = 0;

    /// Ends the work of all machines with a message: for an error that only this one knows of, while others
    /// wait for it.
    [[noreturn]] virtual void abandon(std::string_view reason) noexcept = 0;

    /// Bytes that this machine has sent by `send` so far. What others read in its memory is not counted.
    [[nodiscard]] virtual std::uint64_t bytes_sent() const noexcept = 0;

    /// Says whether this machine is at something that the others do not do, and wait for: a callback.
    void set_alone(bool alone) noexcept { is_alone_ = alone; }
    [[nodiscard]] bool is_alone() const noexcept { return is_alone_; }

private:
    bool is_alone_ = false;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::machine_group;
using bedrock::machine_memory;
} // namespace strata
