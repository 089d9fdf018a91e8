"""Two pairs of eyes: the page on which an alert is approved or refused, and what other pages say of it."""
