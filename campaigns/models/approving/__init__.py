"""Two pairs of eyes: asking a second person, what they answer, and what one owner may do alone."""
