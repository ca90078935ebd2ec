// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../../examples/networks/densenet.hpp"
#include "../../examples/networks/imdb_lstm.hpp"
#include "../../examples/networks/inception.hpp"
#include "../../examples/networks/lenet5.hpp"
#include "../../examples/networks/mnist_cnn.hpp"
#include "../../examples/networks/mnist_gan.hpp"
#include "../../examples/networks/mnist_vae.hpp"
#include "../../examples/networks/mobilenet.hpp"
#include "../../examples/networks/nam_wavenet.hpp"
#include "../../examples/networks/resnet18.hpp"
#include "../../examples/networks/resnet50.hpp"
#include "../../examples/networks/small_gpt.hpp"
#include "../../examples/networks/squeezenet.hpp"
#include "../../examples/networks/super_resolution.hpp"

#include <strata/model/model.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

// The headers assert the numbers of their parameters and the shapes of their outputs.

using namespace strata::bedrock;

BOOST_AUTO_TEST_CASE(channels_become_pixels) {
    using network = model<networks::super_resolution>;
    network net;
    std::vector<float> weights(network::weight_count);
    std::iota(weights.end() - 9, weights.end(), 0.0F); // the last biases: one for each of 3 x 3 pixels
    net.set_weights(weights);
    const std::vector<float> image(network::input_size, 1);
    std::vector<float> larger(network::output_size);
    net.predict_batch(image.data(), larger.data(), 1);
    bool is_right = true;
    for (std::size_t y = 0; y < 672; ++y)
        for (std::size_t x = 0; x < 672; ++x)
            is_right = is_right && larger[y * 672 + x] == static_cast<float>(y % 3 * 3 + x % 3);
    BOOST_TEST(is_right);
}

BOOST_AUTO_TEST_CASE(lenet5_gives_probabilities) {
    using network = model<networks::lenet5>;
    const network net{seed{5}};
    std::vector<float> image(network::input_size);
    for (std::size_t i = 0; i < image.size(); ++i)
        image[i] = static_cast<float>(i % 7) / 7;
    const auto p = net.predict(std::span<const float, network::input_size>(image));
    BOOST_TEST(std::accumulate(p.begin(), p.end(), 0.0F) == 1.0F, boost::test_tools::tolerance(1e-5F));
    BOOST_TEST(*std::min_element(p.begin(), p.end()) > 0.0F);
}

// The generator is a part of the adversary, so that their weights are exchanged by their numbers.
BOOST_AUTO_TEST_CASE(adversary_holds_both) {
    static_assert(model<networks::mnist_adversary>::weight_count ==
                  model<networks::mnist_generator>::weight_count +
                      model<networks::mnist_discriminator>::weight_count);
    static_assert(model<networks::mnist_vae>::weight_count ==
                  model<networks::mnist_encoder>::weight_count +
                      model<networks::mnist_decoder>::weight_count);
    BOOST_TEST(parameter_count(networks::mnist_adversary) == 2'657'321u + 525'835u);
}
