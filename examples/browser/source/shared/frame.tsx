// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What surrounds every page: links to the others, the language, and where to go on.
import "./style.css";
import { render, type ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { both, chooseLanguage, language, languages, texts, type Language } from "./texts";

const t = texts(
    both(
        {
            skip: "Skip to the content",
            pages: "Pages",
            all: "All pages",
            language: "Language",
            private: "Everything is computed here, in your browser. Nothing is sent anywhere.",
            licenses: "Licences of what these pages are made of",
            names: { line: "Line", digits: "Digits", playground: "Playground", teachable: "Teachable machine", pole: "Pole" },
        },
        {
            skip: "본문으로 건너뛰기",
            pages: "페이지",
            all: "모든 페이지",
            language: "언어",
            private: "모든 계산은 이 브라우저 안에서 이루어집니다. 어떤 것도 전송되지 않습니다.",
            licenses: "이 페이지에 쓰인 소프트웨어의 라이선스",
            names: { line: "직선", digits: "숫자", playground: "놀이터", teachable: "가르치는 기계", pole: "막대" },
        },
    ),
);

export type PageName = "line" | "digits" | "playground" | "teachable" | "pole";
export const pageNames: readonly PageName[] = (["line", "digits", "playground", "teachable", "pole"] as const).filter((name) => BUILT_PAGES.includes(name));
export const pageTitle = (name: PageName): string => t.value.names[name];

/** Goes to the content without its name in the address, where pages keep their state. */
function skip(event: MouseEvent): void {
    event.preventDefault();
    document.getElementById("content")?.focus();
}

type FrameProps = { page: PageName | "index"; title: string; introduction: string; children: ComponentChildren };

function Frame({ page, title, introduction, children }: FrameProps) {
    useEffect(() => {
        document.title = page === "index" ? title : `${title} · strata`;
    }, [page, title]);
    return (
        <>
            <a class="skip" href="#content" onClick={skip}>
                {t.value.skip}
            </a>
            <header class="page-header">
                <nav aria-label={t.value.pages}>
                    <a href="index.html" aria-current={page === "index" ? "page" : undefined}>
                        strata
                    </a>
                    {pageNames.map((name) => (
                        <a key={name} href={`${name}.html`} aria-current={page === name ? "page" : undefined}>
                            {pageTitle(name)}
                        </a>
                    ))}
                </nav>
                <div role="group" class="row" aria-label={t.value.language}>
                    {(Object.keys(languages) as Language[]).map((one) => (
                        <button key={one} type="button" lang={one} aria-pressed={language.value === one} onClick={() => chooseLanguage(one)}>
                            {languages[one]}
                        </button>
                    ))}
                </div>
            </header>
            <main id="content" tabIndex={-1}>
                <div class="page-title">
                    <h1>{title}</h1>
                    <p>{introduction}</p>
                </div>
                {children}
            </main>
            <footer class="page-footer">
                <span>{t.value.private}</span> <a href="licenses.txt">{t.value.licenses}</a>
            </footer>
        </>
    );
}

/** Draws a page in its frame: the one call of a page's main.tsx. `content` is drawn anew where a signal in it changes. */
export function showPage(page: PageName | "index", head: () => { title: string; introduction: string }, Content: () => ComponentChildren): void {
    function Page() {
        const { title, introduction } = head();
        return (
            <Frame page={page} title={title} introduction={introduction}>
                <Content />
            </Frame>
        );
    }
    render(<Page />, document.body);
}
