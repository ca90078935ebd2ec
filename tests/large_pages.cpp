// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// What g++ asks of the system for its own memory, a megabyte or two each time, comes from regions of large
// pages, and a precompiled header, most of whose pages it changes, is read into such: run.sh preloads this
// into compilers.
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

// Memory of large pages at `place` with a part of a file in it, or a null pointer.
void* copy(void* place, std::size_t size, int file, off_t offset) noexcept {
    void* const region = map(place, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED)
        return nullptr;
    madvise(region, size, MADV_HUGEPAGE);
    std::size_t done = 0;
    for (ssize_t count = 1; region == place && done < size && count > 0;) {
        count =
            pread(file, static_cast<char*>(region) + done, size - done, offset + static_cast<off_t>(done));
        done += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    if (done == size)
        return region;
    munmap(region, size);
    return nullptr;
}
} // namespace

extern "C" void* mmap(void* place, std::size_t size, int access, int kind, int file, off_t offset) noexcept {
    if (place != nullptr && kind == MAP_PRIVATE && access == (PROT_READ | PROT_WRITE) &&
        size > 4 * large_page)
        if (void* const region = copy(place, size, file, offset))
            return region;
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
