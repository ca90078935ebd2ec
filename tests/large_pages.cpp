// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// What g++ asks of the system for its own memory, a megabyte or two each time, comes from regions of large
// pages: run.sh preloads this into compilers.
#include <cstddef>
#include <cstdint>

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {
constexpr std::size_t small_page = std::size_t{1} << 12;
constexpr std::size_t large_page = std::size_t{2} << 20;
constexpr std::size_t region_size = std::size_t{256} << 20;
thread_local char* next;
thread_local char* end;

void* map(void* place, std::size_t size, int access, int kind, int file, off_t offset) noexcept {
    return reinterpret_cast<void*>(syscall(SYS_mmap, place, size, access, kind, file, offset));
}

constexpr std::size_t round_up(std::size_t size, std::size_t unit) { return (size + unit - 1) / unit * unit; }
} // namespace

extern "C" void* mmap(void* place, std::size_t size, int access, int kind, int file, off_t offset) noexcept {
    if (place != nullptr || kind != (MAP_PRIVATE | MAP_ANONYMOUS) || access != (PROT_READ | PROT_WRITE) ||
        size > 4 * large_page)
        return map(place, size, access, kind, file, offset);
    size = round_up(size, small_page);
    if (static_cast<std::size_t>(end - next) < size) {
        void* const region = map(nullptr, region_size + large_page, access, kind, -1, 0);
        if (region == MAP_FAILED)
            return region;
        next = reinterpret_cast<char*>(round_up(reinterpret_cast<std::uintptr_t>(region), large_page));
        end = next + region_size;
        madvise(next, region_size, MADV_HUGEPAGE);
    }
    void* const result = next;
    next += size;
    return result;
}
extern "C" void* mmap64(void* place, std::size_t size, int access, int kind, int file,
                        off64_t offset) noexcept {
    return mmap(place, size, access, kind, file, offset);
}
