// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Walks over the layers of a network with Boost.Hana: each is a type, and what it says is known at compile
// time.
#include "command_line.hpp"
#include "networks/mnist_cnn.hpp"

#include <strata/model/layers_of.hpp>

#include <boost/hana/count_if.hpp>
#include <boost/hana/filter.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/integral_constant.hpp>
#include <boost/hana/size.hpp>

#include <cmath>
#include <cstdio>

namespace hana = boost::hana;

void show(const given_options& options) {
    const strata::model<networks::mnist_cnn> net{strata::seed{options.count("seed")}};
    const auto layers = strata::layers_of(net);

    constexpr auto has_parameters = [](auto layer) { return hana::bool_c<(layer.parameter_count > 0)>; };
    std::printf("%zu of %zu layers learn\n", decltype(hana::count_if(layers, has_parameters))::value,
                decltype(hana::size(layers))::value);

    hana::for_each(hana::filter(layers, has_parameters), [&](auto layer) {
        std::printf("\n%s: %s makes %zu numbers of a sample\n", layer.name.characters, layer.label.characters,
                    layer.output_shape.size);
        hana::for_each(layer.parameters, [&](auto parameter) {
            double squares = 0;
            const auto values = net.parameter<parameter.name>().values();
            for (const float each : values)
                squares += static_cast<double>(each) * static_cast<double>(each);
            std::printf("  %-14s %7zu numbers, root mean square %.4f\n", parameter.name.characters,
                        parameter.shape.size, std::sqrt(squares / static_cast<double>(values.size())));
        });
    });
}

int main(int count, char** arguments) {
    return run_example(count, arguments, "Walks over the layers of a network and its first weights.",
                       {{"seed", "draws the first weights", "7"}}, show);
}
