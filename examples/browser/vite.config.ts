// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Each file of pages/ becomes a page of its own. The script `build` says where engines lie and where pages go.
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vite";

const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
const chosen = process.env.STRATA_PAGES?.split(" ");
const pages = readdirSync(resolve(here, "pages"))
    .filter((file) => file.endsWith(".html"))
    .filter((file) => !chosen || file === "index.html" || chosen.includes(file.slice(0, -".html".length)));

// Nothing comes from elsewhere and nothing is sent anywhere: the browser itself sees to it.
const policy = [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "connect-src 'self' data: blob:",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
].join("; ");

export default defineConfig({
    root: resolve(here, "pages"),
    // Relative addresses: the folder can be served from any place.
    base: "./",
    publicDir: process.env.STRATA_PUBLIC ?? false,
    cacheDir: resolve(here, "../../build/browser/vite"),
    appType: "mpa",
    plugins: [
        {
            // Who serves one page reads its address, not that of the index.
            name: "address",
            configurePreviewServer(server) {
                const { printUrls } = server;
                server.printUrls = () => {
                    const urls = server.resolvedUrls;
                    if (chosen?.length === 1 && urls) urls.local = urls.local.map((url) => new URL(`${chosen[0]}.html`, url).href);
                    printUrls.call(server);
                };
            },
        },
        {
            name: "head",
            transformIndexHtml: {
                order: "pre",
                handler: () => [
                    { tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: policy }, injectTo: "head-prepend" },
                    { tag: "meta", attrs: { charset: "utf-8" }, injectTo: "head-prepend" },
                    { tag: "meta", attrs: { name: "viewport", content: "width=device-width, initial-scale=1" }, injectTo: "head" },
                    { tag: "meta", attrs: { name: "color-scheme", content: "light dark" }, injectTo: "head" },
                    { tag: "link", attrs: { rel: "icon", href: "data:," }, injectTo: "head" },
                ],
            },
        },
    ],
    define: { BUILT_PAGES: JSON.stringify(pages.map((file) => file.slice(0, -".html".length))) },
    worker: { format: "es" },
    build: {
        outDir: process.env.STRATA_OUTPUT ?? resolve(here, "../../build/browser/pages"),
        // A folder of the reader's may hold what is none of ours.
        emptyOutDir: process.env.STRATA_OUTPUT === undefined,
        target: "es2022",
        // A fetch of a data address would be another rule of the policy.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        rollupOptions: { input: pages.map((file) => resolve(here, "pages", file)) },
    },
});
