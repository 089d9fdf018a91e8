"""Pictures that organisers upload: what is taken, what is made of it, and how it is given out."""

from campaigns.pictures.encoding import MOST_PIXELS, TAKEN, Encoded, Fit, encode
from campaigns.pictures.responding import respond

__all__ = ["MOST_PIXELS", "TAKEN", "Encoded", "Fit", "encode", "respond"]
