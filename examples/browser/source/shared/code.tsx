// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import { useState } from "preact/hooks";
import { Button } from "./controls";
import { both, texts } from "./texts";

const t = texts(
    both(
        { copy: "Copy", copied: "Copied", refused: "The browser does not let the page copy: select the text." },
        { copy: "복사", copied: "복사했습니다", refused: "브라우저가 복사를 허용하지 않습니다. 글을 선택해 복사하세요." },
    ),
);

/** A program or a type to copy. */
export function Code(props: { title: string; text: string }) {
    const [said, say] = useState<"" | "copied" | "refused">("");
    const copy = async () => {
        try {
            await navigator.clipboard.writeText(props.text);
            say("copied");
        } catch {
            say("refused");
        }
        setTimeout(() => say(""), 4000);
    };
    return (
        <div class="code">
            <div class="title">
                <h3>{props.title}</h3>
                <span role="status" class="quiet">
                    {said && t.value[said]}
                </span>
                <Button onClick={() => void copy()}>{t.value.copy}</Button>
            </div>
            {/* It can be scrolled, so it can be reached. */}
            <pre tabIndex={0} role="region" aria-label={props.title}>
                <code>{props.text}</code>
            </pre>
        </div>
    );
}
