"""What can be relayed, on the page of an action: links, and pictures that are sent in."""
