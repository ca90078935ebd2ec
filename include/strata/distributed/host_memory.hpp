// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/concatenate.hpp>
#include <strata/kernels/aligned_vector.hpp>
#include <strata/training/machine_group.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Memory that processes of one computer share by its name (`shm_open` of POSIX), or none where there is no
/// room for it. A mark at its end tells it from what another computer has by the same name.
class named_memory {
public:
    using mark = std::uint64_t;

    named_memory() = default;
    named_memory(named_memory&& other) noexcept
        : begin_(std::exchange(other.begin_, nullptr)), size_(other.size_) {}
    named_memory& operator=(named_memory&& other) noexcept {
        std::swap(begin_, other.begin_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~named_memory() {
        if (begin_ != nullptr)
            ::munmap(begin_, size_);
    }

    /// Makes it, of zeros. All of its pages are taken at once: a process would end by a signal where the
    /// system has none left when it looks at one.
    [[nodiscard]] static named_memory make(const std::string& name, std::size_t bytes, mark own) {
        named_memory result;
        const int file = ::shm_open(name.c_str(), O_CREAT | O_EXCL | O_RDWR, 0600);
        if (file < 0)
            return result;
        int problem = EINTR;
        while (problem == EINTR)
            problem = ::posix_fallocate(file, 0, static_cast<::off_t>(bytes + sizeof own));
        if (problem == 0)
            result.map(file, bytes + sizeof own);
        ::close(file);
        if (result.begin_ == nullptr)
            ::shm_unlink(name.c_str());
        else
            std::memcpy(result.begin_ + bytes, &own, sizeof own);
        return result;
    }
    /// What another process has made.
    [[nodiscard]] static named_memory find(const std::string& name, std::size_t bytes, mark wanted) {
        named_memory result;
        const int file = ::shm_open(name.c_str(), O_RDWR, 0600);
        if (file < 0)
            return result;
        struct ::stat facts {};
        if (::fstat(file, &facts) == 0 && static_cast<std::size_t>(facts.st_size) == bytes + sizeof wanted)
            result.map(file, bytes + sizeof wanted);
        ::close(file);
        if (result.begin_ != nullptr && std::memcmp(result.begin_ + bytes, &wanted, sizeof wanted) != 0)
            return {};
        return result;
    }

    /// Without the mark.
    [[nodiscard]] std::span<std::byte> bytes() const noexcept {
        return begin_ == nullptr ? std::span<std::byte>() : std::span(begin_, size_ - sizeof(mark));
    }

private:
    void map(int file, std::size_t size) noexcept {
        void* const begin = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (begin == MAP_FAILED)
            return;
        begin_ = static_cast<std::byte*>(begin);
        size_ = size;
    }

    std::byte* begin_ = nullptr;
    std::size_t size_ = 0;
};

/// How a process finds the memory of another.
struct memory_address {
    char name[64] = {}; ///< empty where there is none
    char host[64] = {};
    named_memory::mark mark = 0;
};
} // namespace internal

/// What `machine_group::share_memory` gives for machines that are processes: those whose hosts have the same
/// name share memory where they find it, and the others have their own. Memory has a name only until all
/// have found it: but for those that are killed in that moment, processes leave none, however they end.
[[nodiscard]] inline machine_memory share_host_memory(machine_group& group, std::size_t bytes) {
    using internal::memory_address, internal::named_memory;
    struct ownership {
        std::vector<named_memory> seen;
        aligned_vector<std::byte> own; ///< where nobody else sees it
    };
    const std::size_t size = (bytes + alignment - 1) / alignment * alignment;
    const auto all = std::make_shared<ownership>();
    all->seen.resize(group.count());
    const auto as_address = [](const std::vector<std::byte>& said) {
        memory_address result;
        std::memcpy(&result, said.data(), sizeof result);
        return result;
    };

    memory_address own;
    struct name_guard {
        const char* name;
        ~name_guard() {
            if (name[0] != 0)
                ::shm_unlink(name);
        }
    };
    std::optional<name_guard> guard(std::in_place, own.name);
    const std::string host = group.host();
    std::copy_n(host.data(), std::min(host.size(), sizeof own.host - 1), own.host);
    std::random_device random;
    own.mark = std::uint64_t{random()} << 32 | random();
    std::size_t neighbours = 0;
    for (const auto& said : group.gather(std::as_bytes(std::span(&own, 1))))
        neighbours += std::strcmp(as_address(said).host, own.host) == 0 ? 1 : 0;
    if (neighbours > 1) {
        const std::string name = detail::concatenate("/strata-", own.mark);
        all->seen[group.rank()] = named_memory::make(name, size, own.mark);
        if (!all->seen[group.rank()].bytes().empty())
            std::copy_n(name.data(), std::min(name.size(), sizeof own.name - 1), own.name);
    }

    std::vector<char> sees(group.count());
    const auto addresses = group.gather(std::as_bytes(std::span(&own, 1)));
    for (std::size_t machine = 0; machine < group.count(); ++machine) {
        const memory_address found = as_address(addresses[machine]);
        if (machine == group.rank() || own.name[0] == 0 || found.name[0] == 0 ||
            std::strcmp(found.host, own.host) != 0)
            continue;
        all->seen[machine] = named_memory::find(found.name, size, found.mark);
        sees[machine] = all->seen[machine].bytes().empty() ? 0 : 1;
    }
    const auto seen_by = group.gather(std::as_bytes(std::span(sees)));
    guard.reset();

    machine_memory result{std::vector<std::span<std::byte>>(group.count()), all};
    for (std::size_t machine = 0; machine < group.count(); ++machine)
        if (machine == group.rank() || (sees[machine] != 0 && seen_by[machine][group.rank()] != std::byte{0}))
            result.blocks[machine] = all->seen[machine].bytes();
    if (result.blocks[group.rank()].empty()) {
        all->own.resize(size);
        result.blocks[group.rank()] = all->own;
    }
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING

STRATA_HEADER_END
