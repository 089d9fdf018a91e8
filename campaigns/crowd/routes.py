"""The calls that may be answered on the fast path."""

from campaigns.crowd import joining, reporting

ROUTES = (joining.ROUTE, reporting.ROUTE)
