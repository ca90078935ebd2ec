# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""A pole on a cart, and advantages, as published: what tests/examples/cart_pole.cpp compares with.

Equations of Barto, Sutton and Anderson (1983), appendix, without friction; constants, Euler's method and limits of
Gymnasium's CartPole-v1; advantages as the sum of Schulman and others (2016), equation 16, and not by recursion.
"""

from math import cos, pi, sin


def accelerations(angle, angular_velocity, force, gravity, cart, pole, half_length):
    whole = cart + pole
    angular = (gravity * sin(angle)
               + cos(angle) * (-force - pole * half_length * angular_velocity**2 * sin(angle)) / whole) / (
                   half_length * (4 / 3 - pole * cos(angle)**2 / whole))
    linear = (force + pole * half_length * (angular_velocity**2 * sin(angle) - angular * cos(angle))) / whole
    return linear, angular


def course(state, pushes, gravity=9.8, cart=1.0, pole=0.1, half_length=0.5, force=10.0, step=0.02):
    """The states behind each push until one is beyond 12 degrees or 2.4 m."""
    result = []
    for push in pushes:
        x, v, angle, angular_velocity = state
        linear, angular = accelerations(angle, angular_velocity, force if push == "R" else -force, gravity, cart, pole,
                                        half_length)
        state = (x + step * v, v + step * linear, angle + step * angular_velocity,
                 angular_velocity + step * angular)
        result.append(state)
        if abs(state[0]) > 2.4 or abs(state[2]) > 12 * pi / 180:
            break
    return result


def advantages(values, outcomes, last_value, discount, trace):
    """Of one environment; outcomes are "-", "F" (failed) or a value behind a step that was cut off."""
    reward = 1 - discount
    errors = []
    for t, (value, outcome) in enumerate(zip(values, outcomes)):
        if outcome == "F":
            following = 0
        elif outcome == "-":
            following = values[t + 1] if t + 1 < len(values) else last_value
        else:
            following = outcome
        errors.append(reward + discount * following - value)
    result = []
    for t in range(len(values)):
        total = 0
        for k in range(t, len(values)):
            total += (discount * trace)**(k - t) * errors[k]
            if outcomes[k] != "-":
                break
        result.append(total)
    return result


def show(name, states):
    print(f"// {name}: {len(states)} steps")
    for t in range(0, len(states), 10):
        print(f"    {{{t + 1}, {{{', '.join(map(repr, states[t]))}}}}},")
    print(f"    {{{len(states)}, {{{', '.join(map(repr, states[-1]))}}}}},")


start = (0.01, -0.02, 0.03, 0.04)
show("pushes RL", course(start, "RL" * 60))
show("pushes R", course(start, "R" * 60))
show("pushes RRL on the moon, a long and heavy pole",
     course((-0.03, 0.02, -0.04, 0.01), "RRL" * 40, gravity=1.62, cart=2.0, pole=0.7, half_length=1.5, force=4.0))

print(advantages([0.5, 0.6, 0.4, 0.7, 0.8, 0.3], ["-", "F", "-", "-", 0.9, "-"], 0.25, 0.98, 0.9))
print(advantages([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], ["-", "-", "-", "-", "-", "-"], 0.75, 0.98, 0.9))
