"""What cannot go on, said in one line."""


class Refusal(Exception):
    """The message is one line that says what to do; it is shown without a traceback."""
