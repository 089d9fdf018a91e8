"""How the database finds the rows of a query."""

from django.db import connection, transaction


def plan_of(sql: str) -> str:
    """The plan in words of the engine's own. PostgreSQL reads a small table whole if it may: it may not, here."""
    if connection.vendor == "sqlite":
        return _explain(f"EXPLAIN QUERY PLAN {sql}")
    with transaction.atomic():
        _run("SET LOCAL enable_seqscan = off")
        return _explain(f"EXPLAIN {sql}")


def _explain(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
