"""Saving the whole database to one file, and loading it again: SQLite and PostgreSQL behind the same three calls."""

from mobilise.backups.engine import Engine, engine_of, require_backup_of
from mobilise.backups.file import new_private_file
from mobilise.backups.problem import BackupError

__all__ = ["BackupError", "Engine", "engine_of", "new_private_file", "require_backup_of"]
