"""What stops a backup or a restore, in words for the operator."""


class BackupError(Exception):
    """The message says what is wrong and what to do. The database is as it was before."""
