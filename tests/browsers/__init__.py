"""Real browsers receiving real push, with nothing but loopback: stand-ins for the push services, drivers, fixtures."""
