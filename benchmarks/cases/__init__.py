"""One case a file: it makes what it needs, measures, checks that the counts add up, and gives its figures."""
