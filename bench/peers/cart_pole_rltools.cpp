// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// RLtools on the cart and its pole, as bench/strata/cart_pole.cpp: cart_pole_rltools LESSONS SEED. Its
// proximal policy optimization draws actions from a normal distribution; their sign is the push.
#include <rl_tools/operations/cpu_mux.h>
#include <rl_tools/rl/environments/operations_generic.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace rl_tools::rl::environments {
namespace cart_pole {
template <class T_TI>
struct Observation {
    static constexpr T_TI DIM = 4;
};
template <class T_T, class T_TI>
struct State {
    using T = T_T;
    using TI = T_TI;
    static constexpr TI DIM = 4;
    T position, velocity, angle, angular_velocity;
};
struct Parameters {};
} // namespace cart_pole

template <class T_T, class T_TI>
struct CartPole : Environment<T_T, T_TI> {
    using T = T_T;
    using TI = T_TI;
    using State = cart_pole::State<T, TI>;
    using Parameters = cart_pole::Parameters;
    using Observation = cart_pole::Observation<TI>;
    using ObservationPrivileged = Observation;
    static constexpr TI N_AGENTS = 1;
    static constexpr TI ACTION_DIM = 1;
    static constexpr TI EPISODE_STEP_LIMIT = 500;
};
} // namespace rl_tools::rl::environments

// What RLtools asks of an environment.
namespace rl_tools {
template <class T, class TI>
using pole = rl::environments::CartPole<T, TI>;
template <class Device, class T, class TI>
void malloc(Device&, const pole<T, TI>&) {}
template <class Device, class T, class TI>
void free(Device&, const pole<T, TI>&) {}
template <class Device, class T, class TI>
void init(Device&, const pole<T, TI>&) {}
template <class Device, class T, class TI, class Random>
void sample_initial_parameters(Device&, const pole<T, TI>&, typename pole<T, TI>::Parameters&, Random&) {}
template <class Device, class T, class TI>
void initial_parameters(Device&, const pole<T, TI>&, typename pole<T, TI>::Parameters&) {}
template <class Device, class T, class TI>
void initial_state(Device&, const pole<T, TI>&, typename pole<T, TI>::Parameters&,
                   typename pole<T, TI>::State& state) {
    state = {};
}
template <class Device, class T, class TI, class Random>
void sample_initial_state(Device& device, const pole<T, TI>&, typename pole<T, TI>::Parameters&,
                          typename pole<T, TI>::State& state, Random& generator) {
    for (T* const number : {&state.position, &state.velocity, &state.angle, &state.angular_velocity})
        *number = random::uniform_real_distribution(device.random, T(-0.05), T(0.05), generator);
}
template <class Device, class T, class TI, class Action, class Random>
T step(Device&, const pole<T, TI>&, typename pole<T, TI>::Parameters&,
       const typename pole<T, TI>::State& state, const Matrix<Action>& action,
       typename pole<T, TI>::State& next, Random&) {
    constexpr T mass = T(1.1), moment = T(0.05), time_step = T(0.02);
    const T force = get(action, 0, 0) > 0 ? 10 : -10;
    const T sine = std::sin(state.angle), cosine = std::cos(state.angle);
    const T pushed = (force + moment * state.angular_velocity * state.angular_velocity * sine) / mass;
    const T angular_acceleration =
        (T(9.8) * sine - cosine * pushed) / (T(0.5) * (T(4.0 / 3) - T(0.1) * cosine * cosine / mass));
    next.position = state.position + time_step * state.velocity;
    next.velocity = state.velocity + time_step * (pushed - moment * angular_acceleration * cosine / mass);
    next.angle = state.angle + time_step * state.angular_velocity;
    next.angular_velocity = state.angular_velocity + time_step * angular_acceleration;
    return time_step;
}
template <class Device, class T, class TI, class Action, class Random>
T reward(Device&, const pole<T, TI>&, typename pole<T, TI>::Parameters&, const typename pole<T, TI>::State&,
         const Matrix<Action>&, const typename pole<T, TI>::State&, Random&) {
    return T(0.01);
}
template <class Device, class T, class TI, class Seen, class Random>
void observe(Device&, const pole<T, TI>&, const typename pole<T, TI>::Parameters&,
             const typename pole<T, TI>::State& state, const typename pole<T, TI>::Observation&,
             Matrix<Seen>& seen, Random&) {
    set(seen, 0, 0, state.position);
    set(seen, 0, 1, state.velocity);
    set(seen, 0, 2, state.angle);
    set(seen, 0, 3, state.angular_velocity);
}
template <class Device, class T, class TI, class Random>
bool terminated(Device&, const pole<T, TI>&, typename pole<T, TI>::Parameters&,
                const typename pole<T, TI>::State& state, Random&) {
    return std::abs(state.position) > T(2.4) || std::abs(state.angle) > T(0.2094395);
}
} // namespace rl_tools

