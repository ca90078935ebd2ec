// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
/// <reference types="vite/client" />

/** The names of the pages that are built, from vite.config.ts. */
declare const BUILT_PAGES: readonly string[];
