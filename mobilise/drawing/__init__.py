"""Pictures: QR codes, and what a shared link shows. Knows nothing of the rest."""