// The order matters to RLtools: what parameters can do, layers, models, optimizers.
#include <rl_tools/nn/optimizers/adam/instance/operations_generic.h>

#include <rl_tools/nn/layers/standardize/operations_generic.h>

#include <rl_tools/nn_models/mlp_unconditional_stddev/operations_generic.h>
#include <rl_tools/nn_models/sequential/operations_generic.h>

#include <rl_tools/nn/optimizers/adam/operations_generic.h>

#include <rl_tools/rl/algorithms/ppo/loop/core/config.h>
#include <rl_tools/rl/algorithms/ppo/loop/core/operations_generic.h>
#include <rl_tools/rl/loop/steps/evaluation/config.h>
#include <rl_tools/rl/loop/steps/evaluation/operations_generic.h>

namespace rlt = rl_tools;
using Device = rlt::devices::DEVICE_FACTORY<>;
using TI = Device::index_t;
using Numbers = rlt::numeric_types::Policy<float>;
using Random = Device::SPEC::RANDOM::ENGINE<>;
using Environment = rlt::rl::environments::CartPole<float, TI>;

struct Settings : rlt::rl::algorithms::ppo::loop::core::DefaultParameters<Numbers, TI, Environment> {
    static constexpr TI N_ENVIRONMENTS = 8, ON_POLICY_RUNNER_STEPS_PER_ENV = 64, BATCH_SIZE = 64;
    static constexpr TI STEP_LIMIT = 1'000'000, EPISODE_STEP_LIMIT = 500;
    static constexpr TI ACTOR_HIDDEN_DIM = 32, CRITIC_HIDDEN_DIM = 32, ACTOR_NUM_LAYERS = 2,
                        CRITIC_NUM_LAYERS = 2;
    static constexpr auto ACTOR_ACTIVATION_FUNCTION = rlt::nn::activation_functions::ActivationFunction::TANH;
    static constexpr auto CRITIC_ACTIVATION_FUNCTION = ACTOR_ACTIVATION_FUNCTION;
    struct Adam : rlt::nn::optimizers::adam::DEFAULT_PARAMETERS_PYTORCH<Numbers> {
        static constexpr float ALPHA = 2e-3F;
    };
    using ACTOR_OPTIMIZER_PARAMETERS = Adam;
    using CRITIC_OPTIMIZER_PARAMETERS = Adam;
    struct PPO_PARAMETERS : rlt::rl::algorithms::ppo::DefaultParameters<Numbers, TI, BATCH_SIZE> {
        static constexpr TI N_EPOCHS = 10;
        static constexpr float GAMMA = 0.99F, LAMBDA = 0.95F, ACTION_ENTROPY_COEFFICIENT = 0.01F,
                               INITIAL_ACTION_STD = 1;
    };
};
using Config = rlt::rl::algorithms::ppo::loop::core::Config<
    Numbers, TI, Random, Environment, Settings,
    rlt::rl::algorithms::ppo::loop::core::ConfigApproximatorsSequential>;
using State = Config::State<Config>;
using Evaluation = rlt::rl::utils::evaluation::Specification<Numbers, TI, Environment, 100, 500>;
using Actor = rlt::utils::typing::remove_reference_t<decltype(rlt::get_actor(std::declval<State>()))>;

int main(int count, char** arguments) {
    if (count != 3)
        return 1;
    const TI lessons = std::strtoul(arguments[1], nullptr, 10);
    Device device;
    rlt::rl::utils::evaluation::PolicyBuffer<
        rlt::rl::utils::evaluation::PolicyBufferSpecification<Evaluation, Actor, true>>
        buffer;
    State state;
    rlt::malloc(device, buffer);
    rlt::malloc(device, state);
    rlt::init(device, state, std::strtoul(arguments[2], nullptr, 10));
    const std::clock_t begin = std::clock(); // one thread, on a machine that may be busy
    for (TI i = 0; i < lessons; ++i)
        rlt::step(device, state);
    const double microseconds = 1e6 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    const TI steps = lessons * Settings::N_ENVIRONMENTS * Settings::ON_POLICY_RUNNER_STEPS_PER_ENV;
    std::printf("microseconds %.4f\n", microseconds / static_cast<double>(steps));
    std::printf("steps %zu\n", static_cast<std::size_t>(steps));
    rlt::rl::utils::evaluation::Result<Evaluation> result;
    auto actor = rlt::get_actor(state);
    evaluate(device, rlt::get_ref(device, state.envs, 0), state.ui, actor, buffer, result, state.rng,
             rlt::Mode<rlt::mode::Evaluation<>>{});
    std::printf("held %.1f\n", static_cast<double>(result.returns_mean) * 100);
}
