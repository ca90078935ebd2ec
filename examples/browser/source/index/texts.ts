// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
import { both } from "../shared/texts";

export const indexTexts = both(
    {
        title: "Machine learning in your browser",
        introduction: "Five pages to try what a machine learns and how. Each computes with strata, a C++ library, and shows the program that does the same.",
        pages: {
            line: "Put points on a plane: fit a line or a curve to them, find clusters, or draw the boundary between classes.",
            digits: "Draw a digit and watch every layer of a network read it.",
            playground: "Build a small network, train it, and see what each neuron learns.",
            teachable: "Teach a machine to tell your own pictures, sounds or poses apart.",
            pole: "Watch a cart learn to balance a pole by trying.",
        },
    },
    {
        title: "브라우저에서 하는 기계 학습",
        introduction: "기계가 무엇을 어떻게 배우는지 직접 해 보는 다섯 페이지입니다. 모두 C++ 라이브러리 strata로 계산하며, 같은 일을 하는 프로그램을 함께 보여 줍니다.",
        pages: {
            line: "평면에 점을 찍고, 직선이나 곡선을 맞추고, 군집을 찾고, 클래스 사이의 경계를 그려 보세요.",
            digits: "숫자를 쓰고, 신경망의 모든 층이 그것을 읽는 모습을 보세요.",
            playground: "작은 신경망을 만들어 학습시키고, 뉴런마다 무엇을 배우는지 보세요.",
            teachable: "내 사진, 소리, 자세를 구별하도록 기계를 가르쳐 보세요.",
            pole: "수레가 스스로 시도하며 막대 세우기를 배우는 모습을 지켜보세요.",
        },
    },
);
