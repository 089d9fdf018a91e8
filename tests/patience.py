"""How long the tests wait for what must come."""

# Nothing is asserted of the time that something takes: this only ends the run of what never comes. Five tests that
# start whole houses and browsers may share two slow cores.
PATIENCE = 180.0
