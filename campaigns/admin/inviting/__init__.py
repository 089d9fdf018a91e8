"""Inviting: links, QR codes, words and pictures for the organisers' own channels; invitations to closed campaigns."""
