"""What carries tasks from the Django Tasks API to workers: the database, or Celery (docs/adr/0011)."""
