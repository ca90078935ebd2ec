// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Stands for a peer's sources where there are none.
export {};
