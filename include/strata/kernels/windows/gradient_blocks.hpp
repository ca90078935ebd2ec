// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/team.hpp>
#include <strata/kernels/windows/window_map.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// The places that the gradient of a convolution's weights is summed over, in blocks of about `BlockPlaces`.
/// Places are those of the small image, whose lines are cut into segments of at most `SegmentPlaces`; a block
/// is a range of those, counted over all samples. Each place looks at some of the large image, over which the
/// window slides.
template <window Geometry, std::size_t BlockPlaces, std::size_t SegmentPlaces>
struct gradient_blocks {
    static constexpr window_map map = forward_map(Geometry);
    static constexpr map_axis depth = map.axes[0];
    static constexpr map_axis height = map.axes[1];
    static constexpr map_axis width = map.axes[2];
    static constexpr std::size_t lines = depth.results * height.results; ///< of the small image
    static constexpr std::size_t segment = std::min(width.results, SegmentPlaces);
    static constexpr std::size_t segments = (width.results + segment - 1) / segment;
    static constexpr std::size_t block_segments =
        std::max<std::size_t>(BlockPlaces / segment, 1); ///< at most

    static constexpr bool is_flat = depth.results == 1 && depth.read_extent == 1;
    /// Each place of the small image looks at one of the large, and none at padding.
    static constexpr bool is_single = Geometry.taps() == 1 && is_flat && map.is_inside();

    static constexpr std::size_t small_places = block_segments * segment;
    /// Places of the large image that a block needs at most: whole lines of it.
    static constexpr std::size_t large_places = [] {
        if (is_single)
            return small_places;
        const std::size_t block_lines = block_segments / segments + 2;
        const std::size_t images = block_lines / lines + 2;
        const std::size_t halo = static_cast<std::size_t>(height.offset_step) * height.taps;
        const std::size_t all = images * depth.read_extent * height.read_extent;
        return (is_flat ? std::min(block_lines * height.read_step + images * halo, all) : all) *
               width.read_extent;
    }();

    struct place {
        std::size_t sample, d, h, begin, end;
    };
    static constexpr place place_of(std::size_t number) {
        const std::size_t line = number / segments % lines;
        const std::size_t begin = number % segments * segment;
        return {number / segments / lines, line / height.results, line % height.results, begin,
                std::min(begin + segment, width.results)};
    }
    static constexpr std::size_t small_place(const place& first) {
        return first.sample * map.result_rows() + map.result_row(first.d, first.h, first.begin);
    }

    /// The lines of one large image that a block reads, and how many of others come first.
    struct large_lines {
        std::size_t sample, begin, end, slot;
    };
    static constexpr std::size_t clamped(std::ptrdiff_t line) {
        return static_cast<std::size_t>(
            std::clamp<std::ptrdiff_t>(line, 0, static_cast<std::ptrdiff_t>(height.read_extent)));
    }
    /// Those of the sample of segment `number`, as far as the block goes.
    static constexpr large_lines lines_of_sample(team::range block, std::size_t number, std::size_t slot) {
        const place first = place_of(number);
        const std::size_t end = std::min(block.end, (first.sample + 1) * lines * segments);
        if constexpr (!is_flat)
            return {first.sample, 0, depth.read_extent * height.read_extent, slot};
        return {first.sample, clamped(height.read(first.h, 0)),
                clamped(height.read(place_of(end - 1).h, height.taps - 1) + 1), slot};
    }

    /// Visits the places of a block, in the small image or in the large one, some at a time:
    /// visit(first, step, count, how many came first).
    template <class Visit>
    static void visit_small(team::range block, const Visit& visit) noexcept {
        const std::size_t first = small_place(place_of(block.begin));
        const place last = place_of(block.end - 1);
        visit_chunks(first, 1, small_place(last) + last.end - last.begin - first, 0, visit);
    }
    template <class Visit>
    static void visit_large(team::range block, const Visit& visit) noexcept {
        std::size_t gathered = 0;
        if constexpr (is_single)
            for (std::size_t number = block.begin; number < block.end; ++number) {
                const place segment_place = place_of(number);
                const std::size_t count = segment_place.end - segment_place.begin;
                const std::size_t first =
                    map.read_row(segment_place.sample, segment_place.h * height.read_step,
                                 segment_place.begin * width.read_step);
                visit_chunks(first, width.read_step, count, gathered, visit);
                gathered += count;
            }
        else
            for (std::size_t number = block.begin; number < block.end;) {
                const large_lines image = lines_of_sample(block, number, 0);
                const std::size_t count =
                    (image.end > image.begin ? image.end - image.begin : 0) * width.read_extent;
                visit_chunks(map.read_row(image.sample * depth.read_extent, image.begin, std::size_t{0}), 1,
                             count, gathered, visit);
                gathered += count;
                number = (image.sample + 1) * lines * segments;
            }
    }

    static constexpr std::pair<std::size_t, std::size_t> interior = width.interior();

private:
    template <class Visit>
    static void visit_chunks(std::size_t first, std::size_t step, std::size_t count, std::size_t gathered,
                             const Visit& visit) noexcept {
        constexpr std::size_t chunk = 8;
        for (std::size_t i = 0; i < count; i += chunk)
            visit(first + i * step, step, std::min(chunk, count - i), gathered + i);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
