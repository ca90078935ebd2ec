// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The MNIST network with PyTorch's C++ library.
//   train_libtorch DIRECTORY BATCH IMAGES EPOCHS
#include <torch/torch.h>

#include "peers/mnist.hpp"

#include <algorithm>

int main(int count, char** arguments) {
    const mnist::options settings(count, arguments);
    torch::set_num_threads(static_cast<int>(bench::threads()));
    at::globalContext().setFlushDenormal(true);
    torch::manual_seed(7);
    const auto read = [&](const std::string& part, std::size_t limit) {
        const mnist::images all(settings.directory + "/" + part);
        const auto rows = static_cast<long>(std::min(limit, all.count));
        const auto x = torch::from_blob(const_cast<float*>(all.x.data()), {rows, 784}).clone();
        const auto y = torch::from_blob(const_cast<std::uint8_t*>(all.y.data()), {rows}, torch::kUInt8);
        return std::pair{x, y.to(torch::kLong)};
    };
    const auto [x, y] = read("train", settings.images);
    const auto [test_x, test_y] = read("test", 10000);

    torch::nn::Linear first(784, 512), second(512, 10);
    torch::nn::Sequential net(first, torch::nn::ReLU(), torch::nn::Dropout(0.2), second);
    {
        torch::NoGradGuard guard;
        const mnist::first_weights w(settings.directory);
        const auto copy = [](torch::nn::Linear& layer, const float* kernel, const float* bias, long inputs,
                             long outputs) {
            layer->weight.copy_(torch::from_blob(const_cast<float*>(kernel), {inputs, outputs}).t());
            layer->bias.copy_(torch::from_blob(const_cast<float*>(bias), {outputs}));
        };
        copy(first, w.kernel1, w.bias1, 784, 512);
        copy(second, w.kernel2, w.bias2, 512, 10);
    }
    torch::optim::Adam optimizer(net->parameters(), torch::optim::AdamOptions(0.001).eps(1e-7));
    const auto evaluate = [&] {
        torch::NoGradGuard guard;
        net->eval();
        const auto logits = net->forward(test_x);
        net->train();
        return std::pair{torch::cross_entropy_loss(logits, test_y).item<float>(),
                         (logits.argmax(1) == test_y).to(torch::kFloat).mean().item<float>()};
    };
    std::printf("initial_loss %.5f\n", static_cast<double>(evaluate().first));
    double fastest = 1e9;
    for (std::size_t epoch = 0; epoch < settings.epochs; ++epoch)
        fastest = std::min(fastest, bench::seconds([&] {
                               const auto order = torch::randperm(static_cast<long>(settings.images));
                               for (const auto& rows : order.split(static_cast<long>(settings.batch))) {
                                   optimizer.zero_grad();
                                   torch::cross_entropy_loss(net->forward(x.index_select(0, rows)),
                                                             y.index_select(0, rows))
                                       .backward();
                                   optimizer.step();
                               }
                           }));
    std::printf("seconds %.6f\nupdates %zu\n", fastest,
                (settings.images + settings.batch - 1) / settings.batch);
    std::printf("accuracy %.4f\n", static_cast<double>(evaluate().second));
}
