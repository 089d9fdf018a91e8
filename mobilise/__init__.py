"""The project: settings, addresses, and what knows no model."""

__version__ = "0.1.0"
