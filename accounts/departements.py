"""The departements and territories that a device or a gathering may name, by code."""

_METROPOLITAN = [f"{number:02}" for number in range(1, 96) if number != 20]
_CORSICA = ["2A", "2B"]
_OVERSEAS = ["971", "972", "973", "974", "975", "976", "977", "978", "984", "986", "987", "988"]

DEPARTEMENTS = frozenset([*_METROPOLITAN, *_CORSICA, *_OVERSEAS])
